"""Says what a redrive would put back, and puts nothing back: `redrive --dry-run`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from generator.diagnostics.wording import plural
from generator.operations.redrives import pipe, schedule
from generator.operations.redrives.pipe import Piped
from generator.operations.redrives.positions import read_position
from generator.operations.redrives.putting_back import read_record
from generator.operations.redrives.receiving import count_messages, peek
from generator.operations.rejections import RejectionTotals, list_rejections
from generator.operations.running_board import RunningBoard, aws_errors_as_operation_errors
from runtime.domain.instants import rfc3339


@dataclass
class Preview:
    """What waits to be put back."""

    waiting: int = 0
    """Messages, or rejected activities. Of messages SQS counts about as many as there are."""
    hidden: int = 0
    """Messages that another redrive works on, or that one which was killed has hidden for a moment."""
    examples: list[str] = field(default_factory=list)
    """Some of them, in words; what a producer wrote is in them as it was written."""


def preview(board: RunningBoard, source: str, reason: str | None) -> Preview:
    """See what a redrive would put back. `source`: as --from says it. Raises OperationError."""
    if source == "rejected":
        totals = RejectionTotals()
        for rejection in list_rejections(board.marks, board.now(), reason):
            totals.add(rejection)
        return Preview(totals.total, 0, [f"{number} {name}" for name, number in totals.reasons()])
    if source == "pipe":
        return preview_pipe(board)
    found = Preview()
    for url in _find_queues(board, source):
        _count(board.sqs, url, found, _describe_activity if source == "dead-letters" else None)
    if source == "schedule" and found.waiting:
        found.examples = list(describe_failures(board))
    return found


def preview_pipe(owner: Piped) -> Preview:
    """See which dead letters a pipe has, of a board or of a feed. Raises OperationError."""
    found = Preview()
    with aws_errors_as_operation_errors():
        url = owner.find_queue(pipe.QUEUE)
    _count(owner.sqs, url, found, partial(_describe_position, owner.activities.name))
    return found


def _count(sqs: Any, url: str, found: Preview, describe: Callable[[str], str] | None) -> None:
    """Count the messages of a queue, and describe some of them."""
    with aws_errors_as_operation_errors():
        visible, hidden = count_messages(sqs, url)
    found.waiting += visible
    found.hidden += hidden
    if visible and describe:
        found.examples += [describe(letter.body) for letter in peek(sqs, url)]


def describe_failures(board: RunningBoard) -> Iterator[str]:
    """What some letters of the schedules say, each with how often."""
    for failure, number in sorted(schedule.peek_failures(board).items(), key=lambda each: (-each[1], each[0].task)):
        yield f"{number} {failure.task}: {failure.why}"


def _find_queues(board: RunningBoard, source: str) -> list[str]:
    if source == "dead-letters":
        return [url for url in (board.dead_letter_queue_url, board.feed_dead_letter_queue_url) if url is not None]
    with aws_errors_as_operation_errors():
        return [board.find_queue(schedule.QUEUE)]


def _describe_activity(body: str) -> str:
    record = read_record(body)
    if record is None:
        return f"no activity: {body}"
    kind = record.image.get("type", {}).get("S", "-")
    return f"{rfc3339(record.written)} {json.dumps(kind)} of {record.player_id}, {record.activity_id}"


def _describe_position(table: str, body: str) -> str:
    position = read_position(body, table)
    if position is None:
        return f"no position in the table's stream: {body}"
    records = plural(position.size, "record")
    return f"{rfc3339(position.arrived_first * 1000)} {records} from {position.first} on, in {position.shard}"
