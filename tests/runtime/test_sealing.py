"""Sealing a window: its final ranks have everything that was counted, and after them nothing counts in it."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import WindowKind
from runtime.domain.instants import DAY
from runtime.domain.judging import PROBE
from runtime.domain.ranking import WindowRanks
from runtime.domain.windows import Window
from runtime.dynamodb import outbox
from runtime.lifecycle.ranking import Ranker
from tests.runtime.boards import NOW, board, item
from tests.runtime.daily import DAILY, END, MINUTE, probed, probes, seal, state
from tests.runtime.world import World
from tests.support.effort import examples
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error


def test_a_window_is_sealed_once_the_queue_has_drained() -> None:
    world = World(DAILY)
    world.play("ann", "bob", "ann")
    world.rebuild(NOW + 1)
    world.rebuild(END + 4 * MINUTE)
    assert state(world) == "open"
    world.rebuild(END + 5 * MINUTE)
    assert state(world) == "probing"
    assert len(probes(world)) == 16
    assert len({row["player_id"]["S"] for row in probes(world)}) == 16
    # Half of the probes are not enough, however long it takes.
    world.put(*probes(world)[:8], written=END + 6 * MINUTE)
    world.rebuild(END + 100 * MINUTE)
    assert state(world) == "probing"
    world.put(*probes(world)[8:], written=END + 101 * MINUTE)
    world.rebuild(END + 102 * MINUTE)
    # A message that failed just before the last probe came through is delivered again until half an hour later.
    world.put(item("bob", at=END - 1, number=76), written=END, now=END + 131 * MINUTE)
    world.rebuild(END + 131 * MINUTE)
    world.rebuild(END + 160 * MINUTE)
    assert state(world) == "probing"
    world.rebuild(END + 161 * MINUTE)
    assert state(world) == "sealing"
    # A batch that began before may still write; one that begins now may not.
    assert world.put(item("ann", at=END - 1, number=77), written=END, now=END + 161 * MINUTE).missed == {"sealed": 1}
    # Clocks may differ by a minute, and a batch takes another.
    world.rebuild(END + 163 * MINUTE - 1)
    assert state(world) == "sealing"
    world.rebuild(END + 163 * MINUTE)
    assert state(world) == "sealed"
    page = world.page(now=END + 164 * MINUTE, window="day:previous")
    assert page["window"]["sealed"] is True
    assert [(entry["player_id"], entry["score"]) for entry in page["entries"]] == [("ann", 20), ("bob", 20)]


def test_a_slow_rebuild_gives_batches_their_time_from_when_it_closed_the_window() -> None:
    world = probed()
    world.rebuild(END + 7 * MINUTE)
    world.rebuild(END + 40 * MINUTE, takes=2 * MINUTE)
    assert state(world) == "sealing"
    # Another rebuild began before the window was closed, and a batch that did writes until a minute later.
    world.rebuild(END + 44 * MINUTE - 1)
    assert state(world) == "sealing"
    world.rebuild(END + 44 * MINUTE)
    assert state(world) == "sealed"


def test_all_players_are_read_once_for_a_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until batches that began before are over, ranks are followed: what is read then is not final anyway."""
    read: list[str] = []
    rank_in_full = Ranker.rank_in_full

    def count(self: Ranker, window: Window, *rest: Any) -> WindowRanks:
        read.append(window.id)
        return rank_in_full(self, window, *rest)

    world = probed()
    world.rebuild(END + 7 * MINUTE)
    monkeypatch.setattr(Ranker, "rank_in_full", count)
    for seconds in range(40 * 60, 44 * 60, 20):
        world.play("bob", at=END + seconds * 1000)
        world.rebuild(END + seconds * 1000)
    assert state(world) == "sealed"
    assert read.count("2026-11-24") == 1


def test_a_change_starts_the_wait_anew() -> None:
    world = probed()
    world.put(item("bob", at=END - 1), written=END + 4 * MINUTE, now=END + 20 * MINUTE)
    world.rebuild(END + 20 * MINUTE)
    world.rebuild(END + 49 * MINUTE)
    assert state(world) == "probing"
    world.rebuild(END + 50 * MINUTE)
    assert state(world) == "sealing"


def test_a_window_that_the_sdk_closes_twice_is_sealed_by_the_next_rebuild() -> None:
    world = probed()
    world.rebuild(END + 7 * MINUTE)

    def put_twice(call: Call, carry_out: Callable[[], Any]) -> Any:
        if call.operation == "update_item":
            carry_out()
        return carry_out()

    world.aws.intercept = put_twice
    world.rebuild(END + 40 * MINUTE)
    world.aws.unhook()
    row = world.aws.tables["aggregates"]["#windows", "2026-11-24"]
    # The first stands for bundles that know no `closed_at`.
    assert row["sealing_at"] == row["closed_at"] == {"N": str(END + 40 * MINUTE)}
    world.rebuild(END + 42 * MINUTE)
    assert state(world) == "sealed"


