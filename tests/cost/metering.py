"""Meters what functions ask of the tables and the bucket in memory, in the units that AWS charges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from generator.aws.limits import ceil_div
from generator.cost import functions
from tests.runtime.world import World


class Meter:
    """Counts the units of every call that a world's functions make."""

    def __init__(self, world: World) -> None:
        self.units: Counter[str] = Counter()
        dynamodb, s3 = world.dynamodb, world.s3
        self._read(dynamodb, "get_item")
        self._query(dynamodb)
        for name in ("put_item", "update_item", "delete_item"):
            self._count(dynamodb, name, "writes")
        self._count(s3, "put_object", "bucket writes")
        self._count(s3, "get_object", "bucket reads")
        self._count(s3, "paginate", "bucket lists")

    def take(self) -> dict[str, int]:
        """The units since the last call."""
        units, self.units = self.units, Counter()
        return dict(units)

    def _count(self, client: Any, name: str, what: str) -> None:
        call = getattr(client, name)

        def counted(**request: Any) -> Any:
            self.units[what] += 1
            return call(**request)

        setattr(client, name, counted)

    def _read(self, client: Any, name: str) -> None:
        call = getattr(client, name)

        def counted(**request: Any) -> Any:
            answer = call(**request)
            self.units["reads"] += _read_units(item_bytes(answer.get("Item", {})))
            return answer

        setattr(client, name, counted)

    def _query(self, client: Any) -> None:
        call = client.paginate

        def counted(**request: Any) -> Iterator[dict[str, Any]]:
            pages = list(call(**request))
            self.units["reads"] += _read_units(sum(item_bytes(item) for page in pages for item in page["Items"]))
            return iter(pages)

        client.paginate = counted


def item_bytes(item: dict[str, Any]) -> int:
    """The size of an item by which DynamoDB charges: names and values (DynamoDB developer guide, "Item sizes")."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(attribute: dict[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    if kind == "S":
        return len(value.encode())
    if kind == "N":
        return len(value.lstrip("-")) // 2 + 1 + int(value.startswith("-"))
    if kind == "L":
        return 3 + sum(1 + _value_bytes(each) for each in list(value))
    return 1


def _read_units(size: int) -> int:
    return max(1, ceil_div(size, functions.READ_UNIT_BYTES))
