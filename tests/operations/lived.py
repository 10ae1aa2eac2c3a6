"""A board in memory on which much has happened with one player, bob-7, who is to be erased."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from runtime.config import Limits, Segment, WindowKind
from runtime.dynamodb.decisions import DecisionStore
from runtime.dynamodb.items import outbox_item
from tests.operations.managed import Managed
from tests.runtime.boards import NOW, board, item, message
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
    world.table.put(outbox_item("leaderboard.window_closed", [closed_event("ann", "bob-7")]))
    return managed, [*written, late[0]]


def closed_event(*players: str) -> dict[str, Any]:
    return {"id": "window/x", "top": [{"player_id": each, "name": each} for each in players]}


def deliver_again(managed: Managed, written: list[dict[str, Any]]) -> None:
    """Deliver everything that bob-7 has written: by the stream as it was, and as if a backfill wrote it now."""
    for at in (NOW, END + 1, managed.now):
        managed.world.put(*written, written=at, now=managed.now)


def happen_at(world: World, step: int, happen: Callable[[], object]) -> list[bool]:
    """Let something happen before the write of that number. What is returned is not empty once it has."""
    happened: list[bool] = []
    numbers = count()  # several threads may write

    def look(call: Call) -> None:
        if next(numbers) == step:
            world.aws.unhook()
            happened.append(True)
            happen()

    world.aws.before = look
    return happened
