"""What `leaderboards backfill` says of a file, of how far it is, and of what became of its activities."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from generator.activities.past import ERASED, IGNORED, Survey
from generator.board.board import Board
from generator.cli.operations.redrive_text import describe_fate, fate_as_json
from generator.diagnostics.wording import escape_invisible, join_words, plural
from generator.operations.backfilling.loading import LoadCounts
from generator.operations.following import Fate, PutBack
from runtime.domain.instants import rfc3339, rfc3339_or_none

_WHY = {
    IGNORED: "not for this board",
    ERASED: "of an erased player",
    "late": "the window has ended",
    "sealed": "the window is sealed",
    "no_window": "between two windows",
    "too_old": "over 365 days old",
    "over_limit": "over limits.points",
    "over_bound": "too large a score",
}
"""What the reasons mean for which rows are left out."""


def describe_survey(board: Board, name: str, survey: Survey, rate: int) -> Iterator[str]:
    """What a file holds, and how long it takes."""
    times = "" if survey.oldest is None else f", {rfc3339(survey.oldest)} to {rfc3339(survey.newest or 0)}"
    yield escape_invisible(f"{board.folder}: {plural(survey.rows, 'row')} in {name}, {survey.counting:,} count{times}")
    for window, number in sorted(survey.windows.items()):
        yield f"  {number:,} in {window}"
    for reason, number in survey.left_out.most_common():
        yield f"  {number:,} left out, {_WHY.get(reason, reason)} ({reason})"
    if survey.counting:
        yield f"at {rate:,} a second it takes {_describe_seconds(survey.counting / rate)}"


def show_progress(done: LoadCounts, total: int, began: float) -> str:
    """How far a load is, and how much time is left. `began`: by the clock that only goes ahead."""
    passed = monotonic() - began
    left = (total - done.done) * passed / done.done if done.done else 0
    return f"{done.done:,} of {total:,}, {_describe_seconds(left)} left"


def describe_load(fate: Fate, followed: PutBack, keeps_one_run: bool) -> str:
    """What became of the activities of a load, on one line."""
    text = describe_fate(fate, keeps_one_run)
    known = len(followed.records)
    return text if known == fate.counted + fate.unmarked else f"of {known:,}: {text}"


def find_what_is_wrong(fate: Fate | None, timeout: int, listed: str) -> Iterator[str]:
    """A sentence for each thing that an operator has to look at. `listed`: the command that lists rejections."""
    if fate and fate.rejected:
        yield f"{fate.rejected_again} rejected ({join_words(sorted(fate.rejected), 'and')}): {listed} says why"
    if fate and fate.dead:
        yield f"{fate.dead} in the dead-letter queue: the processor's log says why"
    if fate and fate.unknown:
        yield f"what becomes of {fate.unknown} is not known after {timeout} seconds; run it again to see"


def make_document(
    board: Board, path: Path, survey: Survey, rate: int, dry_run: bool, counts: LoadCounts, fate: Fate | None
) -> dict[str, Any]:
    """What --json prints."""
    return {
        "board": board.name,
        "file": str(path),
        "dry_run": dry_run,
        "rows": survey.rows,
        "counting": survey.counting,
        "windows": dict(sorted(survey.windows.items())),
        "left_out": dict(sorted(survey.left_out.items())),
        "oldest": rfc3339_or_none(survey.oldest),
        "newest": rfc3339_or_none(survey.newest),
        "rate": rate,
        "written": counts.written,
        "there": counts.there,
        "outcome": fate_as_json(fate),
    }


def _describe_seconds(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
