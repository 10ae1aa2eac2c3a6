"""docs/reference.md: current, whole, and every link in it leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from generator.spec.documents import json_schema, reference
from tests.support.cli import Result, run
from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "reference.md"


def test_it_is_current(expect: Callable[[Path, str], None]) -> None:
    expect(PAGE, reference.reference_page())


def test_the_command_writes_it() -> None:
    assert run("schema", "--format", "markdown", cwd=REPOSITORY) == Result(0, PAGE.read_text(encoding="utf-8"), "")


def test_every_key_has_a_row_with_all_its_cells() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    for row in rows:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        assert len(cells) in (3, 4), row
        assert all(cells), row
    keys = {key for schema in json_schema.schema_objects().values() for key in schema.get("properties", ())}
    assert {match[1] for row in rows if (match := re.match(r"\| `(\w+)` \|", row))} >= keys - {"every"}


def test_its_links() -> None:
    text = PAGE.read_text(encoding="utf-8")
    # GitHub's anchors: lower case, spaces to dashes, no punctuation.
    anchors = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", text, re.M)
    }
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert {link[1:] for link in links if link.startswith("#")} == anchors - {"reference-every-key-of-leaderboardsyaml"}
    assert all((PAGE.parent / link).is_file() for link in links if not link.startswith("#"))
