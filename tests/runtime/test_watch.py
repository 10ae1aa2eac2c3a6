"""The watch: what it measures while the board works and while a part of it stands still, and what a forger can do."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from runtime import aws, processor, rebuilder
from runtime.domain.activity import make_id
from runtime.domain.judging import HEARTBEAT
from runtime.lifecycle.watch import HEARTBEAT_PARTITIONS, Measurement, watch
from tests.runtime.boards import NOW, board, item, message
from tests.runtime.emitted import emitted_metrics
from tests.runtime.world import World
from tests.support.lambda_context import CONTEXT

MINUTE = 60_000
GAP = 5 * MINUTE
"""From one watch to the next."""


def heartbeats(world: World) -> list[dict[str, Any]]:
    """The heartbeats in the activities table, the oldest first."""
    rows = [row for row in world.aws.tables["activities"].values() if row["type"]["S"] == HEARTBEAT]
    return sorted(rows, key=lambda row: str(row["activity_id"]["S"]))


def look(world: World, now: int) -> Measurement:
    """Run one watch."""
    return watch(world.config, world.heartbeats, world.activities, world.snapshots, now)


def deliver(world: World, now: int, *rows: dict[str, Any]) -> None:
    """Let the newest heartbeat arrive at the processor, or other items."""
    result = world.put(*(rows or heartbeats(world)[-1:]), written=now, now=now)
    assert not result.failed
    assert not result.counts


def test_a_board_where_nobody_plays_measures_how_long_a_heartbeat_takes() -> None:
    world = World()
    for number in range(5):
        now = NOW + number * GAP
        world.rebuild(now - MINUTE)
        assert look(world, now) == Measurement(0 if number == 0 else 2000, MINUTE)
        deliver(world, now + 2000)


def test_the_lag_grows_while_nothing_arrives_and_ends_when_something_does() -> None:
    world = World()
    look(world, NOW)
    deliver(world, NOW + 1000)
    assert [look(world, NOW + number * GAP).arrival_lag for number in range(1, 5)] == [1000, GAP, 2 * GAP, 3 * GAP]
    # All that waited comes at once, the newest first: an older one that comes later changes nothing.
    now = NOW + 4 * GAP + MINUTE
    deliver(world, now, *reversed(heartbeats(world)))
    assert look(world, NOW + 5 * GAP).arrival_lag == MINUTE


def test_a_new_board_has_time_for_its_first_snapshot_and_its_first_heartbeat() -> None:
    world = World()
    assert look(world, NOW) == Measurement(0, 0)
    assert look(world, NOW + GAP) == Measurement(0, GAP)
    # Nothing ever comes.
    assert look(world, NOW + 2 * GAP) == Measurement(GAP, 2 * GAP)
    assert look(world, NOW + 3 * GAP) == Measurement(2 * GAP, 3 * GAP)


def test_a_watch_that_is_started_twice_finds_no_lag() -> None:
    world = World()
    look(world, NOW)
    deliver(world, NOW + 1000)
    assert look(world, NOW + GAP).arrival_lag == 1000
    sent = heartbeats(world)
    assert [look(world, NOW + GAP + after).arrival_lag for after in (10, 2000, MINUTE - 1)] == [1000, 1000, 1000]
    assert heartbeats(world) == sent
    # By now it should have arrived.
    assert look(world, NOW + GAP + MINUTE).arrival_lag == GAP


def test_a_watch_that_stood_still_itself_finds_no_lag() -> None:
    world = World()
    look(world, NOW)
    deliver(world, NOW + 1000)
    assert look(world, NOW + 100 * GAP).arrival_lag == 1000


def test_heartbeats_come_by_many_shards_expire_and_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    world, chance = World(), random.Random(1)
    # By true chance one of the shards is left out once in thousands of times.
    monkeypatch.setattr("runtime.lifecycle.watch.secrets.randbelow", chance.randrange)
    world.rebuild(NOW)
    before = {name: set(rows) for name, rows in world.aws.tables.items()}
    for number in range(200):
        now = NOW + number * GAP
        look(world, now)
        deliver(world, now + 1000)
        deliver(world, now + 2000)
    rows = heartbeats(world)
    assert len({row["player_id"]["S"] for row in rows}) == HEARTBEAT_PARTITIONS
    assert all(int(row["expires_at"]["N"]) <= (NOW + 200 * GAP) // 1000 + 86_400 for row in rows)
    assert world.aws.tables["marks"].keys() == before["marks"]
    assert set(world.aws.tables["aggregates"]) - before["aggregates"] == {("#watch", "heartbeats")}
    assert world.page(now=NOW)["players"] == 0


def test_a_producer_cannot_forge_a_heartbeat() -> None:
    world = World()
    look(world, NOW)
    deliver(world, NOW + 1000)
    own = heartbeats(world)[0]
    stored = dict(world.aws.tables["aggregates"]["#watch", "heartbeats"])
    forged = own | {"token": {"S": "0" * 32}}
    late = own | {"activity_id": {"S": make_id(NOW + 10 * GAP, 1)}}
    no_token, no_text = own | {"token": {"S": "none"}}, late | {"token": {"N": "1"}}
    result = world.put(forged, late, no_token, no_text, written=NOW)
    # What is not the board's own is counted, as what a producer wrote: ignored where it has the form, else rejected.
    assert (result.counts["Ignored"], result.counts["Rejected"], result.counts["Counted"]) == (2, 2, 0)
    assert not result.failed
    assert world.aws.tables["aggregates"]["#watch", "heartbeats"] == stored


def test_before_the_first_watch_a_heartbeat_is_no_one_s() -> None:
    world = World()
    made = item("#heartbeat-1", type=HEARTBEAT, token="0" * 32)
    assert world.put(made).counts == {"Ignored": 1}
    assert ("#watch", "heartbeats") not in world.aws.tables["aggregates"]


def test_counted_rejected_and_ignored_are_all_that_was_written_but_the_board_s_own_items() -> None:
    world, chance, written = World(board(decimals=0)), random.Random(5), 0
    total: dict[str, int] = {}
    for number in range(50):
        now = NOW + number * GAP
        look(world, now)
        some = [
            item(at=now, number=number * 10 + each, type=chance.choice(["kill", "chat", "jump", HEARTBEAT]))
            for each in range(chance.randrange(4))
        ]
        written += len(some)
        result = world.put(*some, *heartbeats(world)[-1:], written=now)
        for name in ("Counted", "Rejected", "Ignored"):
            total[name] = total.get(name, 0) + result.counts[name]
    assert sum(total.values()) == written
    assert min(total.values()) > 5


def test_two_watches_at_once_agree() -> None:
    world = World()
    first = world.heartbeats.begin(NOW)
    assert world.heartbeats.begin(NOW + 1) == first
    look(world, NOW + 2)
    look(world, NOW + 1)
    assert world.heartbeats.begin(NOW + 3).sent == NOW + 2


def test_the_handler_watches_where_it_is_asked_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()
    monkeypatch.setattr(rebuilder, "_rebuilder", lambda: world.rebuilder(NOW))
    monkeypatch.setattr("runtime.clock.now", lambda: NOW)
    monkeypatch.setattr(aws, "events", lambda: world.event_bus)
    assert rebuilder.handler({"task": "watch"}, CONTEXT) == {"ArrivalLagSeconds": 0, "SnapshotAgeSeconds": 0}
    assert emitted_metrics(capsys.readouterr().out) == {("ArrivalLagSeconds",): [0], ("SnapshotAgeSeconds",): [0]}
    assert world.snapshots.read_newest() is None
    # A rebuild writes no metric: Lambda's own say how often it runs, how long, and whether it fails.
    for event in ({"task": "rebuild"}, {}, None, "watch"):
        assert "as_of" in rebuilder.handler(event, CONTEXT)
    assert capsys.readouterr().out == ""
    assert len(heartbeats(world)) == 1


def test_the_processor_writes_no_metric_for_the_board_s_own_items(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()
    look(world, NOW)
    monkeypatch.setattr(processor, "_stores", lambda: (world.window_store, world.aggregates, world.heartbeats))
    monkeypatch.setattr("runtime.config.load_board", lambda: world.config)
    monkeypatch.setattr("runtime.clock.now", lambda: NOW + 1000)
    records = {"Records": [message(row, written=NOW) for row in heartbeats(world)]}
    assert processor.handler(records, CONTEXT) == {"batchItemFailures": []}
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert replace(world.heartbeats.begin(NOW), token="").took == 1000
