"""Plays EventBridge Pipes, which the embedded AWS lacks: from a table's stream through a filter to a queue or a bus.

Filter, batch size, retry limit and dead-letter queue are those of the bundle. Records that could not be sent are tried
again, and in the end go to the dead-letter queue; only then the next batch is read. So every record that passes the
filter is sent at least once.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from generator.local.deploy.deployment import Bus, PipeSettings
from generator.local.deploy.event_pattern import Matcher
from generator.local.emulator.process import Emulator
from generator.local.services.records import make_batches, make_dead_letter
from generator.operations.redrives.positions import make_event
from runtime.domain.instants import to_datetime
from runtime.dynamodb.streaming.shards import list_shards

IDLE_SECONDS = 0.1
"""Seconds that the pipe rests after a round without a record."""

RETRY_SECONDS = 0.2
"""Seconds before a failed send is tried again; each further pause doubles, up to LONGEST_RETRY_SECONDS."""

LONGEST_RETRY_SECONDS = 5.0

PAGE = 1000
"""Records that one read of the stream gives, the most (DynamoDB Streams API reference, "GetRecords"): a read costs as
much time here as a batch does."""


@dataclass
class Carried:
    """How many items a pipe has carried so far: all of them, or those that a board takes of a feed's."""

    takes: Matcher = lambda record: True
    written: int = 0
    """Items that were written to the table."""
    held_back: int = 0
    """How many of these the filter held back."""
    given_up: int = 0
    """How many of these could not be sent."""


