"""A deployed board plays by itself: its simulator is run again and again."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.config import Config

from generator.aws.invoke import invoke
from generator.board.board import Board
from generator.errors import FunctionError, OperationError
from generator.operations.reach import aws_errors_as_operation_errors, aws_session

RUN_SECONDS = 60
"""How long one run of the simulator is made to last; the function's own time is twice that."""


def simulate(board: Board, activities: int, seconds: int, seed: int | None = None) -> Iterator[int]:
    """Have the board's simulator write that many activities, spread over so many seconds.

    Yields how many are written so far, after each run of the function (of RUN_SECONDS at the most). Raises
    OperationError.
    """
    if board.simulator is None:
        raise OperationError(f"{board.name} has no simulator: set `simulator: true`, generate and apply")
    session = aws_session(board)
    with aws_errors_as_operation_errors():
        # A run that is asked for again would be a second run.
        functions = session.client("lambda", config=Config(read_timeout=150, retries={"total_max_attempts": 1}))
    runs = max(1, -(-seconds // RUN_SECONDS))
    written = 0
    for run in range(runs):
        # Whole numbers that add up: each run takes what is due by its end.
        count = activities * (run + 1) // runs - activities * run // runs
        event = {"activities": count, "seconds": seconds / runs, "seed": None if seed is None else seed + run}
        try:
            written += invoke(functions, board.names.part("simulator"), event)["written"]
        except FunctionError as error:
            raise OperationError(str(error)) from None
        yield written
