"""Reads what is to be known of one board or feed. Nothing is changed by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from generator.board.board import Board
from generator.board.feed import Feed
from generator.errors import OperationError
from generator.operations.redrives.receiving import count_messages
from generator.operations.running_board import aws_errors_as_operation_errors
from generator.operations.status.facts import BoardFacts, Code, Expected, Facts, QueueDepth
from generator.operations.status.reached import Reached
from runtime.domain.instants import from_datetime, rfc3339
from runtime.dynamodb.changes import Changes
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import WindowStore
from runtime.lifecycle.assembled.assemblies import find_unfinished
from runtime.s3.bucket import Bucket
from runtime.s3.snapshots import SnapshotStore

FUNCTIONS = ("processor", "rebuilder", "api")
"""The functions that every board has."""
_FEED_QUEUES = ("pipe-dead-letters", "strays", "strays-dead-letters")
_NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
"""What SQS says of a queue that is not there, by its old protocol and its new one."""


def read_board(reached: Reached, board: Board, expect: Callable[[Board], Expected]) -> Facts:
    """Read a board: its functions, queues, windows and newest snapshot. Raises OperationError.

    `expect` says which code its functions should run.
    """
    with aws_errors_as_operation_errors():
        some = {"assembler": board.assembler, "simulator": board.simulator}
        parts = (*FUNCTIONS, *(part for part, size in some.items() if size))
        found = {part: read_code(reached.functions, board.names.part(part)) for part in parts}
        codes = {part: code for part, code in found.items() if code is not None}
        missing = [board.names.part(part) for part in parts if part not in codes]
        if not codes:
            return Facts(reached.now(), (), tuple(missing), is_deployed=False)
        queues, lost = _read_queues(reached.sqs, board, _list_queues(board))
        facts = _read_data(reached, board, codes, expect(board))
        return Facts(reached.now(), queues, (*missing, *lost), is_deployed=True, board=facts)


def _read_data(reached: Reached, board: Board, codes: Mapping[str, Code], expected: Expected) -> BoardFacts:
    """Read the board's table and bucket. Raises OperationError where one of them is not there, ClientError."""
    table = Table(reached.dynamodb, board.names.part("aggregates"), ("partition", "player_id"))
    bucket = reached.name_bucket(board)
    try:
        # What changed comes before the snapshot: one that is made in between has it already.
        changed = Changes(table).find()
        files = Bucket(reached.s3, bucket)
        snapshot = SnapshotStore(files).read_newest()
        states = tuple(WindowStore(table, board.config).read_all())
        assemblies = find_unfinished(files) if board.config.assembly else {}
    except ClientError as error:
        gone = {"ResourceNotFoundException": f"table {table.name}", "NoSuchBucket": f"bucket {bucket}"}
        if (what := gone.get(error.response["Error"]["Code"])) is None:
            raise
        raise OperationError(f"its {what} is not there") from None
    return BoardFacts(snapshot, None if changed is None else int(changed), states, codes, expected, assemblies)


def read_feed(reached: Reached, feed: Feed) -> Facts:
    """Read a feed: its queues. Raises OperationError."""
    with aws_errors_as_operation_errors():
        queues, missing = _read_queues(reached.sqs, feed, {part: feed.names.part(part) for part in _FEED_QUEUES})
        return Facts(reached.now(), queues, missing, is_deployed=bool(queues))


def _list_queues(board: Board) -> dict[str, str]:
    """The queues that activities of a board pass through, or end in: by what they are called, their names in AWS."""
    own = ("activities", "activities-dead-letters", "feed-dead-letters" if board.feed else "pipe-dead-letters")
    queues = {part: board.names.part(part) for part in (*own, "schedule-dead-letters")}
    # What a feed's pipe could not hand on counts on none of its boards.
    pipe = board.source.part("pipe-dead-letters")
    return {**queues, pipe: pipe} if board.feed else queues


def read_code(functions: Any, name: str) -> Code | None:
    """Read what a function runs; None where it is not there.

    GetFunction may be asked a hundred times a second, what else says it only fifteen times, together with all that
    deploys (AWS Lambda developer guide, "Lambda quotas": Lambda API requests).
    """
    try:
        found = functions.get_function(FunctionName=name)["Configuration"]
    except functions.exceptions.ResourceNotFoundException:
        return None
    return Code(found["CodeSha256"], rfc3339(from_datetime(datetime.fromisoformat(found["LastModified"]))))


def _read_queues(
    sqs: Any, bundle: Board | Feed, names: dict[str, str]
) -> tuple[tuple[QueueDepth, ...], tuple[str, ...]]:
    """The depths of the queues that are there, and the names of those that are not.

    `names`: the name of each in AWS, by what it is called; one of a board's feed is called by that name.
    """
    depths = {called: count_queue(sqs, name) for called, name in names.items()}
    return (
        tuple(
            QueueDepth(called, *depth, is_own=called != names[called])
            for called, depth in depths.items()
            if depth is not None
        ),
        tuple(names[called] for called, depth in depths.items() if depth is None),
    )


def count_queue(sqs: Any, name: str) -> tuple[int, int] | None:
    """About how many messages of a queue wait, and how many somebody works on; None where it is not there."""
    try:
        return count_messages(sqs, sqs.get_queue_url(QueueName=name)["QueueUrl"])
    except ClientError as error:
        if error.response["Error"]["Code"] in _NO_QUEUE:
            return None
        raise
