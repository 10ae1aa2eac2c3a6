"""Runs the simulator of a board in AWS, again and again, so that it writes made-up activities."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.config import Config

from generator.aws.invoke import invoke
from generator.aws.limits import ceil_div
from generator.board.board import Board
from generator.errors import InputError
from generator.operations.running_board import aws_errors_as_operation_errors, make_aws_session

RUN_SECONDS = 60
"""Seconds that one run of the simulator lasts at most. The function's timeout is twice that."""


def run_simulator(board: Board, activities: int, seconds: int, seed: int | None = None) -> Iterator[int]:
    """Let the board's simulator write `activities`, spread over `seconds`. The same `seed` writes the same ones again.

    The function runs for RUN_SECONDS at a time. After each run, yields how many activities are written so far.

    Raises InputError for a board without a simulator, OperationError if AWS refuses, FunctionError if a run fails.
    """
    if board.simulator is None:
        raise InputError(f"{board.name} has no simulator: set `simulator: true`, generate and apply")
    session = make_aws_session(board, instead="Boards of `leaderboards local` play with its option --simulate 10.")
    with aws_errors_as_operation_errors():
        # No retries: a call that is repeated would run the simulator twice.
        functions = session.client("lambda", config=Config(read_timeout=150, retries={"total_max_attempts": 1}))
    runs = max(1, ceil_div(seconds, RUN_SECONDS))
    written = 0
    for run in range(runs):
        # The activities due by the end of this run, less those due before it: whole numbers that add up to the total.
        count = activities * (run + 1) // runs - activities * run // runs
        event = {"activities": count, "seconds": seconds / runs, "seed": None if seed is None else seed + run}
        written += invoke(functions, board.names.part("simulator"), event)["written"]
        yield written
