"""The rebuilder's handler: what it does when a part of its work fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from runtime import aws, rebuilder
from runtime.s3.snapshots import HISTORY
from tests.runtime.boards import NOW, board
from tests.runtime.world import World
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import Call
from tests.support.memory_aws.interceptors import only

TEN_MINUTES = 600_000


def test_an_event_that_is_refused_hides_no_snapshot_and_stops_no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(board(milestones=(100,)))
    world.aws.events.refuse = True
    monkeypatch.setattr(aws, "events", lambda: world.event_bus)
    for rebuild in range(8):
        world.play("ann", at=NOW + rebuild * TEN_MINUTES)
        made = world.rebuilder(NOW + rebuild * TEN_MINUTES)
        monkeypatch.setattr(rebuilder, "_rebuilder", lambda made=made: made)
        with pytest.raises(RuntimeError, match="EventBridge refused"):
            rebuilder.handler({}, CONTEXT)
        newest = world.snapshots.read_newest()
        assert newest
        assert newest.as_of == NOW + rebuild * TEN_MINUTES
    snapshots = [key for key in world.aws.bucket.objects if key.startswith("snapshots/at/")]
    assert len(snapshots) < 8


def test_events_that_were_refused_are_sent_at_once_though_the_board_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(board(milestones=(10,), stale_seconds=33 * 3600))
    world.aws.events.refuse = True
    times = iter(range(NOW, NOW + 3_600_000, 60_000))
    made = replace(world.rebuilder(NOW), clock=lambda: next(times))
    monkeypatch.setattr(aws, "events", lambda: world.event_bus)
    monkeypatch.setattr(rebuilder, "_rebuilder", lambda: made)
    world.play("ann")
    for _ in range(10):
        with pytest.raises(RuntimeError, match="EventBridge refused"):
            rebuilder.handler({}, CONTEXT)
    world.aws.events.refuse = False
    assert [rebuilder.handler({}, CONTEXT)["events"] for _ in range(3)] == [2, 0, 0]


def test_the_handler_tells_of_the_snapshot_that_readers_get(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr(aws, "events", lambda: world.event_bus)

    def rebuild(now: int) -> dict[str, Any]:
        monkeypatch.setattr(rebuilder, "_rebuilder", lambda: world.rebuilder(now))
        answer = rebuilder.handler({}, CONTEXT)
        newest = world.snapshots.read_newest()
        assert newest
        assert answer["as_of"] == newest.as_of
        return answer

    world.play("ann")
    assert rebuild(NOW + 1) == {"as_of": NOW + 1, "published": True, "players": 1, "events": 0}
    assert rebuild(NOW + 180_000)["published"]
    # Nothing has changed, for a while.
    assert rebuild(NOW + 240_000) == {"as_of": NOW + 180_000, "published": False, "players": 1, "events": 0}

    # Another rebuild, which began later, is quicker.
    def overtake(call: Call) -> None:
        if call.request["Key"].startswith(HISTORY):
            world.aws.unhook()
            world.play("cid", at=NOW + 300_000)
            world.rebuild(NOW + 300_001)

    world.play("bob", at=NOW + 300_000)
    world.aws.before = only(overtake, "put_object")
    assert rebuild(NOW + 300_000) == {"as_of": NOW + 300_001, "published": False, "players": 3, "events": 0}
