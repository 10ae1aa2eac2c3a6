"""The rebuilder's handler: what it does when a part of its work fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from runtime import aws, rebuilder
from tests.runtime.boards import NOW, board
from tests.runtime.world import World

TEN_MINUTES = 600_000


def test_an_event_that_is_refused_hides_no_snapshot_and_stops_no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(board(milestones=(100,)))
    world.events.refuse = True
    monkeypatch.setattr(aws, "events", lambda: world.events)
    context: Any = SimpleNamespace(function_name="rebuilder")
    for rebuild in range(8):
        world.play("ann", at=NOW + rebuild * TEN_MINUTES)
        made = world.rebuilder(NOW + rebuild * TEN_MINUTES)
        monkeypatch.setattr(rebuilder, "_rebuilder", lambda made=made: made)
        with pytest.raises(RuntimeError, match="EventBridge refused"):
            rebuilder.handler({}, context)
        newest = world.snapshots.read_newest()
        assert newest
        assert newest.as_of == NOW + rebuild * TEN_MINUTES
    snapshots = [key for key in world.s3.objects if key.startswith("snapshots/at/")]
    assert len(snapshots) < 8
