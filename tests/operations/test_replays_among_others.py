"""Replays while others work on the same items: rebuilds, clearing, erasure and corrections; and what they say of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from generator.cli.operations.replays.replay_text import comparison_as_json, describe_comparison
from generator.errors import InputError, OperationError
from generator.operations.corrections.correction import Correction
from generator.operations.corrections.counting import count_correction
from generator.operations.players.erasing import erase
from runtime.config import BoardConfig, Limits, Points, Rule, WindowKind
from runtime.domain.instants import DAY
from runtime.dynamodb.clearing import clear
from runtime.dynamodb.recounting.settling import KEPT
from tests.operations.replayed import Replayed
from tests.operations.spoilt import BEST, RIGHT, TOTALS, WRONG, boards, fix, rules, shown, spoilt
from tests.runtime.boards import NOW, board, change_board, item
from tests.runtime.daily import MINUTE, seal
from tests.runtime.world import World
from tests.support.memory_aws import Call

pytestmark = pytest.mark.usefixtures("one_thread")
JUMPS = Rule("jump", (Points(Decimal(9)),), (("mode", ("x",)),))
AGAIN = {TOTALS: {"ann": 204, "bob": 107, "cid": 100}, BEST: {"bob": 107, "ann": 103, "cid": 100}}


def before_call(replayed: Replayed, step: int, do: Callable[[], object]) -> Callable[[], bool]:
    """Do something before the call of that number, whatever it is. Returns what says whether it came."""
    left = step

    def intercept(_: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal left
        left -= 1
        if left == -1:
            do()
        return carry_out()

    replayed.world.aws.intercept = intercept
    return lambda: left < 0


def jumped(config: BoardConfig) -> Replayed:
    """A board that ignored ann's and bob's jumps, and takes them by now."""
    replayed = Replayed(World(change_board(config, rules=rules(10, JUMPS))), NOW + 1000)
    replayed.write(*(item(name, number=number, type="jump") for number, name in enumerate(("ann", "bob"))))
    replayed.write(item("bob", number=2, damage=3))
    return fix(replayed, rules(1, Rule("jump", (Points(Decimal(5)),))))


@boards
def test_a_swap_says_of_what_nobody_had_decided_on_what_the_comparison_said(config: BoardConfig) -> None:
    replayed = jumped(config)
    compared, swapped = replayed.compare("2026-11-24"), replayed.swap("2026-11-24")
    assert (compared.changed, compared.appear) == (2, 1)
    assert comparison_as_json(config, swapped) == comparison_as_json(config, compared)
    assert list(describe_comparison(config, swapped)) == list(describe_comparison(config, compared))


def test_a_rolling_window_is_compared_by_its_days() -> None:
    config = board(decimals=0, windows=(WindowKind("rolling", days=3),), rules=rules(10))
    replayed = Replayed(World(config), NOW + 1000)
    replayed.write(item("ann", number=1, damage=1), item("bob", number=2, damage=2))
    replayed.managed.now += DAY
    replayed.write(item("ann", at=NOW + DAY, number=3, damage=4))
    comparison = fix(replayed, rules(1)).compare("rolling-3d")
    first, *rest = describe_comparison(config, comparison)
    assert first == "3 scores of 2 days, 3 scores of them another"
    assert "the top, before and after:" not in rest
    found = comparison_as_json(config, comparison)
    assert (found["days"], found["players"], "top_after" in found) == (2, 3, False)


@boards
def test_no_snapshot_has_some_of_two_recounts(config: BoardConfig) -> None:
    """A rebuild knows which recount to read, and reads for minutes: whoever replays again waits for it."""
    for step in range(40):
        replayed = spoilt(change_board(config, shards=3))
        replayed.swap("2026-11-24")
        replayed.managed.rebuild()
        replayed.world.play("zed")
        again = fix(replayed, rules(100))

        def replay_again(again: Replayed = again) -> None:
            again.find("2026-11-24").undo()
            for name, _ in again.find("2026-11-24").swap(accept_missing=False):
                if name.startswith("waiting for the rebuild"):
                    return

        has_come = before_call(replayed, step, replay_again)
        entries = shown(replayed)
        if not has_come():
            return
        entries.pop("zed", None)
        assert entries in (WRONG[config], RIGHT[config], AGAIN[config]), step
    raise AssertionError("a rebuild has more calls than that")


@boards
def test_nothing_is_left_in_a_window_that_is_cleared_meanwhile(config: BoardConfig) -> None:
    for step in range(2, 100, 5):
        replayed = spoilt(config)
        replayed.managed.now = seal(replayed.world) + MINUTE
        has_come = before_call(replayed, step, partial(clear_day, replayed))
        with suppress(OperationError):
            replayed.swap("2026-11-24")
        if not has_come():
            return
        left = [key for key in replayed.world.aws.tables["aggregates"] if key[0].startswith("2026-11-24#")]
        assert left == [], step
    raise AssertionError("a replay has more calls than that")


def clear_day(replayed: Replayed) -> None:
    store = replayed.world.window_store
    states = [state for state in store.read_all() if state.window.ends_at]
    clear(replayed.world.config, replayed.world.table, store, states, (), 0, replayed.managed.now)


@boards
def test_who_is_being_erased_is_not_recounted(config: BoardConfig) -> None:
    """The walk through the players began before the erasure."""
    replayed = spoilt(config)
    for name, _ in (steps := replayed.find("2026-11-24").swap(accept_missing=False)):
        if name.startswith("counting"):
            break
    managed = replayed.managed
    erasing = erase([managed.board], replayed.world.activities, "bob", [], managed.wait)
    next(step for step, _ in erasing if step.startswith("waiting") or step == "deleting")
    list(steps)
    rows = replayed.world.aws.tables["aggregates"]
    assert not [key for key, row in rows.items() if key[1] == "bob" and "recounted" in row]
    list(erasing)
    assert replayed.managed.find_traces("bob") == []


@boards
def test_a_score_is_corrected_of_which_nothing_was_left(config: BoardConfig) -> None:
    replayed = fix(spoilt(config), (Rule("other", (Points(Decimal(1)),)),))
    replayed.swap("all-time")
    replayed.managed.now += KEPT + DAY
    replayed.managed.rebuild()
    assert "columns" not in str(replayed.world.items_of_all_time())
    correction = Correction("bob", "set", {"score": 3}, ("all-time",), "it was counted")
    count_correction(replayed.find("all-time").board, correction, reopen=False)
    assert shown(replayed, "all_time") == {"bob": 3}


@boards
def test_what_functions_of_the_rules_before_have_counted_since_is_counted_anew(config: BoardConfig) -> None:
    """Somebody swapped before the new bundle was applied: neither the next swap nor undoing it may keep that."""
    replayed = spoilt(config)
    replayed.swap("2026-11-24")
    replayed = fix(replayed, rules(10))
    replayed.write(item("cid", number=9, damage=90))
    replayed = fix(replayed, rules(1))
    poisoned = 101 if config is TOTALS else 100
    assert shown(replayed)["cid"] == poisoned
    repeated = replayed.swap("2026-11-24")
    assert (repeated.is_repeated, repeated.changed, shown(replayed)["cid"]) == (True, 1, poisoned)
    replayed.find("2026-11-24").undo()
    assert not replayed.swap("2026-11-24").is_repeated
    assert shown(replayed) == RIGHT[config] | {"cid": 92 if config is TOTALS else 91}


def test_a_window_of_a_kind_that_the_board_has_no_more_is_not_replayed() -> None:
    replayed = spoilt()
    replayed.world.deploy(change_board(replayed.world.config, windows=(WindowKind("all_time"),)))
    with pytest.raises(InputError, match="no such windows as 2026-11-24 any more, so nothing counts in it"):
        Replayed(replayed.world, replayed.managed.now).compare("2026-11-24")


def test_what_nobody_had_decided_on_takes_no_place_in_a_minute_from_what_was_counted() -> None:
    config = change_board(TOTALS, rules=rules(10, JUMPS), limits=Limits(activities_per_minute=3))
    replayed = Replayed(World(config), NOW + 1000)
    replayed.write(*(item("ann", number=number, type="jump") for number in range(4)))
    replayed.write(item("ann", number=5, damage=0), item("ann", number=6, damage=0))
    replayed = fix(replayed, rules(1, Rule("jump", (Points(Decimal(5)),))))
    compared, swapped = replayed.compare("2026-11-24"), replayed.swap("2026-11-24")
    assert compared.largest[0][3].after == swapped.largest[0][3].after
    assert (compared.added, swapped.added, compared.dropped.total()) == (1, 1, 0)
