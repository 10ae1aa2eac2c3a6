"""The way of an activity: the table's stream, the pipe, the queue, and what calls the processor.

Each step delivers at least once, in any order, and gives up where AWS does: the pipe leaves the positions of what it
could not deliver, the queue leaves the message.
"""

from __future__ import annotations

import json
import random
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.simulation.scheduler import Process, Scheduler, Task
from tests.support.memory_aws.sqs import Chooser, MemoryQueue, Message
from tests.support.memory_aws.streams import MemoryStream

Record = dict[str, Any]
"""A record of the stream, as a pipe reads it."""
Received = dict[str, Any]
"""A message as SQS gives it to whoever receives it."""


@dataclass(frozen=True)
class Rates:
    """How often the steps of the way misbehave."""

    duplicate: float = 0
    """How often a copy of a message that is received stays, and a message that is deleted comes again (Amazon SQS
    developer guide, "Amazon SQS at-least-once delivery")."""
    repeat: float = 0
    """How often the pipe sends a batch again that has arrived."""
    fail: float = 0
    """How often the pipe cannot send."""
    undeleted: float = 0
    """How often a message that was processed is not deleted."""

    @classmethod
    def draw(cls, chance: random.Random) -> Rates:
        """Draw how badly the steps of a run behave."""
        storm = chance.choice((0, 1, 1, 3))
        names = ("duplicate", "repeat", "fail", "undeleted")
        return cls(**{name: storm * 0.03 * chance.choice((0, 1, 1, 3)) for name in names})


class Chances(Chooser):
    """Receives messages in any order, some of them twice."""

    def __init__(self, chance: random.Random, rate: float) -> None:
        self.rate = rate
        self._chance = chance

    def pick(self, visible: Sequence[Message], most: int) -> Sequence[Message]:
        """Some of the messages."""
        return self._chance.sample(visible, self._chance.randint(1, min(most, len(visible)))) if visible else []

    def stays_visible(self, message: Message) -> bool:
        """Whether a copy of a message that is received can be received at once."""
        return self._chance.random() < self.rate

    def survives_deletion(self, message: Message) -> bool:
        """Whether a message that is deleted comes again."""
        return self._chance.random() < self.rate


class Lag:
    """The delay with which the stream of the aggregates follows its table: nobody can read the newest changes yet."""

    def __init__(self, stream: MemoryStream, chance: random.Random) -> None:
        self.longest = chance.choice((0, 100, 1000, 4000, 9000))
        """Milliseconds by which it is behind at the most: now and then by more than a rebuild waits for."""
        self._stream = stream
        self._chance = chance
        self._written: list[tuple[int, int]] = []

    def carry_out(self, do: Callable[[], Any], now: int) -> Any:
        """Carry out a call while the stream is behind, at each call by another time."""
        until = now - self._chance.randint(0, self.longest)
        place = bisect_right(self._written, until, key=lambda each: each[0])
        self._stream.held = self._stream.newest - (self._written[place - 1][1] if place else 0)
        answer = do()
        self._written.append((now, self._stream.newest))
        return answer


