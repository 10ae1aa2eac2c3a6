"""Writes the activities of files into boards that run on this machine, as a game server would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

from generator.activities.files import ActivityFile, timeless_part
from generator.operations.activity_item import DraftActivity
from generator.progress import report_progress
from runtime.domain.activity import MAX_AHEAD, MAX_BEHIND, time_of
from runtime.dynamodb.table import pause_before_retry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PER_REQUEST = 25
"""The most items of one BatchWriteItem (DynamoDB API reference, "BatchWriteItem")."""
_REQUESTS = 4
"""Requests under way at the same time: the embedded AWS answers no faster to more."""
_SAY_SECONDS = 2.0
"""Seconds from one line about progress to the next."""


def replay(
    file: ActivityFile,
    tables: Mapping[str, str],
    dynamodb: DynamoDBClient,
    now: Callable[[], int],
    say: Callable[[str], None],
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Write the activities of a file, until all are written or this is `stopped`. Says how many were.

    `tables`: the activities table of each board. `now`: the boards' time, in milliseconds. Raises InputError if the
    file has changed, or botocore's errors.
    """
    began = time.monotonic()
    there = _list_written(file, tables, dynamodb) if file.timeless else set()
    written = untimely = 0
    activities = file.read(now(), there)
    steps = iter(lambda: [] if stopped() else list(islice(activities, _PER_REQUEST * _REQUESTS)), [])

    def describe(_: object) -> str:
        return f"{file.path}: {written:,} of {file.rows:,} activities, {_rate(written, time.monotonic() - began)}"

    with ThreadPoolExecutor(_REQUESTS) as pool:
        for step in report_progress(steps, describe, say, _SAY_SECONDS):
            list(pool.map(lambda part: _write(dynamodb, tables, part), _split(step)))
            written += len(step)
            untimely += _count_untimely(step, now())
    took = time.monotonic() - began
    say(f"{file.path}: {written:,} activities written in {took:,.1f} s, {_rate(written, took)}")
    _say_what_came_of_times(file, 0 if stopped() else file.rows - written, untimely, say)


def _rate(written: int, seconds: float) -> str:
    return f"{written / max(seconds, 0.001):,.0f} a second"


def _say_what_came_of_times(file: ActivityFile, left_out: int, untimely: int, say: Callable[[str], None]) -> None:
    if file.timeless:
        again = f"; {left_out:,} of them were written before and are left out" if left_out else ""
        say(
            f"{file.path}: {file.timeless:,} rows have no `at`: they are of the time when they are first written{again}"
        )
    if untimely:
        say(
            f"{file.path}: {untimely:,} activities are over 30 days old or over 5 minutes ahead, by the boards' clock: "
            "the boards reject them. --clock sets that clock."
        )


def _count_untimely(step: Sequence[tuple[str, DraftActivity]], now: int) -> int:
    """How many of these the boards reject for their times."""
    return sum(not now - MAX_BEHIND <= time_of(draft.activity_id) <= now + MAX_AHEAD for _, draft in step)


def _list_written(file: ActivityFile, tables: Mapping[str, str], dynamodb: DynamoDBClient) -> set[tuple[str, str]]:
    """What tells rows without a time that were written before: board and part of the id of each activity there is."""
    found = set()
    for board in file.boards:
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=tables[board], ProjectionExpression="activity_id", ConsistentRead=True
        )
        for page in pages:
            found |= {(board, timeless_part(item["activity_id"]["S"])) for item in page["Items"]}
    return found


def _split(step: Sequence[tuple[str, DraftActivity]]) -> Iterator[Sequence[tuple[str, DraftActivity]]]:
    for start in range(0, len(step), _PER_REQUEST):
        yield step[start : start + _PER_REQUEST]


def _write(
    dynamodb: DynamoDBClient, tables: Mapping[str, str], activities: Sequence[tuple[str, DraftActivity]]
) -> None:
    """Write some activities, and what was left over again."""
    left: Any = {}
    for board, draft in activities:
        left.setdefault(tables[board], []).append({"PutRequest": {"Item": draft.item}})
    attempt = 0
    while left:
        left = dynamodb.batch_write_item(RequestItems=left).get("UnprocessedItems")
        if left:
            pause_before_retry(min(attempt, 6))
            attempt += 1
