"""What is done to a board that runs in AWS, through boto3 and the credentials of whoever asks."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from generator.board import Board
from generator.local.invoke import FunctionError, invoke

RUN_SECONDS = 60
"""How long one run of the simulator is made to last; the function's own time is twice that."""


class OperationError(Exception):
    """AWS, or what runs there, did not do what was asked. The text is for the user."""


def simulate(board: Board, activities: int, seconds: int, seed: int | None = None) -> Iterator[int]:
    """Have the board's simulator write that many activities, spread over so many seconds.

    Yields how many are written so far, after each run of the function (of RUN_SECONDS at the most). Raises
    OperationError.
    """
    if board.simulator is None:
        raise OperationError(f"{board.name} has no simulator: set `simulator: true`, generate and apply")
    import boto3
    from botocore.config import Config

    # A run that is asked for again would be a second run.
    config = Config(read_timeout=150, retries={"total_max_attempts": 1})
    try:
        session = boto3.Session(region_name=board.region)
        account = session.client("sts").get_caller_identity()["Account"] if board.account_id else None
        functions = session.client("lambda", config=config)
    except (ClientError, BotoCoreError) as error:
        raise OperationError(f"AWS cannot be asked: {error}") from None
    if account != board.account_id:
        raise OperationError(f"{board.name} is in the account {board.account_id}, your credentials are of {account}")
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
