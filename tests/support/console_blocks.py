"""Console blocks of the pages: their commands, and what a page says that each prints."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path


def make_pattern(expected: list[str]) -> re.Pattern[str]:
    """What a page's lines of output match: `...` stands for anything in a line, and alone for any lines."""
    parts = [
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(re.escape("..."), ".*") + r"\n" for line in expected
    ]
    return re.compile("".join(parts))


def split_commands(block: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines that follow it."""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, *expected = part.splitlines()
        yield command, expected


def install_programs(folder: Path) -> None:
    """Put `leaderboards` and `python` into a folder, both with the Python of the tests."""
    folder.mkdir(parents=True)
    code = "from generator.cli.main import main; main()"
    for name, arguments in (("leaderboards", ["-c", code]), ("python", [])):
        words = " ".join(map(shlex.quote, [sys.executable, *arguments]))
        (folder / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        (folder / name).chmod(0o755)
