"""Clocks that differ: `as_of` never goes back, and no clock stops the rebuilds of others."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from runtime.config import WindowKind
from runtime.domain.instants import DAY
from runtime.dynamodb.lease import Lease, LeaseHeldError
from runtime.lifecycle.watch import watch
from runtime.s3 import snapshots
from tests.runtime.boards import NOW, board
from tests.runtime.world import World


def test_as_of_never_goes_back_and_a_clock_that_is_behind_stops_nothing() -> None:
    world = World()
    world.play("ann")
    assert world.rebuild(NOW + 10).published
    world.play("ann")
    assert world.rebuild(NOW + 5).published
    assert (world.page()["as_of"], world.page()["entries"][0]["score"]) == ("2026-11-24T00:00:00.011Z", 20)
    assert world.rebuild(NOW + 10).published
    assert world.page()["as_of"] == "2026-11-24T00:00:00.012Z"


def test_a_clock_that_was_ahead_once_stops_no_later_rebuild() -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW + DAY)
    for minute in range(1, 10):
        now = NOW + minute * 60_000
        world.play("ann", at=now)
        assert world.rebuild(now + 1).published
        assert world.page(now)["entries"][0]["score"] == 10 + 10 * minute
    # Also where nothing changes any more: what was read while the clock was wrong is not taken for settled.
    assert not world.rebuild(NOW + 30 * 60_000).settled


def test_a_rebuild_that_died_after_a_clock_was_ahead_stops_no_later_one() -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW + DAY)
    for minute in (1, 2):
        world.play("ann")
        world.die_at(snapshots.POINTER)
        with pytest.raises(ClientError):
            world.rebuild(NOW + minute)
        world.aws.unhook()
        world.play("ann")
        assert world.rebuild(NOW + minute + 1).published
    assert world.page(NOW + 4)["entries"][0]["score"] == 50


def test_a_snapshot_that_a_clock_ahead_has_made_keeps_its_window_when_it_is_pinned() -> None:
    world = World(board(decimals=0, windows=(WindowKind("day"),)))
    world.play("ann", "bob")
    world.rebuild(NOW + DAY)
    world.rebuild(NOW + 1)
    page = world.page(NOW + 2)
    assert (page["window"]["id"], page["players"]) == ("2026-11-24", 2)
    assert world.page(NOW + 2, as_of=page["as_of"]) == page


def test_a_lease_that_a_clock_ahead_has_taken_holds_nobody_up() -> None:
    world = World()
    Lease(world.table, 60).take(NOW + DAY)
    Lease(world.table, 60).take(NOW)
    # A clock that is ahead by less may be of a rebuild that is under way.
    with pytest.raises(LeaseHeldError):
        Lease(world.table, 60).take(NOW - 50_000)


def test_a_clock_that_was_ahead_once_does_not_end_the_watch() -> None:
    world = World()
    for now in (NOW, NOW + DAY, NOW + 300_000, NOW + 600_000, NOW + 900_000):
        measured = watch(world.config, world.heartbeats, world.activities, world.snapshots, now)
    assert len(world.aws.tables["activities"].items()) == 5
    assert measured.arrival_lag == 600_000
