"""SQS in memory: standard queues, which keep no order and may deliver a message twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from tests.support.memory_aws.errors import UnknownRequestError, error

MESSAGE_BYTES = 1_048_576
"""The largest message, and the largest batch (Amazon SQS developer guide, "Amazon SQS message quotas")."""
PER_BATCH = 10
"""The most entries of a batch and messages of a receive (Amazon SQS API reference, "ReceiveMessage")."""
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What a message may not hold (Amazon SQS API reference, "SendMessage")."""
_NO_QUEUE = "AWS.SimpleQueueService.NonExistentQueue"


@dataclass
class Message:
    """A message in a queue."""

    id: str
    body: str
    sent: int
    """When it was sent, in milliseconds; moving it into a dead-letter queue changes nothing about that."""
    visible_at: int = 0
    receives: int = 0
    first_received: int | None = None
    handle: str = ""
    """The receipt handle of the newest receive."""


class Chooser:
    """Decides what SQS leaves open. This one keeps the order, and delivers nothing twice."""

    def pick(self, visible: Sequence[Message], most: int) -> Sequence[Message]:
        """The messages that a receive gives, `most` at the most. Also fewer, or none, as a short poll may."""
        return visible[:most]

    def stays_visible(self, message: Message) -> bool:
        """Whether a copy of a message that is received now stays visible, so that another receive gets it as well."""
        return False

    def survives_deletion(self, message: Message) -> bool:
        """Whether a server keeps a copy of a message that is deleted now, so that it is received again."""
        return False


@dataclass
class MemoryQueue:
    """A queue: its messages in the order in which they were sent."""

    name: str
    visibility_seconds: int = 30
    retention_seconds: int = 1_209_600
    dead_letters: MemoryQueue | None = None
    max_receives: int = 0
    """How often a message is received before it goes to `dead_letters`."""
    chooser: Chooser = field(default_factory=Chooser)
    messages: list[Message] = field(default_factory=list)
    expired: list[Message] = field(default_factory=list)
    """The messages that stayed longer than the queue keeps them: SQS lost them."""

    @property
    def url(self) -> str:
        """The queue's URL."""
        return f"https://sqs.invalid/000000000000/{self.name}"

    @property
    def bodies(self) -> list[str]:
        """The bodies of all messages, hidden ones included."""
        return [message.body for message in self.messages]


