"""The stream of the aggregates table: what has changed since a rebuild has read it last, as it is now.

A stream follows its table "in near-real time" (Amazon DynamoDB developer guide, "Change data capture for DynamoDB
Streams"), and an empty answer does not say that there is nothing more: "it might take multiple calls to get to a
portion of the shard that contains stream records" (Amazon DynamoDB API reference, "GetRecords"). So whoever reads it
writes fences first, items of the table, and reads on until these have come: what was written before them has come too.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from runtime import aws, clock
from runtime.aws import THREADS
from runtime.domain.instants import MINUTE
from runtime.dynamodb.streaming.positions import (
    CHANGED_PER_MB,
    Positions,
    StreamBehindError,
    StreamFullError,
    StreamGapError,
)
from runtime.dynamodb.streaming.raw_json import read_raw, without_collecting
from runtime.dynamodb.streaming.shards import StreamShard, as_errors_of_streams, find_newest, find_unread, list_shards
from runtime.dynamodb.table import Item, Table

FENCES = 16
"""How many fences are written where the stream has several open shards: spread over them by their keys, as the probes
of an ended window are. Nobody can choose the shard of an item. One that gets none is read until an empty answer."""
FENCES_OF_SHARD = 8
"""How many are written for each open shard where the stream is read for the first time: then one of 3,000 gets none,
and is read again from its oldest record on."""
CLOCKS_DIFFER = 2
"""By how many seconds two shards may differ in when their records were made: AWS rounds them down to whole ones (Amazon
DynamoDB API reference, "StreamRecord")."""
FENCE = "#fence#"
"""What the partitions of fences begin with, before their number."""
FENCE_NUMBERS = 1024
"""From how many numbers those of a read are, others in each minute: an empty answer is no end, so a shard that never
got a fence could keep a change to itself for as long as it is open."""
FENCE_SECONDS = 5.0
"""For how long a read waits in all for records that do not come."""
READ_SECONDS = 120.0
"""How long a read may take in all: a stream with more than that in it takes longer than all aggregates do."""
MEGABYTES = 1024
"""The memory that a reader has outside of Lambda, in MB."""
PAUSE_SECONDS = 0.2
"""Between two requests for records that have not come yet. AWS describes a stream ten times in a second at the most
(Amazon DynamoDB API reference, "DescribeStream")."""
KEPT_MS = 23 * 3_600_000
"""For how long positions are good: "Stream records whose age exceeds this limit", 24 hours, "are subject to removal"
(Amazon DynamoDB API reference, "GetShardIterator"), and nobody is told of those before a shard's oldest record."""


@dataclass(frozen=True)
class StreamRead:
    """What a read has found."""

    positions: Positions
    """Where the next read goes on."""
    changed: Mapping[str, Mapping[str, Item | None]]
    """The players whose aggregates have changed, each with the newest item, None of one that was removed: by the
    window's id and the player's. Bytes in it are Base64. The board's own items are left out."""


