"""Windows that run while the YAML or the zone database changes: what is stored holds, and every count is ranked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from generator.operations.redriving import redrive_rejected
from generator.operations.rejections import list_rejections
from runtime.config import BoardConfig, Season, WindowKind
from runtime.domain.instants import DAY, HOUR, MINUTE, rfc3339
from tests.memory_aws.life import Life
from tests.runtime.boards import board, item
from tests.runtime.brute_force import instant
from tests.runtime.closing import Closing
from tests.runtime.world import World
from tests.support.zones import zone_database

VANCOUVER = {"America/Vancouver": "PST8PDT,M3.2.0,M11.1.0"}, {"America/Vancouver": "MST7"}
"""The zone by a database of 2025, and by one of 2026: it stays at -7."""
CASABLANCA = {"Africa/Casablanca": "<+01>-1"}, {"Africa/Casablanca": "UTC0"}
pytestmark = pytest.mark.usefixtures("one_thread")


def season(ends: str, name: str = "autumn", timezone: str = "UTC") -> BoardConfig:
    """A board with a season that began in September."""
    autumn = Season(name, date(2026, 9, 1), date.fromisoformat(ends))
    return board(decimals=0, windows=(WindowKind("season", timezone, grace_seconds=60, seasons=(autumn,)),))


def week(**changes: object) -> BoardConfig:
    """A board with a week that starts on Monday, at 04:00 in Berlin."""
    kind = replace(WindowKind("week", "Europe/Berlin", 240, grace_seconds=60), **changes)  # type: ignore[arg-type]
    return board(decimals=0, windows=(kind, WindowKind("all_time")))


def ranked(world: World, now: int) -> dict[str, dict[str, int]]:
    """The scores in each window of a snapshot that is made now, by the window's id and the player."""
    world.rebuild(now)
    listed = [each["id"] for each in world.api.windows(now).body["windows"]]
    pages = {name: world.page(now, window=name)["entries"] for name in listed}
    return {name: {entry["player_id"]: entry["score"] for entry in entries} for name, entries in pages.items()}


def test_a_season_keeps_its_end_under_a_newer_zone_database() -> None:
    config = season("2027-01-01", timezone="America/Vancouver")
    end = instant("2027-01-01T08:00")
    with zone_database(VANCOUVER[0]):
        world = World(config)
        world.play("ann", at=end - 40 * DAY)
        assert world.page(end - 40 * DAY)["next_reset_at"] == rfc3339(end)
    with zone_database(VANCOUVER[1]):
        world.deploy(config)
        # By the newer database the season is over an hour before.
        world.play("ann", "bob", at=end - 30 * MINUTE)
        assert ranked(world, end - 29 * MINUTE)["autumn"] == {"ann": 20, "bob": 10}
        assert world.page(end - 29 * MINUTE)["next_reset_at"] == rfc3339(end)
        late = item("cid", at=end)
        assert world.put(late, written=end).reasons == {"no_window": 1}
        Closing(world, "autumn", 0, end).until("sealed", end + MINUTE)
        page = world.page(end + DAY, window="autumn")
        assert page["window"]["sealed"]
        assert [(each["player_id"], each["score"]) for each in page["entries"]] == [("ann", 20), ("bob", 10)]


def test_a_month_is_judged_and_sealed_by_the_same_edges() -> None:
    config = board(decimals=0, windows=(WindowKind("month", "Africa/Casablanca", grace_seconds=60),))
    end = instant("2026-11-30T23:00")
    with zone_database(CASABLANCA[0]):
        world = World(config)
        world.play("ann", at=end - 6 * DAY)
    with zone_database(CASABLANCA[1]):
        world.deploy(config)
        world.play("ann", at=end - 1)
        # By the newer database these are of November, which is stored to end before them.
        world.play("ann", "bob", "cid", at=end + 30 * MINUTE)
        Closing(world, "2026-11", 0, end).until("sealed", end + MINUTE)
        assert ranked(world, end + DAY) == {
            "2026-12": {"ann": 10, "bob": 10, "cid": 10},
            "2026-11": {"ann": 20},
        }
        following = world.page(end + DAY, window="2026-12")["window"]
        assert (following["starts_at"], following["ends_at"]) == (rfc3339(end), "2027-01-01T00:00:00.000Z")


def test_a_season_that_is_made_longer_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    life = Life(World(season("2026-11-25")), monkeypatch)
    life.kill("ann")
    life.process()
    life.now += DAY + HOUR
    life.run()
    life.kill("ann", "bob")
    life.process()
    assert ranked(life.world, life.now)["autumn"] == {"ann": 10}
    assert len(list(list_rejections(life.running.marks, life.now))) == 2
    life.be_deployed(season("2026-12-02"))
    # The watch moves the end, every five minutes, also where the board is rebuilt once a day.
    life.run("watch")
    life.kill("ann")
    life.process()
    list(redrive_rejected(life.running, list_rejections(life.running.marks, life.now)))
    life.process()
    assert not list(list_rejections(life.running.marks, life.now))
    assert ranked(life.world, life.now)["autumn"] == {"ann": 30, "bob": 10}
    assert life.world.page(life.now)["next_reset_at"] == "2026-12-02T00:00:00.000Z"


def test_a_moved_reset_holds_from_the_next_window_on() -> None:
    old, new = week(), week(at_minutes=360, timezone="Europe/London")
    monday = instant("2026-11-30T03:00")
    world = World(old)
    world.play("ann", at=monday - DAY)
    world.rebuild(monday - DAY)
    world.deploy(new)
    world.play("ann", at=monday - 1)
    assert world.page(monday - 1)["next_reset_at"] == rfc3339(monday)
    # By the new rule the week before lasts until 06:00.
    world.play("bob", at=monday + HOUR)
    before_rebuild = world.page(monday + HOUR, window="week")
    assert (before_rebuild["window"]["id"], before_rebuild["window"]["starts_at"]) == ("2026-W49", rfc3339(monday))
    everybody = {"ann": 20, "bob": 10}
    assert ranked(world, monday + HOUR) == {"2026-W49": {"bob": 10}, "2026-W48": {"ann": 20}, "all-time": everybody}
    assert world.page(monday + HOUR)["next_reset_at"] == "2026-12-07T06:00:00.000Z"
    listed = [each["id"] for each in world.api.windows(monday + HOUR).body["windows"]]
    assert listed[:2] == ["2026-W49", "2026-W48"]
