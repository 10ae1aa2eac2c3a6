"""Lists the activities that a board rejected in the last 14 days, each with the reason."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from generator.operations.running_board import THREADS, aws_errors_as_operation_errors
from runtime.domain.activity import MARK_LIFE, StreamRecord
from runtime.domain.instants import to_datetime
from runtime.dynamodb import items
from runtime.dynamodb.table import Item, Key, Table

MOST_PLAYERS = 100_000
"""Players that are told apart: producers write their ids, and each may have 2 kB. The rejections of more are counted
without their player."""

NEWEST_REJECTIONS = 1000
"""Among how many rejections of a day and a shard one is looked for: those of activities that were written last."""


@dataclass(frozen=True)
class Rejection:
    """One rejected activity, as the marks table keeps it."""

    key: Key
    """The key of its item in the marks table."""
    reason: str
    detail: str
    player_id: str
    activity_id: str
    written: int
    """The last millisecond of the second in which it was written, as in `StreamRecord.written`."""
    image: dict[str, Any] | None
    """The activity's item in DynamoDB's JSON; None if it was too large to be kept in the marks table."""
    content: str | None
    """Of an activity that was too large: the hash of its item, see `items.hash_image`."""
    token: str | None
    """A text of this rejection alone. If the same activity is rejected again, that rejection has another."""

    @property
    def type(self) -> str | None:
        """The activity's type; None if it is not known or not a text."""
        kind = (self.image or {}).get("type", {}).get("S")
        return kind if isinstance(kind, str) else None

    def make_record(self) -> StreamRecord:
        """The stream record that was rejected."""
        return StreamRecord(self.player_id, self.activity_id, self.written, self.image or {})


def list_rejections(marks: Table, now: int, reason: str | None = None) -> Iterator[Rejection]:
    """List rejections, the newest first: by the day of the rejection, then by when the activity was written.

    `marks`: the board's marks table. `now`: in milliseconds since 1970. `reason`: only rejections with this reason.
    Reads no further than the caller asks. Raises OperationError.
    """
    partitions = items.rejected_partitions(now)
    with ThreadPoolExecutor(THREADS) as pool:
        for start in range(0, len(partitions), items.REJECTED_SHARDS):
            pages = [read_pages(marks, partition) for partition in partitions[start : start + items.REJECTED_SHARDS]]
            with aws_errors_as_operation_errors():
                # Read the first pages at the same time: most days have no more than those.
                first = pool.map(_read_first_page, pages)
                shards = [chain(page, chain.from_iterable(rest)) for page, rest in zip(first, pages, strict=True)]
                for item in heapq.merge(*shards, key=lambda item: item["activity_id"]["S"], reverse=True):
                    if reason is None or item["reason"]["S"] == reason:
                        yield _read_rejection(item)


def find_rejection(marks: Table, record: StreamRecord, mark: Item) -> Rejection | None:
    """Find the rejection that was written together with an activity's mark; None if the list has it no longer.

    When the activity was written need not be known: `record.written` is not looked at. Raises OperationError.
    """
    partition, sort = make_rejection_key(record, mark)
    end = sort[sort.index("#") :]
    with aws_errors_as_operation_errors():
        newest = islice(chain.from_iterable(read_pages(marks, partition)), NEWEST_REJECTIONS)
        found = next((item for item in newest if item["activity_id"]["S"].endswith(end)), None)
    return None if found is None else _read_rejection(found)


def make_rejection_key(record: StreamRecord, mark: Item) -> Key:
    """The key of the rejection that was written together with an activity's mark."""
    decided = items.get_number(mark, "expires_at") * 1000 - MARK_LIFE
    return items.rejected_key(record, to_datetime(decided).date())


def read_pages(marks: Table, partition: str) -> Iterator[list[Item]]:
    """Read the items of a partition page by page, from the highest sort key to the lowest.

    Each page is read when it is asked for.
    """
    found = marks.client.get_paginator("query").paginate(
        TableName=marks.name,
        KeyConditionExpression="#partition = :partition",
        ExpressionAttributeNames={"#partition": marks.key_names[0]},
        ExpressionAttributeValues={":partition": {"S": partition}},
        ConsistentRead=True,
        ScanIndexForward=False,
    )
    for page in found:
        yield page["Items"]


def _read_first_page(pages: Iterator[list[Item]]) -> list[Item]:
    return next(pages, [])


def _read_rejection(item: Item) -> Rejection:
    return Rejection(
        key=(item["player_id"]["S"], item["activity_id"]["S"]),
        reason=item["reason"]["S"],
        detail=item["detail"]["S"],
        player_id=item["by"]["S"],
        activity_id=item["activity"]["S"],
        written=int(item["written"]["N"]),
        image=json.loads(item["image"]["S"]) if "image" in item else None,
        content=items.get_text(item, "content"),
        token=items.get_text(item, "rejection"),
    )


@dataclass
class RejectionTotals:
    """How many activities were rejected, in all, by reason and by player."""

    total: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)
    by_player: Counter[str] = field(default_factory=Counter)
    """Of the first MOST_PLAYERS players that were met."""

    def add(self, rejection: Rejection) -> None:
        """Count one rejection."""
        self.total += 1
        self.by_reason[rejection.reason] += 1
        if rejection.player_id in self.by_player or len(self.by_player) < MOST_PLAYERS:
            self.by_player[rejection.player_id] += 1

    def reasons(self) -> list[tuple[str, int]]:
        """The reasons, the most frequent first."""
        return _sort(self.by_reason)

    def players(self, most: int) -> list[tuple[str, int]]:
        """The players with the most rejections, the one with most of all first."""
        return _sort(self.by_player)[:most]


def _sort(counter: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counter.items(), key=lambda each: (-each[1], each[0]))
