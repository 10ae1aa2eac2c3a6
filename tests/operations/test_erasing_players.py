"""Erasing a player: nothing is left, nothing comes back, and an erasure that dies anywhere is completed by the next."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.domain.instants import DAY
from runtime.dynamodb.decisions import TOMBSTONE_LIFE, DecisionStore, hash_player
from tests.operations.lived import BEST, BOARD, WORDS, closed_event, deliver_again, lived
from tests.operations.managed import Managed
from tests.runtime.boards import item
from tests.runtime.daily import MINUTE
from tests.runtime.world import World
from tests.support.memory_aws import Call
from tests.support.memory_aws.interceptors import only


class Death(BaseException):
    """Stands for the death of the program at this point."""


@pytest.mark.parametrize("config", [BOARD, BEST], ids=["totals", "one run"])
def test_nothing_is_left_of_an_erased_player_and_nothing_comes_back(config: Any) -> None:
    managed, written = lived(config)
    assert len(managed.find_traces(*WORDS)) > 10
    erased = managed.erase("bob-7", "Bobby", "Bobby Two")
    assert managed.find_traces(*WORDS) == []
    assert erased.counts["scores"] >= 3
    assert erased.counts["dead_letters"] == 1
    for name in ("activities", "rejections", "events", "files"):
        assert erased.counts[name] > 0, name
    deliver_again(managed, written)
    managed.rebuild()
    assert managed.find_traces(*WORDS) == []
    # Everybody else has what they had.
    world = managed.world
    page = world.page(managed.now, window="2026-11-24")
    assert [(entry["rank"], entry["player_id"], entry["score"]) for entry in page["entries"]] == [(1, "ann", 10)]
    assert len(managed.world.aws.queues["activities-dead-letters"].bodies) == 2
    (waiting,) = (item for key, item in world.aws.tables["aggregates"].items() if key[1] == "window/x")
    assert json.loads(waiting["details"]["L"][0]["S"]) == closed_event("ann")


def test_a_dead_letter_goes_as_a_feed_leaves_it_too() -> None:
    managed, _ = lived()
    queue = managed.world.aws.queues["activities-dead-letters"]
    [body] = [body for body in queue.bodies if "bob-7" in body]
    event = {"source": "arcade-matches", "detail": json.loads(body)}
    managed.board.running.sqs.send_message(QueueUrl=queue.url, MessageBody=json.dumps(event))
    assert managed.erase("bob-7", "Bobby", "Bobby Two").counts["dead_letters"] == 2
    assert managed.find_traces(*WORDS) == []


def test_what_is_made_after_an_erasure_is_of_a_new_player() -> None:
    managed, written = lived()
    managed.erase("bob-7")
    managed.now += 2000
    world = managed.world
    again = item("bob-7", at=managed.now, number=90, name="Bobby")
    assert world.put(again, written=managed.now).counts["Counted"] == 1
    deliver_again(managed, written)
    assert world.put(again, written=managed.now).counts["Duplicate"] == 1
    managed.rebuild()
    entry = world.player("bob-7", managed.now, window="all_time")["entry"]
    assert (entry["score"], entry["name"]) == (10, "Bobby")


def test_an_erasure_that_dies_anywhere_is_completed_by_the_next() -> None:
    calls = 0
    managed, _ = lived()

    def count(call: Call) -> None:
        nonlocal calls
        calls += 1

    managed.world.aws.before = count
    managed.erase("bob-7", "Bobby", "Bobby Two")
    steps, managed.world.aws.before = calls, lambda call: None
    assert steps > 30
    for last in range(0, steps, 3):
        managed, written = lived()
        left = last

        def die(call: Call) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Death

        managed.world.aws.before = die
        with pytest.raises(Death):
            managed.erase("bob-7", "Bobby", "Bobby Two")
        managed.world.aws.unhook()
        managed.now += 2 * MINUTE
        managed.rebuild()
        shown = managed.world.page(managed.now, window="all_time")
        assert "bob-7" not in [entry["player_id"] for entry in shown["entries"]]
        managed.erase("bob-7", "Bobby", "Bobby Two")
        assert managed.find_traces(*WORDS) == [], last
        deliver_again(managed, written)
        assert managed.find_traces(*WORDS) == [], last


def test_tombstones_go_when_nothing_can_come_for_them_any_more() -> None:
    managed = Managed(World(BOARD))
    managed.world.play("ann")
    managed.erase("bob-7")
    store = DecisionStore(managed.world.table)
    managed.now += TOMBSTONE_LIFE - DAY
    managed.erase("cid")
    assert len(store.read().erased) == 2
    managed.now += 2 * DAY
    managed.erase("dan")
    assert len(store.read().erased) == 2


def test_a_tombstone_stays_that_is_written_anew_as_the_old_one_is_about_to_go() -> None:
    """A player is erased once more after all this time, while the erasure of another ends."""
    managed = Managed(World(BOARD))
    managed.world.play("ann")
    managed.erase("bob-7")
    managed.now += TOMBSTONE_LIFE + DAY
    store, until = DecisionStore(managed.world.table), managed.now + DAY

    def erase_again(call: Call) -> None:
        if call.request["Key"]["player_id"]["S"] == hash_player("bob-7"):
            managed.world.aws.unhook()
            assert store.begin_erasing("bob-7", managed.now, until)

    managed.world.aws.before = only(erase_again, "delete_item")
    assert store.end_erasing("cid", managed.now)
    assert store.read().erased[hash_player("bob-7")] == until


def test_a_board_with_erased_players_reads_no_more_for_a_batch() -> None:
    """The decisions are read once, and again only where an operator has decided something."""
    managed = Managed(World(BOARD))
    managed.world.play("ann")
    managed.erase("bob-7")
    managed.world.play("ann", at=managed.now)
    assert "#players" in str(managed.world.aws.calls)
    managed.world.aws.calls.clear()
    for _ in range(3):
        managed.world.play("ann", at=managed.now)
    assert len(managed.world.aws.calls) > 6
    assert "#players" not in str(managed.world.aws.calls)
