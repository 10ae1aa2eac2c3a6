"""Replaying a window: what is counted again, what readers see meanwhile, what is refused, and the way back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generator.errors import FindingError
from runtime.config import BoardConfig, Points, Rule
from runtime.dynamodb.decisions import DecisionStore
from tests.operations.lived import happen_at
from tests.operations.replayed import Replayed
from tests.operations.spoilt import BEST, RIGHT, TOTALS, WRONG, boards, fix, rules, shown, spoilt
from tests.runtime.boards import NOW, change_board, item
from tests.runtime.daily import END, MINUTE
from tests.runtime.world import World
from tests.support.memory_aws import Call


@boards
def test_a_window_is_compared_swapped_and_undone(config: BoardConfig) -> None:
    replayed = spoilt(config)
    stored = {key: dict(row) for key, row in replayed.world.aws.tables["aggregates"].items() if key[0][0] != "#"}
    comparison = replayed.compare("2026-11-24")
    assert (comparison.players, comparison.changed, comparison.missing) == (3, 3, 0)
    largest = comparison.largest[0][3]
    assert (largest.player_id, largest.before, largest.after) == (
        "ann",
        (WRONG[config]["ann"],),
        (RIGHT[config]["ann"],),
    )
    assert [player for _, player, _ in comparison.top_after] == sorted(RIGHT[config], key=lambda p: -RIGHT[config][p])
    assert stored == {key: row for key, row in replayed.world.aws.tables["aggregates"].items() if key[0][0] != "#"}
    assert shown(replayed) == WRONG[config]
    replayed.swap("2026-11-24")
    assert shown(replayed) == RIGHT[config]
    assert shown(replayed, "all_time") == WRONG[config]
    replayed.write(item("ann", number=5, damage=99), item("dan", number=6, damage=2))
    after = {"ann": RIGHT[config]["ann"] + 100 if config is TOTALS else 100, "bob": 8, "dan": 3, "cid": 1}
    assert shown(replayed) == after
    replayed.find("2026-11-24").undo()
    before = {"ann": WRONG[config]["ann"] + 100 if config is TOTALS else 100, "bob": 17, "dan": 3, "cid": 10}
    assert shown(replayed) == before
    with pytest.raises(FindingError, match="nothing to undo"):
        replayed.find("2026-11-24").undo()
    replayed.swap("2026-11-24")
    assert shown(replayed) == after


class Death(BaseException):
    """Stands for the death of the program at this point."""


def count_writes(replayed: Replayed) -> int:
    writes = 0

    def count(call: Call) -> None:
        nonlocal writes
        writes += 1

    replayed.world.aws.before = count
    replayed.swap("2026-11-24")
    return writes


@boards
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_replay_that_dies_anywhere_is_resumed_by_the_next(config: BoardConfig, when: str) -> None:
    for last in range(count_writes(spoilt(config))):
        replayed = spoilt(config)
        left = last

        def die(call: Call) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Death

        setattr(replayed.world.aws, when, die)
        with pytest.raises(Death):
            replayed.swap("2026-11-24")
        replayed.world.aws.unhook()
        assert shown(replayed) in (WRONG[config], RIGHT[config])
        replayed.write(item("cid", number=9, damage=49))
        replayed.swap("2026-11-24")
        assert shown(replayed) == RIGHT[config] | {"cid": 51 if config is TOTALS else 50}, last


@boards
def test_two_replays_at_once_agree(config: BoardConfig) -> None:
    for step in range(count_writes(spoilt(config))):
        replayed = spoilt(config)

        def overtake(replayed: Replayed = replayed) -> None:
            replayed.swap("2026-11-24")
            replayed.write(item("cid", number=9, damage=49))

        happen_at(replayed.world, step, overtake)
        replayed.swap("2026-11-24")
        assert shown(replayed) == RIGHT[config] | {"cid": 51 if config is TOTALS else 50}, step
        replayed.find("2026-11-24").undo()
        assert shown(replayed) == WRONG[config] | {"cid": 60 if config is TOTALS else 50}, step


def test_what_is_missing_is_not_taken_from_players() -> None:
    replayed = spoilt()
    for key in [key for key in replayed.world.aws.tables["activities"] if key[0] == "ann"][:1]:
        del replayed.world.aws.tables["activities"][key]
    assert (replayed.compare("2026-11-24").missing, replayed.compare("2026-11-24").missing_players) == (1, 1)
    assert replayed.swap("2026-11-24").missing == 1
    replayed.write(item("ann", number=7, damage=0))
    assert replayed.swap("2026-11-24").missing == 1
    assert shown(replayed) == WRONG[TOTALS] | {"ann": 25}
    assert replayed.swap("2026-11-24", accept_missing=True).missing == 1
    assert shown(replayed)["ann"] in (3, 5)


def test_the_run_that_is_missing_is_noticed() -> None:
    replayed = spoilt(BEST)
    del replayed.world.aws.tables["activities"]["bob", item(number=3)["activity_id"]["S"]]
    assert replayed.compare("2026-11-24").missing == 1
    assert replayed.swap("2026-11-24").missing == 1
    assert shown(replayed) == WRONG[BEST]
    replayed.swap("2026-11-24", accept_missing=True)
    assert shown(replayed) == {"ann": 4, "cid": 1}


def test_what_was_rejected_stays_so_and_what_was_ignored_counts() -> None:
    world = World(change_board(TOTALS, rules=rules(10, Rule("boss", (Points(Decimal(9)),), (("mode", ("x",)),)))))
    replayed = Replayed(world, NOW + 1000)
    replayed.write(
        item("ann", number=1, damage=0), item("ann", number=2, type="jump"), item("eve", number=3, type="boss")
    )
    right = rules(1, Rule("boss", (Points(Decimal(9)),)), Rule("jump", (Points(Decimal(5)),)))
    replayed = fix(replayed, right)
    comparison = replayed.compare("2026-11-24")
    assert (comparison.players, comparison.changed, comparison.appear, comparison.added) == (2, 2, 1, 1)
    assert shown(replayed) == {"ann": 10}
    replayed.swap("2026-11-24")
    assert shown(replayed) == {"eve": 9, "ann": 1}
    assert shown(replayed, "all_time") == {"ann": 10, "eve": 9}


def test_what_gives_nothing_any_more_is_named() -> None:
    replayed = fix(spoilt(), (Rule("kill", (Points(Decimal(1), "damage"),), (("mode", ("ranked",)),)),))
    assert dict(replayed.compare("2026-11-24").dropped) == {"ignored": 4}
    replayed.swap("2026-11-24")
    assert shown(replayed) == {}
    replayed.write(item("cid", number=9, damage=4, mode="ranked"))
    assert shown(replayed) == {"cid": 5}


def test_an_activity_that_a_window_missed_is_not_counted_there() -> None:
    """It counts in all time: its mark says that it counts, and not where."""
    replayed = spoilt()
    replayed.managed.now = END + 10 * MINUTE
    replayed.world.deploy(change_board(TOTALS, rules=rules(10)))
    replayed.write(item("ann", at=NOW + 5, number=9, damage=7))
    replayed = fix(replayed, rules(1))
    comparison = replayed.compare("2026-11-24")
    assert next(each for each in comparison.largest if each[2] == "ann")[3].after == (6,)
    replayed.swap("2026-11-24")
    assert shown(replayed) == RIGHT[TOTALS]
    replayed.swap("all-time")
    assert shown(replayed, "all_time") == {"ann": 14, "bob": 8, "cid": 1}


def test_no_milestone_is_told_of_twice() -> None:
    replayed = spoilt()
    replayed.write(item("ann", number=5, damage=4))
    assert milestones(replayed) == {("ann", 25)}
    for row in [key for key in replayed.world.aws.tables["aggregates"] if key[0].startswith("#outbox")]:
        del replayed.world.aws.tables["aggregates"][row]
    replayed.swap("2026-11-24")
    replayed.write(item("ann", number=6, damage=20))
    assert milestones(replayed, "all-time") == {("ann", 50)}
    assert milestones(replayed, "2026-11-24") == set()
    replayed.write(item("ann", number=7, damage=20))
    assert milestones(replayed, "2026-11-24") == {("ann", 50)}


def milestones(replayed: Replayed, window: str = "2026-11-24") -> set[tuple[str, int]]:
    keys = (key[1] for key in replayed.world.aws.tables["aggregates"] if key[0].startswith("#outbox"))
    parts = [key.split("/") for key in keys if key.startswith("milestone/")]
    return {(part[3], int(part[4])) for part in parts if part[2] == window}


def test_who_is_hidden_stays_hidden_and_who_is_erased_is_nowhere() -> None:
    replayed = spoilt()
    DecisionStore(replayed.world.table).hide("bob", replayed.managed.now)
    comparison = replayed.compare("2026-11-24")
    assert [player for _, player, _ in comparison.top_after] == ["ann", "cid"]
    replayed.swap("2026-11-24")
    replayed.managed.erase("ann")
    assert shown(replayed) == {"cid": 1}
    assert replayed.managed.find_traces("ann") == []
