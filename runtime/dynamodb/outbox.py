"""The outbox: events, each written together with the change that it is about, and sent at least once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from runtime.dynamodb.items import OUTBOX_SHARDS
from runtime.dynamodb.table import Key, Table

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

PER_REQUEST = 10
"""The most entries of one PutEvents (EventBridge API reference)."""
BYTES_PER_REQUEST = 200_000
"""The most bytes of details in one PutEvents. 256 kB are allowed (EventBridge quotas), names and sources included."""

_WaitingEvent = tuple[Key, dict[str, str]]
"""The key of the outbox item that holds an event, and the event as an entry of PutEvents."""


class Outbox:
    """The outbox as one function sees it, which remembers whether it could send all that it found."""

    def __init__(self) -> None:
        self.may_hold_more = False
        """Whether the last `send` failed, so that events wait though nothing has changed since."""

    def send(self, table: Table, events: EventBridgeClient, source: str) -> int:
        """Send the events of the outbox, as the function `send` does."""
        self.may_hold_more = True
        sent = send(table, events, source)
        self.may_hold_more = False
        return sent


def send(table: Table, events: EventBridgeClient, source: str) -> int:
    """Send the events of the outbox in `table`, remove those that were sent, and return how many there were.

    If this call dies after sending, the same events are sent again later, with the same `detail.id`. Raises
    RuntimeError where EventBridge refused some, after the others were sent.
    """
    outbox_items = [item for shard in range(OUTBOX_SHARDS) for item in table.query(f"#outbox#{shard}")]
    details = {table.key_of(item): item["details"] for item in outbox_items}
    unsent = {key: len(listed["L"]) for key, listed in details.items()}
    waiting: list[_WaitingEvent] = [
        (table.key_of(item), {"Source": source, "DetailType": item["type"]["S"], "Detail": detail["S"]})
        for item in outbox_items
        for detail in item["details"]["L"]
    ]
    refused: list[str] = []
    for group in _requests(waiting):
        entries: Any = [entry for _, entry in group]
        answers = events.put_events(Entries=entries)["Entries"]
        for (key, _), answer in zip(group, answers, strict=True):
            if "ErrorCode" in answer:
                refused.append(f"{key[1]}: {answer['ErrorCode']}")
                continue
            unsent[key] -= 1
            if not unsent[key]:
                # It may have been written anew, with more events: while a deployment goes on, a board that gets
                # milestones may forget which ones were reached.
                table.delete(key, "#details = :details", details=details[key])
    if refused:
        raise RuntimeError(f"EventBridge refused {len(refused)} events, the first {refused[0]}")
    return len(waiting)


def _requests(waiting: list[_WaitingEvent]) -> Iterator[list[_WaitingEvent]]:
    """The events in groups, each small enough for one request."""
    group: list[_WaitingEvent] = []
    size = 0
    for event in waiting:
        event_size = len(event[1]["Detail"].encode())
        if group and (len(group) == PER_REQUEST or size + event_size > BYTES_PER_REQUEST):
            yield group
            group, size = [], 0
        group.append(event)
        size += event_size
    if group:
        yield group
