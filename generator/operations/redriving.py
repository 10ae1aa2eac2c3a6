"""Put activities back on the board's queue: those it rejected, and those it failed on. Each counts once all the same.

A rejected activity left a mark, so that a redelivery decides alike. To be decided anew it must lose that mark, and only
that one: the mark of an activity that was counted since would let it count again. So each is put back in this order,
and whoever dies in between leaves what the next redrive needs:

    1. its mark goes, where it says `rejected`
    2. its record goes to the queue, if step 1 did something or there is no mark: another redrive died after step 1
    3. what tells of the rejection goes, unless the activity was rejected again in the meantime
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from generator.operations.reach import THREADS, Reach, aws_errors_as_operation_errors
from generator.operations.rejections import Rejected
from runtime.dynamodb import items
from runtime.dynamodb.table import Key, Table

AT_ONCE = 10 * THREADS
"""Activities between two words about progress."""
HELD_SECONDS = 120
"""For how long a dead letter that is being put back is hidden from others."""
WAIT_SECONDS = 2
"""How long an empty queue is asked for more: long polling asks all of its servers (Amazon SQS developer guide, "Amazon
SQS short and long polling")."""
PER_RECEIVE = 10
"""Messages of one receive at the most (Amazon SQS API reference, ReceiveMessage)."""


@dataclass
class Redriven:
    """What became of the activities so far."""

    sent: int = 0
    """Put back on the queue."""
    counted: int = 0
    """Not put back, for they were counted since."""
    gone: int = 0
    """Not put back, for their content is neither with the rejection nor in the activities table any more."""


def redrive_rejected(reach: Reach, found: Iterable[Rejected]) -> Iterator[Redriven]:
    """Put rejected activities back. Yields the same counts again and again while it works. Raises OperationError."""
    done = Redriven()
    waiting = iter(found)
    with ThreadPoolExecutor(THREADS) as pool:
        while some := list(islice(waiting, AT_ONCE)):
            with aws_errors_as_operation_errors():
                for outcome in pool.map(lambda each: _redrive(reach, each), some):
                    setattr(done, outcome, getattr(done, outcome) + 1)
            yield done


def redrive_dead_letters(reach: Reach, until: Callable[[], bool] = lambda: False) -> Iterator[Redriven]:
    """Put dead letters back on the queue they came from, until there are none or `until` says so.

    Yields the same counts again and again while it works. Raises OperationError.
    """
    done = Redriven()
    while not until():
        with aws_errors_as_operation_errors():
            # Not the move task of SQS: it tells nothing of its progress until much later.
            messages = reach.sqs.receive_message(
                QueueUrl=reach.dead_letter_queue_url,
                MaxNumberOfMessages=PER_RECEIVE,
                VisibilityTimeout=HELD_SECONDS,
                WaitTimeSeconds=WAIT_SECONDS,
            ).get("Messages", [])
            if not messages:
                return
            # One by one: together they may be more than a request holds.
            for message in messages:
                reach.sqs.send_message(QueueUrl=reach.queue_url, MessageBody=message["Body"])
                reach.sqs.delete_message(QueueUrl=reach.dead_letter_queue_url, ReceiptHandle=message["ReceiptHandle"])
                done.sent += 1
        yield done


def _redrive(reach: Reach, rejected: Rejected) -> str:
    """Put one back. The name of the count that has one more."""
    record = rejected.record()
    image = rejected.image
    if image is None:
        image = reach.activities.get((rejected.player_id, rejected.activity_id))
    if image is None:
        return "gone"
    key = items.mark_key(record)
    unmarked = _delete(reach.marks, key, "#outcome = :outcome", "outcome", {"S": "rejected"})
    send = unmarked or reach.marks.get(key) is None
    if send:
        reach.sqs.send_message(QueueUrl=reach.queue_url, MessageBody=message(rejected, image, reach.region))
    # Another rejection of the same activity, later the same day, stands in the same place.
    _delete(reach.marks, rejected.key, "#expires_at = :expires_at", "expires_at", {"N": rejected.expires_at})
    return "sent" if send else "counted"


def message(rejected: Rejected, image: dict[str, Any], region: str) -> str:
    """The stream record as the pipe sends it; "written" is when it first was, so that it is judged by that."""
    return json.dumps(
        {
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "awsRegion": region,
            "dynamodb": {
                "ApproximateCreationDateTime": rejected.written // 1000,
                "Keys": {"player_id": {"S": rejected.player_id}, "activity_id": {"S": rejected.activity_id}},
                "NewImage": image,
                "StreamViewType": "NEW_IMAGE",
            },
        },
        ensure_ascii=False,
    )


def _delete(table: Table, key: Key, condition: str, name: str, value: Any) -> bool:
    """Remove an item that is as the condition says; False where it is not, or is not there."""
    try:
        table.client.delete_item(
            TableName=table.name,
            Key=table.key(key),
            ConditionExpression=condition,
            ExpressionAttributeNames={f"#{name}": name},
            ExpressionAttributeValues={f":{name}": value},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return False
        raise
    return True
