"""Correcting a score while much happens: it is counted once, whoever dies or comes between."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest

from generator.errors import InputError
from generator.operations.corrections.correction import Action, Correction, list_corrections
from generator.operations.corrections.counting import count_correction
from generator.operations.ranks.rebuilding import rebuild_when_free
from runtime.domain.instants import DAY
from runtime.dynamodb.decisions import DecisionStore
from tests.operations.corrected import MINUTE, best, correct, happen_before, played, score
from tests.operations.managed import Managed


class Death(BaseException):
    """Stands for the death of the program at this point."""


def die() -> None:
    raise Death


@pytest.mark.parametrize("kind", ["totals", "one run"])
def test_a_command_that_dies_anywhere_is_completed_by_the_next(kind: str) -> None:
    def begin() -> Managed:
        return played() if kind == "totals" else best()[0]

    def run(managed: Managed) -> None:
        action: Action = "add" if kind == "totals" else "set"
        correct(managed, action, score=5)
        list(rebuild_when_free(managed.board.rebuild, managed.wait))

    for step in range(200):
        for is_lost in (False, True):
            managed = begin()
            happened = happen_before(managed.world, step, die, answers=not is_lost)
            with suppress(Death):
                run(managed)
            managed.world.aws.intercept = managed.world.aws.call_hooks
            managed.now += 2 * MINUTE
            run(managed)
            assert score(managed) == (25 if kind == "totals" else 5), (step, is_lost)
            assert len(list(list_corrections(managed.board.running.marks))) == 1
        if not happened:
            break
    assert step > 20


def test_whatever_happens_between_two_calls_a_correction_counts_once() -> None:
    """The same command of another operator, another correction, an activity, a rebuild."""
    for step in range(14):
        managed = played()
        world = managed.world

        def meet(managed: Managed = managed) -> None:
            correct(managed, "add", score=5)
            correct(managed, "add", "ticket 2", score=100)
            managed.world.play("ann", at=managed.now)
            managed.rebuild()

        happened = happen_before(world, step, meet)
        correct(managed, "add", score=5)
        if not happened:
            assert step > 5
            break
        assert (score(managed, "day"), score(managed)) == (135, 135), step


def test_an_erasure_between_two_calls_leaves_nothing_where_the_player_had_no_score() -> None:
    """In a window that has just begun. The operator has found the player before that."""
    for step in range(20):
        managed = played()
        managed.now += DAY
        managed.rebuild()
        happened = happen_before(managed.world, step, partial(managed.erase, "ann"))
        said = ""
        try:
            correct(managed, "add", windows=("day",), score=5)
        except InputError as error:
            said = str(error)
        if not happened:
            break
        assert "eras" in said, step
        assert managed.find_traces("ann") == [], step
    assert step > 5


def test_who_was_erased_and_plays_again_is_corrected_until_another_erasure() -> None:
    managed = played()
    managed.erase("ann")
    managed.now += MINUTE
    managed.world.play("ann", at=managed.now)
    erased_until = next(iter(DecisionStore(managed.world.table).read().erased.values()))
    asked = Correction("ann", "add", {"score": 5}, (), "ticket 1", erased_until)
    assert count_correction(managed.board, asked, reopen=False)[1]
    assert score(managed) == 15
    managed.erase("ann")
    with pytest.raises(InputError) as caught:
        count_correction(managed.board, replace(asked, reason="ticket 2"), reopen=False)
    assert str(caught.value) == "the player was erased meanwhile: nothing is left that could be corrected"


def test_an_erasure_between_two_calls_leaves_nothing() -> None:
    for step in range(14):
        managed = played()
        managed.meanwhile = lambda: None
        happened = happen_before(managed.world, step, partial(managed.erase, "ann"))
        try:
            correct(managed, "add", score=5)
        except InputError as error:
            assert "eras" in str(error)  # noqa: PT017
        if not happened:
            managed.erase("ann")
        if "all-time" not in str([each.after for each in list_corrections(managed.board.running.marks)]):
            assert managed.find_traces("ann") == [], step
