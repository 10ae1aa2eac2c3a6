"""Nothing grows for ever: scores of windows that nobody can read are deleted, and then the windows themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runtime.config import BoardConfig, WindowKind
from runtime.domain.instants import DAY, HOUR
from runtime.dynamodb import clearing
from runtime.rebuilder import Rebuilder
from tests.runtime.boards import NOW, board, item
from tests.runtime.daily import MINUTE, probes
from tests.runtime.world import World, scores
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error
from tests.support.memory_aws.interceptors import only

PLAYERS = [f"p{number}" for number in range(10)]
ENDLESS = WindowKind("all_time")


def hourly(*more: WindowKind, keep: int = 1) -> BoardConfig:
    hour = WindowKind("hour", grace_seconds=0, keep=keep)
    return board(decimals=0, windows=(hour, *more), drain_seconds=60)


def stored(world: World) -> Counter[str]:
    """How many scores are stored in each window."""
    return Counter(window for window, _ in scores(world.aws))


def states(world: World) -> dict[str, str]:
    """The windows that were opened, each with how far its scores are from gone."""
    return {each.window.id: each.clearing for each in world.window_store.read_all()}


def live(world: World, begin: int, hours: int, *, play: bool = True, every: int = 10) -> int:
    """Let players play in each of some hours, and rebuild every ten minutes; probes come through. Returns the time."""
    delivered = len(probes(world))
    for minute in range(0, hours * 60, every):
        now = begin + minute * MINUTE
        if play and minute % 60 == 0:
            world.play(*PLAYERS, at=now)
        world.rebuild(now)
        sent = probes(world)
        world.put(*sent[delivered:], written=now)
        delivered = len(sent)
    return now


def sealed(world: World, now: int) -> list[str]:
    return [each["id"] for each in world.api.windows(now).body["windows"] if each["sealed"]]


def test_only_current_unsealed_and_kept_windows_have_scores() -> None:
    world = World(hourly(ENDLESS))
    now = live(world, NOW, 8)
    assert sealed(world, now) == ["2026-11-24T06"]
    assert stored(world) == {"2026-11-24T06": 10, "2026-11-24T07": 10, "all-time": 10}
    assert states(world) == {
        **{f"2026-11-24T0{hour}": "cleared" for hour in range(6)},
        "2026-11-24T06": "",
        "2026-11-24T07": "",
        "all-time": "",
    }
    assert stored(world)["2026-11-24T00"] == 0


def test_three_months_later_nothing_but_those_is_stored() -> None:
    world = World(hourly(ENDLESS))
    live(world, NOW, 5)
    later = live(world, NOW + 92 * DAY, 5)
    assert stored(world) == {"2027-02-24T03": 10, "2027-02-24T04": 10, "all-time": 10}
    assert [each for each in states(world) if each.startswith("2026")] == []
    assert sealed(world, later) == ["2027-02-24T03"]


def test_a_late_activity_finds_a_cleared_window_sealed() -> None:
    world = World(hourly())
    now = live(world, NOW, 4)
    result = world.put(item("new", at=NOW + MINUTE, number=77), written=NOW + 2 * MINUTE, now=now)
    assert result.reasons == {"sealed": 1}
    assert stored(world)["2026-11-24T00"] == 0
    assert states(world)["2026-11-24T00"] == "cleared"


def test_windows_that_are_gone_stay_gone_when_more_are_kept() -> None:
    world = World(hourly())
    now = live(world, NOW, 5)
    world.deploy(hourly(keep=8))
    now = live(world, now + 10 * MINUTE, 4)
    assert sealed(world, now) == [f"2026-11-24T0{hour}" for hour in (7, 6, 5, 4, 3)]
    for window in sealed(world, now):
        assert len(world.page(now, window=window)["entries"]) == 10


def test_a_rebuild_deletes_a_portion_and_the_next_one_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing, "LEAST_PORTION", 4)
    monkeypatch.setattr(Rebuilder, "clear", lambda *_: 0)
    world = World(hourly())
    now = live(world, NOW, 4)
    monkeypatch.undo()
    monkeypatch.setattr(clearing, "LEAST_PORTION", 4)
    assert stored(world).total() == 40
    result = world.rebuilder(now).rebuild()
    ranked = sum(ranks.players for ranks in result.snapshot.ranks)
    assert ranked == 20
    few = replace(result, newest=result.snapshot, snapshot=replace(result.snapshot, ranks=()))
    assert world.rebuilder(now).clear(few) == 4
    assert stored(world) == {"2026-11-24T00": 6, "2026-11-24T01": 10, "2026-11-24T02": 10, "2026-11-24T03": 10}
    assert states(world)["2026-11-24T00"] == "clearing"
    again = world.rebuilder(now + 1).rebuild()
    assert world.rebuilder(now).clear(again) == 16, "as many as were ranked, but there are no more"
    assert stored(world) == {"2026-11-24T02": 10, "2026-11-24T03": 10}


def test_windows_without_scores_do_not_hold_up_a_rebuild(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that did not clear leaves 1,440 sealed hours, and whoever clears holds the lease meanwhile."""
    monkeypatch.setattr(clearing, "MOST_WINDOWS", 2)
    world = World(hourly())
    with monkeypatch.context() as patch:
        patch.setattr(Rebuilder, "clear", lambda *_: 0)
        now = live(world, NOW, 7, play=False)
    for minute, cleared in enumerate((2, 4, 5, 5), 1):
        result, before = world.rebuilder(now + minute).rebuild(), len(world.aws.calls)
        world.rebuilder(now + minute).clear(result)
        assert len(world.aws.calls) - before <= 2 * (2 + world.config.shards)
        assert list(states(world).values()).count("cleared") == cleared


