# ruff: noqa: N803 (boto3's argument names)
"""A table's stream and two queues that are not there, as far as the local pipe uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from runtime.domain.instants import DAY, from_datetime

MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def stream_record(number: int, kind: str = "kill", name: str = "INSERT") -> dict[str, Any]:
    """A record as boto3 reads it from a table's stream."""
    return {
        "eventID": f"e{number}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": datetime.now(UTC),
            "Keys": {"player_id": {"S": f"p{number}"}},
            "NewImage": {"player_id": {"S": f"p{number}"}, "type": {"S": kind}},
            "SequenceNumber": f"{number:030}",
            "SizeBytes": 26,
            "StreamViewType": "NEW_IMAGE",
        },
    }


def refusal(code: str) -> ClientError:
    """The error that boto3 raises for a refused call."""
    return ClientError({"Error": {"Code": code, "Message": code}}, "Operation")


class FakeClock:
    """A run's clock: since MOMENT it is a day ahead."""

    def now(self) -> int:
        """The present instant."""
        return self.at(from_datetime(datetime.now(UTC)))

    def at(self, instant: int) -> int:
        """What it showed at an instant of the machine's clock."""
        return instant + DAY if instant >= from_datetime(MOMENT) else instant


class FakeAws:
    """An emulator and its clients in one: a stream with shards, and two queues, as far as the pipe uses them."""

    region = "eu-central-1"
    clock = FakeClock()

    def __init__(self, *shards: list[dict[str, Any]]) -> None:
        self.cloudwatch = self
        self.executions: list[tuple[str, int, int]] = []
        self.shards = {f"shard-{index}": records for index, records in enumerate(shards)}
        self.sent: list[dict[str, Any]] = []
        self.dead: list[dict[str, Any]] = []
        self.batches: list[int] = []
        self.refuse: Callable[[dict[str, Any]], bool] = lambda record: False
        self.read_errors: list[str] = []
        self.starts: list[str] = []

    def add_execution(self, pipe: str, events: int, failed: int) -> None:
        """As CloudWatch does it here."""
        self.executions.append((pipe, events, failed))

    def client(self, service: str) -> Any:
        """The fake itself, which has the methods of every client."""
        return self

    def describe_stream(self, StreamArn: str, ExclusiveStartShardId: str = "") -> Any:
        """As boto3 does, one shard a page."""
        names = sorted(self.shards)
        rest = names[names.index(ExclusiveStartShardId) + 1 :] if ExclusiveStartShardId else names
        more = {"LastEvaluatedShardId": rest[0]} if len(rest) > 1 else {}
        return {"StreamDescription": {"Shards": [{"ShardId": rest[0]}], **more}}

    def get_shard_iterator(
        self,
        StreamArn: str,
        ShardId: str,
        ShardIteratorType: str,
        SequenceNumber: str = "",
    ) -> Any:
        """As boto3 does."""
        self.starts.append(ShardIteratorType)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in self.shards[ShardId]]
        return {"ShardIterator": f"{ShardId} {numbers.index(SequenceNumber) + 1 if SequenceNumber else 0}"}

    def get_records(self, ShardIterator: str, Limit: int) -> Any:
        """As boto3 does; raises the next of `read_errors` first."""
        if self.read_errors:
            raise refusal(self.read_errors.pop())
        shard, position = ShardIterator.split()
        records = self.shards[shard][int(position) : int(position) + Limit]
        return {"Records": records, "NextShardIterator": f"{shard} {int(position) + len(records)}"}

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> Any:
        """As boto3 does, for the queue; fails for records that `refuse` picks."""
        assert len(Entries) <= 10
        self.batches.append(len(Entries))
        failed = []
        for entry in Entries:
            record = json.loads(entry["MessageBody"])
            if self.refuse(record):
                failed.append({"Id": entry["Id"], "Code": "InternalError"})
            else:
                self.sent.append(record)
        return {"Failed": failed}

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:
        """As boto3 does, for the dead-letter queue."""
        self.dead.append(json.loads(MessageBody))
