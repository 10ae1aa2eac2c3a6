"""What segments cost: bytes, write and read units and files, counted beside a board without them."""

from __future__ import annotations

from typing import Any

import pytest

from generator.cost import functions
from runtime.config import AggregateKind, BoardConfig, Segment, WindowKind
from tests.cost.metering import Meter
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.memory_aws import Call
from tests.support.memory_aws.values import item_bytes

COUNTRY, PLATFORM, GUILD = (Segment(name, name, name.title()) for name in ("country", "platform", "guild"))
FIELDS = {"country": "BR", "platform": "console", "guild": "The Ravens"}
PLAYER = "0196a3c2-7c1e-7abc-8def-0123456789ab"
NAME = "Zoë the Fearless"


def split(number: int, **changes: Any) -> BoardConfig:
    """A board with so many segments and one window."""
    return board(windows=(WindowKind("all_time"),), segments=(COUNTRY, PLATFORM, GUILD)[:number], **changes)


@pytest.mark.parametrize("number", [1, 3])
def test_the_bytes_that_a_segment_adds(number: int) -> None:
    sizes: dict[str, list[int]] = {"aggregate": [], "activity": [], "block": []}
    for given in (split(0), split(number)):
        world = World(given)
        fields = {segment.field: FIELDS[segment.field] for segment in given.segments}
        written = item(PLAYER, NOW, 0, name=NAME, **fields)
        world.put(written)
        world.rebuild()
        (aggregate,) = (row for key, row in world.aws.tables["aggregates"].items() if key[1] == PLAYER)
        bodies = world.aws.bucket.bodies()
        sizes["aggregate"].append(item_bytes(aggregate))
        sizes["activity"].append(item_bytes(written))
        sizes["block"].append(
            sum(len(body) for key, body in bodies.items() if key.endswith(("blocks/000000", "players/000000")))
        )
        assert item_bytes(aggregate) < functions.WRITE_UNIT_BYTES
    added = {name: (after - before) / number for name, (before, after) in sizes.items()}
    assert functions.SEGMENT_BYTES * 0.7 < added["aggregate"] <= functions.SEGMENT_BYTES * 1.2
    assert functions.VALUE_BYTES * 0.4 < added["activity"] <= functions.VALUE_BYTES * 1.2
    once_more = (functions.entry_bytes(split(number)) - functions.entry_bytes(split(0))) / number
    assert once_more == functions.LINE_BYTES + functions.PLACE_BYTES + (2 + number) * functions.VALUE_BYTES
    assert once_more * 0.5 < added["block"] <= once_more * 1.3
    assert functions.aggregate_bytes(split(number)) - functions.aggregate_bytes(split(0)) == 60 * number


@pytest.mark.parametrize("aggregate", ["sum", "average", "count"])
def test_totals_take_the_calls_that_they_took(aggregate: AggregateKind) -> None:
    """An activity is written and read in as many calls of as many items."""
    took = []
    for number in (0, 3):
        world = World(split(number, aggregate=aggregate))
        world.put(item("first"))
        made = [(call.operation, len(call.request.get("TransactItems", ()))) for call in calls_of(world)]
        took.append(made)
        assert functions.count_write_units(world.config) == 4
        assert functions.count_read_units(world.config) == 1
    assert took[0] == took[1]
    assert ("transact_write_items", 2) in took[0]


@pytest.mark.parametrize("aggregate", ["best", "last"])
def test_one_run_takes_a_transaction_more(aggregate: AggregateKind) -> None:
    """One write unit of a window becomes four: a mark and an aggregate, each doubled; and a read comes before."""
    plain, ranked = World(split(0, aggregate=aggregate)), World(split(1, aggregate=aggregate))
    for world in (plain, ranked):
        world.put(item("first"))
    assert [call.operation for call in calls_of(plain)] == ["update_item"]
    assert [call.operation for call in calls_of(ranked)] == ["batch_get_item", "transact_write_items"]
    units = [functions.count_write_units(world.config) for world in (plain, ranked)]
    assert units == [1, 4]


def calls_of(world: World) -> list[Call]:
    """The calls about aggregates that counting one activity makes."""
    world.aws.calls.clear()
    world.put(item("second", NOW, 1, **FIELDS))
    return [call for call in world.aws.calls if "'all-time#" in str(call.request)]


@pytest.mark.parametrize("number", [0, 1, 3])
@pytest.mark.parametrize("players", [3, 2100])
def test_the_files_of_a_rebuild(number: int, players: int) -> None:
    world = World(split(number, shards=1))
    for player in range(players):
        world.put(item(f"p{player:05}", number=player, country=f"C{player % 400}", platform="pc", guild="Ravens"))
    meter = Meter(world)
    world.rebuild()
    wrote = meter.take()
    assert wrote["bucket writes"] == functions.count_files(players, number) + functions.PUBLISHED
    # The same content writes no rank file again.
    world.rebuild(NOW + 1000)
    assert meter.take()["bucket writes"] == functions.PUBLISHED_ANEW


def test_a_page_within_a_value_takes_one_file_more() -> None:
    world = World(split(3))
    for player in range(30):
        world.put(item(f"p{player}", NOW, player, **FIELDS))
    world.rebuild()
    reads = []
    for segment in ("", "country:BR"):
        world.deploy(world.config)
        meter = Meter(world)
        world.page(limit="5", segment=segment) if segment else world.page(limit="5")
        reads.append(meter.take())
    # The pointer and the top list; and the pointer, the index of segments and a block.
    assert reads == [{"bucket reads": 2}, {"bucket reads": 3}]