class LocalPipe(threading.Thread):
    """A thread that carries records from the stream to the queue until it is stopped."""

    def __init__(
        self, aws: Emulator, settings: PipeSettings, warn: Callable[[str], None], before: LocalPipe | None = None
    ) -> None:
        """`warn` is called from this thread with each failure, in words for a person. `before`: a pipe that has ended,
        and that this one goes on for."""
        super().__init__(name=f"pipe {settings.name}", daemon=True)
        self._streams = aws.client("dynamodbstreams")
        self._sqs = aws.client("sqs")
        self._events = aws.client("events")
        self._settings = settings
        self._warn = warn
        self._stopped = threading.Event()
        self._iterators: dict[str, str | None] = {}
        """Where to read on in each shard; None once the shard is closed and read to its end."""
        self._done: dict[str, str] = dict(before._done) if before else {}
        """The sequence number of the last record in each shard that was sent, held back by the filter, or given up."""
        self._region = aws.region
        self._clock = aws.clock
        self._cloudwatch = aws.cloudwatch
        self.idle_rounds = 0
        """How many rounds found no record so far."""
        self.carried = Carried()
        self.taken: dict[str, Carried] = before.taken if before else {}
        """What each board takes of a feed's activities, by the board's name."""

    def stop(self) -> None:
        """Stop after the send that is under way."""
        self._stopped.set()

    @property
    def position(self) -> str:
        """The sequence number of the last record that is done; "" if there is none."""
        return max(self._done.values(), default="")

    def carry(self, records: Sequence[dict[str, Any]]) -> None:
        """Filter and send records that a run before had not sent, as the embedded AWS held them. Before `start`."""

        def with_time(record: dict[str, Any]) -> dict[str, Any]:
            change = record["dynamodb"]
            written = datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
            return {**record, "dynamodb": {**change, "ApproximateCreationDateTime": written}}

        if records:
            self._deliver("kept", [with_time(record) for record in records])

    def run(self) -> None:
        """Read, filter and send until `stop` is called. A failed read is tried again: the stream keeps its records."""
        while not self._stopped.is_set():
            try:
                found = self._deliver_batches()
            except (ClientError, BotoCoreError) as error:
                if self._stopped.is_set():
                    return
                self._recover(error)
                continue
            if not found:
                self.idle_rounds += 1
                self._stopped.wait(IDLE_SECONDS)

    def _recover(self, error: Exception) -> None:
        """Forget all iterators after a failed read, so that new ones are asked for.

        An iterator lives 15 minutes (DynamoDB API reference, "GetShardIterator"), and a laptop may sleep longer.
        """
        self._iterators.clear()
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        if code == "ExpiredIteratorException":
            return
        if code == "TrimmedDataAccessException":
            # The record to go on with may be gone: go on with the oldest that is left.
            self._done.clear()
        self._warn(f"the pipe cannot read its stream: {error}")
        self._stopped.wait(RETRY_SECONDS)

    def _deliver_batches(self) -> bool:
        """Deliver what one read of each shard gives, batch by batch. Returns whether there was any record."""
        found = False
        for shard in self._list_shards():
            iterator = self._iterators[shard]
            if iterator is None:
                continue
            page = self._streams.get_records(ShardIterator=iterator, Limit=PAGE)
            records, size = page["Records"], self._settings.batch_size
            for batch in (records[start : start + size] for start in range(0, len(records), size)):
                found = True
                if self._stopped.is_set() or not self._deliver(shard, batch):
                    return False
                self._done[shard] = batch[-1]["dynamodb"]["SequenceNumber"]
            self._iterators[shard] = page.get("NextShardIterator")
        return found

    def _list_shards(self) -> list[str]:
        """The shards of the stream. A new one gets its iterator here."""
        # A new shard appears only when another one closes, so only then ask for the list again.
        if not self._iterators or None in self._iterators.values():
            for shard in list_shards(self._streams, self._settings.stream_arn):
                if shard not in self._iterators:
                    self._iterators[shard] = self._start_iterator(shard)
        return list(self._iterators)

    def _start_iterator(self, shard: str) -> str:
        """An iterator behind the last record that is done, or at the stream's starting position."""
        start = {"ShardIteratorType": "TRIM_HORIZON" if self._settings.from_start else "LATEST"}
        if shard in self._done:
            start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._done[shard]}
        iterator: str = self._streams.get_shard_iterator(StreamArn=self._settings.stream_arn, ShardId=shard, **start)[
            "ShardIterator"
        ]
        return iterator

    def _deliver(self, shard: str, records: list[dict[str, Any]]) -> bool:
        """Send the records that pass the filter, or give them up to the dead-letter queue.

        Returns whether that is done: not where the pipe was stopped before, and another one does it all again.
        """
        passing = [
            record
            for record in map(self._make_event, records)
            if not self._settings.filters or any(matches(record) for matches in self._settings.filters)
        ]
        self._count(records, passing, 1)
        left, pause, attempts = passing, RETRY_SECONDS, 0
        while left and not self._stopped.is_set():
            events = len(left)
            left, problem = self._send(left)
            self._cloudwatch.add_execution(self._settings.name, events, len(left))
            if not left:
                break
            attempts += 1
            if self._has_to_give_up(attempts, left):
                self._warn(f"the pipe gives up {len(left)} activities after {attempts} attempts: {problem}")
                self.carried.given_up += len(left)
                for taken in [*self.taken.values()]:
                    taken.given_up += sum(map(taken.takes, left))
                self._send_dead_letters(shard, left)
                return not self._stopped.is_set()
            self._warn(f"the pipe tries again to send {len(left)} activities: {problem}")
            self._stopped.wait(pause)
            pause = min(LONGEST_RETRY_SECONDS, 2 * pause)
        if left:
            self._count(records, passing, -1)
        return not left

    def _count(self, records: Sequence[Mapping[str, Any]], passing: list[dict[str, Any]], times: int) -> None:
        """Count records as carried, of which these pass the filter. `times`: -1 takes it back."""
        written, passed = (sum(record["eventName"] == "INSERT" for record in each) for each in (records, passing))
        self.carried.written += times * written
        self.carried.held_back += times * (written - passed)
        for taken in [*self.taken.values()]:
            taken.written += times * sum(map(taken.takes, passing))

    def _make_event(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The record as the pipe passes it on, with the time that the run's clock showed when it was written."""
        event = make_event(record, self._settings.stream_arn, self._region)
        change = event["dynamodb"]
        change["ApproximateCreationDateTime"] = self._clock.at(change["ApproximateCreationDateTime"] * 1000) // 1000
        return event

    def _has_to_give_up(self, attempts: int, records: list[dict[str, Any]]) -> bool:
        """Whether the records have been tried as often, or are as old, as the pipe's limits allow."""
        limit, age = self._settings.retry_attempts, self._settings.record_age_seconds
        oldest = min(record["dynamodb"]["ApproximateCreationDateTime"] for record in records)
        return (limit is not None and attempts > limit) or (age is not None and self._clock.now() / 1000 - oldest > age)

    def _send(self, records: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
        """Send records in batches. Returns those that were not sent, and why."""
        problem = ""
        failed: list[dict[str, Any]] = []
        for batch in make_batches(records):
            try:
                refused = self._send_batch([body for _, body in batch])
            except (ClientError, BotoCoreError) as error:
                failed.extend(record for record, _ in batch)
                problem = str(error)
                continue
            for index, why in refused:
                failed.append(batch[index][0])
                problem = why
        return failed, problem

    def _send_batch(self, bodies: Sequence[str]) -> list[tuple[int, str]]:
        """Send one batch. Returns which of it were refused, and why."""
        target = self._settings.target
        if isinstance(target, Bus):
            entry = {"EventBusName": target.name, "Source": target.source, "DetailType": target.detail_type}
            entries = self._events.put_events(Entries=[{**entry, "Detail": body} for body in bodies])["Entries"]
            return [(index, one["ErrorMessage"]) for index, one in enumerate(entries) if "ErrorCode" in one]
        answer = self._sqs.send_message_batch(
            QueueUrl=target.url,
            Entries=[{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies)],
        )
        return [(int(one["Id"]), one.get("Message") or one["Code"]) for one in answer.get("Failed", [])]

    def _send_dead_letters(self, shard: str, records: list[dict[str, Any]]) -> None:
        """Send a dead letter for each record. As in AWS, it holds the record's position in the stream, not its data."""
        for record in records:
            body = json.dumps(make_dead_letter(self._settings, shard, record, to_datetime(self._clock.now())))
            while not self._stopped.is_set():
                try:
                    self._sqs.send_message(QueueUrl=self._settings.dead_letter_queue_url, MessageBody=body)
                    break
                except (ClientError, BotoCoreError) as error:
                    self._warn(f"the pipe cannot write a dead letter: {error}")
                    self._stopped.wait(LONGEST_RETRY_SECONDS)
