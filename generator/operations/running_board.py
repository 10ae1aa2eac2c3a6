"""Finds a running board: its tables and queues, with boto3 clients that reach them."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from generator.aws.sessions import AwsPlace, AwsSession
from generator.board.board import Board
from generator.board.bundle import Bundle
from generator.diagnostics.wording import escape_invisible
from generator.errors import InputError, OperationError
from generator.operations.local_run import LocalRun
from runtime import clock
from runtime.dynamodb.table import BusyError, Table

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

ANY_PLACE = AwsPlace()
"""Where boto3 finds AWS by itself."""
_INSTEAD = "For the boards of `leaderboards local`, add --local."

AWS_CONFIG = Config(max_pool_connections=THREADS, retries={"mode": "standard", "total_max_attempts": 5})
"""How clients of AWS ask."""


def name_user() -> str:
    """The user of this machine; by number where no name is known, as in many containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return f"user {os.getuid()}"


def _not_found(name: str, **_settings: Any) -> Any:
    raise OperationError(f"nobody knows here where the board has its {name}")


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
    who: Callable[[], str] = name_user
    """Asks who is at work: whose credentials these are in AWS, and the user of this machine on a local run."""

    find_queue: Callable[[str], str] = _not_found
    """Asks for the URL of another of the board's queues, by the last part of its name."""
    client: Callable[..., Any] = _not_found
    """Makes a client of a service, with what it takes as settings of botocore's Config."""
    rebuilder: str = ""
    """The name of the function that makes snapshots."""


def find_in_aws(board: Board, place: AwsPlace = ANY_PLACE) -> RunningBoard:
    """Find the board where it is deployed in AWS, with the user's own credentials. Raises OperationError."""
    session = make_aws_session(board, place)
    with aws_errors_as_operation_errors():
        sqs = session.client("sqs", config=AWS_CONFIG)
        urls = [
            sqs.get_queue_url(QueueName=board.names.part(part))["QueueUrl"]
            for part in ("activities", "activities-dead-letters")
        ]
        running = _make_running_board(board, session.client("dynamodb", config=AWS_CONFIG), sqs, *urls)
    return replace(
        running,
        who=lambda: ask_who(session),
        client=lambda service, **settings: session.client(service, config=AWS_CONFIG.merge(Config(**settings))),
    )


def find_on_this_machine(board: Board, run: LocalRun) -> RunningBoard:
    """Find the board in a run of `leaderboards local`. Raises InputError if it does not run there."""
    keys = ("queue_url", "dead_letter_queue_url")
    found = run.find(board, *keys)
    dynamodb, sqs = (run.client(service, max_pool_connections=THREADS) for service in ("dynamodb", "sqs"))
    with aws_errors_as_operation_errors():
        running = _make_running_board(board, dynamodb, sqs, *(found[key] for key in keys))
    return replace(running, empty_seconds=EMPTY_SECONDS_HERE, now=run.now, client=run.client)


def make_aws_session(board: Bundle, place: AwsPlace = ANY_PLACE, instead: str = _INSTEAD) -> AwsSession:
    """A session in the region of a board or a feed, or in the one that the place names.

    Raises OperationError if the credentials belong to another account; if there are none, `instead` says what a user
    may have meant. Raises InputError for a profile that nobody knows, or an address that is none.
    """
    with aws_errors_as_operation_errors():
        try:
            session = AwsSession(place, board.region)
            sts = session.client("sts")
        except (ProfileNotFound, ValueError) as error:
            option = "--profile" if isinstance(error, ProfileNotFound) else "--endpoint-url"
            raise InputError(f"{option}: {escape_invisible(str(error))}") from None
        if not session.has_credentials():
            raise OperationError(f"no credentials for AWS are found. {instead}".rstrip())
        account = sts.get_caller_identity()["Account"] if board.account_id else None
    if account != board.account_id:
        raise OperationError(f"{board.name} is in the account {board.account_id}, your credentials are for {account}")
    return session


def ask_who(session: AwsSession) -> str:
    """Ask AWS whose credentials a session has: the ARN of a user or of a role that somebody has assumed."""
    return str(session.client("sts", config=AWS_CONFIG).get_caller_identity()["Arn"])


@contextmanager
def aws_errors_as_operation_errors() -> Iterator[None]:
    """Turn boto3's errors inside the `with` block into OperationErrors."""
    try:
        yield
    except (ClientError, BotoCoreError, BusyError) as error:
        raise OperationError(f"AWS: {error}") from None


def _make_running_board(
    board: Board, dynamodb: Any, sqs: Any, queue_url: str, dead_letter_queue_url: str
) -> RunningBoard:
    keys = ("player_id", "activity_id")
    activities = Table(dynamodb, board.activities_table, keys)
    marks = Table(dynamodb, board.names.part("marks"), keys)

    def find_queue(part: str) -> str:
        return str(sqs.get_queue_url(QueueName=board.names.part(part))["QueueUrl"])

    running = RunningBoard(activities, marks, sqs, queue_url, dead_letter_queue_url, board.region)
    running = replace(running, find_queue=find_queue, rebuilder=board.names.part("rebuilder"))
    return replace(running, feed_dead_letter_queue_url=find_queue("feed-dead-letters")) if board.feed else running
