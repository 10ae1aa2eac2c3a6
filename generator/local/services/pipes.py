"""The step that the embedded AWS lacks: EventBridge Pipes, from a table's stream through a filter to a queue.

It takes filter, batch size, retry limit and dead-letter queue from the bundle. A batch is sent whole or in part; what
was not sent is tried again, then written off to the dead-letter queue; only then comes the next one. So every record
that passes is sent at least once.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from generator.local.deploy.deployment import PipeSettings
from generator.local.emulator.process import Emulator

IDLE_SECONDS = 0.1
"""How long it rests when a shard has nothing new."""

RETRY_SECONDS = 0.2
"""The first pause after a failed send; it doubles up to LONGEST_RETRY_SECONDS."""

LONGEST_RETRY_SECONDS = 5.0

MESSAGES, BYTES = 10, 1_048_576
"""The most of one SendMessageBatch (SQS developer guide, "Amazon SQS message quotas")."""


class Pipe(threading.Thread):
    """Carries records from the stream to the queue until it is stopped."""

    def __init__(self, aws: Emulator, settings: PipeSettings, on_trouble: Callable[[str], None]) -> None:
        """`on_trouble` is told, from this thread, of each failure in words for a person."""
        super().__init__(name=f"pipe {settings.arn.rsplit('/', 1)[-1]}", daemon=True)
        self._streams = aws.client("dynamodbstreams")
        self._sqs = aws.client("sqs")
        self._settings = settings
        self._on_trouble = on_trouble
        self._stopped = threading.Event()
        self._iterators: dict[str, str | None] = {}
        """What to read next of each shard; None once it is closed and read to its end."""
        self._done: dict[str, str] = {}
        """The sequence number of the last record of each shard that is dealt with."""
        self._region = aws.region
        self.idle_rounds = 0
        """How many rounds found nothing to read. It grows while the pipe lives."""

    def stop(self) -> None:
        """End after the record that is under way."""
        self._stopped.set()

    def run(self) -> None:
        """Read, filter, send, for ever. A failure to read is tried again: nothing is lost by waiting."""
        while not self._stopped.is_set():
            try:
                moved = self._round()
            except (ClientError, BotoCoreError) as error:
                if self._stopped.is_set():
                    return
                self._recover(error)
                continue
            if not moved:
                self.idle_rounds += 1
                self._stopped.wait(IDLE_SECONDS)

    def _recover(self, error: Exception) -> None:
        """Ask for positions again: an iterator lives 15 minutes, and a laptop sleeps longer."""
        self._iterators.clear()
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        if code == "ExpiredIteratorException":
            return
        if code == "TrimmedDataAccessException":
            # What stood after the last record may be gone too; go on with the oldest that is left.
            self._done.clear()
        self._on_trouble(f"the pipe cannot read its stream: {error}")
        self._stopped.wait(RETRY_SECONDS)

    def _round(self) -> bool:
        """One batch of each shard. Returns whether there was any record."""
        moved = False
        for shard in self._shards():
            iterator = self._iterators[shard]
            if iterator is None:
                continue
            answer = self._streams.get_records(ShardIterator=iterator, Limit=min(1000, self._settings.batch_size))
            records = answer["Records"]
            if records:
                moved = True
                self._deliver(shard, records)
                if self._stopped.is_set():
                    return False
                self._done[shard] = records[-1]["dynamodb"]["SequenceNumber"]
            self._iterators[shard] = answer.get("NextShardIterator")
        return moved

    def _shards(self) -> list[str]:
        # One shard is all that there is until it closes; only then is it worth asking for others.
        if not self._iterators or None in self._iterators.values():
            more: dict[str, str] = {}
            while True:
                answer = self._streams.describe_stream(StreamArn=self._settings.stream_arn, **more)
                description = answer["StreamDescription"]
                for shard in description["Shards"]:
                    if shard["ShardId"] not in self._iterators:
                        self._iterators[shard["ShardId"]] = self._position(shard["ShardId"])
                if "LastEvaluatedShardId" not in description:
                    break
                more = {"ExclusiveStartShardId": description["LastEvaluatedShardId"]}
        return list(self._iterators)

    def _position(self, shard: str) -> str:
        start = {"ShardIteratorType": "TRIM_HORIZON" if self._settings.from_start else "LATEST"}
        if shard in self._done:
            start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._done[shard]}
        iterator: str = self._streams.get_shard_iterator(StreamArn=self._settings.stream_arn, ShardId=shard, **start)[
            "ShardIterator"
        ]
        return iterator

    def _deliver(self, shard: str, records: list[dict[str, Any]]) -> None:
        """Send the records that the filter lets through, or write them off."""
        left = [
            record
            for record in (as_event(one, self._settings.stream_arn, self._region) for one in records)
            if not self._settings.filters or any(matches(record) for matches in self._settings.filters)
        ]
        pause, attempts = RETRY_SECONDS, 0
        while left and not self._stopped.is_set():
            left, problem = self._send(left)
            if not left:
                return
            attempts += 1
            if self._written_off(attempts, left):
                self._on_trouble(f"the pipe gives up {len(left)} activities after {attempts} attempts: {problem}")
                self._write_off(shard, left)
                return
            self._on_trouble(f"the pipe tries again to send {len(left)} activities: {problem}")
            self._stopped.wait(pause)
            pause = min(LONGEST_RETRY_SECONDS, 2 * pause)

    def _written_off(self, attempts: int, records: list[dict[str, Any]]) -> bool:
        limit, age = self._settings.retry_attempts, self._settings.record_age_seconds
        oldest = min(record["dynamodb"]["ApproximateCreationDateTime"] for record in records)
        return (limit is not None and attempts > limit) or (
            age is not None and datetime.now(UTC).timestamp() - oldest > age
        )

    def _send(self, records: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
        """Send in batches. Returns what was not sent, and why."""
        problem = ""
        failed: list[dict[str, Any]] = []
        for batch in _batches(records):
            try:
                answer = self._sqs.send_message_batch(
                    QueueUrl=self._settings.queue_url,
                    Entries=[{"Id": str(index), "MessageBody": body} for index, (_, body) in enumerate(batch)],
                )
            except (ClientError, BotoCoreError) as error:
                failed.extend(record for record, _ in batch)
                problem = str(error)
                continue
            for failure in answer.get("Failed", []):
                failed.append(batch[int(failure["Id"])][0])
                problem = failure.get("Message") or failure["Code"]
        return failed, problem

    def _write_off(self, shard: str, records: list[dict[str, Any]]) -> None:
        """One dead letter for each record, as after bisecting: positions in the stream, not the records."""
        for record in records:
            body = json.dumps(dead_letter(self._settings, shard, record, datetime.now(UTC)))
            while not self._stopped.is_set():
                try:
                    self._sqs.send_message(QueueUrl=self._settings.dead_letter_queue_url, MessageBody=body)
                    break
                except (ClientError, BotoCoreError) as error:
                    self._on_trouble(f"the pipe cannot write a dead letter: {error}")
                    self._stopped.wait(LONGEST_RETRY_SECONDS)


def as_event(record: Mapping[str, Any], stream_arn: str, region: str) -> dict[str, Any]:
    """A record as boto3 reads it from the stream, turned into the JSON object that a pipe filters and passes on.

    Its creation time is in whole seconds of the epoch, binary values are base64 (EventBridge user guide, "Amazon
    DynamoDB stream as a source").
    """
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = int(change["ApproximateCreationDateTime"].timestamp())
    for image in ("Keys", "NewImage", "OldImage"):
        if image in change:
            change[image] = _plain(change[image])
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record["eventVersion"],
        "eventSource": record["eventSource"],
        "awsRegion": record.get("awsRegion", region),
        "dynamodb": change,
        "eventSourceARN": stream_arn,
    }


def dead_letter(settings: PipeSettings, shard: str, record: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What a pipe writes of a record that it could not deliver: where it stands in the stream."""
    change = record["dynamodb"]
    arrival = _time(datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC))
    return {
        "context": {"partnerResourceArn": settings.arn, "condition": "RetryAttemptsExhausted"},
        "version": "1.0",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "DDBStreamBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": change["SequenceNumber"],
            "endSequenceNumber": change["SequenceNumber"],
            "approximateArrivalOfFirstRecord": arrival,
            "approximateArrivalOfLastRecord": arrival,
            "batchSize": 1,
            "streamArn": settings.stream_arn,
        },
    }


def _time(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes | bytearray) else value


def _batches(records: list[dict[str, Any]]) -> list[list[tuple[dict[str, Any], str]]]:
    """Records with the text that is sent of each, in as few sends as SQS allows."""
    batches: list[list[tuple[dict[str, Any], str]]] = []
    size = 0
    for record in records:
        body = json.dumps(record, separators=(",", ":"))
        length = len(body)
        if not batches or len(batches[-1]) == MESSAGES or size + length > BYTES:
            batches.append([])
            size = 0
        batches[-1].append((record, body))
        size += length
    return batches
