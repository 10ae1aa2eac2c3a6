"""Receives what lies in a dead-letter queue, until nothing more is to be had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from generator.operations.running_board import aws_errors_as_operation_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

HIDDEN_SECONDS = 120
"""Seconds for which a dead letter that is being put back is hidden from other readers of the queue."""
WAIT_SECONDS = 2
"""Seconds to wait for messages: more than 0, so that all servers of the queue are asked (Amazon SQS developer guide,
"Amazon SQS short and long polling")."""
MESSAGES_PER_RECEIVE = 10
"""The limit of one receive (Amazon SQS API reference, "ReceiveMessage")."""
EMPTY_RECEIVES = 5
"""How often in a row nothing may come from a queue that counts messages: the count is an approximate one (Amazon SQS
API reference, "GetQueueAttributes")."""


@dataclass(frozen=True)
class Letter:
    """A message of a dead-letter queue, as one receive gave it."""

    id: str
    """The same at each receive."""
    body: str
    handle: str
    """By which it is deleted; each receive gives another."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What its sender said of it, where that was asked for."""


def receive_all(sqs: SQSClient, url: str, hidden_seconds: int = HIDDEN_SECONDS, **asked: Any) -> Iterator[list[Letter]]:
    """Receive all that a queue has, up to ten messages at a time; each is hidden from others for some time.

    One receive that brings nothing does not end it as long as the queue counts messages that nobody has hidden.
    `asked`: what else a receive asks for. Raises OperationError.
    """
    empty = 0
    while empty < EMPTY_RECEIVES:
        with aws_errors_as_operation_errors():
            letters = _receive(sqs, url, hidden_seconds, WAIT_SECONDS, asked)
            if not letters and count_messages(sqs, url)[0] == 0:
                return
        empty = 0 if letters else empty + 1
        if letters:
            yield letters


def peek(sqs: SQSClient, url: str, **asked: Any) -> list[Letter]:
    """Look at up to ten messages of a queue, which stay visible. Raises OperationError."""
    with aws_errors_as_operation_errors():
        return _receive(sqs, url, 0, WAIT_SECONDS, asked)


def count_messages(sqs: SQSClient, url: str) -> tuple[int, int]:
    """About how many messages of a queue are visible, and how many are hidden by whoever works on them."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found: Mapping[Any, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    visible, hidden = (int(found[name]) for name in names)
    return visible, hidden


def delete(sqs: SQSClient, url: str, letter: Letter) -> None:
    """Delete a message: what it stands for is done.

    If it took so long that another redrive has the message, or has deleted it, the handle may be taken for none (Amazon
    SQS API reference, "DeleteMessage"): the message is that one's then.
    """
    try:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=letter.handle)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ReceiptHandleIsInvalid":
            raise


def _receive(sqs: Any, url: str, hidden: int, wait: int, asked: Mapping[str, Any]) -> list[Letter]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=MESSAGES_PER_RECEIVE,
        VisibilityTimeout=hidden,
        WaitTimeSeconds=wait,
        **asked,
    )
    return [
        Letter(
            each["MessageId"],
            each["Body"],
            each["ReceiptHandle"],
            {name: value.get("StringValue", "") for name, value in each.get("MessageAttributes", {}).items()},
        )
        for each in answer.get("Messages", [])
    ]