@dataclass
class _Reading:
    """A read that is under way."""

    shards: dict[str, StreamShard]
    positions: dict[str, str]
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    """What this read's fences have in them."""
    missing: set[str] = field(default_factory=set)
    """The partitions of the fences that have not come yet."""
    iterators: dict[str, str] = field(default_factory=dict)
    """Where to read on in the shards that were begun."""
    ended: set[str] = field(default_factory=set)
    """The closed shards of which all has been read."""
    fenced: set[str] = field(default_factory=set)
    """The shards in which a fence has come: what follows may wait for the next read."""
    empty: set[str] = field(default_factory=set)
    """The shards that have given an empty answer since the fences were written."""
    fenced_at: float = 0
    """The latest second in which a fence was recorded that has come."""
    read_to: dict[str, float] = field(default_factory=dict)
    """The second in which the last record was made that was read of a shard."""
    changed: dict[str, dict[str, Item | None]] = field(default_factory=dict)
    size: int = 0

    def __post_init__(self) -> None:
        """Leave out what an earlier read has read to its end."""
        self.ended |= {each for each, position in self.positions.items() if position == self.shards[each].last}

    def list_pending(self) -> list[str]:
        """The shards to read on in, all of whose parents are read.

        Until all fences have come, that is every one: the others may be in it, or in those that take its place.
        """
        unread = self.positions.keys() - self.ended
        begun = [each for each in self.positions if each in unread and self.shards[each].parent not in unread]
        return [each for each in begun if self.missing or not self._is_read(each)]

    def add_children(self, shards: dict[str, StreamShard]) -> bool:
        """Take up the shards that have come after those of the read; return whether there are any."""
        unread = find_unread(shards, self.positions)
        self.shards = shards
        self.positions |= dict.fromkeys(unread, "")
        return bool(unread)

    def take(self, shard: str, page: Mapping[str, Any] | None) -> bool:
        """Take what a page of a shard has, None for one that AWS did not give; return whether it has any records."""
        if page is None:
            self.iterators.pop(shard, None)
            return False
        records: Sequence[Mapping[str, Any]] = page["Records"]
        for record in records:
            self._take_change(shard, record["dynamodb"])
        if records:
            last = records[-1]["dynamodb"]
            self.positions[shard] = last["SequenceNumber"]
            self.read_to[shard] = last.get("ApproximateCreationDateTime", 0)
        else:
            self.empty.add(shard)
        if page.get("NextShardIterator"):
            self.iterators[shard] = page["NextShardIterator"]
        else:
            self.ended.add(shard)
        return bool(records)

    def settle(self) -> dict[str, str]:
        """The positions after the read: without the shards that are read to their end and have others after them."""
        parents = {self.shards[each].parent for each in self.positions}
        return {
            each: (self.shards[each].last or position) if each in self.ended else position
            for each, position in self.positions.items()
            if each not in self.ended or each not in parents
        }

    def _is_read(self, shard: str) -> bool:
        """Whether nothing from before the fences is missing of a shard, as far as it says, once all of them have come.

        An open one may have been empty. One in which more and more happens never is: but what is in it has its second,
        in the order in which it happened. A closed one has an end.
        """
        is_behind = self.read_to.get(shard, 0) > self.fenced_at + CLOCKS_DIFFER
        return shard in self.fenced or is_behind or (shard in self.empty and self.shards[shard].last is None)

    def _take_change(self, shard: str, change: Mapping[str, Any]) -> None:
        keys, image = change["Keys"], change.get("NewImage")
        partition, player = keys["partition"]["S"], keys["player_id"]["S"]
        if partition.startswith("#"):
            if partition.startswith(FENCE) and image and image["token"]["S"] == self.token:
                self.missing.discard(partition)
                self.fenced.add(shard)
                self.fenced_at = max(self.fenced_at, change.get("ApproximateCreationDateTime", 0))
            return
        players = self.changed.setdefault(partition.rpartition("#")[0], {})
        self.size += player not in players
        players[player] = image


