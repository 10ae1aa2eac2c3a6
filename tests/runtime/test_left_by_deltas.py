"""What a delta leaves in its base that nobody may have any more: of erased players, and in final ranks."""

from __future__ import annotations

import pytest

from runtime.config import WindowKind
from runtime.domain.instants import MINUTE
from runtime.dynamodb.decisions import DecisionStore
from tests.runtime.boards import NOW, board
from tests.runtime.daily import probes
from tests.runtime.stepping import Clock, Process, rebuilder_of
from tests.runtime.world import World
from tests.support.memory_aws import Call

pytestmark = pytest.mark.usefixtures("one_thread")


def is_fence(call: Call) -> bool:
    """Whether a call is about to ask the stream what has changed."""
    return call.operation == "put_item" and call.request["Item"]["partition"]["S"].startswith("#fence")


def test_nothing_stays_of_a_player_who_was_erased_while_a_rebuild_was_under_way() -> None:
    """That one knows of no erasure and finds the score gone; the next finds the same, and all players in a base."""
    world = World(board(decimals=0, windows=(WindowKind("all_time"),), shards=1))
    world.play("ann", "bob", "cid")
    world.rebuild(NOW + MINUTE)
    world.play("bob")
    slow = Process(world, lambda own: rebuilder_of(own, Clock(NOW + 2 * MINUTE)).rebuild()).step_to(is_fence)
    DecisionStore(world.table).begin_erasing("ann", NOW + 3 * MINUTE, NOW + 60 * MINUTE)
    world.table.delete(("all-time#0", "ann"))
    assert slow.finish().snapshot.ranks[0].players == 2
    newest = world.rebuild(NOW + 4 * MINUTE).newest
    kept = [body for key, body in world.aws.bucket.bodies().items() if key.startswith(tuple(newest.prefixes))]
    assert kept
    assert not [body for body in kept if b"ann" in body]


def test_final_ranks_have_no_delta_though_the_stream_is_behind_as_a_window_is_sealed() -> None:
    world = World(board(decimals=0, windows=(WindowKind("hour", grace_seconds=0),), shards=1, drain_seconds=60))
    world.play("ann", "bob")
    world.rebuild(NOW + MINUTE)
    world.play("bob")
    ranks = world.rebuild(NOW + 2 * MINUTE).newest.ranks[0]
    assert ranks.delta
    states = []
    for minute in range(60, 90):
        world.play("cid", at=NOW + minute * MINUTE)
        world.aws.stream.held = 1000
        found = [each for each in world.rebuild(NOW + minute * MINUTE).newest.ranks if each.window == ranks.window]
        states += [(each.sealed, each.content, each.delta) for each in found]
        world.put(*probes(world), written=NOW + minute * MINUTE)
    assert states[-1] == (True, ranks.content, "")
