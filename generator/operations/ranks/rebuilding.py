"""Runs a board's rebuilder now, and says what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.aws.invoke import invoke
from generator.errors import FunctionError
from generator.operations.running_board import RunningBoard

REBUILD_SECONDS = 900
"""The longest that a function of Lambda runs (AWS Lambda developer guide, "Lambda quotas")."""
_CAUSES = {
    "IdentityError": "the board's data was made with other rules than those that are deployed: put the old value back "
    "into the YAML, generate, and apply",
    "Sandbox.Timedout": "it takes longer than Lambda lets it run: raise traffic.players, which gives it memory and so "
    "speed, generate, and apply",
    "Runtime.OutOfMemory": "its memory is too small for that many players: raise traffic.players, generate, and apply",
    "ClientError": "AWS refused one of its requests: where its role lacks a permission, apply the board's bundle",
}
"""What it means where an exception of a type ended the rebuilder. The two with a dot are Lambda's own (AWS Lambda
developer guide, "Troubleshoot execution issues in Lambda")."""


@dataclass(frozen=True)
class WindowMade:
    """A window of which all files were written again."""

    players: int
    is_sealed: bool
    revision: int


@dataclass(frozen=True)
class Rebuilt:
    """What came of one run of the rebuilder."""

    skipped: str | None
    """Why it did nothing; None where it made ranks."""
    as_of: int | None = None
    """The time of the newest snapshot, in milliseconds since 1970."""
    published: bool = False
    """Whether readers get another snapshot than before."""
    players: int = 0
    """How many players the window with most of them has."""
    window: WindowMade | None = None
    """The window that was wanted anew; None also where the deployed rebuilder makes no single window."""


def run_rebuilder(board: RunningBoard, window: str | None = None) -> dict[str, Any]:
    """Run the rebuilder of a board, and return what it returns. Raises FunctionError.

    `window`: the id of a window of which all files are to be written again.
    """
    # No retries: a rebuild that is still under way would be begun again.
    functions = board.client("lambda", read_timeout=REBUILD_SECONDS + 10, retries={"total_max_attempts": 1})
    answer = invoke(functions, board.rebuilder, {"task": "rebuild", **({"window": window} if window else {})})
    return answer if isinstance(answer, dict) else {}


def rebuild(board: RunningBoard, window: str | None = None) -> Rebuilt:
    """Rebuild a board, and read what came of it. Raises FunctionError."""
    answer = run_rebuilder(board, window)
    if "skipped" in answer:
        return Rebuilt(str(answer["skipped"]))
    made = answer.get("window")
    return Rebuilt(
        None,
        answer.get("as_of"),
        bool(answer.get("published")),
        int(answer.get("players", 0)),
        WindowMade(int(made["players"]), bool(made["sealed"]), int(made["revision"])) if made else None,
    )


def explain(error: FunctionError) -> str:
    """Why a rebuild failed, in a sentence or two; empty where nothing more is known than what the function said."""
    # Lambda names a function that ran out of memory also as one that was killed.
    kind = "Runtime.OutOfMemory" if "signal: killed" in error.reason else error.kind
    return _CAUSES.get(kind, "")
