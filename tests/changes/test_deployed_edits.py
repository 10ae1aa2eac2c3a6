"""What is said of each edit is what happens: the board is deployed as it was, played on, and deployed as it is now."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runtime.domain.identity import describe_identity
from runtime.dynamodb.window_store import IdentityError
from tests.changes.deployed_edits import MORE, THEN
from tests.changes.edited import BEFORE, REFUSED, TAKEN, apply, compare, decide
from tests.changes.running import PLAYS, RunningBoard, config_of
from tests.runtime.boards import item
from tests.runtime.world import scores
from tests.support.executors import use_one_thread


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    use_one_thread(monkeypatch)


EDITS = {**REFUSED, **TAKEN}
STILL = [
    (name, board)
    for name in REFUSED
    for board in ("kills", "laps")
    if name not in ("board-renamed", "environment-renamed", "project", "region", "account")
    and describe_identity(config_of(board))["board"] != describe_identity(config_of(board, EDITS[name]))["board"]
]
"""Refused edits after which the functions refuse to write."""


def said_of(edit: list[tuple[str, str]]) -> str:
    """All that is said of an edit."""
    return "\n".join(each.then for change in compare(decide(BEFORE), decide(apply(edit))) for each in change.edits)


@pytest.mark.parametrize(("name", "board"), STILL)
def test_a_refused_edit_that_is_deployed_lets_ranks_stand_still(name: str, board: str) -> None:
    """Nothing counts, readers keep the last ranks with a notice, and putting the old value back mends it."""
    it = RunningBoard(board)
    before, stored = it.columns(), scores(it.world.aws)
    it.deploy(EDITS[name])
    late = item("ann", at=it.now, number=99, **PLAYS[board])
    assert it.world.put(late, written=it.now).failed
    with pytest.raises(IdentityError):
        it.rebuild()
    assert (it.columns(), scores(it.world.aws)) == (before, stored)
    assert it.page()["notice"].startswith("Ranks stand still since ")
    it.deploy()
    assert it.world.put(late, written=it.now).counts["Counted"] == 1
    it.rebuild()
    assert "notice" not in it.page()


def test_every_edit_that_makes_scores_mean_something_else_is_deployed_here() -> None:
    assert {name for name in REFUSED if "the functions refuse" in said_of(EDITS[name])} == {name for name, _ in STILL}


@pytest.mark.parametrize("name", TAKEN)
def test_scores_stay_where_an_edit_is_let_through(name: str) -> None:
    """In every window that is there before and after; and what comes then counts."""
    after = decide(apply(TAKEN[name]))
    for board in {"kills", "laps"} & {each.name for each in after.boards}:
        it = RunningBoard(board)
        kinds = {each.every for each in it.world.config.windows} & {
            each.every for each in config_of(board, TAKEN[name]).windows
        }
        before = {every: it.columns(every) for every in kinds}
        it.deploy(TAKEN[name])
        it.rebuild()
        assert {every: it.columns(every) for every in kinds} == before, board
        assert it.play("zoe").counts["Counted"] == 1
        it.rebuild()
        for every in kinds:
            assert it.columns(every).keys() == {*before[every], "zoe"}, (board, every)


@pytest.mark.parametrize(("name", "see"), [(name, see) for name, some in THEN.items() for see in some])
def test_what_is_said_happens(name: str, see: Callable[[RunningBoard], None]) -> None:
    see(RunningBoard("laps" if name == "window-added" else "kills"))


@pytest.mark.parametrize("name", MORE)
def test_what_is_said_of_more_edits_happens(name: str) -> None:
    edit, told, see = MORE[name]
    assert told in said_of(edit)
    it = RunningBoard("kills")
    it.deploy(edit)
    it.rebuild()
    assert it.scores() == {"ann": 20, "bob": 10}, "scores so far stay"
    see(it)
