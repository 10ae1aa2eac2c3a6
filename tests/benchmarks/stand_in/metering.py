"""Metering: the units of calls that the AWS in memory carries out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.benchmarks.stand_in.counting import Counts, read_units, write_units
from tests.support.memory_aws.tables import MemoryTable
from tests.support.memory_aws.values import Item, item_bytes

WRITES = ("put_item", "update_item", "delete_item")


def carry_out(
    tables: Mapping[str, MemoryTable],
    counts: Counts,
    operation: str,
    request: Mapping[str, Any],
    call: Callable[[], Any],
) -> Any:
    """Carry out a call, by boto3's name of the operation, and count its units.

    A write costs as much where its condition is not met, and twice as much in a transaction (Amazon DynamoDB developer
    guide, "DynamoDB read and write operations" and "Amazon DynamoDB Transactions: How it works").
    """
    writes = find_writes(operation, request)
    before = [_size(tables[table], given) for table, given in writes]
    try:
        answer = call()
    finally:
        after = [_size(tables[table], given) for table, given in writes]
        units = sum(write_units(max(sizes)) for sizes in zip(before, after, strict=True))
        counts.add(write_units=2 * units if operation == "transact_write_items" else units)
    if not writes:
        counts.add(read_units=_count_read(operation, answer))
    return answer


def find_writes(operation: str, request: Mapping[str, Any]) -> list[tuple[str, Item]]:
    """The table and the key, or the item with it, of everything that a request writes or checks."""
    if operation == "transact_write_items":
        parts = [part for each in request["TransactItems"] for part in each.values()]
    else:
        parts = [request] if operation in WRITES else []
    return [(part["TableName"], part.get("Item") or part["Key"]) for part in parts]


def _size(table: MemoryTable, given: Item) -> int:
    """The size of the item that stands at a key."""
    first, second = table.keys_of_items
    stored = table.get((given[first]["S"], given[second]["S"]))
    return item_bytes(stored) if stored else 0


def _count_read(operation: str, answer: Any) -> int:
    """The read units of what was found."""
    if operation == "query":
        return read_units(sum(map(item_bytes, answer["Items"])))
    if operation == "get_item":
        return read_units(item_bytes(answer.get("Item", {})))
    return sum(read_units(item_bytes(item)) for items in answer["Responses"].values() for item in items)
