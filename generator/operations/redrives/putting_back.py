"""Puts activities back on a board's queue: rejected ones, and dead letters. Each still counts only once.

The processor left a mark for a rejected activity, so that a redelivery is rejected too. For the activity to be judged
again that mark must go; but if the activity was counted in the meantime its mark must stay, or it would count twice.
So a rejected activity is put back in three steps. If a redrive dies between them, the next one can go on:

    1. Delete the activity's mark, if it says `rejected`.
    2. Send its record to the queue, if step 1 deleted the mark, or found none because a redrive died after step 1.
    3. Delete the rejection from the list, unless the activity was rejected again in the meantime.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from generator.operations.following import PutBack
from generator.operations.redrives.receiving import count_messages, delete, receive_all
from generator.operations.rejections import Rejection
from generator.operations.running_board import THREADS, RunningBoard, aws_errors_as_operation_errors
from runtime.domain.activity import StreamRecord, parse_stream_record
from runtime.dynamodb import items

REJECTIONS_PER_STEP = 10 * THREADS
"""Rejected activities that are put back from one report of progress to the next."""
MESSAGE_BYTES = 1_048_576
"""The largest message of a queue, in bytes (Amazon SQS developer guide, "Amazon SQS message quotas")."""

Outcome = Literal["sent", "counted", "gone"]
"""What became of one activity: a field of RedriveCounts."""


@dataclass(frozen=True)
class RedriveCounts:
    """How many activities were put back, and how many were not."""

    sent: int = 0
    """Put back on the queue."""
    counted: int = 0
    """Not put back, because they were counted after the rejection."""
    gone: int = 0
    """Not put back, because what was first written is gone: it was too large to be kept with the rejection, and the
    activities table has it no longer, or has what the producer wrote under the same id later."""
    too_large: int = 0
    """Not put back, because the queue takes no message of that size: such an activity can count nowhere."""
    unreadable: int = 0
    """Dead letters that stay where they are, because they are none of this board's."""
    searched: int = 0
    """Dead letters of the pipe that were older than the stream: the activities table was searched instead."""
    no_activity: int = 0
    """Put back, though they are no activity and will be dead letters again."""
    dropped: int = 0
    """Deleted, because they are no activity."""
    hidden: int = 0
    """Dead letters that another redrive works on, or that one which was killed has hidden for a moment."""


def redrive_rejected(
    board: RunningBoard, rejections: Iterable[Rejection], put_back: PutBack | None = None
) -> Iterator[RedriveCounts]:
    """Put rejected activities back, and note them in `put_back`. Raises OperationError.

    Yields the counts so far, each time after REJECTIONS_PER_STEP activities.
    """
    outcomes: Counter[Outcome] = Counter()
    waiting = iter(rejections)
    with ThreadPoolExecutor(THREADS) as pool:
        while step := list(islice(waiting, REJECTIONS_PER_STEP)):
            with aws_errors_as_operation_errors():
                done = list(pool.map(lambda each: _redrive(board, each), step))
            outcomes.update(done)
            for rejection, outcome in zip(step, done, strict=True):
                if outcome == "sent" and put_back is not None:
                    put_back.add(rejection.make_record())
            yield RedriveCounts(outcomes["sent"], outcomes["counted"], outcomes["gone"])


def redrive_dead_letters(
    board: RunningBoard, put_back: PutBack | None = None, drop: Callable[[str], object] | None = None
) -> Iterator[RedriveCounts]:
    """Put dead letters on the board's queue, until there are none, and note them in `put_back`: what the processor
    could not process, and what a feed could not deliver.

    One that is no activity can count nowhere. `drop` is called with each, and it is deleted; None puts it back too.
    Yields the counts so far after each receive. Raises OperationError.
    """
    counts: Counter[str] = Counter()
    for url in filter(None, (board.dead_letter_queue_url, board.feed_dead_letter_queue_url)):
        # Not the move task of SQS, which reports its progress only much later.
        for letters in receive_all(board.sqs, url):
            for letter in letters:
                body = _unwrap(letter.body)
                record = read_record(body)
                if record is None and drop:
                    drop(body)
                    counts["dropped"] += 1
                else:
                    with aws_errors_as_operation_errors():
                        send(board, body)
                    counts["sent"] += 1
                    counts["no_activity"] += record is None
                    if put_back is not None:
                        put_back.add(record)
                with aws_errors_as_operation_errors():
                    delete(board.sqs, url, letter)
            yield RedriveCounts(**counts)
        with aws_errors_as_operation_errors():
            counts["hidden"] += count_messages(board.sqs, url)[1]
    if counts["hidden"]:
        yield RedriveCounts(**counts)


def _unwrap(body: str) -> str:
    """The stream record in a dead letter: a bus may have put the event there as it was, with the record inside it."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return body
    wrapped = isinstance(event, dict) and "dynamodb" not in event and isinstance(event.get("detail"), dict)
    return json.dumps(event["detail"], separators=(",", ":")) if wrapped else body


def read_record(body: str) -> StreamRecord | None:
    """The stream record in a dead letter; None if it is none."""
    try:
        return parse_stream_record(json.loads(_unwrap(body)))
    except (ValueError, RecursionError):
        return None


def _redrive(board: RunningBoard, rejection: Rejection) -> Outcome:
    """Put one activity back, in the three steps above."""
    record = rejection.make_record()
    image = rejection.image or _read_image(board, rejection)
    if image is None:
        return "gone"
    key = items.mark_key(record)
    unmarked = board.marks.delete(key, "#outcome = :outcome", outcome="rejected")
    is_sent = unmarked or board.marks.get(key) is None
    if is_sent:
        send(board, make_queue_message(rejection, image, board.region))
    # If the activity is rejected again on the same day, the new rejection has the same key, but another token.
    if rejection.token is None:
        # It was written by a bundle that gave no tokens.
        board.marks.delete(rejection.key, "attribute_not_exists(#rejection)")
    else:
        board.marks.delete(rejection.key, "#rejection = :rejection", rejection=rejection.token)
    return "sent" if is_sent else "counted"


def _read_image(board: RunningBoard, rejection: Rejection) -> dict[str, Any] | None:
    """Read an item that was too large to be kept; None if the table no longer has what was first written.

    What a producer writes later under the same id never counts: the pipe does not carry it either.
    """
    found = board.activities.get((rejection.player_id, rejection.activity_id))
    text = items.make_image_text(found) if found else ""
    image: dict[str, Any] | None = json.loads(text) if found and items.hash_image(text) == rejection.content else None
    return image


def send(board: RunningBoard, body: str) -> None:
    """Put a message on the board's queue, alone: several could exceed the size limit of one request."""
    board.sqs.send_message(QueueUrl=board.queue_url, MessageBody=body)


def make_queue_message(written: StreamRecord | Rejection, image: Mapping[str, Any], region: str) -> str:
    """The stream record as the pipe would send it, with the time at which the activity was first written."""
    keys = {"player_id": {"S": written.player_id}, "activity_id": {"S": written.activity_id}}
    change = {"ApproximateCreationDateTime": written.written // 1000, "Keys": keys, "NewImage": image}
    return write_message(
        {
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "awsRegion": region,
            "dynamodb": {**change, "StreamViewType": "NEW_IMAGE"},
        }
    )


def write_message(record: Mapping[str, Any]) -> str:
    """A stream record as the body of a message, as short as may be."""
    # SQS takes neither of these two characters in a message (Amazon SQS API reference, "SendMessage").
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
