"""Whatever a message holds, it is counted, rejected, ignored or failed alone, and the board goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.operations.redrives.putting_back import make_queue_message
from generator.operations.rejections import list_rejections
from runtime.config import AggregateKind, BoardConfig, Column, Every, Limits, Points, Season, WindowKind
from runtime.domain.activity import MAX_WRITTEN, parse_stream_record
from runtime.domain.instants import DAY, rfc3339
from runtime.dynamodb.table import Table
from runtime.processor import BatchResult, process
from tests.fuzzing import messages
from tests.runtime.boards import NOW, board, item, message, stream_record
from tests.runtime.world import World
from tests.support.effort import examples
from tests.support.memory_aws.parameters import checked

SUMS = board(limits=Limits(activities_per_minute=1000), milestones=(1000, 100_000))
RUNS = board(
    aggregate="best",
    decimals=2,
    windows=(WindowKind("hour"), WindowKind("rolling", days=30), WindowKind("all_time")),
    columns=(Column("score", "descending"), Column("time", "ascending")),
    rules=tuple(replace(rule, points=(*rule.points, Points(rule.points[0].constant))) for rule in board().rules),
)
MIXED = board(
    windows=RUNS.windows,
    columns=tuple(Column(kind, "descending", kind, 2) for kind in get_args(AggregateKind)),
    rules=tuple(replace(rule, points=rule.points * 5) for rule in board().rules),
    milestones=(1000,),
)
BOARDS = {"a total is kept": SUMS, "a run is kept": RUNS, "each column has its own": MIXED}

Batch = list[dict[str, Any]]


def make_world(config: BoardConfig) -> World:
    """A board whose tables take only what DynamoDB takes."""
    world = World(config)
    world.aws.intercept = checked(world.aws.call_hooks)
    return world


def give(world: World, batch: Batch) -> BatchResult:
    return process(batch, world.config, world.window_store, world.aggregates, world.heartbeats, NOW)


def body_message(body: str, message_id: str = "bad") -> dict[str, Any]:
    return {"messageId": message_id, "body": body}


def check_accounts(batch: Batch, result: BatchResult) -> None:
    """Each message is in one account: failed, counted, rejected, ignored or a duplicate; or it was a heartbeat."""
    assert result.failed <= {each["messageId"] for each in batch}
    heartbeats = sum("#heartbeat" in each["body"] for each in batch)
    assert len(batch) - heartbeats <= len(result.failed) + result.counts.total() <= len(batch), result


def check_it_goes_on(world: World, result: BatchResult) -> None:
    """What is stored can be listed, put back on the queue, ranked and read."""
    marks = Table(world.aws.client("dynamodb"), "marks", ("player_id", "activity_id"))
    rejections = list(list_rejections(marks, NOW))
    # A board without marks lists a rejection that was delivered twice once.
    assert len(rejections) <= result.counts["Rejected"] <= len(rejections) + result.counts["Duplicate"]
    for each in rejections:
        assert rfc3339(each.written)
        sent = make_queue_message(each, each.image or {}, "eu-west-1").encode()
        assert parse_stream_record(json.loads(sent)) == each.make_record()
    world.rebuild(NOW)
    for kind in world.config.windows:
        page = json.dumps(world.page(window=kind.every, limit="100")).encode()
        for entry in json.loads(page)["entries"]:
            assert world.player(entry["player_id"], window=kind.every)["entry"].items() >= entry.items()


@pytest.mark.parametrize("name", BOARDS)
@examples(50)
@given(drawn=st.lists(messages.good_items() | messages.BAD_BODIES, min_size=1, max_size=12))
def test_no_message_harms_another(name: str, drawn: list[dict[str, Any] | str]) -> None:
    batch = [
        body_message(each, str(number)) if isinstance(each, str) else message(each, str(number))
        for number, each in enumerate(drawn)
    ]
    world = make_world(BOARDS[name])
    result = give(world, batch)
    assert not [drawn[int(failed)] for failed in result.failed if not isinstance(drawn[int(failed)], str)]
    check_accounts(batch, result)
    check_it_goes_on(world, result)
    again = give(world, batch)
    assert again.failed == result.failed
    assert again.counts["Counted"] == (result.counts["Counted"] if world.config.keeps_one_run else 0)


@pytest.mark.parametrize("name", BOARDS)
def test_each_value_may_be_any_other(name: str) -> None:
    """Each value of a record is replaced by each odd one, and removed; good messages of all players are beside."""
    fields: dict[str, Any] = {
        "type": "boss",
        "mode": "ranked",
        "damage": 5,
        "name": "Ann",
        "expires_at": (NOW + 40 * DAY) // 1000,
    }
    shape = stream_record(item("ann", **fields))
    changes = [(path, "replace", value) for path in messages.paths(shape) for value in messages.ODD_VALUES]
    changes += [(path, "remove", None) for path in messages.paths(shape)]
    world, every = make_world(BOARDS[name]), BatchResult()
    for first in range(0, len(changes), 100):
        batch = [
            body_message(
                json.dumps(messages.change(stream_record(item("ann", number=number, **fields)), *each)), f"{number}"
            )
            for number, each in enumerate(changes[first : first + 100], first)
        ]
        good = [message(item(player, number=10**6 + first), f"good {player}") for player in messages.PLAYERS]
        result = give(world, batch + good)
        check_accounts(batch + good, result)
        assert not [failed for failed in result.failed if failed.startswith("good")]
        every.counts += result.counts
        every.failed |= {f"{first} {failed}" for failed in result.failed}
        every.reasons += result.reasons
    check_it_goes_on(world, every)
    # Each of the accounts was used, so that the changes reach every judgement.
    assert min(every.counts["Counted"], every.counts["Rejected"], len(every.failed)) > 100, every.counts
    assert every.counts["Ignored"]
    reasons = {
        "bad_player_id",
        "bad_activity_id",
        "too_old",
        "in_future",
        "expires_too_soon",
        "unknown_type",
        "bad_field",
    }
    assert reasons <= set(every.reasons)


@pytest.mark.parametrize("seconds", [0, 30 * DAY // 1000, NOW // 1000 + 10**9, MAX_WRITTEN - 10**7, MAX_WRITTEN])
def test_no_time_of_the_calendar_harms_a_board(seconds: int) -> None:
    kinds: tuple[Every, ...] = ("hour", "day", "week", "month", "all_time")
    ends = Season("far", date(2026, 11, 1), date(9999, 12, 31))
    zones = (*(WindowKind(kind, "Pacific/Apia") for kind in kinds), WindowKind("rolling", days=90))
    world = make_world(board(windows=(*zones, WindowKind("season", "Asia/Tokyo", seasons=(ends,)))))
    far = [message(item(at=seconds * 1000 + odd, number=odd), f"far {odd}", seconds * 1000) for odd in (0, 1, 299_999)]
    batch = [*far, message(item("bob"), "good")]
    result = give(world, batch)
    assert "good" not in result.failed
    check_accounts(batch, result)
    check_it_goes_on(world, result)
