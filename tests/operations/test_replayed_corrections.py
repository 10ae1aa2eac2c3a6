"""Replays of windows in which an operator corrects scores: each correction counts once, before, during and after."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from generator.operations.corrections.correction import Action, Correction
from generator.operations.corrections.counting import count_correction
from runtime.config import BoardConfig
from tests.operations.lived import happen_at
from tests.operations.replayed import Replayed
from tests.operations.spoilt import BEST, RIGHT, TOTALS, WRONG, boards, rules, shown, spoilt
from tests.runtime.boards import item


def correct(replayed: Replayed, player: str, action: Action, score: int) -> None:
    replayed.managed.now += 1000
    board = replayed.find("2026-11-24").board
    correction = Correction(player, action, {"score": score}, ("2026-11-24",), f"{action} {score}")
    assert count_correction(board, correction, reopen=False)[1]


def corrected(scores: dict[str, int], config: BoardConfig) -> dict[str, int]:
    """What becomes of scores where ann gets 100 more, or where one run is kept 1, and bob has 3."""
    return {**scores, "ann": scores["ann"] + 100 if config is TOTALS else 1, "bob": 3}


def correct_both(replayed: Replayed, config: BoardConfig) -> None:
    if config is TOTALS:
        correct(replayed, "ann", "add", 100)
    else:
        correct(replayed, "ann", "set", 1)
    correct(replayed, "bob", "set", 3)


@boards
def test_what_was_corrected_is_corrected_again(config: BoardConfig) -> None:
    replayed = spoilt(config)
    correct_both(replayed, config)
    correct(replayed, "new", "set", 8)
    assert shown(replayed) == corrected(WRONG[config], config) | {"new": 8}
    comparison = replayed.compare("2026-11-24")
    assert (comparison.missing, comparison.changed) == (0, 2 if config is TOTALS else 1)
    replayed.swap("2026-11-24")
    assert shown(replayed) == corrected(RIGHT[config], config) | {"new": 8}
    replayed.write(item("bob", at=replayed.managed.now, number=9, damage=5))
    assert shown(replayed)["bob"] == (9 if config is TOTALS else 6)


@boards
def test_what_is_corrected_after_a_replay_is_so_in_both_counts(config: BoardConfig) -> None:
    replayed = spoilt(config)
    replayed.swap("2026-11-24")
    correct_both(replayed, config)
    assert shown(replayed) == corrected(RIGHT[config], config)
    replayed.write(item("bob", at=replayed.managed.now, number=9, damage=5))
    assert shown(replayed)["bob"] == (9 if config is TOTALS else 6)
    replayed.find("2026-11-24").undo()
    after = corrected(WRONG[config], config) | {"bob": 9 if config is TOTALS else 6}
    assert shown(replayed) == after
    replayed.write(item("bob", number=10, damage=50))
    assert shown(replayed)["bob"] == (60 if config is TOTALS else 6)


@boards
def test_a_correction_may_come_anywhere_in_a_replay(config: BoardConfig) -> None:
    step = 0
    while True:
        replayed = spoilt(config)
        happened = happen_at(replayed.world, step, partial(correct_both, replayed, config))
        replayed.swap("2026-11-24")
        if not happened:
            break
        assert shown(replayed) == corrected(RIGHT[config], config), step
        replayed.find("2026-11-24").undo()
        assert shown(replayed) == corrected(WRONG[config], config), step
        step += 1
    assert step > 4


def test_a_correction_that_does_not_fit_what_is_counted_anew_is_named() -> None:
    replayed = spoilt()
    correct(replayed, "ann", "set", 10**15 - 1)
    correct(replayed, "ann", "add", 0)
    assert dict(replayed.compare("2026-11-24").dropped) == {}


@pytest.mark.parametrize("config", [BEST], ids=["one run"])
def test_a_run_from_before_a_correction_never_comes_back(config: BoardConfig) -> None:
    replayed = spoilt(config)
    correct(replayed, "bob", "set", 3)
    replayed.swap("2026-11-24")
    for key, row in list(replayed.world.aws.tables["activities"].items()):
        if key[0] == "bob":
            replayed.world.put(row, written=replayed.managed.now, now=replayed.managed.now)
    assert shown(replayed) == RIGHT[config] | {"bob": 3}
    replayed.world.deploy(replace(replayed.world.config, rules=rules(7)))
    replayed = Replayed(replayed.world, replayed.managed.now)
    replayed.swap("2026-11-24")
    assert shown(replayed)["bob"] == 3
