"""Identity: what the stored numbers of a board mean, as texts that are stored with them.

A function whose own texts differ refuses to write: nothing ever adds numbers of two meanings.
"""

from __future__ import annotations

from runtime.config import BoardConfig, WindowKind


def describe_identity(board: BoardConfig) -> dict[str, str]:
    """Say what the stored numbers mean: one text for the board, and one for each kind of window about its start."""
    meaning = {"board": _describe_columns(board)}
    return meaning | {kind.every: _describe_window(kind) for kind in board.windows}


def _describe_columns(board: BoardConfig) -> str:
    """What the columns mean. Running boards have stored the first form: it never changes where the columns agree."""
    kinds = {column.aggregate for column in board.columns}
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


def _describe_window(kind: WindowKind) -> str:
    lasts = f" for {kind.lasts_seconds} seconds" if kind.lasts_seconds else ""
    if kind.every in ("all_time", "hour"):
        return f"{kind.every}{lasts}"
    start = f"{kind.at_minutes // 60:02}:{kind.at_minutes % 60:02} in {kind.timezone}"
    if kind.every == "week":
        return f"day {kind.starts} at {start}{lasts}"
    return f"{kind.days} days from {start}" if kind.every == "rolling" else f"{start}{lasts}"
