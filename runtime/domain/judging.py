"""Judging: the verdict on one record, before the player's totals are known.

`counting` decides the rest, which depends on the totals: the bound, the limit per minute, and the milestones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from runtime.config import BoardConfig
from runtime.domain import activity
from runtime.domain.activity import Activity, StreamRecord
from runtime.domain.edges.timeline import Timelines
from runtime.domain.rejection import Rejection
from runtime.domain.rules.points import Scorer
from runtime.domain.scoring import Columns
from runtime.domain.windows import MissedWindow, Window

PROBE, HEARTBEAT = "#probe", "#heartbeat"
"""The types of a probe's and a heartbeat's item. No rule can name them: an activity's type begins with a letter or a
digit."""

_WINDOW_ID = re.compile(r"[a-z0-9][A-Za-z0-9-]{0,63}")
_TOKEN = re.compile(r"[0-9a-f]{32}")


class Contribution(NamedTuple):
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


class JudgedRecord(NamedTuple):
    """A stream record with its verdict: what was decided about it before the player's totals are known."""

    record: StreamRecord
    verdict: Contribution | Rejection


class Judge:
    """Decides what becomes of records, all by one state of the windows.

    Each window decides for itself; an activity is rejected only where no window takes it.
    """

    def __init__(
        self,
        board: BoardConfig,
        now: int,
        timelines: Timelines | None = None,
        is_closed: Callable[[Window], bool] = lambda window: False,
    ) -> None:
        """`timelines` has the windows that are stored; None for a board that has none yet. `is_closed` says whether a
        window is sealed, or about to be."""
        timelines = timelines or Timelines(board.windows)
        self._now = now
        self._scorer = Scorer(board)
        self._timelines = [timelines.of(kind) for kind in board.windows]
        self._is_closed = is_closed
        self._own_types = (own_type(board, PROBE), own_type(board, HEARTBEAT))

    def judge(self, record: StreamRecord) -> Judgement:
        """Decide what becomes of a record."""
        if (own := self._parse_own(record)) is not None:
            return own
        parsed = activity.parse_activity(record, self._now)
        if isinstance(parsed, Rejection):
            return parsed
        points = self._scorer.score(parsed)
        if points is None:
            return IgnoredActivity()
        if isinstance(points, Rejection):
            return points
        accepting: list[Window] = []
        missed: list[MissedWindow] = []
        for timeline in self._timelines:
            window = timeline.accepting(parsed.at, parsed.written)
            if isinstance(window, MissedWindow):
                missed.append(window)
            elif timeline.kind.closes and self._is_closed(window):
                missed.append(MissedWindow("sealed", "its window is sealed"))
            else:
                accepting.append(window)
        if not accepting:
            return Rejection(missed[0].reason, missed[0].detail)
        return Contribution(parsed, points, tuple(accepting), tuple(missed))

    def _parse_own(self, record: StreamRecord) -> Probe | Heartbeat | None:
        """Read a record as one of the board's own; None where it is not a well-formed one.

        A malformed one is judged as an activity and rejected, because no rule is for its type. Its texts must not
        become keys.
        """
        type_ = record.image.get("type", {}).get("S")
        if type_ not in self._own_types:
            return None
        return _parse_probe(record) if type_ == self._own_types[0] else _parse_heartbeat(record)


def judge(
    board: BoardConfig,
    record: StreamRecord,
    now: int,
    timelines: Timelines | None = None,
    is_closed: Callable[[Window], bool] = lambda window: False,
) -> Judgement:
    """Decide what becomes of one record, as a `Judge` does."""
    return Judge(board, now, timelines, is_closed).judge(record)


def own_type(board: BoardConfig, kind: str) -> str:
    """The type of the board's own items of a kind: PROBE or HEARTBEAT. On a feed it names the board, so that only this
    board gets them."""
    return f"{kind}@{board.name}" if board.on_feed else kind


def _parse_probe(record: StreamRecord) -> Probe | None:
    window_id, token = (record.image.get(name, {}).get("S") for name in ("window", "token"))
    if window_id and token and _WINDOW_ID.fullmatch(window_id) and _TOKEN.fullmatch(token):
        return Probe(window_id, token, record.activity_id)
    return None


def _parse_heartbeat(record: StreamRecord) -> Heartbeat | None:
    token = record.image.get("token", {}).get("S")
    if token and _TOKEN.fullmatch(token) and activity.ACTIVITY_ID.fullmatch(record.activity_id):
        return Heartbeat(token, activity.time_of(record.activity_id))
    return None