@pytest.mark.parametrize("fails_at", [1, 3, 10, 14])
def test_a_function_that_dies_leaves_the_rest_to_the_next(fails_at: int) -> None:
    world = World(hourly())
    now = live(world, NOW, 3)
    calls = iter(range(1, 10**6))

    def die(call: Call) -> None:
        if next(calls) == fails_at:
            raise error("InternalServerError", call.operation)

    world.aws.before = only(die, "delete_item")
    for minute in range(10, 140, 10):
        with suppress(ClientError):
            world.rebuild(now + minute * MINUTE)
        world.put(*probes(world), written=now + minute * MINUTE)
    world.aws.unhook()
    end = live(world, now + 140 * MINUTE, 1, play=False)
    assert stored(world) == {}, "nobody has played since, and the last window that was played is beyond `keep`"
    assert sealed(world, end)


def test_two_rebuilds_at_once_agree() -> None:
    world = World(hourly())
    now = live(world, NOW, 3)
    first, second = world.rebuilder(now + HOUR), world.rebuilder(now + HOUR)
    results = first.rebuild(), second.rebuild()
    for rebuilder, result in zip((first, second), results, strict=True):
        rebuilder.clear(result)
    world.put(*probes(world), written=now + HOUR)
    end = live(world, now + HOUR, 2)
    assert sealed(world, end) == ["2026-11-24T04"]
    assert stored(world) == {"2026-11-24T04": 10}, "nobody has played since"
    assert len(world.page(end, window=sealed(world, end)[0])["entries"]) == 10


def test_a_window_that_is_cleared_while_it_is_restored_is_left_out() -> None:
    """Of two releases one keeps more windows, and reads the scores of a window while the other deletes them."""
    world = World(hourly(keep=3))
    now = live(world, NOW, 5)
    assert sealed(world, now) == ["2026-11-24T03", "2026-11-24T02", "2026-11-24T01"]
    world.deploy(hourly())
    less = world.rebuilder(now + MINUTE)
    result = less.rebuild()
    world.deploy(hourly(keep=3))
    waiting = iter([result])

    def overtake(call: Call, carry_out: Callable[[], Any]) -> Any:
        values = call.request.get("ExpressionAttributeValues", {})
        is_read = call.operation == "query" and values[":partition"]["S"].startswith("2026-11-24T02#")
        # Several threads read the window, and one of them is overtaken.
        if is_read and (cleared := next(waiting, None)):
            assert less.clear(cleared) == 20
        return carry_out()

    world.aws.intercept = overtake
    more = world.rebuilder(now + 2 * MINUTE).rebuild()
    assert [ranks.window.id for ranks in more.snapshot.ranks if ranks.sealed] == ["2026-11-24T03"]


