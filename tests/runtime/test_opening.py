"""How windows come to be stored, and how a season's stored end is moved: by whom, when, and when not."""

from __future__ import annotations

import json
from datetime import date

import pytest

from runtime.config import BoardConfig, Season, WindowKind
from runtime.domain.instants import DAY, HOUR, MINUTE
from runtime.processor import process
from tests.runtime.boards import NOW, board, item, message
from tests.runtime.brute_force import instant
from tests.runtime.closing import Closing
from tests.runtime.moved_edges import edges, open_by_two_rules, play
from tests.runtime.world import World, processor_of, scores

pytestmark = pytest.mark.usefixtures("one_thread")
END = instant("2026-11-25T00:00")


def season(ends: str, name: str = "autumn", timezone: str = "UTC", more: tuple[Season, ...] = ()) -> BoardConfig:
    """A board with a season that began in September, and maybe others."""
    autumn = Season(name, date(2026, 9, 1), date.fromisoformat(ends))
    kind = WindowKind("season", timezone, grace_seconds=60, seasons=(autumn, *more))
    return board(decimals=0, windows=(kind, WindowKind("all_time")))


def test_functions_of_two_rules_open_no_windows_that_overlap() -> None:
    open_by_two_rules()


def test_a_batch_takes_up_what_was_opened_since_the_one_before() -> None:
    """A processor that runs on knows what others have opened meanwhile, by one small read."""
    old, new = (board(decimals=0, windows=(WindowKind("day", at_minutes=at),)) for at in (0, 360))
    world = World(old)
    stores = processor_of(world.aws, new)
    tomorrow = END + HOUR

    def count(at: int, number: int) -> None:
        assert not process([message(item(at=at, number=number), written=at)], new, *stores, at).failed

    count(NOW, 1)
    play(world, old, tomorrow, 2)
    count(tomorrow, 3)
    # By the new rule the day before goes on until 06:00.
    assert sorted(edges(world)) == ["2026-11-23", "2026-11-25"]
    assert scores(world.aws) == {("2026-11-23", "ann"): 10, ("2026-11-25", "ann"): 20}


@pytest.mark.parametrize(("ends", "stored", "moved"), [("2026-12-02", 1, False), ("2026-12-09", 0, True)])
def test_a_window_of_a_release_before_has_no_local_dates(ends: str, stored: int, moved: bool) -> None:
    """Then a date that was moved is told by how far: an hour is another zone database, days are not."""
    world = World(season("2026-12-02"))
    world.play("ann")
    row = world.aws.tables["aggregates"]["#windows", "autumn"]
    del row["local"]
    before = instant("2026-12-02T00:00") + stored * HOUR
    row["window"] = {"S": json.dumps(json.loads(row["window"]["S"]) | {"ends_at": before})}
    world.deploy(season(ends))
    world.play("ann")
    world.rebuild(NOW)
    assert edges(world)["autumn"][1] == (instant(f"{ends}T00:00") if moved else before)
    assert world.page(NOW, window="autumn")["entries"][0]["score"] == 20


def test_a_season_that_was_about_to_be_sealed_waits_anew_for_all_that_is_on_its_way() -> None:
    world = World(season("2026-11-25"))
    closing = Closing(world, "autumn", 0, END)
    closing.deliver(NOW, NOW, NOW, "counted")
    closing.until("probing", END + MINUTE)
    longer = season("2026-11-26")
    world.deploy(longer)
    world.rebuild(END + 10 * MINUTE)
    closing.end = END + DAY
    assert (closing.state, edges(world)["autumn"][1]) == ("open", END + DAY)
    closing.probes = 0
    world.aws.tables["activities"].clear()
    closing.deliver(END + DAY - 1, END + DAY - 1, END + DAY - 1, "counted")
    probing = closing.until("probing", END + DAY + MINUTE)
    closing.deliver(END + DAY - 2, END + DAY - 1, probing + 5 * MINUTE, "counted")
    closing.check(closing.until("sealed", probing + 6 * MINUTE))


