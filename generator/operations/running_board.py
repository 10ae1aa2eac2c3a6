"""Finds a running board: its tables and queues, with boto3 clients that reach them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from generator.board.board import Board
from generator.errors import OperationError
from generator.operations.local_run import LocalRun
from runtime import clock
from runtime.dynamodb.table import Table

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

THREADS = 16
"""Requests that an operation has under way at the same time."""
EMPTY_SECONDS = 180.0
"""Seconds for which a queue must seem empty, at every look, to count as empty. What was sent may be missing in a count
of SQS for a minute and longer (Amazon SQS API reference, "GetQueueAttributes"); a queue is empty once its counts have
been 0 for several minutes (Amazon SQS developer guide, "Confirming that a queue is empty")."""
EMPTY_SECONDS_HERE = 4.0
"""The same in the embedded AWS, whose counts are exact. Only a message that just changes queues may be missed there."""

_INSTEAD = "For the boards of `leaderboards local`, add --local."

AWS_CONFIG = Config(max_pool_connections=THREADS, retries={"mode": "standard", "total_max_attempts": 5})
"""How clients of AWS ask."""


@dataclass(frozen=True)
class RunningBoard:
    """A board that runs, in AWS or on this machine: what operations need of it."""

    activities: Table
    marks: Table
    sqs: SQSClient
    queue_url: str
    dead_letter_queue_url: str
    region: str
    empty_seconds: float = EMPTY_SECONDS
    """Seconds for which its queue must seem empty to be so."""
    feed_dead_letter_queue_url: str | None = None
    """Where its feed's bus puts what it could not deliver; None for a board with a table of its own."""
    now: Callable[[], int] = clock.now
    """The present instant by the clock that the board goes by, in milliseconds since 1970."""


def find_in_aws(board: Board) -> RunningBoard:
    """Find the board where it is deployed in AWS, with the user's own credentials. Raises OperationError."""
    session = make_aws_session(board)
    with aws_errors_as_operation_errors():
        sqs = session.client("sqs", config=AWS_CONFIG)
        urls = [
            sqs.get_queue_url(QueueName=board.names.part(part))["QueueUrl"]
            for part in ("activities", "activities-dead-letters")
        ]
        return _make_running_board(board, session.client("dynamodb", config=AWS_CONFIG), sqs, *urls)


def find_on_this_machine(board: Board, run: LocalRun) -> RunningBoard:
    """Find the board in a run of `leaderboards local`. Raises InputError if it does not run there."""
    keys = ("queue_url", "dead_letter_queue_url")
    found = run.find(board, *keys)
    dynamodb, sqs = (run.client(service, max_pool_connections=THREADS) for service in ("dynamodb", "sqs"))
    with aws_errors_as_operation_errors():
        running = _make_running_board(board, dynamodb, sqs, *(found[key] for key in keys))
    return replace(running, empty_seconds=EMPTY_SECONDS_HERE, now=run.now)


def make_aws_session(board: Board, instead: str = _INSTEAD) -> boto3.Session:
    """A boto3 session in the board's region.

    Raises OperationError if the credentials belong to another account; if there are none, `instead` says what a user
    may have meant.
    """
    with aws_errors_as_operation_errors():
        session = boto3.Session(region_name=board.region)
        if session.get_credentials() is None:
            raise OperationError(f"no credentials for AWS are found. {instead}".rstrip())
        account = session.client("sts").get_caller_identity()["Account"] if board.account_id else None
    if account != board.account_id:
        raise OperationError(f"{board.name} is in the account {board.account_id}, your credentials are for {account}")
    return session


@contextmanager
def aws_errors_as_operation_errors() -> Iterator[None]:
    """Turn boto3's errors inside the `with` block into OperationErrors."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise OperationError(f"AWS: {error}") from None


def _make_running_board(
    board: Board, dynamodb: Any, sqs: Any, queue_url: str, dead_letter_queue_url: str
) -> RunningBoard:
    keys = ("player_id", "activity_id")
    activities = Table(dynamodb, board.activities_table, keys)
    marks = Table(dynamodb, board.names.part("marks"), keys)
    running = RunningBoard(activities, marks, sqs, queue_url, dead_letter_queue_url, board.region)
    if board.feed is None:
        return running
    undelivered = sqs.get_queue_url(QueueName=board.names.part("feed-dead-letters"))["QueueUrl"]
    return replace(running, feed_dead_letter_queue_url=undelivered)
