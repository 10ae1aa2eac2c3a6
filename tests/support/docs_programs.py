"""The programs of docs/game-servers.md, run as the page says, for a board on the embedded AWS."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.support.markdown import fenced
from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "game-servers.md"
SAID = "wrote 61 activities, each of them twice\n"
"""What each program says at its end."""
SCORES = {"p-1042": 10.0} | {f"p-{number}": 50.12 for number in range(60)}
"""What players have after one program: 12.5 of damage gives 0.125 points, rounded half-even."""
_TABLE = "arcade-weekly-kills-activities"
"""The table in the page's shell lines."""
INSTALLS = ("pip install", "npm install", "go mod init", "go get", "mvn", "dotnet")
"""How commands of the page begin that fetch from the Internet: the tests have what they fetch already."""


def program(language: str) -> str:
    """The program in a language, as the page has it."""
    (text,) = fenced(PAGE, language)
    return text


def commands(heading: str) -> list[str]:
    """The commands of a section that make and start its program, without those that fetch something."""
    page = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"^## {heading}\n(.*?)^## ", page, re.M | re.S)
    assert section, heading
    lines = re.findall(r"^\$ (.*)$", section[1], re.M)
    return [line for line in lines if not line.startswith(INSTALLS)]


def shell_lines(folder: Path, ready: dict[str, Any], table: str) -> str:
    """The page's lines for a shell, for another table. `folder` gets the ready file that they read."""
    (lines,) = fenced(PAGE, "sh")
    assert _TABLE in lines
    cache = folder / ".leaderboards_cache"
    cache.mkdir(exist_ok=True)
    (cache / "local.json").write_text(json.dumps(ready))
    return lines.replace(_TABLE, table)
