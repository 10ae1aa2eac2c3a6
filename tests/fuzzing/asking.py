"""Lets schemathesis ask a running API what its openapi.yaml allows and what it does not, and judge the answers.

It runs in a process of its own: it brings hooks and checks of its own to the process that it is in.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fuzzing.api_hooks import PLAYERS
from tests.support.paths import REPOSITORY

SETTINGS = """\
hooks = "tests.fuzzing.api_hooks"
# No test fails because the machine is busy: hypothesis would after a second, the requests after ten.
suppress-health-check = ["too_slow"]
request-timeout = 120
[checks]
# A valid request may name a window, a player or a snapshot that is not there.
positive_data_acceptance.expected-statuses = ["2xx", "404", "410"]
negative_data_rejection.expected-statuses = ["400", "404"]
"""
BEHIND_CLOUDFRONT = "unsupported_method.enabled = false\n"
"""CloudFront refuses a method with 403, so that none reaches the function, which would say 405."""
PROGRAM = "from schemathesis.cli import schemathesis; schemathesis()"


def ask(
    url: str,
    document: dict[str, Any],
    players: Sequence[str],
    folder: Path,
    *,
    examples: int,
    seed: int,
    phases: Sequence[str],
    settings: str = BEHIND_CLOUDFRONT,
) -> int:
    """Ask the API at `url`, and return how often. The test fails if schemathesis finds anything wrong.

    `examples`: random requests for each path. `phases`: of schemathesis; `coverage` makes requests of the description,
    `stateful` follows its links. `settings`: which of its checks are left out; "" for none.
    """
    (folder / "schemathesis.toml").write_text(SETTINGS + settings)
    (folder / "openapi.json").write_text(json.dumps(document | {PLAYERS: list(players)}))
    options = [
        "-n",
        str(examples),
        "--seed",
        str(seed),
        "--no-shrink",
        "--continue-on-failure",
        "--warnings",
        "off",
        "--phases",
        ",".join(phases),
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "run", "openapi.json", "-u", url, *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "NO_PROXY": "127.0.0.1", "COLUMNS": "150"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"schemathesis --seed {seed}\n{done.stdout}{done.stderr}", pytrace=False)
    number = re.search(r"(\d+) generated, \1 passed", done.stdout)
    assert number, done.stdout
    return int(number[1])
