"""The AWS of a board, of which the state can be kept and put back: so a case costs milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from tests.support.memory_aws import MemoryAws
from tests.support.memory_aws.sqs import Message
from tests.support.memory_aws.values import Item

State = list[list[Any]]

QUEUE, DEAD_LETTERS = "activities", "activities-dead-letters"
PAGE = 8
"""The most items of a page: few enough for several pages here and there, many enough for a scenario to be short."""


class Aws:
    """Tables, bucket, event bus and queues of one board."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.memory = MemoryAws(clock)
        self.memory.set_page_items(PAGE)
        self.client = self.memory.client
        self._base: list[dict[Any, Any]] = [{} for _ in self._stored()]
        self._streams = [table.shards for table in self.memory.tables.values() if table.shards is not None]
        self._parts = (
            *((table, ("_items", "_order", "stream")) for table in self.memory.tables.values()),
            *((queue, ("messages", "expired")) for queue in self.memory.queues.values()),
            (self.memory.bucket, ("objects", "_writes")),
            (self.memory.events, ("sent", "entries")),
            (self.memory.step_functions, ("executions",)),
            (self.memory.dynamodb, ("_tokens",)),
            (self.memory._services["sqs"], ("_sent", "_received")),
            (self.memory, ("_tokens",)),
        )

    def table(self, name: str) -> Mapping[tuple[str, str], Item]:
        """The items of a table, by key."""
        return self.memory.tables[name]

    def bodies(self) -> dict[str, bytes]:
        """The content of each object of the bucket, by key."""
        return self.memory.bucket.bodies()

    def kms_keys(self) -> dict[str, str | None]:
        """The KMS key under which each object lies."""
        return self.memory.bucket.kms_keys()

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """The type and the detail of each event that was sent."""
        return self.memory.events.sent

    def queue(self, name: str = QUEUE) -> list[Message]:
        """The messages in a queue."""
        return self.memory.queues[name].messages

    def send(self, body: str) -> None:
        """Put a message into the queue, as the pipe does."""
        self.client("sqs").send_message(QueueUrl=self.memory.queues[QUEUE].url, MessageBody=body)

    def save(self) -> State:
        """Keep the state."""
        kept = [[_copy(getattr(part, name)) for name in names] for part, names in self._parts]
        return [*kept, [stream.save() for stream in self._streams]]

    def restore(self, state: State) -> None:
        """Put a state back that `save` gave."""
        *kept, streams = state
        for (part, names), values in zip(self._parts, kept, strict=True):
            for name, value in zip(names, values, strict=True):
                setattr(part, name, _copy(value))
        for stream, saved in zip(self._streams, streams, strict=True):
            stream.restore(saved)
        self._base = [dict(stored) for stored in self._stored()]

    def changes(self) -> Any:
        """All that is other than in the state that was put back: what differs in nothing of it goes on alike."""
        stored = [
            (
                sorted((key, repr(value)) for key, value in now.items() if before.get(key) is not value),
                sorted(before.keys() - now.keys()),
            )
            for now, before in zip(self._stored(), self._base, strict=True)
        ]
        queues = [
            [(each.body, each.receives, each.visible_at) for each in queue.messages]
            for queue in self.memory.queues.values()
        ]
        return repr((stored, queues, self.memory.events.sent))

    def _stored(self) -> list[Mapping[Any, Any]]:
        """The items and objects by key. Whoever changes one puts another in its place."""
        objects = {key: each.body for key, each in self.memory.bucket.objects.items()}
        more = self.memory.bucket.kms_keys(), self.memory.step_functions.executions
        return [*(table._items for table in self.memory.tables.values()), objects, *more]


def _copy(value: Any) -> Any:
    """Copy what is changed in its place: a collection, and the messages of a queue."""
    if isinstance(value, list):
        return [copy(each) if isinstance(each, Message) else each for each in value]
    if isinstance(value, dict):
        return {key: list(each) if isinstance(each, list) else each for key, each in value.items()}
    return value