def test_a_pinned_reader_reads_on_in_a_window_that_is_cleared() -> None:
    world = World(hourly())
    now = live(world, NOW, 3)
    (window,) = sealed(world, now)
    for minute in range(10, 70, 10):
        at = now + minute * MINUTE
        pinned = world.page(at, window=window)
        world.rebuild(at)
        world.put(*probes(world), written=at)
        if states(world)[window]:
            break
    assert stored(world)[window] == 0
    assert world.page(at, window=window, as_of=pinned["as_of"])["entries"] == pinned["entries"]
    assert world.player("p1", at, window=window, as_of=pinned["as_of"])["entry"]["score"] == 10


ROLLING = WindowKind("rolling", days=2)
DAILY = WindowKind("day", keep=100)


@pytest.mark.parametrize(
    ("first", "then", "left"),
    [
        ((ROLLING, ENDLESS), (ROLLING, ENDLESS), ["rolling-2d.2026-11-24"]),
        ((DAILY, ENDLESS), (ENDLESS,), ["2026-11-24"]),
        ((ENDLESS, DAILY), (DAILY,), []),
    ],
    ids=["a day that a rolling window has left", "a kind that the board has no more", "all time stays"],
)
def test_what_nobody_ranks_goes_when_nothing_can_come_for_it(
    first: tuple[WindowKind, ...], then: tuple[WindowKind, ...], left: list[str]
) -> None:
    world = World(board(decimals=0, windows=first))
    world.play("ann")
    world.rebuild(NOW)
    world.deploy(board(decimals=0, windows=then))
    before = stored(world)
    for days in (2, 30, 62):
        world.rebuild(NOW + days * DAY)
    assert stored(world) == before, "a redrive may still bring an activity for it"
    world.rebuild(NOW + 63 * DAY + 1)
    assert before.keys() - stored(world).keys() == set(left)
    assert before.keys() - states(world).keys() == set(left)


def test_the_days_of_a_long_rolling_window_stay_while_it_has_them() -> None:
    kind = WindowKind("rolling", days=90)
    world = World(board(decimals=0, windows=(kind,)))
    world.play("ann")
    world.rebuild(NOW + 89 * DAY)
    assert len(world.page(NOW + 89 * DAY)["entries"]) == 1
    world.rebuild(NOW + 122 * DAY)
    assert stored(world) != {}, "what an operator loaded on the last day may have waited for 30 days"
    world.rebuild(NOW + 123 * DAY + 1)
    assert stored(world) == {}


def test_little_is_left_of_a_window_that_is_cleared() -> None:
    """All windows are read in one query, by each function, whenever one has opened."""
    world = World(hourly())
    live(world, NOW, 4)
    rows = world.aws.tables["aggregates"]
    cleared, kept = (rows["#windows", f"2026-11-24T0{hour}"] for hour in (0, 2))
    assert kept.keys() - cleared.keys() == {"probes", "token", "arrived", "probed_at", "changed_at"}
    assert cleared.keys() - kept.keys() == {"clearing"}


def test_clearing_asks_nothing_of_a_board_that_has_nothing_to_clear() -> None:
    world = World(hourly(ENDLESS))
    world.play("ann")
    result = world.rebuilder(NOW).rebuild()
    before = len(world.aws.calls)
    assert world.rebuilder(NOW).clear(result) == 0
    assert len(world.aws.calls) == before
