"""Finds what recording an activity needs of a board that runs, in AWS or on this machine."""

from __future__ import annotations

import math
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.config import Config

from generator.board.board import Board
from generator.errors import InputError, OperationError
from generator.operations.local_run import LocalRun
from generator.operations.running_board import THREADS, aws_errors_as_operation_errors, make_aws_session
from runtime import clock
from runtime.config import BoardConfig
from runtime.domain.windows import Window
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import WindowStore
from runtime.s3.bucket import Bucket

TIMEOUT_SECONDS = 10
"""Seconds that a local run may take to answer."""


@dataclass(frozen=True)
class RecordedBoard:
    """A board that runs, as a game server writes to it and as an operator looks at it."""

    config: BoardConfig
    producer: Table
    """The activities table, with the game server's credentials where they are known, else with the user's own."""
    marks: Table
    aggregates: Table
    bucket: Bucket
    now: Callable[[], int]
    """The board's clock, in milliseconds since 1970."""
    page_url: str | None = None
    """None where the board has no page, or nobody here knows its address."""

    def is_closed(self, window: Window) -> bool:
        """Whether a window takes no activity any more, as the processor decides it. Raises OperationError."""
        if window.ends_at is None or window.ends_at > self.now():
            return False
        with aws_errors_as_operation_errors():
            return WindowStore(self.aggregates, self.config).is_closed(window.id)


def find_recorded_in_aws(board: Board) -> RecordedBoard:
    """Find the board where it is deployed in AWS, with the user's own credentials. Raises OperationError."""
    session = make_aws_session(board)
    config = Config(max_pool_connections=THREADS, retries={"mode": "standard", "total_max_attempts": 5})
    with aws_errors_as_operation_errors():
        dynamodb, s3 = session.client("dynamodb", config=config), session.client("s3", config=config)
        account = board.account_id or session.client("sts").get_caller_identity()["Account"]
    # A distribution without a domain of the board's own has an address that only CloudFront knows.
    page_url = f"https://{board.domain}/" if board.public and board.domain else None
    bucket = Bucket(s3, board.names.part(account))
    return _make_recorded_board(board, dynamodb, dynamodb, bucket, page_url, clock.now)


def find_recorded_on_this_machine(board: Board, run: LocalRun) -> RecordedBoard:
    """Find the board in a run of `leaderboards local`. Raises InputError if it does not run there."""
    found = run.boards.get(board.name, {})
    bucket, page_url = found.get("bucket"), found.get("page_url")
    if found.get("activities_table") != board.names.part("activities") or not isinstance(bucket, str):
        raise InputError(f"--local: {board.names.prefix} is not among the boards that run there")
    dynamodb = run.client("dynamodb", max_pool_connections=THREADS)
    producer = run.client("dynamodb", run.game_server)
    page = page_url if isinstance(page_url, str) else None
    ahead = _read_ahead(str(found.get("api_url")))
    place = Bucket(run.client("s3"), bucket)
    return _make_recorded_board(board, dynamodb, producer, place, page, lambda: clock.now() + ahead)


def _read_ahead(api_url: str) -> int:
    """By how many milliseconds the clock of a local run is ahead of this machine's: whole seconds, or 0.

    Its answers have its time in the Date header, which leaves out the milliseconds. Raises OperationError.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{api_url}/v1/windows", timeout=TIMEOUT_SECONDS) as answer:
            date = answer.headers["Date"]
    except urllib.error.HTTPError as refused:
        date = refused.headers["Date"]
    except (OSError, ValueError) as error:
        raise OperationError(f"--local: {api_url} does not answer: {error}") from None
    shown = int(parsedate_to_datetime(date).timestamp())
    return math.ceil(shown - clock.now() / 1000) * 1000


def _make_recorded_board(
    board: Board, dynamodb: Any, producer: Any, bucket: Bucket, page_url: str | None, now: Callable[[], int]
) -> RecordedBoard:
    keys = ("player_id", "activity_id")
    return RecordedBoard(
        board.config,
        Table(producer, board.names.part("activities"), keys),
        Table(dynamodb, board.names.part("marks"), keys),
        Table(dynamodb, board.names.part("aggregates"), ("partition", "player_id")),
        bucket,
        now,
        page_url,
    )
