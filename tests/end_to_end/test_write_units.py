"""The write units that counting takes, as the embedded AWS reports them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from generator.cost.functions import count_write_units
from generator.local.stack import Stack
from runtime.config import AggregateKind, BoardConfig, Column, Limits, Points, Rule, Segment, WindowKind
from runtime.domain.windows import Window
from runtime.dynamodb.aggregates import Aggregates
from runtime.dynamodb.decisions import DecisionStore
from runtime.dynamodb.heartbeats import Heartbeats
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import WindowStore
from runtime.processor import process
from tests.end_to_end.deployed import deploy_boards
from tests.runtime.boards import NOW, board, item, message
from tests.support import projects

KINDS = ("all_time", "hour", "day", "week", "month")
OWN: tuple[AggregateKind, ...] = ("sum", "best", "last", "count", "average", "best", "best", "best")
EACH_ITS_OWN = tuple(Column(f"c{number}", "descending", kind, 6) for number, kind in enumerate(OWN))
"""As many columns as a board may have, whose item has every attribute."""
SEGMENTS = (Segment("country", "country", "Country"), Segment("platform", "platform", "Platform"))


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The running stack, for its tables."""
    boards = projects.boards_of(projects.project_yaml(projects.board_yaml()))
    with deploy_boards(boards, begins=NOW) as it:
        yield it


