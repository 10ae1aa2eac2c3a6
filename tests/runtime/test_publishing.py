"""Publishing a snapshot: what a rebuild leaves that died, or whose requests the SDK repeated, takes nothing away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runtime.domain.instants import rfc3339
from runtime.s3 import snapshots
from tests.runtime.boards import NOW
from tests.runtime.world import World
from tests.support.memory_aws import Call

MINUTE = 60_000


def repeat_puts(world: World, prefix: str) -> None:
    """Let the SDK send each write of some files twice, as where the answer to the first is lost."""

    def put_twice(call: Call, carry_out: Callable[[], Any]) -> Any:
        if call.operation == "put_object" and call.request["Key"].startswith(prefix):
            carry_out()
        return carry_out()

    world.aws.intercept = put_twice


@pytest.mark.parametrize("prefix", [snapshots.HISTORY, snapshots.POINTER])
def test_an_answer_that_is_lost_on_its_way_costs_no_snapshot(prefix: str) -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW)
    world.play("ann")
    repeat_puts(world, prefix)
    assert world.rebuild(NOW + 1).published
    assert world.page()["as_of"] == "2026-11-24T00:00:00.001Z"
    assert world.page()["entries"][0]["score"] == 20


def test_two_rebuilds_of_one_millisecond_publish_one_snapshot() -> None:
    world = World()
    world.play("ann")
    world.overtake_next_rebuild(at=NOW)
    assert not world.rebuild(NOW).published
    assert world.page()["entries"][0]["score"] == 20


def test_the_newest_snapshot_stays_though_a_rebuild_died_after_it_and_the_board_is_quiet_since() -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW)
    as_of = world.page()["as_of"]
    world.die_at(snapshots.POINTER)
    world.play("ann")
    with pytest.raises(ClientError, match="InternalError"):
        world.rebuild(NOW + 1)
    later = NOW + 120 * MINUTE
    world.snapshots.sweep(later, 30)
    assert world.page(later, as_of=as_of) == world.page(later)


def test_hours_of_rebuilds_that_die_take_no_snapshot_from_its_readers() -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW)
    old = world.page()
    world.die_at(snapshots.POINTER)
    for minute in range(1, 181):
        world.play("ann", at=NOW + minute * MINUTE)
        with pytest.raises(ClientError, match="InternalError"):
            world.rebuild(NOW + minute * MINUTE)
    world.aws.unhook()
    replaced = NOW + 181 * MINUTE
    world.rebuild(replaced)
    for minute in range(11):
        now = replaced + minute * MINUTE
        world.snapshots.sweep(now, 30)
        assert world.page(now, as_of=old["as_of"])["entries"] == old["entries"]
    # What the dead ones left goes by itself.
    for hour in range(1, 4):
        world.rebuild(replaced + hour * 60 * MINUTE)
        world.snapshots.sweep(replaced + hour * 60 * MINUTE, 30)
    assert len([key for key in world.aws.bucket.objects if key.startswith(snapshots.HISTORY)]) == 2


def test_what_a_slow_rebuild_publishes_meanwhile_can_be_pinned() -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW - 40 * MINUTE)
    slow = NOW - 14 * MINUTE
    waiting = [slow]

    def publish_slowly(call: Call, carry_out: Callable[[], Any]) -> Any:
        # Whoever queries has read which snapshot is the newest.
        if call.operation == "query" and waiting:
            assert world.rebuild(waiting.pop()).published
        return carry_out()

    world.play("bob")
    world.aws.intercept = publish_slowly
    assert world.rebuild(NOW, takes=3 * MINUTE).published
    page = world.page(NOW + 3 * MINUTE, as_of=rfc3339(slow))
    assert (page["as_of"], page["players"]) == (rfc3339(slow), 2)
