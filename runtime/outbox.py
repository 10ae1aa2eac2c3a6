"""The outbox: events that were written together with what they tell of, sent at least once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime.items import OUTBOX_SHARDS
from runtime.table import Table

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

PER_REQUEST = 10
"""Entries of one PutEvents at the most (EventBridge API reference)."""


def send(table: Table, events: EventBridgeClient, source: str) -> int:
    """Send what waits, and forget what was sent. How many events were sent.

    One that dies in between is sent again, with the same `detail.id`. Raises RuntimeError where EventBridge refused
    some, after the others.
    """
    waiting = [item for shard in range(OUTBOX_SHARDS) for item in table.query(f"#outbox#{shard}")]
    refused: list[str] = []
    for start in range(0, len(waiting), PER_REQUEST):
        some = waiting[start : start + PER_REQUEST]
        entries: Any = [
            {"Source": source, "DetailType": item["type"]["S"], "Detail": item["detail"]["S"]} for item in some
        ]
        answers = events.put_events(Entries=entries)["Entries"]
        for item, answer in zip(some, answers, strict=True):
            if "ErrorCode" in answer:
                refused.append(f"{item['player_id']['S']}: {answer['ErrorCode']}")
            else:
                table.delete(table.key_of(item))
    if refused:
        raise RuntimeError(f"EventBridge refused {len(refused)} events, the first {refused[0]}")
    return len(waiting)
