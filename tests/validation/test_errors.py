"""Each folder of tests/cases/errors/ is a mistake: leaderboards.yaml, and what `leaderboards validate` says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import run
from tests.support.paths import ERROR_CASES, ERRORS

WARNINGS_ONLY = {
    "include-left-out",
    "key-of-another-account",
    "quota",
    "feeds-of-many-boards",
    "quota-of-executions",
    "rebuild-gap",
    "table-quotas",
    "quota-of-one-account",
    "count-with-points",
    "schedule-ends",
    "zones-without-summer-time",
}


@pytest.mark.parametrize("case", ERROR_CASES)
def test_message(case: str, expect: Callable[[Path, str], None]) -> None:
    folder = ERRORS / case
    result = run("validate", cwd=folder)
    assert result.code == (0 if case in WARNINGS_ONLY else 2)
    assert "\033" not in result.stderr
    expect(folder / "expected.txt", result.stderr)


@pytest.mark.parametrize("case", ERROR_CASES)
def test_each_is_said_once_in_order(case: str) -> None:
    result = run("validate", "--json", cwd=ERRORS / case)
    found = json.loads(result.stdout)["diagnostics"]
    places = [(each["file"], each["line"], each["column"]) for each in found]
    assert places == sorted(places)
    assert len({tuple(each.items()) for each in found}) == len(found) > 0
    assert all(each["code"] and each["message"] for each in found)


def test_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "leaderboards.yaml"
    file.write_text("version: 2\n")
    assert run("generate", cwd=tmp_path).code == 2
    assert list(tmp_path.iterdir()) == [file]
