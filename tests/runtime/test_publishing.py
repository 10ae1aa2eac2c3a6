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
    assert len([key for key in world.aws.bucket.objects if key.startswith(snapshots.HISTORY)]) == 1


def test_what_a_slow_rebuild_publishes_meanwhile_can_be_pinned() -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW - 40 * MINUTE)
    slow = NOW - 14 * MINUTE
    waiting = iter([slow])

    def publish_slowly(call: Call, carry_out: Callable[[], Any]) -> Any:
        # Whoever queries has read which snapshot is the newest. Several threads query, and one of them takes it.
        if call.operation == "query" and (began := next(waiting, None)):
            assert world.rebuild(began).published
        return carry_out()

    world.play("bob")
    world.aws.intercept = publish_slowly
    assert world.rebuild(NOW, takes=3 * MINUTE).published
    page = world.page(NOW + 3 * MINUTE, as_of=rfc3339(slow))
    assert (page["as_of"], page["players"]) == (rfc3339(slow), 2)


def make_quiet(world: World) -> int:
    """Let ann play and a snapshot show it; then let time pass by which a rebuild moves nothing but `as_of`."""
    world.play("ann")
    world.rebuild(NOW + MINUTE)
    return NOW + 10 * MINUTE


def test_where_only_the_time_changes_the_pointer_alone_is_written_and_each_can_be_pinned() -> None:
    world = World()
    now = make_quiet(world)
    world.aws.calls.clear()
    for _ in range(3):
        assert world.rebuild(now).published
        now += 5 * MINUTE
    writes = [call.request["Key"] for call in world.aws.calls if call.service == "s3" and call.is_write]
    assert writes == [snapshots.POINTER] * 3
    assert [call for call in world.aws.calls if call.operation == "list_objects_v2"] == []
    world.play("ann", at=now)
    world.rebuild(now)
    for minutes, score in ((10, 10), (5, 10), (0, 20)):
        page = world.page(now, as_of=rfc3339(now - minutes * MINUTE) or "")
        assert (page["as_of"], page["entries"][0]["score"]) == (rfc3339(now - minutes * MINUTE), score)


def test_a_quiet_snapshot_outlives_what_a_rebuild_left_that_died_in_its_time() -> None:
    """The sweep must not take the dead one for what replaced it long ago."""
    world = World()
    now = make_quiet(world)
    dead = world.rebuild(now).snapshot
    world.bucket.put_if_unchanged(f"{snapshots.HISTORY}{now + 1:015}.json", dead.to_json(), None)
    for _ in range(12):
        now += 10 * MINUTE
        assert world.rebuild(now).published
    world.play("ann", at=now)
    world.rebuild(now + MINUTE)
    world.snapshots.sweep(now + 11 * MINUTE, 30)
    assert world.page(now + 11 * MINUTE, as_of=rfc3339(now) or "")["entries"][0]["score"] == 10
    assert len([key for key in world.aws.bucket.objects if key.startswith(snapshots.HISTORY)]) == 2


def test_the_sweep_takes_what_died_in_the_time_of_a_quiet_snapshot() -> None:
    world = World()
    now = make_quiet(world)
    world.bucket.put_if_unchanged(f"{snapshots.HISTORY}{now - 1:015}.json", world.rebuild(now).snapshot.to_json(), None)
    world.snapshots.sweep(now + 1, 30)
    assert [key for key in world.aws.bucket.objects if key.startswith(snapshots.HISTORY)] == [
        f"{snapshots.HISTORY}{NOW + MINUTE:015}.json"
    ]


def overtake(world: World, player: str, now: int, began: int) -> None:
    """Let a player score just before the next file is written, and a rebuild that began at an instant publish it."""
    waiting = [True]

    def intercept(call: Call, carry_out: Callable[[], Any]) -> Any:
        if call.operation == "put_object" and waiting:
            waiting.clear()
            world.play(player, at=now)
            assert world.rebuild(began).published
        return carry_out()

    world.aws.intercept = intercept


def test_of_two_rebuilds_of_one_millisecond_the_one_that_changes_something_hides_the_quiet_one() -> None:
    world = World()
    now = make_quiet(world)
    overtake(world, "ann", now, now)
    assert not world.rebuild(now).published
    assert world.page(now)["entries"][0]["score"] == 20


def test_a_quiet_rebuild_that_another_has_overtaken_has_a_file_of_its_own() -> None:
    """The files of what it had read may go soon: the one that overtook it has replaced them."""
    world = World()
    now = make_quiet(world)
    overtake(world, "bob", now, now - 1)
    assert world.rebuild(now).published
    assert f"{snapshots.HISTORY}{now:015}.json" in world.aws.bucket.objects
