"""Judging: the verdict on one record, before the player's totals are known.

`counting` decides the rest, which depends on the totals: the bound, the limit per minute, and the milestones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from runtime.config import BoardConfig
from runtime.domain import activity, scoring
from runtime.domain.activity import Activity, StreamRecord
from runtime.domain.edges.timeline import Timelines
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Columns
from runtime.domain.windows import MissedWindow, Window

PROBE, HEARTBEAT = "#probe", "#heartbeat"
"""The types of a probe's and a heartbeat's item. No rule can name them: an activity's type begins with a letter or a
digit."""

_WINDOW_ID = re.compile(r"[a-z0-9][A-Za-z0-9-]{0,63}")
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Contribution:
    """The points of an accepted activity, and the windows that they count in."""

    activity: Activity
    points: Columns
    windows: tuple[Window, ...]
    missed: tuple[MissedWindow, ...]
    """Why the board's other windows do not take it."""


@dataclass(frozen=True)
class IgnoredActivity:
    """An activity that is not for this board: its type is ignored, or none of its type's rules applies."""


@dataclass(frozen=True)
class Probe:
    """An item that the board sends through its own pipeline, to see when a window's activities have come through."""

    window_id: str
    token: str
    """A secret text by which the window's own probes are recognised."""
    id: str


@dataclass(frozen=True)
class Heartbeat:
    """An item that the board sends through its own pipeline every few minutes, to see that activities arrive."""

    token: str
    """A secret text by which the board's own heartbeats are recognised."""
    sent: int
    """When it was sent, in milliseconds since 1970."""


Judgement = Contribution | Rejection | IgnoredActivity | Probe | Heartbeat


def judge(
    board: BoardConfig,
    record: StreamRecord,
    now: int,
    timelines: Timelines | None = None,
    is_closed: Callable[[Window], bool] = lambda window: False,
) -> Judgement:
    """Decide what becomes of a record. `is_closed` says whether a window is sealed, or about to be.

    Each window decides for itself; the activity is rejected only where no window takes it. `timelines` has the windows
    that are stored; None for a board that has none yet.
    """
    if (own := _parse_probe(board, record) or _parse_heartbeat(board, record)) is not None:
        return own
    parsed = activity.parse_activity(record, now)
    if isinstance(parsed, Rejection):
        return parsed
    points = scoring.score_activity(board, parsed)
    if points is None:
        return IgnoredActivity()
    if isinstance(points, Rejection):
        return points
    accepting, missed = [], []
    timelines = timelines or Timelines(board.windows)
    for kind in board.windows:
        window = timelines.of(kind).accepting(parsed.at, parsed.written)
        if isinstance(window, Window) and kind.closes and is_closed(window):
            window = MissedWindow("sealed", "its window is sealed")
        if isinstance(window, MissedWindow):
            missed.append(window)
        else:
            accepting.append(window)
    if not accepting:
        return Rejection(missed[0].reason, missed[0].detail)
    return Contribution(parsed, points, tuple(accepting), tuple(missed))


def own_type(board: BoardConfig, kind: str) -> str:
    """The type of the board's own items of a kind: PROBE or HEARTBEAT. On a feed it names the board, so that only this
    board gets them."""
    return f"{kind}@{board.name}" if board.on_feed else kind


def _parse_probe(board: BoardConfig, record: StreamRecord) -> Probe | None:
    """Read a record as a probe; None where it is not a well-formed one.

    A malformed probe is judged as an activity and rejected, because no rule is for its type. Its texts must not become
    keys.
    """
    type_, window_id, token = (record.image.get(name, {}).get("S") for name in ("type", "window", "token"))
    if type_ != own_type(board, PROBE):
        return None
    if window_id and token and _WINDOW_ID.fullmatch(window_id) and _TOKEN.fullmatch(token):
        return Probe(window_id, token, record.activity_id)
    return None


def _parse_heartbeat(board: BoardConfig, record: StreamRecord) -> Heartbeat | None:
    """Read a record as a heartbeat; None where it is not a well-formed one, which is judged as a malformed probe is."""
    type_, token = (record.image.get(name, {}).get("S") for name in ("type", "token"))
    if type_ != own_type(board, HEARTBEAT):
        return None
    if token and _TOKEN.fullmatch(token) and activity.ACTIVITY_ID.fullmatch(record.activity_id):
        return Heartbeat(token, activity.time_of(record.activity_id))
    return None