class TableStream:
    """The stream of the aggregates table."""

    def __init__(
        self,
        streams: Any,
        table: Table,
        arn: str,
        now: Callable[[], int] = clock.now,
        elapsed: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        most: int = 1_000_000,
    ) -> None:
        """`streams`: a boto3 client. `elapsed` and `pause`: the clock, in seconds, by which a read takes its time.

        `most`: of how many items it may keep the images.
        """
        self._streams = streams
        self._table = table
        self._arn = arn
        self._now = now
        self._elapsed = elapsed
        self._pause = pause
        self._most = most

    def begin(self) -> Positions:
        """Where the stream is now: asked for before all aggregates are read, so that a `read` finds what changes then.

        Raises StreamBehindError, and StreamGapError where there is no such stream. A shard in which nothing happens
        has no position but that before its oldest record: what is read again is as it was.
        """
        now = self._now()
        shards = self._list_shards()
        newest = find_newest(shards)
        reading = _Reading(shards, {shard.id: shard.last or "" for shard in newest})
        for shard in newest:
            if shard.last is None:
                with as_errors_of_streams():
                    reading.iterators[shard.id] = self._find_place(shard.id, ShardIteratorType="LATEST")
        self._read_to_fences(reading, FENCES_OF_SHARD * len(newest))
        return Positions(self._arn, reading.settle(), now)

    def read(self, positions: Positions) -> StreamRead:
        """Read what has changed since some positions: all that was written before this was called, and maybe more.

        Raises StreamGapError and StreamBehindError: then only the table itself says what has changed. Whoever dies
        meanwhile has changed nothing but the fences.
        """
        now = self._now()
        if positions.arn != self._arn:
            raise StreamGapError("the positions are of another stream")
        if not 0 <= now - positions.at < KEPT_MS:
            raise StreamGapError("the positions are too old, or of the future")
        shards = self._list_shards()
        unread = dict.fromkeys(find_unread(shards, positions.shards), "")
        reading = _Reading(shards, {**positions.shards, **unread})
        self._read_to_fences(reading)
        return StreamRead(Positions(self._arn, reading.settle(), now), reading.changed)

    def _read_to_fences(self, reading: _Reading, least: int = 0) -> None:
        """Write fences, and read until all have come and nothing from before them can be missing.

        `least`: how many are written at the least where the stream has several open shards.
        """
        is_one = sum(shard.last is None for shard in reading.shards.values()) == 1
        number = 1 if is_one else max(FENCES, least)
        first = self._now() // MINUTE * FENCES
        fences = [f"{FENCE}{(first + each) % max(number, FENCE_NUMBERS)}" for each in range(number)]
        reading.missing |= set(fences)
        until, waited = self._elapsed() + READ_SECONDS, 0.0
        with ThreadPoolExecutor(THREADS) as pool, without_collecting():
            keys = ({"partition": {"S": fence}, "player_id": {"S": "rebuild"}} for fence in fences)
            list(pool.map(self._table.put, [{**key, "token": {"S": reading.token}} for key in keys]))
            while reading.missing or reading.list_pending():
                if waited >= FENCE_SECONDS or self._elapsed() >= until:
                    raise StreamBehindError(f"{len(reading.missing)} of {number} fences have not come")
                if reading.size > self._most:
                    raise StreamFullError(f"more than {self._most} aggregates have changed")
                if not self._read_on(reading, pool):
                    self._pause(PAUSE_SECONDS)
                    waited += PAUSE_SECONDS

    def _read_on(self, reading: _Reading, pool: Executor) -> bool:
        """Read a page of each shard that is to be read; return whether that has given anything."""
        pending, ended = reading.list_pending(), len(reading.ended)
        found = False
        for first in range(0, len(pending), THREADS):
            some = pending[first : first + THREADS]
            for shard, page in zip(some, pool.map(partial(self._read_page, reading), some), strict=True):
                found |= reading.take(shard, page)
        if len(reading.ended) > ended or not pending:
            found |= reading.add_children(self._list_shards())
        return found

    def _read_page(self, reading: _Reading, shard: str) -> Mapping[str, Any] | None:
        """The next page of a shard; None where AWS wants to be asked again later."""
        position = reading.positions[shard]
        after = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": position}
        try:
            with as_errors_of_streams():
                start = after if position else {"ShardIteratorType": "TRIM_HORIZON"}
                place = reading.iterators.get(shard) or self._find_place(shard, **start)
                page: Mapping[str, Any] = self._streams.get_records(ShardIterator=place)
        except StreamBehindError:
            return None
        return page

    def _find_place(self, shard: str, **start: str) -> str:
        found = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard, **start)
        return str(found["ShardIterator"])

    def _list_shards(self) -> dict[str, StreamShard]:
        with as_errors_of_streams():
            return list_shards(self._streams, self._arn)


def open_stream(table: Table, arn: str) -> TableStream:
    """Open the stream of a board's aggregates table, as a function does."""
    streams = aws.streams()
    read_raw(streams, "GetRecords")
    return TableStream(streams, table, arn, most=CHANGED_PER_MB * (aws.count_megabytes() or MEGABYTES))
