"""The streams of DynamoDB's tables: shards that are closed, split and trimmed, and the operations that read them."""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from copy import copy
from itertools import pairwise
from typing import Any, NamedTuple

from tests.support.memory_aws.errors import UnknownRequestError, error
from tests.support.memory_aws.values import Item, equal, to_json

Record = dict[str, Any]
"""A record of a stream, as JSON, in the form in which a pipe passes it on."""

ITERATOR_LIFE = 900_000
"""Milliseconds for which a place in a shard is good (Amazon DynamoDB API reference, "GetShardIterator")."""
RETENTION = 86_400
"""Seconds for which a stream keeps its records (Amazon DynamoDB API reference, "GetShardIterator")."""
PER_PAGE = 1000
"""The most records of an answer (Amazon DynamoDB API reference, "GetRecords")."""
_HASHES = 2**32


class Change(NamedTuple):
    """A change of an item, as it is kept until somebody reads it."""

    number: int
    second: int
    key: tuple[str, str]
    before: Item | None
    after: Item | None
    is_expired: bool


class MemoryShard:
    """A shard: the changes of the partitions whose hashes lie in a range, while it is open."""

    def __init__(self, number: int, parent: MemoryShard | None, low: int, high: int) -> None:
        self.id = f"shardId-{number:020}-{low:08x}"
        self.parent = parent
        self.low, self.high = low, high
        self.closed_at: int | None = None
        self.changes: list[Change] = []
        self.last = 0
        """The number of its last change."""
        self.trimmed = 0
        """How many changes it has lost at its beginning."""