class MeteredBoard:
    """A board's processor on tables of the embedded AWS, with a client that adds up the write units of its calls."""

    def __init__(self, stack: Stack, config: BoardConfig) -> None:
        self.config, self.units = config, 0.0
        self.reads: list[str] = []
        """The calls that read, by their names."""
        client = stack.aws.client("dynamodb")
        client.meta.events.register("provide-client-params.dynamodb.*", self._ask)
        client.meta.events.register("after-call.dynamodb.*", self._add)
        self.client: Any = client
        names = stack.boards["kills"].board.names
        self.table = table = Table(client, names.part("aggregates"), ("partition", "player_id"))
        marks = Table(client, names.part("marks"), ("player_id", "activity_id"))
        self.window_store = WindowStore(table, config)
        self.aggregates = Aggregates(config, self.window_store, table, marks)
        for each in (table, marks):
            for page in client.get_paginator("scan").paginate(TableName=each.name):
                for found in page["Items"]:
                    each.delete(each.key_of(found))

    def process(self, items: list[dict[str, Any]]) -> float:
        """Process a batch. Returns the write units that it took."""
        before = self.units
        messages = [message(each, str(number)) for number, each in enumerate(items)]
        batch = process(messages, self.config, self.window_store, self.aggregates, Heartbeats(self.table), NOW)
        assert not batch.failed
        assert batch.counts["Counted"] == len(items)
        return self.units - before

    @staticmethod
    def _ask(params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        return (
            {**params, "ReturnConsumedCapacity": "INDEXES"} if "Write" in model.name or "Item" in model.name else params
        )

    def _add(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        # The capacity units that a reading call reports are read units.
        if model.name in ("GetItem", "BatchGetItem", "Query"):
            self.reads.append(model.name)
        if model.name in ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"):
            consumed = parsed.get("ConsumedCapacity", [])
            for each in consumed if isinstance(consumed, list) else [consumed]:
                self.units += each["CapacityUnits"]


def kinds(count: int) -> tuple[WindowKind, ...]:
    """The first `count` kinds of windows."""
    return tuple(WindowKind(every) for every in KINDS[:count])  # type: ignore[arg-type]


def kills(player: str, first: int, count: int) -> list[dict[str, Any]]:
    """Activities of one player, as large as they may be, numbered from `first`. All are of one instant: a window that
    opens takes writes of its own."""
    more = {"name": "\U0001f389" * 64, "country": "BR", "platform": "console"}
    return [item(player.ljust(128, "x"), at=NOW, number=first + n, **more) for n in range(count)]


@pytest.mark.parametrize("windows", [1, 2, 5])
@pytest.mark.parametrize("aggregate", ["best", "last"])
def test_one_run_takes_a_write_unit_for_each_window(stack: Stack, aggregate: str, windows: int) -> None:
    metered = MeteredBoard(stack, board(aggregate=aggregate, windows=kinds(windows), shards=1))
    # Opening a window takes writes of its own, once for all players.
    metered.process(kills("first", 0, 1))
    assert metered.process(kills("ann", 0, 1)) == windows == count_write_units(metered.config)
    assert metered.process(kills("ann", 5, 1)) <= windows
    assert metered.process(kills("ann", 10, 7)) <= windows
    assert metered.process([kills(f"p{n}", n, 1)[0] for n in range(4)]) == 4 * windows


@pytest.mark.parametrize("windows", [1, 2, 5])
@pytest.mark.parametrize(
    ("changes", "counters"),
    [
        ({"aggregate": "sum"}, 0),
        ({"aggregate": "count"}, 0),
        ({"aggregate": "average"}, 0),
        ({"columns": EACH_ITS_OWN, "rules": (Rule("kill", (Points(Decimal(10**6)),) * 8),)}, 0),
        ({"aggregate": "sum", "limits": Limits(max_points=10**6)}, 0),
        ({"aggregate": "sum", "segments": SEGMENTS}, 0),
        ({"aggregate": "best", "segments": SEGMENTS}, 0),
        ({"aggregate": "best", "milestones": (10**14,)}, 0),
        ({"aggregate": "last", "limits": Limits(activities_per_minute=1000)}, 1),
        ({"aggregate": "sum", "limits": Limits(activities_per_minute=1000, max_points=10**6)}, 1),
    ],
    ids=[
        "sum",
        "count",
        "average",
        "each-its-own",
        "sum-limit-of-points",
        "sum-segments",
        "best-segments",
        "best-milestones",
        "last-limit",
        "sum-limits",
    ],
)
def test_other_boards_take_two_for_each_activity_and_for_each_window_and_limited_minute_of_a_batch(
    stack: Stack, changes: dict[str, Any], counters: int, windows: int
) -> None:
    """`counters`: how many counters a batch writes. All of its activities are in one minute."""
    config = board(windows=kinds(windows), shards=1, **changes)
    assert not config.keeps_one_run
    metered = MeteredBoard(stack, config)
    metered.process(kills("first", 0, 1))
    number = 0
    for together in (1, 1, 2, 10, 40):
        units = metered.process(kills("ann", number, together)) / together
        number += together
        assert units == pytest.approx(2 + 2 * (windows + counters) / together)
        assert units == pytest.approx(count_write_units(config, together))


@pytest.mark.parametrize(("aggregate", "totals"), [("best", []), ("sum", ["BatchGetItem"])])
def test_a_batch_reads_once_whether_a_window_was_opened(stack: Stack, aggregate: str, totals: list[str]) -> None:
    """One read of a small item for each batch; the windows themselves are read only where another has opened one."""
    metered, other = (MeteredBoard(stack, board(aggregate=aggregate, windows=kinds(5), shards=1)) for _ in range(2))
    # Five windows and the version, in one transaction that takes two units for each; a unit each for the identity, and
    # for saying that aggregates change.
    assert metered.process(kills("first", 0, 1)) - count_write_units(metered.config) == pytest.approx(2 * 6 + 2)
    metered.reads.clear()
    metered.process([kills(f"p{n}", n, 1)[0] for n in range(1)])
    assert metered.reads == ["GetItem", *totals]
    other.window_store.refresh()
    other.window_store.open([Window("2026-01", "month", 1, 2)])
    metered.reads.clear()
    metered.process(kills("ann", 5, 1))
    # The version again, as it is to be no newer than the windows.
    assert metered.reads == ["GetItem", "GetItem", "Query", *totals]
    # What operators decide about players is read once, where something was decided.
    DecisionStore(other.table).hide("bob", NOW)
    metered.reads.clear()
    for number in (20, 25):
        metered.process(kills("ann", number, 1))
    assert metered.reads == ["GetItem", "Query", *totals, "GetItem", *totals]


@pytest.mark.parametrize("aggregate", ["best", "sum"])
def test_attached_fields_take_no_write_units_unless_they_fill_another_kilobyte(stack: Stack, aggregate: str) -> None:
    """A link and a short text cost nothing more; as much as may be attached, one unit more for each aggregate."""
    config = board(aggregate=aggregate, windows=kinds(2), shards=1, attach=("photo", "character"))
    metered = MeteredBoard(stack, config)
    metered.process([item("first")])
    for player, photo, more in (("ann", "https://example.com/photos/0196a3c27c1e.jpg", 0), ("bob", "x" * 960, 2)):
        run = item(player, name=player, photo=photo, character="Sable")
        # A write in a transaction takes two units for each kilobyte.
        each = 1 if config.keeps_one_run else 2
        assert metered.process([run]) == count_write_units(config) + more * each
