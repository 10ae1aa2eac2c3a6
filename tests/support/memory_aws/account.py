"""The AWS of one board: its tables, its bucket, its queues, its event bus and its state machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.memory_aws.calls import Client, Interceptor, Operation
from tests.support.memory_aws.dynamodb import MemoryDynamoDB
from tests.support.memory_aws.errors import UnknownRequestError
from tests.support.memory_aws.events import MemoryEvents
from tests.support.memory_aws.executions import MemoryStepFunctions
from tests.support.memory_aws.s3 import MemoryBucket, MemoryS3
from tests.support.memory_aws.sqs import MemoryQueue, MemorySqs
from tests.support.memory_aws.streams import MemoryStreams
from tests.support.memory_aws.tables import MemoryTable
from tests.support.memory_aws.values import Item

OPERATIONS = {
    "dynamodb": (
        *("get_item", "batch_get_item", "query", "put_item", "update_item", "delete_item"),
        "transact_write_items",
    ),
    "dynamodbstreams": ("describe_stream", "get_shard_iterator", "get_records"),
    "sqs": (
        *("send_message", "send_message_batch", "receive_message", "delete_message", "delete_message_batch"),
        "get_queue_attributes",
    ),
    "s3": ("get_object", "put_object", "copy_object", "list_objects_v2", "delete_objects"),
    "events": ("put_events",),
    "stepfunctions": ("start_execution",),
}
"""The operations of each service, by boto3's names."""


class MemoryAws:
    """The AWS of one board, in memory: no clock, no chance and no thread of its own.

    Threads may share it: an operation is carried out as a whole. `clock` is the time in milliseconds since 1970.
    """

    def __init__(self, clock: Callable[[], int] = lambda: 0) -> None:
        self.clock = clock
        self.bucket = MemoryBucket()
        self.events = MemoryEvents()
        self.step_functions = MemoryStepFunctions(self._now)
        self.tables = {
            name: MemoryTable(
                name, keys, stream=stream, expires=name != "aggregates", now=self._now, carries=name == "activities"
            )
            for name, keys, stream in (
                ("activities", ("player_id", "activity_id"), "NEW_IMAGE"),
                ("aggregates", ("partition", "player_id"), "NEW_AND_OLD_IMAGES"),
                ("marks", ("player_id", "activity_id"), None),
            )
        }
        streams = {name: table.shards for name, table in self.tables.items() if table.shards is not None}
        self.stream = streams["aggregates"]
        """The stream of the aggregates."""
        dead_letters = MemoryQueue("activities-dead-letters")
        queue = MemoryQueue("activities", retention_seconds=604_800, dead_letters=dead_letters, max_receives=5)
        self.queues = {each.name: each for each in (queue, dead_letters, MemoryQueue("pipe-dead-letters"))}
        self.dynamodb = MemoryDynamoDB(self.tables, self._now)
        self.streams = MemoryStreams([*streams.values()], self._now)
        self.s3 = MemoryS3(self.bucket)
        self._services: Mapping[str, Any] = {
            "dynamodb": self.dynamodb,
            "dynamodbstreams": self.streams,
            "s3": self.s3,
            "sqs": MemorySqs({each.url: each for each in self.queues.values()}, self._now),
            "events": self.events,
            "stepfunctions": self.step_functions,
        }
        self.unknown: list[Exception] = []
        """The requests that were unknown. The runtime catches much: whoever asserts that nothing failed looks here."""
        self._tokens = 0
        self._lock = threading.RLock()

    def client(self, service: str, intercept: Interceptor | None = None) -> Any:
        """A boto3 client of a service; every call that it makes goes through `intercept`."""
        operations = {name: self._whole(getattr(self._services[service], name)) for name in OPERATIONS[service]}
        return Client(service, operations, intercept, self._prepare)

    def expire(self, now: int | None = None) -> list[Item]:
        """Remove the items that have expired, as DynamoDB does some time later, and return them."""
        instant = self._now() if now is None else now
        with self._lock:
            return [item for table in self.tables.values() for item in table.expire(instant)]

    def set_page_items(self, number: int) -> None:
        """Let pages of queries, lists and streams hold so many items at the most; 3 unless this is called."""
        self.dynamodb.page_items = self.s3.page_items = self.streams.page_records = number

    def _now(self) -> int:
        return self.clock()

    def _whole(self, operation: Operation) -> Operation:
        """The operation, carried out by one thread at a time."""
        lock = self._lock

        def carry_out(**request: Any) -> Any:
            with lock:
                try:
                    return operation(**request)
                except (UnknownRequestError, TypeError) as error:
                    self.unknown.append(error)
                    raise

        return carry_out

    def _prepare(self, operation: str, request: dict[str, Any]) -> None:
        if operation == "transact_write_items" and "ClientRequestToken" not in request:
            with self._lock:
                self._tokens += 1
                request["ClientRequestToken"] = f"token-{self._tokens}"
