"""Finds a running board with all in which something of a player may be kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.aws.sessions import AwsPlace
from generator.board.board import Board
from generator.operations.local_run import LocalRun
from generator.operations.players.versions import VersionedFiles
from generator.operations.ranks.rebuilding import run_rebuilder
from generator.operations.running_board import (
    ANY_PLACE,
    AWS_CONFIG,
    RunningBoard,
    aws_errors_as_operation_errors,
    find_in_aws,
    find_on_this_machine,
    make_aws_session,
)
from runtime.config import BoardConfig
from runtime.dynamodb.table import Table
from runtime.s3.bucket import Bucket


@dataclass(frozen=True)
class ManagedBoard:
    """A board that runs, as an operator works on its players."""

    name: str
    config: BoardConfig
    running: RunningBoard
    """Its activities, marks and queues, and its clock."""
    aggregates: Table
    bucket: Bucket
    files: VersionedFiles
    """The objects of its bucket."""
    rebuild: Callable[[], Any]
    """Runs the board's rebuilder, and returns what it returns. Raises FunctionError."""
    counts_exactly: bool = False
    """Whether the counts of its queue are exact, as they are in the embedded AWS."""

    def is_idle(self) -> bool:
        """Whether no batch is under way for sure."""
        if not self.counts_exactly:
            return False
        name: Any = "ApproximateNumberOfMessagesNotVisible"
        answer = self.running.sqs.get_queue_attributes(QueueUrl=self.running.queue_url, AttributeNames=[name])
        return answer["Attributes"][name] == "0"


def find_managed_in_aws(board: Board, place: AwsPlace = ANY_PLACE) -> ManagedBoard:
    """Find the board where it is deployed in AWS, with the user's own credentials. Raises OperationError."""
    running, session = find_in_aws(board, place), make_aws_session(board, place)
    with aws_errors_as_operation_errors():
        account = board.account_id or session.client("sts").get_caller_identity()["Account"]
        s3 = session.client("s3", config=AWS_CONFIG)

    return _manage(board, running, s3, board.names.part(account))


def find_managed_on_this_machine(board: Board, run: LocalRun) -> ManagedBoard:
    """Find the board in a run of `leaderboards local`. Raises InputError if it does not run there."""
    running, bucket = find_on_this_machine(board, run), run.find(board, "bucket")["bucket"]
    return _manage(board, running, run.client("s3"), bucket, counts_exactly=True)


def _manage(board: Board, running: RunningBoard, s3: Any, bucket: str, *, counts_exactly: bool = False) -> ManagedBoard:
    return ManagedBoard(
        name=board.name,
        config=board.config,
        running=running,
        aggregates=Table(running.marks.client, board.names.part("aggregates"), ("partition", "player_id")),
        bucket=Bucket(s3, bucket),
        files=VersionedFiles(s3, bucket),
        rebuild=lambda: run_rebuilder(running),
        counts_exactly=counts_exactly,
    )