def test_a_queue_that_never_drains_holds_a_window_open_for_a_day_at_most() -> None:
    world = World(DAILY)
    world.play("ann")
    world.rebuild(END + 5 * MINUTE)
    world.rebuild(END + 5 * MINUTE + DAY - 1)
    assert state(world) == "probing"
    world.rebuild(END + 5 * MINUTE + DAY)
    assert state(world) == "sealing"


def test_nobody_else_can_make_a_probe() -> None:
    world = World(DAILY)
    world.play("ann")
    world.rebuild(END + 5 * MINUTE)
    forged = [{**row, "token": {"S": "0" * 32}} for row in probes(world)]
    assert world.put(*forged, written=END + 6 * MINUTE).counts["Ignored"] == 16
    assert world.put(*({**row, "window": {"S": "nowhere"}} for row in forged)).counts["Ignored"] == 16
    found = world.window_store.find("2026-11-24")
    assert found is not None
    assert found.probes == frozenset()


@pytest.mark.parametrize("window", [None, "", "x" * 2000, "\x00", 7])
def test_what_only_has_the_type_of_a_probe_is_rejected(window: Any) -> None:
    batch = World(DAILY).put(item(type=PROBE, window=window, token="0" * 32))
    assert not batch.failed
    assert batch.reasons == {"unknown_type": 1}


def test_a_sealed_window_never_changes_and_rejects_as_sealed() -> None:
    world = World(board(decimals=0, windows=(WindowKind("day"),)))
    world.play("ann")
    world.rebuild(NOW + 1)
    now = seal(world)
    before = world.page(now=now, window="2026-11-24")
    batch = world.put(item("ann", at=END - 1, number=5), written=END, now=now)
    assert batch.reasons == {"sealed": 1}
    world.rebuild(now + MINUTE)
    after = world.page(now=now + MINUTE, window="2026-11-24")
    assert {**after, "as_of": 0} == {**before, "as_of": 0}


def test_a_window_that_nobody_played_in_is_sealed_too() -> None:
    world = World(DAILY)
    world.rebuild(NOW + 1)
    now = seal(world)
    assert world.page(now=now, window="day:previous")["players"] == 0


def test_sealing_sends_one_event_that_keeps_its_id() -> None:
    world = World(DAILY)
    world.play("ann")
    world.rebuild(NOW + 1)
    seal(world)
    world.aws.events.refuse = True
    with pytest.raises(RuntimeError, match="EventBridge refused 1 events"):
        outbox.send(world.table, world.event_bus, "arcade-daily")
    world.aws.events.refuse = False
    assert outbox.send(world.table, world.event_bus, "arcade-daily") == 1
    assert outbox.send(world.table, world.event_bus, "arcade-daily") == 0
    ((kind, detail),) = world.aws.events.sent
    assert kind == "leaderboard.window_closed"
    assert detail["id"] == "window/weekly-kills/2026-11-24"
    assert detail["window"]["ends_at"] == "2026-11-25T00:00:00.000Z"
    assert detail["top"] == [{"rank": 1, "player_id": "ann", "name": None, "columns": {"score": 10}}]


@pytest.mark.usefixtures("one_thread")
@examples(40)
@given(st.integers(0, 2**32))
def test_whatever_dies_the_final_ranks_are_what_was_counted(seed: int) -> None:
    """The sealed window has exactly what was counted in it, although rebuilds and batches die at any write, and
    activities that were written in time arrive late and in any order."""
    chance = random.Random(seed)
    world = World(DAILY)
    waiting = [item(f"p{chance.randrange(3)}", at=END - chance.randrange(1, MINUTE), number=n) for n in range(12)]

    def die(call: Call) -> None:
        if chance.random() < 0.1:
            raise error("InternalServerError", call.operation)

    counted = 0
    sent = 0
    for minute in range(1, 400):
        now = END + minute * MINUTE
        world.aws.before = world.aws.after = die
        with suppress(ClientError):
            world.rebuild(now)
        fresh, sent = probes(world)[sent:], len(probes(world))
        waiting += fresh
        chance.shuffle(waiting)
        batch, waiting = waiting[:3], waiting[3:]
        try:
            result = world.put(*batch, written=END + 1000, now=now)
        except ClientError:
            waiting += batch
            continue
        waiting += [each for number, each in enumerate(batch) if str(number) in result.failed]
        world.aws.unhook()
        if state(world) == "sealed":
            break
    else:
        raise AssertionError(f"still {state(world)} after 400 minutes")
    world.rebuild(END + 500 * MINUTE)
    page = world.page(now=END + 501 * MINUTE, window="2026-11-24")
    assert page["window"]["sealed"]
    marks = [row for row in world.aws.tables["marks"].values() if row.get("outcome", {}).get("S") == "counted"]
    stored = {
        player: int(row["columns"]["L"][0]["N"])
        for (partition, player), row in world.aws.tables["aggregates"].items()
        if partition.startswith("2026-11-24#")
    }
    counted = len(marks)
    assert {entry["player_id"]: entry["score"] for entry in page["entries"]} == stored
    assert sum(stored.values()) == 10 * counted
