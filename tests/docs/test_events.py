"""docs/events.md says of events what the code sends: every field, by the functions that make them.

tests/end_to_end/test_prizes.py lets a board send one, and runs the page's consumer.
"""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.domain.events import (
    MILESTONE_REACHED,
    TOP_IN_EVENT,
    WINDOW_CLOSED,
    Milestone,
    milestone_details,
    window_closed_detail,
)
from runtime.domain.instants import from_datetime
from runtime.domain.ranking import RankedEntry, WindowRanks
from runtime.domain.windows import Window
from tests.runtime.boards import board
from tests.support.markdown import fenced, prose
from tests.support.paths import REPOSITORY
from tests.support.programs import need, run_terraform

PAGE = REPOSITORY / "docs" / "events.md"
_, CLOSED, REACHED = map(json.loads, fenced(PAGE, "json"))


def instant(*parts: int) -> int:
    return from_datetime(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type, misc]


WEEK = Window("2026-W10", "week", instant(2026, 3, 2), instant(2026, 3, 9))


def test_the_event_of_a_closed_window() -> None:
    top = [RankedEntry(0, 1, "ann", "Zoë", (101000,), 0), RankedEntry(1, 2, "bob", None, (98750,), 0)]
    ranks = WindowRanks(WEEK, 1742, "", "", "first", sealed=True)
    assert CLOSED["detail"] == window_closed_detail(board(), ranks, top)
    assert CLOSED["detail-type"] == WINDOW_CLOSED
    assert CLOSED["source"] == f"arcade-{board().name}"


def test_the_event_of_a_milestone() -> None:
    reached = Milestone(WEEK, 1000, 1010, instant(2026, 3, 2, 10, 3))
    ((detail,),) = milestone_details(board(decimals=0), "ann", [reached])
    assert detail == REACHED


@pytest.mark.parametrize(
    ("detail_type", "detail"), [(WINDOW_CLOSED, CLOSED["detail"]), (MILESTONE_REACHED, REACHED)], ids=lambda each: ""
)
def test_every_field_has_its_row(detail_type: str, detail: dict[str, object]) -> None:
    section = next(part for part in re.split("^## ", prose(PAGE), flags=re.M) if f"`{detail_type}` comes" in part)
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall("`([^`]+)`", row)]
    entry = CLOSED["detail"]["top"][0] if "top" in detail else {}
    assert sorted(named) == sorted([*detail, *(f"top[].{name}" for name in entry)])


def test_its_numbers() -> None:
    assert f"{TOP_IN_EVENT} at the most" in prose(PAGE)


def write_terraform(folder: Path) -> None:
    """The page's Terraform in a folder, with an empty archive in place of the function's code."""
    (terraform,) = fenced(PAGE, "terraform")
    (folder / "main.tf").write_text(terraform)
    (folder / "prizes.zip").write_bytes(b"PK\5\6" + bytes(18))


def test_its_terraform_is_formatted(tmp_path: Path) -> None:
    program = need("terraform")
    write_terraform(tmp_path)
    run_terraform(program, tmp_path, "fmt", "-check", "-diff", "-no-color")


@pytest.mark.skipif(not os.environ.get("TERRAFORM"), reason="set TERRAFORM to a terraform that has the AWS provider")
def test_its_terraform_is_valid(tmp_path: Path) -> None:
    program = os.environ["TERRAFORM"]
    write_terraform(tmp_path)
    run_terraform(program, tmp_path, "init", "-input=false", "-no-color")
    assert json.loads(run_terraform(program, tmp_path, "validate", "-json"))["diagnostics"] == []


def test_its_terraform_picks_the_events_of_closed_windows() -> None:
    (terraform,) = fenced(PAGE, "terraform")
    assert f'source = "{CLOSED["source"]}"' in terraform
    assert f'{{ source = [local.source], detail-type = ["{WINDOW_CLOSED}"] }}' in terraform
