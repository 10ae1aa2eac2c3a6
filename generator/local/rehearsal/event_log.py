"""Remembers the events that the boards of a run send to EventBridge: a rule puts them into a queue, read here."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from generator.local.emulator.process import Emulator
from runtime.domain.events import MILESTONE_REACHED, WINDOW_CLOSED

TYPES = (WINDOW_CLOSED, MILESTONE_REACHED)
"""The detail types of the events that boards send."""

REMEMBERED = 1000
"""The most events that are remembered: the newest."""

_NAME = "leaderboards-local-events"
_MESSAGES = 10
"""The limit of one receive (Amazon SQS API reference, "ReceiveMessage")."""


@dataclass(frozen=True)
class LoggedEvent:
    """One event as it was delivered. One that is sent again is delivered again, with the same `detail["id"]`."""

    number: int
    """Counted from 1, in the order of delivery."""
    document: dict[str, Any]
    """What EventBridge delivers: `time`, `source`, `detail-type`, `detail` and more."""


class EventLog:
    """The newest events of a run. Any thread may use it."""

    def __init__(self, aws: Emulator) -> None:
        """Make the rule and its queue."""
        self._sqs = aws.client("sqs")
        self._lock = threading.Lock()
        self._logged: deque[LoggedEvent] = deque(maxlen=REMEMBERED)
        self._number = 0
        events = aws.client("events")
        self._queue = self._sqs.create_queue(QueueName=_NAME)["QueueUrl"]
        found = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        events.put_rule(Name=_NAME, EventPattern=json.dumps({"detail-type": list(TYPES)}))
        events.put_targets(Rule=_NAME, Targets=[{"Id": "log", "Arn": found["Attributes"]["QueueArn"]}])

    def collect(self) -> None:
        """Take what has come out of the queue, until it is empty."""
        with self._lock:
            while messages := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=_MESSAGES).get(
                "Messages"
            ):
                for message in messages:
                    self._number += 1
                    self._logged.append(LoggedEvent(self._number, json.loads(message["Body"])))
                self._sqs.delete_message_batch(
                    QueueUrl=self._queue,
                    Entries=[
                        {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
                        for index, message in enumerate(messages)
                    ],
                )

    def list_newest(self, after: int = 0) -> list[LoggedEvent]:
        """The events that are remembered and have a higher number than `after`, the oldest first."""
        self.collect()
        with self._lock:
            return [event for event in self._logged if event.number > after]
