"""Clears the dead letters of a board's schedules, by a rebuild that does the work of all that failed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from generator.operations.ranks.rebuilding import REBUILD_SECONDS, run_rebuilder
from generator.operations.redrives.receiving import Letter, delete, peek, receive_all
from generator.operations.running_board import RunningBoard, aws_errors_as_operation_errors

QUEUE = "schedule-dead-letters"
"""The last part of the name of the queue."""
_ASKED = {"MessageAttributeNames": ["All"]}
_ERRORS = ("ERROR_MESSAGE", "ErrorMessage", "ERROR_CODE", "ErrorCode")
"""Where the reason stands: Scheduler's attributes (Amazon EventBridge Scheduler user guide, "Configuring a dead-letter
queue for a schedule"), and those of a function that failed each time (AWS Lambda developer guide, "Adding a dead-letter
queue")."""


@dataclass(frozen=True)
class Failure:
    """A task of a schedule that could not be started, or failed at every attempt."""

    task: str
    """What the schedule asked for, such as rebuild or watch; `?` where the letter does not say."""
    why: str
    """In AWS's words, or in those of the function."""


@dataclass(frozen=True)
class Cleared:
    """What a redrive of the schedules did."""

    failures: Counter[Failure]
    rebuilt: dict[str, Any] | None
    """What the rebuilder returned; None where nothing had failed, so that none was asked for."""


def clear_schedule(board: RunningBoard) -> Cleared:
    """Rebuild, if a letter says that a task failed, then delete the letters.

    If it is killed, or the rebuild fails, the letters come back. Raises OperationError, FunctionError.
    """
    with aws_errors_as_operation_errors():
        url = board.find_queue(QUEUE)
    # They stay hidden for as long as the rebuild may take.
    letters = [letter for some in receive_all(board.sqs, url, REBUILD_SECONDS, **_ASKED) for letter in some]
    if not letters:
        return Cleared(Counter(), None)
    rebuilt = run_rebuilder(board)
    with aws_errors_as_operation_errors():
        for letter in letters:
            delete(board.sqs, url, letter)
    return Cleared(count_failures(letters), rebuilt)


def peek_failures(board: RunningBoard) -> Counter[Failure]:
    """What some of the letters say; they stay where they are. Raises OperationError."""
    with aws_errors_as_operation_errors():
        url = board.find_queue(QUEUE)
    return count_failures(peek(board.sqs, url, **_ASKED))


def count_failures(letters: Iterable[Letter]) -> Counter[Failure]:
    """How often each task failed for each reason."""
    return Counter(map(_read_failure, letters))


def _read_failure(letter: Letter) -> Failure:
    try:
        task = json.loads(letter.body)["task"]
    except (ValueError, KeyError, TypeError, RecursionError):
        task = "?"
    why = next((letter.attributes[name] for name in _ERRORS if letter.attributes.get(name)), "no reason is given")
    return Failure(task if isinstance(task, str) else "?", why)
