"""What a record is worth by itself: pure, decided by the record, the board and when it was written.

What needs the player's totals (the bound, limits by the minute, milestones) is decided in `folding`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from runtime.config import BoardConfig
from runtime.domain import activity, scoring, windows
from runtime.domain.activity import Activity, Record, Rejection
from runtime.domain.scoring import Columns
from runtime.domain.windows import Missed, Window

PROBE = "#probe"
"""The type of the items that tell whether the pipeline has drained. No rule can name it."""


_WINDOW = re.compile(r"[a-z0-9][A-Za-z0-9-]{0,63}")
_TOKEN = re.compile(r"[0-9a-f]{32}")


class Other(Enum):
    """What needs no entry in any table."""

    IGNORED = "not for this board"


@dataclass(frozen=True)
class Probe:
    """An item that tells how far the queue has drained."""

    window: str
    token: str
    id: str


@dataclass(frozen=True)
class Counts:
    """Points for some windows, as far as the record itself tells."""

    activity: Activity
    points: Columns
    spans: tuple[Window, ...]
    missed: tuple[Missed, ...]


Judgement = Counts | Rejection | Probe | Other


def judge(
    board: BoardConfig, record: Record, now: int, closed: Callable[[Window], bool] = lambda span: False
) -> Judgement:
    """What becomes of a record. `closed` tells whether a window is sealed, or about to be.

    Each window decides for itself; the activity is rejected only where none takes it.
    """
    if (probe := _probe(record)) is not None:
        return probe
    parsed = activity.parse(record, now)
    if isinstance(parsed, Rejection):
        return parsed
    given = scoring.points(board, parsed)
    if given is None:
        return Other.IGNORED
    if isinstance(given, Rejection):
        return given
    spans, missed = [], []
    for window in board.windows:
        found = windows.taking(window, parsed.at, parsed.written)
        if isinstance(found, Window) and window.closes and closed(found):
            found = Missed("sealed", "its window is sealed")
        if isinstance(found, Missed):
            missed.append(found)
        else:
            spans.append(found)
    if not spans:
        return Rejection(missed[0].reason, missed[0].detail)
    return Counts(parsed, given, tuple(spans), tuple(missed))


def _probe(record: Record) -> Probe | None:
    """The probe that a record is, if it looks like one. What else has this type is an activity of an unknown one: no
    key of a table may be made of it."""
    kind, window, token = (record.image.get(name, {}).get("S") for name in ("type", "window", "token"))
    if kind == PROBE and window and token and _WINDOW.fullmatch(window) and _TOKEN.fullmatch(token):
        return Probe(window, token, record.activity_id)
    return None