def test_an_old_bundle_does_not_move_an_end_back_but_a_person_may() -> None:
    short, long = season("2026-12-02"), season("2026-12-09")
    ends = {config: instant(f"2026-12-0{day}T00:00") for config, day in ((short, 2), (long, 9))}
    world = World(short)
    world.rebuild(NOW)
    for config, at, end in (
        (long, MINUTE, ends[long]),
        (short, 2 * MINUTE, ends[long]),
        (short, 50 * MINUTE, ends[long]),
        (long, 55 * MINUTE, ends[long]),
        (short, 90 * MINUTE, ends[short]),
    ):
        world.deploy(config)
        world.rebuild(NOW + at)
        assert edges(world)["autumn"][1] == end, at


def test_an_end_that_cannot_be_moved_stops_nothing() -> None:
    winter = Season("winter", date(2026, 11, 25), date(2027, 3, 1))
    world = World(season("2026-11-25", more=(winter,)))
    world.rebuild(NOW)
    # To a time that is over.
    world.deploy(season("2026-11-23"))
    world.play("ann")
    world.rebuild(NOW + MINUTE)
    assert edges(world)["autumn"][1] == END
    # Into the next one, which has begun.
    world.deploy(season("2026-11-25", more=(winter,)))
    world.play("ann", at=END)
    world.rebuild(END)
    world.deploy(season("2026-11-27"))
    world.rebuild(END + MINUTE)
    assert edges(world)["autumn"][1] == END
    # Once it is sealed, or about to be.
    closing = Closing(world, "autumn", 0, END)
    closing.until("sealing", END + 2 * MINUTE)
    world.deploy(season("2026-12-24"))
    world.play("bob", at=END + DAY)
    world.rebuild(END + DAY)
    assert edges(world)["autumn"][1] == END
    assert {each["player_id"]: each["score"] for each in world.page(END + DAY, window="all_time")["entries"]} == {
        "ann": 20,
        "bob": 10,
    }


def test_a_season_goes_on_under_its_own_name_to_its_stored_end() -> None:
    world = World(season("2026-11-25"))
    world.play("ann")
    world.rebuild(NOW)
    world.deploy(season("2027-02-01", name="winter"))
    world.play("ann", at=END - 1)
    world.rebuild(END - 1)
    assert world.page(END - 1)["window"]["id"] == "autumn"
    assert world.page(END - 1)["entries"][0]["score"] == 20
    world.play("ann", at=END)
    world.rebuild(END)
    assert (edges(world)["autumn"][1], edges(world)["winter"][0]) == (END, END)


def test_days_that_are_stored_are_of_the_rolling_window_with_another_length_too() -> None:
    few, many = (board(decimals=0, windows=(WindowKind("rolling", days=days),)) for days in (2, 4))
    world = World(few)
    for day in range(3):
        world.play("ann", at=NOW + day * DAY)
    world.rebuild(NOW + 2 * DAY)
    assert world.page(NOW + 2 * DAY)["entries"][0]["score"] == 20
    world.deploy(many)
    world.play("ann", at=NOW + 2 * DAY + HOUR)
    world.play("ann", at=NOW + 3 * DAY)
    world.rebuild(NOW + 3 * DAY)
    page = world.page(NOW + 3 * DAY)
    assert (page["window"]["id"], page["entries"][0]["score"]) == ("rolling-4d", 50)
    assert world.player("ann", NOW + 3 * DAY)["entry"]["score"] == 50


def test_a_kind_of_window_may_be_taken_out_and_put_back() -> None:
    both = board(decimals=0, windows=(WindowKind("week", grace_seconds=60), WindowKind("all_time")))
    one = board(decimals=0, windows=(WindowKind("all_time"),))
    world = World(both)
    world.play("ann")
    world.rebuild(NOW)
    world.deploy(one)
    world.play("ann", at=NOW + HOUR)
    world.rebuild(NOW + HOUR)
    world.deploy(both)
    world.play("ann", at=NOW + 2 * HOUR)
    world.rebuild(NOW + 2 * HOUR)
    pages = {every: world.page(NOW + 2 * HOUR, window=every)["entries"][0]["score"] for every in ("week", "all_time")}
    assert pages == {"week": 20, "all_time": 30}