class MemorySqs:
    """The operations of SQS by boto3's names."""

    def __init__(self, queues: Mapping[str, MemoryQueue], now: Callable[[], int]) -> None:
        self._queues = queues
        self._now = now
        self._sent = 0
        self._received = 0

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, Any]:
        """Put a message into a queue."""
        queue = self._queue(QueueUrl)
        if refusal := _refusal(MessageBody):
            raise error(refusal, "SendMessage")
        return self._send(queue, MessageBody)

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Put up to ten messages into a queue; each may be refused alone."""
        queue = self._queue(QueueUrl)
        _check_batch(Entries, "SendMessageBatch")
        if sum(len(entry["MessageBody"].encode()) for entry in Entries) > MESSAGE_BYTES:
            raise error("AWS.SimpleQueueService.BatchRequestTooLong", "SendMessageBatch")
        done, failed = [], []
        for entry in Entries:
            if unknown := entry.keys() - {"Id", "MessageBody"}:
                raise UnknownRequestError(f"SendMessageBatch with {unknown}")
            if refusal := _refusal(entry["MessageBody"]):
                failed.append({"Id": entry["Id"], "SenderFault": True, "Code": refusal, "Message": refusal})
            else:
                done.append({"Id": entry["Id"], **self._send(queue, entry["MessageBody"])})
        return _parts(Successful=done, Failed=failed)

    def receive_message(
        self,
        *,
        QueueUrl: str,
        MaxNumberOfMessages: int = 1,
        VisibilityTimeout: int | None = None,
        WaitTimeSeconds: int = 0,
        MessageSystemAttributeNames: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Get messages and hide them. Nobody waits here: an empty queue answers at once."""
        queue, now = self._queue(QueueUrl), self._now()
        if not 1 <= MaxNumberOfMessages <= PER_BATCH or not 0 <= WaitTimeSeconds <= 20:
            raise error("InvalidParameterValue", "ReceiveMessage")
        self._move_dead_letters(queue, now)
        visible = [message for message in queue.messages if message.visible_at <= now]
        found = []
        hidden = 1000 * (queue.visibility_seconds if VisibilityTimeout is None else VisibilityTimeout)
        for message in queue.chooser.pick(visible, MaxNumberOfMessages)[:MaxNumberOfMessages]:
            self._received += 1
            message.receives += 1
            message.handle = f"{message.id}#{self._received}"
            if message.first_received is None:
                message.first_received = now
            if not queue.chooser.stays_visible(message):
                message.visible_at = now + hidden
            found.append(_received(message, MessageSystemAttributeNames))
        return _parts(Messages=found)

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        """Remove a message, by the handle of its newest receive. An older handle is taken and removes nothing."""
        queue = self._queue(QueueUrl)
        if "#" not in ReceiptHandle:
            raise error("ReceiptHandleIsInvalid", "DeleteMessage")
        self._delete(queue, ReceiptHandle)
        return {}

    def delete_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """Remove up to ten messages."""
        queue = self._queue(QueueUrl)
        _check_batch(Entries, "DeleteMessageBatch")
        bad = [entry["Id"] for entry in Entries if "#" not in entry["ReceiptHandle"]]
        for entry in Entries:
            if entry["Id"] not in bad:
                self._delete(queue, entry["ReceiptHandle"])
        return _parts(
            Successful=[{"Id": entry["Id"]} for entry in Entries if entry["Id"] not in bad],
            Failed=[{"Id": each, "SenderFault": True, "Code": "ReceiptHandleIsInvalid"} for each in bad],
        )

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: Sequence[str]) -> dict[str, Any]:
        """How many messages a queue has, as texts."""
        queue, now = self._queue(QueueUrl), self._now()
        self._move_dead_letters(queue, now, only_expired=True)
        visible = sum(message.visible_at <= now for message in queue.messages)
        known = {
            "ApproximateNumberOfMessages": visible,
            "ApproximateNumberOfMessagesNotVisible": len(queue.messages) - visible,
            "ApproximateNumberOfMessagesDelayed": 0,
        }
        if unknown := set(AttributeNames) - known.keys():
            raise UnknownRequestError(f"queue attributes {unknown}")
        return {"Attributes": {name: str(known[name]) for name in AttributeNames}}

    def _queue(self, url: str) -> MemoryQueue:
        queue = self._queues.get(url)
        if queue is None:
            raise error(_NO_QUEUE, "SQS", "The specified queue does not exist.")
        return queue

    def _send(self, queue: MemoryQueue, body: str) -> dict[str, Any]:
        self._sent += 1
        message = Message(f"{self._sent:032x}", body, self._now())
        queue.messages.append(message)
        return {"MessageId": message.id, "MD5OfMessageBody": md5(body.encode()).hexdigest()}

    @staticmethod
    def _move_dead_letters(queue: MemoryQueue, now: int, *, only_expired: bool = False) -> None:
        """Drop what is too old, and move the messages that this receive would receive once too often."""
        kept = []
        for message in queue.messages:
            if message.sent + 1000 * queue.retention_seconds <= now:
                queue.expired.append(message)
            elif (
                not only_expired
                and queue.dead_letters is not None
                and message.visible_at <= now
                and message.receives >= queue.max_receives
            ):
                queue.dead_letters.messages.append(message)
            else:
                kept.append(message)
        queue.messages[:] = kept

    @staticmethod
    def _delete(queue: MemoryQueue, handle: str) -> None:
        for number, message in enumerate(queue.messages):
            if message.handle == handle:
                if queue.chooser.survives_deletion(message):
                    message.visible_at = 0
                else:
                    del queue.messages[number]
                return


def _received(message: Message, attributes: Sequence[str]) -> dict[str, Any]:
    known = {
        "ApproximateReceiveCount": str(message.receives),
        "SentTimestamp": str(message.sent),
        "ApproximateFirstReceiveTimestamp": str(message.first_received),
    }
    if unknown := set(attributes) - known.keys():
        raise UnknownRequestError(f"message attributes {unknown}")
    told = {"Attributes": {name: known[name] for name in attributes}} if attributes else {}
    return {
        "MessageId": message.id,
        "ReceiptHandle": message.handle,
        "MD5OfBody": md5(message.body.encode()).hexdigest(),
        "Body": message.body,
        **told,
    }


def _refusal(body: str) -> str | None:
    """The code with which a message is refused, None where it is fine."""
    if not body:
        return "MissingParameter"
    if len(body.encode()) > MESSAGE_BYTES:
        return "InvalidParameterValue"
    return "InvalidMessageContents" if _FORBIDDEN.search(body) else None


def _check_batch(entries: Sequence[Mapping[str, Any]], operation: str) -> None:
    code = None
    if not entries:
        code = "EmptyBatchRequest"
    elif len(entries) > PER_BATCH:
        code = "TooManyEntriesInBatchRequest"
    elif len({entry["Id"] for entry in entries}) < len(entries):
        code = "BatchEntryIdsNotDistinct"
    if code:
        raise error(f"AWS.SimpleQueueService.{code}", operation)


def _parts(**parts: list[Any]) -> dict[str, Any]:
    """An answer: boto3 leaves out the lists that are empty."""
    return {name: part for name, part in parts.items() if part}
