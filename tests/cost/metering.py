"""Meters what functions ask of the tables and the bucket in memory, in the units that AWS charges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from generator.aws.limits import ceil_div
from generator.cost import functions
from tests.runtime.world import World
from tests.support.memory_aws import Call
from tests.support.memory_aws.values import item_bytes

_UNITS = {
    "put_item": "writes",
    "update_item": "writes",
    "delete_item": "writes",
    "put_object": "bucket writes",
    "get_object": "bucket reads",
    "list_objects_v2": "bucket lists",
    "get_records": "stream reads",
}
_PAGE_ITEMS = 1000
"""So many items, or keys, are in one page on AWS too: 1 MB of items, 1,000 keys."""


class Meter:
    """Counts the units of every call that a world's functions make."""

    def __init__(self, world: World) -> None:
        self.units: Counter[str] = Counter()
        world.aws.set_page_items(_PAGE_ITEMS)
        world.aws.intercept = self._meter

    def take(self) -> dict[str, int]:
        """The units since the last call."""
        units, self.units = self.units, Counter()
        return dict(units)

    def _meter(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        answer = carry_out()
        if call.operation == "get_item":
            self.units["reads"] += _read_units(item_bytes(answer.get("Item", {})))
        elif call.operation == "query":
            self.units["reads"] += _read_units(sum(map(item_bytes, answer["Items"])))
        elif call.operation == "batch_get_item":
            (items,) = answer["Responses"].values()
            self.units["reads"] += len(next(iter(call.request["RequestItems"].values()))["Keys"])
            assert all(_read_units(item_bytes(item)) == 1 for item in items)
        elif call.operation in _UNITS:
            self.units[_UNITS[call.operation]] += 1
        return answer


def _read_units(size: int) -> int:
    return max(1, ceil_div(size, functions.READ_UNIT_BYTES))
