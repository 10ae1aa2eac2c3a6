"""The outbox: events that were written together with what they tell of, sent at least once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from runtime.dynamodb.items import OUTBOX_SHARDS
from runtime.dynamodb.table import Key, Table

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

PER_REQUEST = 10
"""Entries of one PutEvents at the most (EventBridge API reference)."""
BYTES_PER_REQUEST = 200_000
"""Bytes of one PutEvents: 256 kB are allowed (EventBridge quotas), names and sources among them."""

_Waiting = tuple[Key, dict[str, str]]
"""The outbox item that an entry stands in, and the entry."""


def send(table: Table, events: EventBridgeClient, source: str) -> int:
    """Send what waits, and forget what was sent. How many events were sent.

    One that dies in between is sent again, with the same `detail.id`. Raises RuntimeError where EventBridge refused
    some, after the others.
    """
    written = [item for shard in range(OUTBOX_SHARDS) for item in table.query(f"#outbox#{shard}")]
    left = {table.key_of(item): len(item["details"]["L"]) for item in written}
    waiting: list[_Waiting] = [
        (table.key_of(item), {"Source": source, "DetailType": item["type"]["S"], "Detail": detail["S"]})
        for item in written
        for detail in item["details"]["L"]
    ]
    refused: list[str] = []
    for some in _requests(waiting):
        entries: Any = [entry for _, entry in some]
        answers = events.put_events(Entries=entries)["Entries"]
        for (key, _), answer in zip(some, answers, strict=True):
            if "ErrorCode" in answer:
                refused.append(f"{key[1]}: {answer['ErrorCode']}")
                continue
            left[key] -= 1
            if not left[key]:
                table.delete(key)
    if refused:
        raise RuntimeError(f"EventBridge refused {len(refused)} events, the first {refused[0]}")
    return len(waiting)


def _requests(waiting: list[_Waiting]) -> Iterator[list[_Waiting]]:
    """The entries in groups that one request holds."""
    some: list[_Waiting] = []
    size = 0
    for each in waiting:
        own = len(each[1]["Detail"].encode())
        if some and (len(some) == PER_REQUEST or size + own > BYTES_PER_REQUEST):
            yield some
            some, size = [], 0
        some.append(each)
        size += own
    if some:
        yield some
