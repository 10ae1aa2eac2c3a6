"""The queries over logs that the dashboard shows, one for each question.

They name fields that lines of the log have (`runtime/logs.py`), and those that Logs Insights finds in Lambda's own
lines (Amazon CloudWatch Logs user guide, "Supported logs and discovered fields").
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.board.board import Board

OF_LAMBDA = ("@timestamp", "@type", "@duration", "@billedDuration", "@memorySize", "@maxMemoryUsed", "@log")
"""Fields that Logs Insights finds by itself."""


def name_log_group(board: Board, part: str) -> str:
    """The log group of a function."""
    return f"/aws/lambda/{board.names.part(part)}"


def ask_rebuilder(board: Board) -> str:
    """What rebuilds said: those that were skipped, and what failed."""
    return _query(board, ["rebuilder"], "filter ispresent(level)", "fields @timestamp, message, reason, error, code")


def ask_who_is_slow(board: Board) -> str:
    """How long runs of the processor take, and how much memory they use."""
    return _query(
        board,
        ["processor"],
        'filter @type = "REPORT"',
        "stats count(*) as runs, pct(@duration, 99) as p99_ms, max(@maxMemoryUsed) / 1000000 as mb by bin(15m)",
        latest=False,
    )


def ask_what_failed(board: Board) -> str:
    """What the processor could not write, by the ids of activities and windows."""
    fields = "fields @timestamp, message, error, code, activity_ids, windows, identity"
    return _query(board, ["processor"], 'filter level = "ERROR"', fields)


def ask_which_paths_fail(board: Board) -> str:
    """Which paths of the API fail, and how."""
    counted = "stats count(*) as failed by route, error, code"
    return _query(board, ["api"], 'filter level = "ERROR"', counted, latest=False)


def ask_what_runs_cost(board: Board) -> str:
    """GB-seconds of each function. Lambda's memory is in bytes here, of which it counts 1,000 to a kB."""
    return _query(
        board,
        ["processor", "rebuilder", "api"],
        'filter @type = "REPORT"',
        "stats count(*) as runs, sum(@billedDuration / 1000 * @memorySize / 1024000000) as gb_seconds by @log",
        latest=False,
    )


def _query(board: Board, parts: Sequence[str], *steps: str, latest: bool = True) -> str:
    """A query over logs of functions. `latest`: whether the newest lines come first, and no more than 20."""
    sources = " | ".join(f"SOURCE '{name_log_group(board, part)}'" for part in parts)
    ordered = ("sort @timestamp desc", "limit 20") if latest else ()
    return "\n| ".join([f"{sources} | {steps[0]}", *steps[1:], *ordered])
