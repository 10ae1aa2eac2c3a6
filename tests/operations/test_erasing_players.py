"""Erasing a player: nothing is left, nothing comes back, and an erasure that dies anywhere is completed by the next."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.config import Limits, Segment, WindowKind
from runtime.domain.activity import StreamRecord, parse_stream_record
from runtime.domain.instants import DAY
from runtime.domain.judging import Contribution, judge
from runtime.dynamodb.aggregates import JudgedRecord
from runtime.dynamodb.decisions import TOMBSTONE_LIFE, DecisionStore
from runtime.dynamodb.items import outbox_item
from tests.operations.managed import Managed
from tests.runtime.boards import NOW, board, item, message, stream_record
from tests.runtime.daily import END, MINUTE, seal
from tests.runtime.world import World
from tests.support.memory_aws import Call

BOARD = board(
    decimals=0,
    windows=(WindowKind("day", grace_seconds=300), WindowKind("all_time"), WindowKind("rolling", days=7)),
    milestones=(20,),
    limits=Limits(activities_per_minute=100),
    search_names=True,
    segments=(Segment("country", "country", "Country"),),
    drain_seconds=1800,
)
BEST = board(decimals=0, aggregate="best", windows=(WindowKind("day", grace_seconds=300), WindowKind("all_time")))
WORDS = "bob-7", "Bobby"


class Death(BaseException):
    """Stands for the death of the program at this point."""


def lived(config: Any = BOARD) -> tuple[Managed, list[dict[str, Any]]]:
    """A board with a sealed day and everything that can be kept of bob-7, and all that bob-7 has written."""
    world = World(config)
    world.put(item("ann", at=NOW, number=1, name="Ann"))
    written = [
        item("bob-7", at=NOW, number=2, name="Bobby", country="DE"),
        item("bob-7", at=NOW + 1, number=3, name="Bobby", country="DE"),
        item("bob-7", at=NOW + 2, number=4, type="nothing", name="Bobby"),
        {**item("bob-7", at=NOW + 3, number=5), "activity_id": {"S": "not-a-uuid"}},
    ]
    for each in written:
        world.activities.put(each)
    world.put(*written)
    world.rebuild(NOW + 1000)
    late = [item("bob-7", at=END + 1, number=6, name="Bobby"), item("ann", at=END + 1, number=7)]
    world.put(*late, written=END + 1)
    now = seal(world)
    managed = Managed(world, now + MINUTE)
    DecisionStore(world.table).hide("bob-7", managed.now)
    managed.rebuild()
    DecisionStore(world.table).rename("bob-7", "Bobby Two", managed.now)
    managed.rebuild()
    dead = managed.board.running
    for body in (message(written[0])["body"], message(item("ann", number=1))["body"], "no record"):
        dead.sqs.send_message(QueueUrl=dead.dead_letter_queue_url, MessageBody=body)
    world.table.put(outbox_item("leaderboard.window_closed", [_closed("ann", "bob-7")]))
    return managed, [*written, late[0]]


def _closed(*players: str) -> dict[str, Any]:
    return {"id": "window/x", "top": [{"player_id": each, "name": each} for each in players]}


def _contribution(world: World, record: StreamRecord) -> Contribution:
    verdict = judge(world.config, record, NOW, world.window_store.refresh())
    assert isinstance(verdict, Contribution)
    return verdict


def deliver_again(managed: Managed, written: list[dict[str, Any]]) -> None:
    """Deliver everything that bob-7 has written: by the stream as it was, and as if a backfill wrote it now."""
    for at in (NOW, END + 1, managed.now):
        managed.world.put(*written, written=at, now=managed.now)


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
    assert json.loads(waiting["details"]["L"][0]["S"]) == _closed("ann")


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


def test_what_comes_while_an_erasure_is_under_way_goes_too() -> None:
    managed, _ = lived()
    world = managed.world

    ignored = 0

    def play() -> None:
        nonlocal ignored
        result = world.put(item("bob-7", at=managed.now, number=managed.now % 1000, name="Bobby"), written=managed.now)
        ignored += result.counts["Ignored"]

    managed.meanwhile = play
    managed.erase("bob-7")
    assert ignored == BOARD.batch_seconds
    assert managed.find_traces(*WORDS) == []


def test_a_batch_that_began_before_an_erasure_writes_nothing_that_stays() -> None:
    """The processor has judged before the erasure begins, and writes while the operator waits."""
    managed, _ = lived()
    world = managed.world
    judged = JudgedRecord(
        record := parse_stream_record(stream_record(late := item("bob-7", at=NOW + 9, number=77))),
        (_contribution(world, record)),
    )
    written: list[int] = []

    def write_late() -> None:
        if len(written) == BOARD.batch_seconds - 1:
            written.append(world.aggregates.write_once("bob-7", [judged], managed.now).counted)
        else:
            written.append(0)

    managed.meanwhile = write_late
    managed.erase("bob-7")
    assert sum(written) == 1
    assert managed.find_traces(*WORDS) == []
    deliver_again(managed, [late])
    assert managed.find_traces(*WORDS) == []


def test_an_erasure_that_dies_anywhere_is_completed_by_the_next() -> None:
    calls = 0
    managed, _ = lived()

    def count(call: Call) -> None:
        nonlocal calls
        calls += call.is_write

    managed.world.aws.before = count
    managed.erase("bob-7", "Bobby", "Bobby Two")
    steps, managed.world.aws.before = calls, lambda call: None
    assert steps > 30
    for last in range(0, steps, 3):
        managed, written = lived()
        left = last

        def die(call: Call) -> None:
            nonlocal left
            left -= call.is_write
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
