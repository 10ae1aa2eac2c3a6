"""The stream of the aggregates table: rendered records of players, and records of the board's own items."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from tests.benchmarks.stand_in.rendering import PER_GET_RECORDS, STAGE, Part, Rendered, stream_iterator, stream_shard

ARN = "arn:aws:dynamodb:eu-central-1:111122223333:table/aggregates/stream/2026-01-01T00:00:00.000"
"""The stream's ARN."""
TAIL = STAGE // 10
"""The sequence numbers of the board's own items begin here within a stage: behind those of its players."""

_Chunk = tuple[Path, Part] | dict[str, Any]
"""Rendered records, or one record of the board's own items."""


class StandInStream:
    """A stream with a shard for each shard of the table, none of which ever ends. It forgets nothing."""

    def __init__(self, own: list[dict[str, Any]]) -> None:
        """`own`: where the table in memory puts records of its changes; they are taken from there."""
        self._own = own
        self._chunks: list[list[_Chunk]] = []
        self._lasts: list[list[str]] = []
        """The last sequence number of each chunk."""
        self._next = TAIL

    def append(self, shards: int, records: list[Rendered], stage: int) -> None:
        """Append rendered records, one file for each shard, or none at all."""
        self._take_own()
        while len(self._chunks) < shards:
            self._chunks.append([])
            self._lasts.append([])
        for number, rendered in enumerate(records):
            for part in rendered.parts:
                self._chunks[number].append((rendered.path, part))
                self._lasts[number].append(part.last)
        self._next = stage * STAGE + TAIL

    def describe(self) -> dict[str, Any]:
        """What DescribeStream answers."""
        shards = [
            {"ShardId": stream_shard(number), "SequenceNumberRange": {"StartingSequenceNumber": f"{0:021}"}}
            for number in range(len(self._chunks))
        ]
        return {
            "StreamDescription": {
                "StreamArn": ARN,
                "StreamLabel": ARN.rpartition("/")[2],
                "StreamStatus": "ENABLED",
                "StreamViewType": "NEW_AND_OLD_IMAGES",
                "TableName": "aggregates",
                "Shards": shards,
            }
        }

    def seek(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What GetShardIterator answers."""
        self._take_own()
        number, kind = _number(request["ShardId"]), request["ShardIteratorType"]
        sequence = request.get("SequenceNumber", "")
        if kind == "AT_SEQUENCE_NUMBER":
            sequence = f"{int(sequence) - 1:021}"
        elif kind == "LATEST":
            sequence = self._lasts[number][-1] if self._lasts[number] else ""
        return {"ShardIterator": stream_iterator(request["ShardId"], sequence)}

    def read(self, request: Mapping[str, Any]) -> tuple[Path, Part] | dict[str, Any]:
        """What GetRecords answers: a rendered answer, or a document."""
        self._take_own()
        shard_id, _, sequence = request["ShardIterator"].partition("/")
        number = _number(shard_id)
        place = bisect_right(self._lasts[number], sequence) if sequence else 0
        rest, most = self._chunks[number][place:], request.get("Limit", PER_GET_RECORDS)
        if not rest:
            return {"Records": [], "NextShardIterator": request["ShardIterator"]}
        first, before = rest[0], self._lasts[number][place - 1] if place else ""
        if isinstance(first, tuple):
            if sequence == before and most >= PER_GET_RECORDS:
                return first
            records = _load(*first)
        else:
            own = takewhile(lambda each: not isinstance(each, tuple), rest)
            records = [each for each in own if isinstance(each, dict)]
        later = [each for each in records if each["dynamodb"]["SequenceNumber"] > sequence][:most]
        last = later[-1]["dynamodb"]["SequenceNumber"]
        return {"Records": later, "NextShardIterator": stream_iterator(shard_id, last)}

    def _take_own(self) -> None:
        """Append the records of the board's own items that were written since."""
        while self._own and self._chunks:
            record = self._own.pop(0)
            self._next += 1
            sequence = f"{self._next:021}"
            change = {**record["dynamodb"], "SequenceNumber": sequence, "SizeBytes": 100}
            number = zlib.crc32(change["Keys"]["partition"]["S"].encode()) % len(self._chunks)
            self._chunks[number].append({**record, "eventVersion": "1.1", "dynamodb": change})
            self._lasts[number].append(sequence)


def _number(shard_id: str) -> int:
    """The number of a stream shard, by its id."""
    return int(shard_id.split("-")[1])


def _load(path: Path, part: Part) -> list[dict[str, Any]]:
    """The records of a rendered answer."""
    with path.open("rb") as file:
        file.seek(part.start)
        records: list[dict[str, Any]] = json.loads(file.read(part.size))["Records"]
        return records
