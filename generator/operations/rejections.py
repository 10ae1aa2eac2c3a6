"""The activities that a board rejected in the last 14 days, with the reason of each."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any

from generator.operations.reach import THREADS, aws_errors_as_operation_errors
from runtime.domain.activity import Record
from runtime.dynamodb.items import REJECTED_SHARDS, rejected_partitions
from runtime.dynamodb.table import Item, Key, Table


@dataclass(frozen=True)
class Rejected:
    """One rejected activity."""

    key: Key
    """Of the item that tells of it, in the marks table."""
    reason: str
    detail: str
    player_id: str
    activity_id: str
    written: int
    """As `Record.written` has it: the last millisecond of the second in which it was written."""
    image: dict[str, Any] | None
    """The activity's item in DynamoDB's JSON; None where it was too large to be kept here."""
    expires_at: str
    """Tells this rejection from a later one of the same activity."""

    @property
    def type(self) -> str | None:
        """The activity's type, where it is known and a text."""
        kind = (self.image or {}).get("type", {}).get("S")
        return kind if isinstance(kind, str) else None

    def record(self) -> Record:
        """The stream record that was rejected."""
        return Record(self.player_id, self.activity_id, self.written, self.image or {})


def rejected(marks: Table, now: int, reason: str | None = None) -> Iterator[Rejected]:
    """What was rejected, the newest first: by the day on which it was, then by when it was written.

    `reason`: only what was rejected for it. `now` is in milliseconds. Reads on as the caller asks for more. Raises
    OperationError.
    """
    partitions = rejected_partitions(now)
    with ThreadPoolExecutor(THREADS) as pool:
        for start in range(0, len(partitions), REJECTED_SHARDS):
            pages = [_pages(marks, partition) for partition in partitions[start : start + REJECTED_SHARDS]]
            with aws_errors_as_operation_errors():
                # The first page of each at once: most days have no more.
                first = pool.map(_first, pages)
                shards = [chain(head, chain.from_iterable(rest)) for head, rest in zip(first, pages, strict=True)]
                for item in heapq.merge(*shards, key=lambda item: item["activity_id"]["S"], reverse=True):
                    if reason is None or item["reason"]["S"] == reason:
                        yield _read(item)


def _pages(marks: Table, partition: str) -> Iterator[list[Item]]:
    """The items of a partition from the last sort key to the first, page by page."""
    found = marks.client.get_paginator("query").paginate(
        TableName=marks.name,
        KeyConditionExpression="#partition = :partition",
        ExpressionAttributeNames={"#partition": marks.keys[0]},
        ExpressionAttributeValues={":partition": {"S": partition}},
        ConsistentRead=True,
        ScanIndexForward=False,
    )
    for page in found:
        yield page["Items"]


def _first(pages: Iterator[list[Item]]) -> list[Item]:
    return next(pages, [])


def _read(item: Item) -> Rejected:
    return Rejected(
        key=(item["player_id"]["S"], item["activity_id"]["S"]),
        reason=item["reason"]["S"],
        detail=item["detail"]["S"],
        player_id=item["by"]["S"],
        activity_id=item["activity"]["S"],
        written=int(item["written"]["N"]),
        image=json.loads(item["image"]["S"]) if "image" in item else None,
        expires_at=item["expires_at"]["N"],
    )
