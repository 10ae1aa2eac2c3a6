"""The queries over logs that the dashboard shows, one for each question.

They name fields that lines of the log have (`runtime/logs.py`), and those that Logs Insights finds in Lambda's own
lines (Amazon CloudWatch Logs user guide, "Supported logs and discovered fields").
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.board.board import Board
from generator.board.bundle import Bundle

OF_ANY_LOG = ("@timestamp", "@message", "@log")
OF_LAMBDA = (*OF_ANY_LOG, "@type", "@duration", "@billedDuration", "@memorySize", "@maxMemoryUsed")
"""Fields that Logs Insights finds by itself."""


def name_log_group(board: Board, part: str) -> str:
    """The log group of a function."""
    return f"/aws/lambda/{board.names.part(part)}"


def name_pipe_log(bundle: Bundle) -> str:
    """The log group of the bundle's own pipe."""
    return f"/aws/vendedlogs/pipes/{bundle.names.part('activities')}"


def ask_pipe(bundle: Bundle) -> str:
    """What the pipe could not do."""
    return _query([name_pipe_log(bundle)], "fields @timestamp, @message")


def ask_rebuilder(board: Board) -> str:
    """What rebuilds said: those that were skipped, and what failed."""
    fields = "fields @timestamp, message, reason, error, code"
    return _query_functions(board, ["rebuilder"], "filter ispresent(level)", fields)


def ask_who_is_slow(board: Board) -> str:
    """How long runs of the processor take, and how much memory they use."""
    return _query_functions(
        board,
        ["processor"],
        'filter @type = "REPORT"',
        "stats count(*) as runs, pct(@duration, 99) as p99_ms, max(@maxMemoryUsed) / 1000000 as mb by bin(15m)",
        latest=False,
    )


def ask_what_failed(board: Board) -> str:
    """What the processor could not write, by the ids of activities and windows."""
    fields = "fields @timestamp, message, error, code, activity_ids, windows, identity"
    return _query_functions(board, ["processor"], 'filter level = "ERROR"', fields)


def ask_which_paths_fail(board: Board) -> str:
    """Which paths of the API fail, and how."""
    counted = "stats count(*) as failed by route, error, code"
    return _query_functions(board, ["api"], 'filter level = "ERROR"', counted, latest=False)


def ask_what_runs_cost(board: Board) -> str:
    """GB-seconds of each function. Lambda's memory is in bytes here, of which it counts 1,000 to a kB."""
    return _query_functions(
        board,
        ["processor", "rebuilder", *(["assembler"] if board.assembler else []), "api"],
        'filter @type = "REPORT"',
        "stats count(*) as runs, sum(@billedDuration / 1000 * @memorySize / 1024000000) as gb_seconds by @log",
        latest=False,
    )


def _query_functions(board: Board, parts: Sequence[str], *steps: str, latest: bool = True) -> str:
    return _query([name_log_group(board, part) for part in parts], *steps, latest=latest)


def _query(groups: Sequence[str], *steps: str, latest: bool = True) -> str:
    """A query over logs. `latest`: whether the newest lines come first, and no more than 20."""
    sources = " | ".join(f"SOURCE '{group}'" for group in groups)
    ordered = ("sort @timestamp desc", "limit 20") if latest else ()
    return "\n| ".join([f"{sources} | {steps[0]}", *steps[1:], *ordered])
