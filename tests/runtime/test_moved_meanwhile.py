"""Edges that are moved while other functions are about to do something by those that were, and what that leaves."""

from __future__ import annotations

from datetime import date

import pytest

from runtime.config import BoardConfig, Season, WindowKind
from runtime.domain.edges.timeline import Timeline
from runtime.domain.instants import DAY, HOUR, MINUTE, rfc3339
from runtime.domain.windows import Window
from tests.runtime.boards import NOW, board
from tests.runtime.closing import DRAINING, Closing
from tests.runtime.stepping import Process, rebuilder_of
from tests.runtime.world import World

END = NOW + DAY
MOVED = END + 7 * DAY
pytestmark = pytest.mark.usefixtures("one_thread")


def season(ends: str, timezone: str = "UTC") -> BoardConfig:
    """A board with a season that began in September."""
    autumn = Season("autumn", date(2026, 9, 1), date.fromisoformat(ends))
    return board(decimals=0, shards=2, windows=(WindowKind("season", timezone, grace_seconds=0, seasons=(autumn,)),))


def test_a_season_whose_end_moves_as_it_is_closed_waits_for_the_batches_of_its_last_day() -> None:
    closing = Closing(World(season("2026-11-25")), "autumn", NOW, END)
    closing.deliver(NOW, NOW, NOW, "counted")
    probing = closing.until("probing", END)
    closing.rebuild(probing + MINUTE)
    drained = probing + MINUTE + DRAINING
    rebuild = Process(closing.world, lambda own: rebuilder_of(own, lambda: drained).rebuild())
    while not rebuild.is_over and ":before" not in rebuild.calls[-1].request.get("ExpressionAttributeValues", {}):
        rebuild.step()
    assert not rebuild.is_over
    closing.world.deploy(season("2026-12-02"))
    closing.end = MOVED
    closing.world.rebuild(drained)
    rebuild.finish()
    assert closing.state == "open"

    closed = closing.until("sealing", MOVED)
    # A batch that began just before that may still write.
    closing.rebuild(closed + 1)
    assert closing.state == "sealing"


@pytest.mark.parametrize("by_release_before", [False, True])
def test_the_bundle_before_does_not_move_an_end_back(by_release_before: bool) -> None:
    """It may still run while a deployment goes on: also where a release without local edges has opened the season."""
    world = World(season("2026-11-25", "Europe/Berlin"))
    world.rebuild(NOW)
    if by_release_before:
        del world.aws.tables["aggregates"]["#windows", "autumn"]["local"]
    for ends, after in (("2026-12-02", MINUTE), ("2026-11-25", 2 * MINUTE), ("2026-12-02", 3 * MINUTE)):
        world.deploy(season(ends, "Europe/Berlin"))
        world.rebuild(NOW + after)
        assert world.page(NOW + after)["next_reset_at"] == "2026-12-01T23:00:00.000Z"
    world.deploy(season("2026-11-25", "Europe/Berlin"))
    world.rebuild(NOW + 2 * HOUR)
    assert world.page(NOW + 2 * HOUR)["next_reset_at"] == "2026-11-24T23:00:00.000Z"


def test_an_end_that_comes_within_the_hour_is_not_moved_back() -> None:
    """The season was made longer half an hour before its end, and that is taken back at once: it may be the bundle
    before. Then its end has passed, and no season ends in the past: the organiser may end it on the next day."""
    world = World(season("2026-11-25"))
    world.rebuild(NOW)
    for ends, at, expected in (
        ("2026-12-02", END - 30 * MINUTE, MOVED),
        ("2026-11-25", END - 20 * MINUTE, MOVED),
        ("2026-11-25", END + 40 * MINUTE, MOVED),
        ("2026-11-26", END + 50 * MINUTE, END + DAY),
    ):
        world.deploy(season(ends))
        world.rebuild(at)
        assert world.page(at)["next_reset_at"] == rfc3339(expected)


def test_what_a_moved_reset_leaves_of_a_short_window_is_one_more() -> None:
    """From 22:00 to 04:00: the running day keeps its end, and the next begins there, or has to end before one."""
    kind = WindowKind("day", at_minutes=240, lasts_seconds=20 * 3600)
    running = Window("2026-11-23", "day", NOW - 2 * HOUR, NOW + 18 * HOUR)
    timeline = Timeline(kind, [running])
    assert timeline.window_at(NOW + 17 * HOUR) == running
    assert timeline.window_at(NOW + 19 * HOUR) == Window("2026-11-24", "day", running.ends_at, NOW + DAY)
    assert timeline.window_at(NOW + DAY) is None
    later = Window("2026-11-25", "day", NOW + 22 * HOUR, NOW + 30 * HOUR)
    left = Timeline(kind, [running, later]).window_at(NOW + 19 * HOUR)
    assert left == Window("2026-11-24", "day", running.ends_at, later.starts_at)


def test_a_rolling_window_goes_on_where_moved_resets_have_left_an_hour_without_a_day() -> None:
    """Two edits of a zone have stored days that take all ids beside the hour; days open only as somebody plays."""
    kind = WindowKind("rolling", "Pacific/Honolulu", 1380, days=2)
    days = [
        Window("rolling-2d.2026-11-22", "rolling", NOW - 2 * DAY, NOW - DAY),
        Window("rolling-2d.2026-11-23", "rolling", NOW - DAY, NOW),
        Window("rolling-2d.2026-11-24", "rolling", NOW + HOUR, NOW + DAY),
    ]
    timeline = Timeline(kind, days)
    assert timeline.window_at(NOW + MINUTE) is None
    assert timeline.rolling_days(NOW + MINUTE) == [days[1], days[0]]
    current = timeline.current(NOW + MINUTE)
    assert current == Window("rolling-2d", "rolling", NOW - 2 * DAY, NOW)
