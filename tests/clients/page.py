"""Reads docs/clients.md: the commands and the code of each generator, and what its table says."""

from __future__ import annotations

import re

from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "clients.md"
CASES = REPOSITORY / "tests" / "cases" / "clients"
"""A folder for each generator whose clients are run: the program that reads boards with such a client."""


def read_commands(name: str) -> list[str]:
    """The commands that the page gives for a generator."""
    [block] = re.findall(r"^```console\n(.*?)^```$", read_section(name), re.M | re.S)
    return re.findall(r"^\$ (.*)$", block.replace("\\\n", ""), re.M)


def read_code(name: str) -> list[str]:
    """The lines of code that the page shows for a generator, without their indentation."""
    blocks = re.findall(r"^```(?!console)\w+\n(.*?)^```$", read_section(name), re.M | re.S)
    return [line.strip() for block in blocks for line in block.splitlines()]


def read_section(name: str) -> str:
    """The part of the page below the heading that has the generator's name in brackets."""
    text = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"^#+ [^\n]*\({re.escape(name)}\)\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    assert section, f"docs/clients.md has no section for {name}"
    return section[1]


def read_versions() -> dict[str, str]:
    """The version of each generator and linter, by the name that stands first in a row of the table."""
    rows = re.findall(r"^\| ([\w/@-]+)[^|]*\| ([0-9.]+) \|", PAGE.read_text(encoding="utf-8"), re.M)
    return dict(rows)