class Pipe:
    """Carries the records of the stream to the queue: in order for each partition key, each at least once."""

    def __init__(
        self,
        scheduler: Scheduler,
        send: Callable[[str], None],
        passes: Callable[[Record], bool],
        rates: Rates,
        shards: int,
        retries: int,
    ) -> None:
        """`passes` is the filter. After `retries` failures the positions of a batch go to `dead_letters`."""
        self.dead_letters: list[list[Record]] = []
        self.stuck_until = 0
        self.rates = rates
        self._scheduler = scheduler
        self._chance = scheduler.chance_of("pipe")
        self._send_message = send
        self._passes = passes
        self._retries = retries
        self._waiting: list[deque[Record]] = [deque() for _ in range(shards)]
        self._busy = [False] * shards

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on its way to the queue."""
        return not any(self._busy)

    def take(self, record: Record) -> None:
        """Take a record of the stream."""
        player = record["dynamodb"]["Keys"]["player_id"]["S"]
        shard = sum(player.encode()) % len(self._waiting)
        self._waiting[shard].append(record)
        if not self._busy[shard]:
            self._busy[shard] = True
            self._scheduler.spawn(lambda: self._carry(shard), self._chance.randint(50, 1500))

    def _carry(self, shard: int) -> None:
        """Send what waits in a shard, until nothing does."""
        waiting = self._waiting[shard]
        while waiting:
            if (left := self.stuck_until - self._scheduler.now) > 0:
                self._scheduler.sleep(left)
            batch = list(waiting)[: self._chance.randint(1, 10)]
            if passing := [record for record in batch if self._passes(record)]:
                self._send(passing)
            for _ in batch:
                waiting.popleft()
        self._busy[shard] = False

    def _send(self, batch: list[Record]) -> None:
        """Send a batch. One that fails is sent again from its beginning, or in halves, until it is given up."""
        for _ in range(self._retries + 1):
            fails = self._chance.random() < self.rates.fail
            for record in batch[: self._chance.randint(0, len(batch))] if fails else batch:
                self._send_message(json.dumps(record))
            self._scheduler.sleep(self._chance.randint(5, 200))
            if not fails and self._chance.random() >= self.rates.repeat:
                return
            if fails and len(batch) > 1 and self._chance.random() < 0.5:
                half = len(batch) // 2
                self._send(batch[:half])
                self._send(batch[half:])
                return
        if fails:
            self.dead_letters.append(batch)


class Mapping:
    """The event source mapping: calls the processor with batches, several at once, and deletes what it has done."""

    def __init__(
        self,
        scheduler: Scheduler,
        sqs: Any,
        queue: MemoryQueue,
        invoke: Callable[[list[Received]], Process],
        done: Callable[[Process, list[Received], set[str]], None],
        rates: Rates,
    ) -> None:
        """`done` is called after each invocation, with the ids of the messages that failed."""
        self.rates = rates
        self.stuck_until = 0
        self._scheduler = scheduler
        self._chance = scheduler.chance_of("mapping")
        self._sqs = sqs
        self._queue = queue
        self._invoke = invoke
        self._done = done
        self._idle: list[Task] = []
        self._quick = self._chance.choice((5, 50, 300))

    def wake(self) -> None:
        """Hear that there is a message."""
        if self._idle:
            self._scheduler.wake(self._idle.pop(0), self._chance.randint(1, self._quick))

    def poll(self) -> None:
        """Receive and process, for ever: one of the processors that run at once."""
        while True:
            batch = self._receive()
            if not batch:
                self._wait()
                continue
            process = self._scheduler.wait_for(self._invoke(batch))
            failed = _failed(process, batch)
            self._done(process, batch, failed)
            for message in batch:
                if message["MessageId"] not in failed and self._chance.random() >= self.rates.undeleted:
                    self._sqs.delete_message(QueueUrl=self._queue.url, ReceiptHandle=message["ReceiptHandle"])

    def _receive(self) -> list[Received]:
        if self._scheduler.now < self.stuck_until:
            return []
        answer = self._sqs.receive_message(QueueUrl=self._queue.url, MaxNumberOfMessages=10)
        messages: list[Received] = answer.get("Messages", [])
        return messages

    def _wait(self) -> None:
        """Wait until there may be messages."""
        task, now = self._scheduler.current, self._scheduler.now
        assert task is not None
        self._idle.append(task)
        if now < self.stuck_until:
            self._scheduler.sleep(self.stuck_until - now)
        elif self._queue.messages:
            self._scheduler.sleep(max(1, min(each.visible_at for each in self._queue.messages) - now))
        else:
            self._scheduler.pause()
        if task in self._idle:
            self._idle.remove(task)


def _failed(process: Process, batch: list[Received]) -> set[str]:
    """The ids of the messages that are delivered again: all of them where the function ended without an answer.

    So also where its answer names a message that was not in the batch (AWS Lambda developer guide, "Handling errors for
    an SQS event source in Lambda").
    """
    every = {message["MessageId"] for message in batch}
    if process.dead or process.error is not None:
        return every
    failed = {failure["itemIdentifier"] for failure in process.result["batchItemFailures"]}
    return failed if failed <= every else every


def passes(record: dict[str, Any]) -> bool:
    """The filter of the pipe, for a board that ignores chat."""
    type_: str | None = record["dynamodb"].get("NewImage", {}).get("type", {}).get("S")
    return bool(record["eventName"] == "INSERT") and type_ != "chat"
