"""What becomes of windows that run while the YAML or the zone database changes, as lives of a board.

Each was seen to stop a board, or to count what no ranks show. Whatever the AWS is, what is stored holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from generator.operations.redrives.putting_back import redrive_rejected
from generator.operations.rejections import list_rejections
from runtime.config import BoardConfig, Season, WindowKind
from runtime.domain.instants import DAY, HOUR, MINUTE, rfc3339
from runtime.processor import process
from tests.memory_aws.life import Life
from tests.runtime.boards import board, item, message
from tests.runtime.brute_force import instant
from tests.runtime.closing import Closing
from tests.runtime.world import World, processor_of
from tests.support.memory_aws import Call
from tests.support.memory_aws.interceptors import only
from tests.support.zones import zone_database

VANCOUVER = {"America/Vancouver": "PST8PDT,M3.2.0,M11.1.0"}, {"America/Vancouver": "MST7"}
"""The zone by a database of 2025, and by one of 2026: it stays at -7."""
CASABLANCA = {"Africa/Casablanca": "<+01>-1"}, {"Africa/Casablanca": "UTC0"}


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


def see_a_newer_zone_database(world: World, _: pytest.MonkeyPatch) -> None:
    """A season keeps its end where the bundle's database has another one for the same date."""
    config = season("2027-01-01", timezone="America/Vancouver")
    end = instant("2027-01-01T08:00")
    with zone_database(VANCOUVER[0]):
        world.deploy(config)
        world.play("ann", at=end - 40 * DAY)
        assert world.page(end - 40 * DAY)["next_reset_at"] == rfc3339(end)
    with zone_database(VANCOUVER[1]):
        world.deploy(config)
        world.rebuild(end - 39 * DAY)
        assert world.page(end - 39 * DAY)["next_reset_at"] == rfc3339(end)
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


def seal_a_month_under_a_newer_zone_database(world: World, _: pytest.MonkeyPatch) -> None:
    """A month is judged and sealed by the same edges, and the next begins where it ends."""
    config = board(decimals=0, windows=(WindowKind("month", "Africa/Casablanca", grace_seconds=60),))
    end = instant("2026-11-30T23:00")
    with zone_database(CASABLANCA[0]):
        world.deploy(config)
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


def make_a_season_longer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A season whose end is moved after it is over goes on, and what was rejected meanwhile can be put back."""
    life = Life(world, monkeypatch)
    life.be_deployed(season("2026-11-25"))
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


def move_a_reset(world: World, _: pytest.MonkeyPatch) -> None:
    """A reset that was moved holds from the next window on."""
    old, new = week(), week(at_minutes=360, timezone="Europe/London")
    monday = instant("2026-11-30T03:00")
    world.deploy(old)
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


def edges(world: World) -> dict[str, tuple[int, int]]:
    """The stored edges of the windows that end, by their ids."""
    rows = {
        key[1]: json.loads(row["window"]["S"])
        for key, row in world.aws.tables["aggregates"].items()
        if key[0] == "#windows"
    }
    return {name: (each["starts_at"], each["ends_at"]) for name, each in rows.items() if each["ends_at"]}


def play(world: World, config: BoardConfig, at: int, number: int, player: str = "ann") -> None:
    """Let a processor that has just started count an activity that is written now."""
    stores = processor_of(world.aws, config)
    assert not process([message(item(player, at=at, number=number), written=at)], config, *stores, at).failed


def open_by_two_rules() -> None:
    """Two functions open windows at once: weeks from Monday and from Tuesday, whose ids have two forms.

    So nothing but the version of the edges tells one of them of the other.
    """
    monday = board(decimals=0, windows=(WindowKind("week"),))
    tuesday = board(decimals=0, windows=(WindowKind("week", starts=1),))
    world = World(monday)
    reset = instant("2026-11-30T00:00")
    play(world, monday, reset - HOUR, 1)

    def overtake(call: Call) -> None:
        if any("#windows" in str(each) for each in call.request["TransactItems"]):
            world.aws.unhook()
            play(world, monday, reset + HOUR, 2)

    world.aws.before = only(overtake, "transact_write_items")
    play(world, tuesday, reset + 2 * HOUR, 3)
    assert world.aws.before is not overtake
    stretches = sorted(edges(world).values())
    assert all(one[1] <= two[0] for one, two in pairwise(stretches)), edges(world)
    world.deploy(tuesday)
    world.rebuild(reset + 3 * HOUR)
    page = world.page(reset + 3 * HOUR, window="week")
    assert (page["window"]["id"], [each["score"] for each in page["entries"]]) == ("2026-W49", [20])


EDITS: dict[str, Callable[[World, pytest.MonkeyPatch], None]] = {
    each.__name__: each
    for each in (
        see_a_newer_zone_database,
        seal_a_month_under_a_newer_zone_database,
        make_a_season_longer,
        move_a_reset,
    )
}
"""The lives, by their names."""
