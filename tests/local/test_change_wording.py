"""What is said of edits that were saved: what `generate` says of them, and which refused ones stand."""

from __future__ import annotations

import pytest

from generator.local.saving.wording import SavedEdits
from tests.support.projects import board_yaml, boards_of, project_yaml

RULES = "rules: [{activity: kill, points: 10}]"
LAST = f"{{aggregate: last, {RULES}}}"
NOW = 1_795_478_400_000
"""2026-11-24T00:00:00Z in milliseconds."""


class Run:
    """The boards of a run, as they are saved again and again."""

    def __init__(self, *boards: str) -> None:
        self.boards = boards_of(project_yaml(*boards))
        self.edits = SavedEdits()

    def save(self, *boards: str) -> None:
        """Save the file with some boards."""
        after = boards_of(project_yaml(*boards))
        self.edits.compare(self.boards, after, NOW)
        self.boards = after

    def told(self, name: str = "kills", became: str = "") -> str:
        """What is said of a board."""
        return self.edits.describe(name, became, rebuilds_here=True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"scoring": "{rules: [{activity: kill, points: 20}]}"},
            "points of kill 10 -> 20; scores so far stay, and the new points count from now on; in place",
        ),
        (
            {"window": "{every: week, keep: 3}"},
            "keep of window week 8 -> 3; of the windows that have ended only the newest 3 stay: the others are deleted "
            "for good; needs attention",
        ),
        (
            {"rebuild": "rate(5 minutes)"},
            'rebuild "rate(1 minute)" -> "rate(5 minutes)"; new ranks come by the new schedule; in place; here every '
            "two seconds",
        ),
    ],
    ids=str,
)
def test_an_edit_is_said_in_a_line(changes: dict[str, str], said: str) -> None:
    run = Run(board_yaml("kills"))
    run.save(board_yaml("kills", **changes))
    assert run.told() == said


def test_several_edits_stand_below_what_became_of_the_board() -> None:
    run = Run(board_yaml("kills"))
    run.save(board_yaml("kills", scoring="{rules: [{activity: kill, points: 20}]}", title="All kills"))
    first, *edits = run.told().splitlines()
    assert first == "taken up"
    assert [edit.split(" ")[2] for edit in edits] == ["points", "title"]


def test_a_refused_edit_stands_until_it_is_put_back() -> None:
    run = Run(board_yaml("kills"), board_yaml("wins"))
    run.save(board_yaml("kills", scoring=LAST), board_yaml("wins"))
    refused = run.told(became="began anew").splitlines()
    assert refused[0] == "began anew"
    assert refused[1].startswith("  aggregate sum -> last; every stored score is one by sum: ")
    assert refused[1].endswith("; refused")
    assert refused[2].startswith("  `leaderboards generate` refuses it, here it is tried. Leave it as it was, and let ")
    assert refused[2].endswith("is destroyed first.")
    assert run.edits.describe_standing({"kills"}) == ""

    run.save(board_yaml("kills", scoring=LAST), board_yaml("wins", title="Most wins"))
    assert run.told("wins").startswith("title ")
    assert "refuse" not in run.told("wins")
    assert (
        run.edits.describe_standing({"wins"}) == "`leaderboards generate` still refuses kills (aggregate sum -> last)"
    )

    run.save(board_yaml("kills"), board_yaml("wins", title="Most wins"))
    assert run.told() == "aggregate last -> sum; as this run had it first"
    assert run.edits.describe_standing(()) == ""


def test_a_renamed_board_is_refused_until_it_has_its_name_back() -> None:
    run = Run(board_yaml("kills"))
    run.save(board_yaml("frags"))
    assert "board kills renamed to frags; " in run.told("frags", "new")
    assert "Leave `name: kills`, and change `title`" in run.told("frags", "new")
    run.save(board_yaml("frags", title="Frags"))
    assert run.edits.describe_standing(()).startswith("`leaderboards generate` still refuses frags (board kills ")
    run.save(board_yaml("kills"))
    assert run.told("kills", "taken up again") == "taken up again"
    assert run.edits.describe_standing(()) == ""


def test_a_board_that_is_new_is_held_by_how_it_was_first() -> None:
    run = Run(board_yaml("kills"))
    run.save(board_yaml("kills"), board_yaml("wins"))
    assert run.told("wins", "new") == "new"
    run.save(board_yaml("kills"), board_yaml("wins", scoring=LAST))
    assert run.told("wins").endswith("is destroyed first.")
