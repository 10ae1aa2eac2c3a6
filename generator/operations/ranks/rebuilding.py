"""Runs a board's rebuilder now, and says what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.aws.invoke import invoke
from generator.errors import FunctionError, OperationError
from generator.operations.running_board import RunningBoard

REBUILD_SECONDS = 900
"""The longest that a function of Lambda runs (AWS Lambda developer guide, "Lambda quotas")."""
ATTEMPTS = REBUILD_SECONDS
"""How often it is tried to rebuild, a second apart: another rebuild, which may have begun before, takes so many seconds
at the most."""
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

    as_of: int | None
    """The time of the newest snapshot, in milliseconds since 1970."""
    published: bool
    """Whether readers get another snapshot than before."""
    players: int
    """How many players the window with most of them has."""
    window: WindowMade | None = None
    """The window that was wanted anew; None also where the deployed rebuilder makes no single window."""
    waits: str | None = None
    """What that window waits for, in a sentence without its end, where other functions make it; None where they do not.
    """


def run_rebuilder(board: RunningBoard, window: str | None = None) -> dict[str, Any]:
    """Run the rebuilder of a board, and return what it returns. Raises FunctionError.

    `window`: the id of a window of which all files are to be written again.
    """
    # No retries: a rebuild that is still under way would be begun again.
    functions = board.client("lambda", read_timeout=REBUILD_SECONDS + 10, retries={"total_max_attempts": 1})
    answer = invoke(functions, board.rebuilder, {"task": "rebuild", **({"window": window} if window else {})})
    return answer if isinstance(answer, dict) else {}


def rebuild_when_free(
    run: Callable[[], Any], sleep: Callable[[float], object] = time.sleep
) -> Iterator[dict[str, Any] | None]:
    """Run a rebuilder until no other rebuild is under way: that one may have read the scores before.

    `run`: runs it, and returns what it returns. Yields None while another one is under way, and in the end what it has
    returned. Raises OperationError where the other one does not end, or nothing can be published before windows are
    assembled, and FunctionError.
    """
    for _ in range(ATTEMPTS):
        answer = run() or {}
        if "skipped" not in answer:
            yield answer
            return
        if answer.get("unready"):
            raise OperationError(f"there is nothing to publish yet: {answer['skipped']}")
        yield None
        sleep(1)
    raise OperationError(f"another rebuild does not end: {answer['skipped']}")


def rebuild(board: RunningBoard, window: str | None = None, sleep: Callable[[float], object] = time.sleep) -> Rebuilt:
    """Rebuild a board once no other rebuild is under way, and read what came of it.

    Raises OperationError where another one does not end or nothing can be published, and FunctionError.
    """
    *_, found = rebuild_when_free(lambda: run_rebuilder(board, window), sleep)
    answer = found or {}
    made = answer.get("window")
    return Rebuilt(
        answer.get("as_of"),
        bool(answer.get("published")),
        int(answer.get("players", 0)),
        WindowMade(int(made["players"]), bool(made["sealed"]), int(made["revision"])) if made else None,
        answer.get("waits"),
    )


def explain(error: FunctionError) -> str:
    """Why a rebuild failed, in a sentence or two; empty where nothing more is known than what the function said."""
    # Lambda names a function that ran out of memory also as one that was killed.
    kind = "Runtime.OutOfMemory" if "signal: killed" in error.reason else error.kind
    return _CAUSES.get(kind, "")
