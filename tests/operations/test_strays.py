"""The commands of a feed's README that put strays back: those of one type, and no other, however many there are."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests.support.paths import GOLDEN
from tests.support.programs import need

README = GOLDEN / "shared-feed" / "build" / "nebula" / "feed-matches" / "README.md"
AWS = """\
#!/bin/bash
# Gives each message once, as a queue that hides it. What goes on the bus under a type that is still unknown comes back.
case "$1 $2" in
  "sqs receive-message")
    file=$(ls queue | head -1)
    [ -z "$file" ] || { mv "queue/$file" "hidden/$file"; cat "hidden/$file"; } ;;
  "events put-events")
    cat entries.json >> sent
    grep -q duel entries.json || cp "hidden/$(ls -t hidden | head -1)" "queue/back-$RANDOM"
    echo 0 ;;
  "sqs delete-message") rm "hidden/${!#}" ;;
esac
"""


def test_only_strays_of_the_type_go_back_and_the_loop_ends(tmp_path: Path) -> None:
    need("jq")
    (script,) = re.findall(r"```sh\nTYPE=\.\.\.[^\n]*\n(while .*?)```", README.read_text("utf-8"), re.S)
    for folder in ("bin", "queue", "hidden"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bin/aws").write_text(AWS)
    (tmp_path / "bin/aws").chmod(0o755)
    for number, kind in enumerate(({"S": "duel"}, {"S": "kil"}, {"N": "5"}, {"S": "duel"})):
        body = json.dumps({"dynamodb": {"NewImage": {"type": kind, "at": {"N": str(number)}}}})
        message = {"Messages": [{"Body": body, "ReceiptHandle": str(number)}]}
        (tmp_path / "queue" / str(number)).write_text(json.dumps(message))
    command = f'PATH="$PWD/bin:$PATH"; QUEUES=queues; TYPE=duel\n{script}'
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True, timeout=60)
    sent = [json.loads(line) for line in (tmp_path / "sent").read_text().splitlines()]
    assert [json.loads(entry["Detail"])["dynamodb"]["NewImage"]["at"]["N"] for (entry,) in sent] == ["0", "3"]
    assert {(entry["EventBusName"], entry["Source"]) for (entry,) in sent} == {
        ("fleet-feed-matches-activities", "fleet-feed-matches")
    }
    assert sorted(path.name for path in (tmp_path / "hidden").iterdir()) == ["1", "2"]
