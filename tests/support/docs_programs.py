"""The programs of docs/game-servers.md, run as the page says, for a board on the embedded AWS."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.markdown import fenced
from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "game-servers.md"
SAID = "wrote 61 activities, each of them twice\n"
"""What each program says at its end."""
SCORES = {"p-1042": 10, "p-0": 50.12, "p-59": 50.12}
"""What some players have after one program: 12.5 of damage gives 0.125 points, rounded half-even."""
_TABLE = "arcade-weekly-kills-activities"
"""The table in the page's shell lines."""


def program(language: str) -> str:
    """The program in a language, as the page has it."""
    (text,) = fenced(PAGE, language)
    return text


def run_program(
    command: Sequence[str], folder: Path, ready: dict[str, Any], table: str
) -> subprocess.CompletedProcess[str]:
    """Run a program from a shell in which the page's lines were typed, in the folder of leaderboards.yaml."""
    (lines,) = fenced(PAGE, "sh")
    assert _TABLE in lines
    cache = folder / ".leaderboards_cache"
    cache.mkdir(exist_ok=True)
    (cache / "local.json").write_text(json.dumps(ready))
    script = f'{lines.replace(_TABLE, table)}\nexec "$@"\n'
    # What the machine says of AWS is for other programs; the page's lines say all that these need.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_PROFILE": "another", "AWS_SESSION_TOKEN": "old", "NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        ["sh", "-euc", script, "sh", *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
