"""Identity: what the stored numbers of a board mean, as texts that are stored with them.

A function whose own texts differ refuses to write: nothing ever adds numbers of two meanings.
"""

from __future__ import annotations

from runtime.config import BoardConfig


def describe_identity(board: BoardConfig) -> dict[str, str]:
    """Say what the stored numbers mean, as texts by their name: one, for the whole board.

    Releases before had one for each kind of window besides. Windows keep the edges that they were stored with, so a
    changed start changes no meaning.
    """
    return {"board": _describe_columns(board)}


def _describe_columns(board: BoardConfig) -> str:
    """What the columns mean. Running boards have stored the first form: it never changes where the columns agree."""
    kinds = set(board.kinds)
    digits = {column.decimals for column in board.columns}
    # A single column that keeps the best value is stored otherwise than a board that keeps the best run.
    if len(kinds) == len(digits) == 1 and (board.keeps_runs or not kinds & {"best", "last"}):
        columns = ", ".join(f"{column.name} {column.order}" for column in board.columns)
        return f"{kinds.pop()} of {columns} with {digits.pop()} decimals"
    whole = f"{board.aggregate} run of" if board.keeps_runs else "each of"
    columns = ", ".join(
        f"{column.name} {column.order} as {column.aggregate} with {column.decimals} decimals"
        for column in board.columns
    )
    return f"{whole} {columns}"