class MemoryStream:
    """The stream of a table. AWS keeps the order of changes of each item, in a shard and from a shard to its children.

    `held` is how many of the newest changes nobody can read yet: a stream follows its table with a delay.
    """

    def __init__(self, table: str, keys: tuple[str, str], view: str, now: Callable[[], int]) -> None:
        """`view`: which images its records have."""
        self.table, self.view, self.held, self.retention = table, view, 0, RETENTION
        self._keys, self._now = keys, now
        self._number = self._made = 0
        self._begin()

    @property
    def newest(self) -> int:
        """The number of the newest change."""
        return self._number

    def renew(self) -> None:
        """Be another stream, as that of a table that is restored, or whose stream was switched off and on."""
        self._begin()

    def save(self) -> dict[str, Any]:
        """The stream as it is, for `restore`."""
        return {**vars(self), "shards": _copy(vars(self)["shards"])}

    def restore(self, saved: dict[str, Any]) -> None:
        """Be as a stream was that `save` gave: this one, or another of the same table."""
        own = ("_now", "table", "view", "_keys")
        vars(self).update({name: each for name, each in saved.items() if name not in own})
        vars(self)["shards"] = _copy(saved["shards"])

    def add(self, key: tuple[str, str], before: Item | None, after: Item | None, *, is_expired: bool) -> Change | None:
        """Record a change, if it is one."""
        if before is not None and after is not None and _same(before, after):
            # "If you perform a PutItem or UpdateItem operation that does not change any data in an item, DynamoDB
            # Streams does not write a stream record" (Amazon DynamoDB developer guide, "Change data capture for
            # DynamoDB Streams").
            return None
        self._number += 1
        change = Change(self._number, self._now() // 1000, key, before, after, is_expired)
        place = zlib.crc32(key[0].encode()) % _HASHES
        shard = next(each for each in self.list_open() if each.low <= place < each.high)
        shard.changes.append(change)
        shard.last = change.number
        return change

    def split(self, *shards: MemoryShard, into: int = 2) -> None:
        """Close some shards, or all that are open, and let others take their places."""
        for shard in shards or tuple(self.list_open()):
            shard.closed_at = self._now()
            edges = [shard.low + (shard.high - shard.low) * each // into for each in range(into + 1)]
            for low, high in pairwise(edges):
                self._open(shard, low, high)

    def trim(self, keep: int | None = None) -> None:
        """Lose the changes that are older than so many seconds, and the shards that have none and get no more."""
        oldest = self._now() // 1000 - (self.retention if keep is None else keep)
        for shard in list(self.shards.values()):
            if shard.changes and shard.changes[0].second > oldest:
                continue
            kept = [change for change in shard.changes if change.second > oldest]
            shard.trimmed += len(shard.changes) - len(kept)
            shard.changes = kept
            if shard.closed_at is not None and not kept and shard.closed_at // 1000 <= oldest:
                del self.shards[shard.id]

    def list_open(self) -> Iterator[MemoryShard]:
        """The shards that take changes."""
        return (shard for shard in self.shards.values() if shard.closed_at is None)

    def list_changes(self) -> list[Change]:
        """All changes that it still has, in their order."""
        return sorted(change for shard in self.shards.values() for change in shard.changes)

    def count_readable(self, shard: MemoryShard) -> int:
        """How many of a shard's changes can be read by now."""
        return bisect_right(shard.changes, self._number - self.held, key=lambda change: change.number)

    def make_record(self, change: Change) -> Record:
        """The record of a change."""
        told: dict[str, Any] = {
            "ApproximateCreationDateTime": change.second,
            "Keys": {name: {"S": value} for name, value in zip(self._keys, change.key, strict=True)},
            "SequenceNumber": f"{change.number:021}",
            "StreamViewType": self.view,
        }
        if change.after is not None and self.view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"):
            told["NewImage"] = to_json(change.after)
        if change.before is not None and self.view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"):
            told["OldImage"] = to_json(change.before)
        record: Record = {
            "eventID": f"{self.table}/{change.number}",
            "eventName": "REMOVE" if change.after is None else "INSERT" if change.before is None else "MODIFY",
            "eventSource": "aws:dynamodb",
            "dynamodb": told,
        }
        if change.is_expired:
            record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
        return record

    def _begin(self) -> None:
        self._made += 1
        label = f"2026-11-24T00:00:00.{self._made:03}"
        self.arn = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{self.table}/stream/{label}"
        self.shards: dict[str, MemoryShard] = {}
        self._open(None, 0, _HASHES)

    def _open(self, parent: MemoryShard | None, low: int, high: int) -> None:
        self._made += 1
        shard = MemoryShard(self._made, parent, low, high)
        self.shards[shard.id] = shard


class MemoryStreams:
    """The operations of DynamoDB's streams by boto3's names. Answers are as the service gives them: see `raw_json`."""

    def __init__(self, streams: list[MemoryStream], now: Callable[[], int]) -> None:
        self.page_shards, self.page_records = 2, 3
        """The most shards and records of an answer; AWS gives 100 and 1,000."""
        self._streams = streams
        self._now = now

    def describe_stream(self, *, StreamArn: str, ExclusiveStartShardId: str | None = None) -> dict[str, Any]:
        """List the shards of a stream, newest first: AWS promises no order."""
        stream = self._find(StreamArn, "DescribeStream")
        stream.trim()
        shards = [_describe(shard) for shard in reversed(stream.shards.values())]
        ids = [shard["ShardId"] for shard in shards]
        first = 0 if ExclusiveStartShardId is None else ids.index(ExclusiveStartShardId) + 1
        page = shards[first : first + self.page_shards]
        more = {"LastEvaluatedShardId": page[-1]["ShardId"]} if first + len(page) < len(shards) else {}
        return {"StreamDescription": {"StreamArn": StreamArn, "StreamViewType": stream.view, "Shards": page, **more}}

    def get_shard_iterator(
        self, *, StreamArn: str, ShardId: str, ShardIteratorType: str, SequenceNumber: str | None = None
    ) -> dict[str, Any]:
        """Find a place in a shard."""
        stream = self._find(StreamArn, "GetShardIterator")
        shard = self._shard(stream, ShardId, "GetShardIterator")
        if SequenceNumber is not None and ShardIteratorType in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
            number = int(SequenceNumber)
            place = bisect_left(shard.changes, number, key=lambda change: change.number)
            if place == len(shard.changes) or shard.changes[place].number != number:
                raise error("TrimmedDataAccessException", "GetShardIterator")
            place += ShardIteratorType == "AFTER_SEQUENCE_NUMBER"
        elif ShardIteratorType == "TRIM_HORIZON":
            place = 0
        elif ShardIteratorType == "LATEST":
            place = stream.count_readable(shard)
        else:
            raise UnknownRequestError(f"{ShardIteratorType} with {SequenceNumber}")
        return {"ShardIterator": f"{StreamArn}|{ShardId}|{shard.trimmed + place}|{self._now()}"}

    def get_records(self, *, ShardIterator: str, Limit: int = PER_PAGE) -> dict[str, Any]:
        """Read a page of a shard."""
        arn, shard_id, place, made = ShardIterator.split("|")
        if self._now() - int(made) >= ITERATOR_LIFE:
            raise error("ExpiredIteratorException", "GetRecords")
        stream = self._find(arn, "GetRecords")
        shard = self._shard(stream, shard_id, "GetRecords")
        first = int(place) - shard.trimmed
        if first < 0:
            raise error("TrimmedDataAccessException", "GetRecords")
        end = min(stream.count_readable(shard), first + min(Limit, self.page_records))
        page = shard.changes[first:end]
        answer: dict[str, Any] = {"Records": [stream.make_record(change) for change in page]}
        if shard.closed_at is None or first + len(page) < len(shard.changes):
            answer["NextShardIterator"] = f"{arn}|{shard_id}|{int(place) + len(page)}|{self._now()}"
        return answer

    def _find(self, arn: str, operation: str) -> MemoryStream:
        found = next((stream for stream in self._streams if stream.arn == arn), None)
        if found is None:
            raise error("ResourceNotFoundException", operation)
        return found

    def _shard(self, stream: MemoryStream, shard_id: str, operation: str) -> MemoryShard:
        if shard_id not in stream.shards:
            raise error("ResourceNotFoundException", operation)
        return stream.shards[shard_id]


def _copy(shards: dict[str, MemoryShard]) -> dict[str, MemoryShard]:
    copies = {name: copy(shard) for name, shard in shards.items()}
    for each in copies.values():
        each.changes = list(each.changes)
    return copies


def _describe(shard: MemoryShard) -> dict[str, Any]:
    told: dict[str, Any] = {"ShardId": shard.id, "SequenceNumberRange": {}}
    if shard.changes:
        told["SequenceNumberRange"]["StartingSequenceNumber"] = f"{shard.changes[0].number:021}"
    if shard.closed_at is not None:
        told["SequenceNumberRange"]["EndingSequenceNumber"] = f"{shard.last:021}"
    if shard.parent is not None:
        told["ParentShardId"] = shard.parent.id
    return told


def _same(before: Item, after: Item) -> bool:
    return before.keys() == after.keys() and all(equal(value, after[name]) for name, value in before.items())
