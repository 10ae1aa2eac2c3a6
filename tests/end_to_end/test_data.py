"""`leaderboards local --data`: activities of a file rank, a second replay adds nothing, mistakes stop it at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from generator.activities.files import open_data
from generator.errors import InputError
from generator.local.replay import replay
from runtime.domain.instants import DAY
from tests.end_to_end.game import YAML, Game
from tests.support.cli import run


def test_a_replayed_file_ranks_and_counts_once(kills: Game, tmp_path: Path) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
    timed, timeless = tmp_path / "kills.csv", tmp_path / "now.jsonl"
    timed.write_text("player,type,at\n" + "".join(f"data-{number % 10},kill,{at}\n" for number in range(130)))
    timeless.write_text('{"player": "data-3", "type": "boss_kill", "mode": "duel", "damage": 100}\n' * 2)
    files = open_data([f"kills={timed}", f"kills={timeless}"], ["kills", "other"])
    aws, said = kills.stack.aws, list[str]()
    for file in [*files, *files]:
        replay(file, {"kills": kills.table}, aws.client("dynamodb"), aws.clock.now, said.append)
    kills.settle()
    assert kills.score("data-3", "all_time") == 13 * 10 + 2 * 51
    assert kills.score("data-4", "all_time") == 13 * 10
    assert [line.split(" written in ")[0] for line in said if " written in " in line] == [
        f"{timed}: 130 activities",
        f"{timeless}: 2 activities",
        f"{timed}: 130 activities",
        f"{timeless}: 0 activities",
    ]
    assert said[-1].endswith(
        "are of the time when they are first written; 2 of them were written before and are left out"
    )
    later = aws.clock.now() + 31 * DAY
    replay(files[0], {"kills": kills.table}, aws.client("dynamodb"), lambda: later, said.append)
    assert said[-1].startswith(f"{timed}: 130 activities are over 30 days old or over 5 minutes ahead")
    replay(files[0], {}, aws.client("dynamodb"), aws.clock.now, said.append, lambda: True)
    assert said[-1].startswith(f"{timed}: 0 activities written in ")


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("player,type\nann,kill\n")
    (opened,) = open_data([str(file)], ["kills"])
    file.write_text("player,type\n/,kill\n")
    with pytest.raises(InputError, match="was changed while it was read, and line 2 is wrong"):
        list(opened.read(0))


def test_a_wrong_file_is_said_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    (tmp_path / "a.csv").write_text("player,type,at\nann,,noon\n")
    result = run("local", "--board", "kills", "--data", "a.csv", cwd=tmp_path)
    assert result.code == 2
    assert result.stderr == (
        "a.csv:2:1: type: is missing\n"
        'a.csv:2:3: at: "noon" is not a time with a zone, such as 2026-11-27T18:00:00-03:00\nNothing is written.\n'
    )
