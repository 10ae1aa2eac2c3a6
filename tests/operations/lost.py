"""What a board's pipe gave up, in memory: positions in the stream of the activities table, and the table itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from generator.operations.redrives.pipe import QUEUE
from generator.operations.running_board import RunningBoard
from runtime.domain.instants import rfc3339
from runtime.dynamodb.table import Table
from tests.operations.game import Game
from tests.support.memory_aws.calls import Client, Operation
from tests.support.memory_aws.errors import error

STREAM = "arn:aws:dynamodb:eu-central-1:000000000000:table/activities/stream/2026-11-01T00:00:00.000"
SHARD = "shardId-00000001795790585338"
PAGE = 4
"""Records of a page of the stream, and items of a page of the table."""


class Lost:
    """The stream of a game's activities table and the pipe's dead letters. The stream has one shard."""

    def __init__(self, game: Game) -> None:
        self.trimmed = 0
        """How many of the stream's records are older than it keeps them."""
        self.letters = game.aws.queues[QUEUE]
        self._game = game
        self._table = game.world.aws.tables["activities"]
        self._sqs = game.world.aws.client("sqs")
        streams: dict[str, Operation] = {
            "get_shard_iterator": self._get_shard_iterator,
            "get_records": self._get_records,
        }
        self._streams = Client("dynamodbstreams", streams, game.aws._intercept, lambda *_: None)
        scanned = Client("dynamodb", {"scan": self._scan}, game.aws._intercept, lambda *_: None)
        self.running: RunningBoard = replace(
            game.running,
            activities=Table(scanned, "activities", ("player_id", "activity_id")),  # type: ignore[arg-type]
            find_queue=lambda part: game.aws.queues[part].url,
            client=lambda service: {"dynamodbstreams": self._streams}[service],
        )

    def write(self, *items: dict[str, Any]) -> None:
        """Write items into the activities table: each has a record in its stream."""
        for each in items:
            self._game.world.activities.put(each)

    def give_up(self, first: int, last: int, **changes: Any) -> None:
        """Leave a dead letter for some of the stream's records, by their places."""
        records = [self._table.stream[place]["dynamodb"] for place in (first, last)]
        times = [rfc3339(each["ApproximateCreationDateTime"] * 1000) for each in records]
        position = {
            "shardId": SHARD,
            "startSequenceNumber": records[0]["SequenceNumber"],
            "endSequenceNumber": records[1]["SequenceNumber"],
            "approximateArrivalOfFirstRecord": times[0],
            "approximateArrivalOfLastRecord": times[1],
            "batchSize": last - first + 1,
            "streamArn": STREAM,
        }
        body = json.dumps({"context": {}, "version": "1.0", "DDBStreamBatchInfo": position | changes})
        self._sqs.send_message(QueueUrl=self.letters.url, MessageBody=body)

    def _get_shard_iterator(self, **request: str) -> dict[str, Any]:
        assert (request["StreamArn"], request["ShardIteratorType"]) == (STREAM, "AT_SEQUENCE_NUMBER")
        if request["ShardId"] != SHARD:
            raise error("ResourceNotFoundException", "GetShardIterator")
        numbers = [record["dynamodb"]["SequenceNumber"] for record in self._table.stream]
        place = numbers.index(request["SequenceNumber"])
        if place < self.trimmed:
            raise error("TrimmedDataAccessException", "GetShardIterator")
        return {"ShardIterator": f"{place} empty"}

    def _get_records(self, **request: str) -> dict[str, Any]:
        """A page without records comes before each that has some, as it may on AWS."""
        place, _, empty = request["ShardIterator"].partition(" ")
        start = int(place)
        if empty:
            return {"Records": [], "NextShardIterator": place}
        page = self._table.stream[start : start + PAGE]
        following = {"NextShardIterator": f"{start + PAGE} empty"} if page else {}
        return {"Records": [_as_boto3_reads(record) for record in page], **following}

    def _scan(self, **request: Any) -> dict[str, Any]:
        assert (request["TableName"], request["ConsistentRead"]) == ("activities", True)
        keys = sorted(self._table)
        start = 0
        if after := request.get("ExclusiveStartKey"):
            start = keys.index((after["player_id"]["S"], after["activity_id"]["S"])) + 1
        page = [self._table[key] for key in keys[start : start + PAGE]]
        if start + PAGE >= len(keys):
            return {"Items": page}
        last = {name: page[-1][name] for name in ("player_id", "activity_id")}
        return {"Items": page, "LastEvaluatedKey": last}


def _as_boto3_reads(record: Mapping[str, Any]) -> dict[str, Any]:
    change = record["dynamodb"]
    written = datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
    return {**record, "eventVersion": "1.1", "dynamodb": {**change, "ApproximateCreationDateTime": written}}
