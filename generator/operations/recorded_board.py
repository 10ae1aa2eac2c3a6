"""Finds what recording an activity needs of a board that runs, in AWS or on this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.aws.sessions import AwsPlace
from generator.board.board import Board
from generator.operations.local_run import LocalRun
from generator.operations.running_board import (
    ANY_PLACE,
    AWS_CONFIG,
    THREADS,
    aws_errors_as_operation_errors,
    make_aws_session,
)
from runtime import clock
from runtime.config import BoardConfig
from runtime.domain.edges.timeline import Timelines
from runtime.domain.windows import Window
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import WindowStore
from runtime.s3.bucket import Bucket


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

    def read_timelines(self) -> Timelines:
        """Read which windows the board has opened. Raises OperationError."""
        with aws_errors_as_operation_errors():
            return WindowStore(self.aggregates, self.config).refresh()

    def is_closed(self, window: Window) -> bool:
        """Whether a window takes no activity any more, as the processor decides it. Raises OperationError."""
        if window.ends_at is None or window.ends_at > self.now():
            return False
        with aws_errors_as_operation_errors():
            return WindowStore(self.aggregates, self.config).is_closed(window.id)


def find_recorded_in_aws(board: Board, place: AwsPlace = ANY_PLACE) -> RecordedBoard:
    """Find the board where it is deployed in AWS, with the user's own credentials. Raises OperationError."""
    session = make_aws_session(board, place)
    with aws_errors_as_operation_errors():
        dynamodb, s3 = session.client("dynamodb", config=AWS_CONFIG), session.client("s3", config=AWS_CONFIG)
        account = board.account_id or session.client("sts").get_caller_identity()["Account"]
    # A distribution without a domain of the board's own has an address that only CloudFront knows.
    page_url = f"https://{board.domain}/" if board.public and board.domain else None
    bucket = Bucket(s3, board.names.part(account))
    return _make_recorded_board(board, dynamodb, dynamodb, bucket, page_url, clock.now)


def find_recorded_on_this_machine(board: Board, run: LocalRun) -> RecordedBoard:
    """Find the board in a run of `leaderboards local`. Raises InputError if it does not run there."""
    found = run.find(board, "bucket")
    page_url = found.get("page_url")
    dynamodb = run.client("dynamodb", max_pool_connections=THREADS)
    producer = run.client("dynamodb", run.game_server)
    bucket = Bucket(run.client("s3"), found["bucket"])
    page = page_url if isinstance(page_url, str) else None
    return _make_recorded_board(board, dynamodb, producer, bucket, page, run.now)


def _make_recorded_board(
    board: Board, dynamodb: Any, producer: Any, bucket: Bucket, page_url: str | None, now: Callable[[], int]
) -> RecordedBoard:
    keys = ("player_id", "activity_id")
    return RecordedBoard(
        board.config,
        Table(producer, board.activities_table, keys),
        Table(dynamodb, board.names.part("marks"), keys),
        Table(dynamodb, board.names.part("aggregates"), ("partition", "player_id")),
        bucket,
        now,
        page_url,
    )
