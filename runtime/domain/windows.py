"""Windows by their rule: which one an instant falls into, and when it starts and ends, where none is stored there.

A window starts at its local start time and ends where the next window of its kind starts, or as soon as it has lasted
as long as the board says; `local_time` turns local times into instants. Instants are milliseconds since 1970 in UTC.
Once a window has opened, what is stored holds and not the rule: ask `edges.timeline`, which knows both.

To add a kind of window, give it a word in `config.Every`, and here its start and end (`window_at`) and its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from runtime.config import WindowKind
from runtime.domain import instants
from runtime.domain.edges.local_time import local_date, local_instant
from runtime.domain.instants import HOUR, rfc3339_or_none
from runtime.domain.rejection import Reason

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """One window: its id, its kind, and from when (included) until when (excluded) it takes activities."""

    id: str
    every: str
    starts_at: int | None
    ends_at: int | None
    """Both are None for `all_time`, which has no edges."""


ALL_TIME = Window("all-time", "all_time", None, None)
"""The one window of the kind `all_time`."""


@dataclass(frozen=True)
class MissedWindow:
    """Why a window does not take an activity, and a sentence for a person."""

    reason: Reason
    """One of `no_window`, `late` and `sealed`."""
    detail: str


def describe(window: Window) -> dict[str, str | None]:
    """A window's id, kind and edges, as the API shows them."""
    return {
        "id": window.id,
        "every": window.every,
        "starts_at": rfc3339_or_none(window.starts_at),
        "ends_at": rfc3339_or_none(window.ends_at),
    }


def window_at(kind: WindowKind, instant: int) -> Window | None:
    """The window that an instant falls into by the rule; None between two. For a rolling window it is a day.

    Raises OverflowError for an instant that no calendar date has.
    """
    if kind.every == "all_time":
        return ALL_TIME
    if kind.every == "season":
        return next((each for each in season_windows(kind) if is_in(each, instant)), None)
    newest = newest_window(kind, instant)
    return newest if is_in(newest, instant) else None


def newest_window(kind: WindowKind, instant: int) -> Window:
    """The window that was the last to start at an instant by the rule, whether or not it has ended since.

    It is none of the kinds `all_time` and `season`.
    """
    if kind.every == "hour":
        start = instant - instant % HOUR
        ends_at = start + (kind.lasts_seconds * 1000 or HOUR)
        return Window(instants.to_datetime(start).strftime("%Y-%m-%dT%H"), "hour", start, ends_at)
    first_day = _first_day(kind, local_date(instant, kind.timezone))
    # The instant may be in the window before or after: a window may start late in a day, and a calendar may skip days.
    while instant < _start(kind, first_day):
        first_day = _first_day(kind, first_day - _DAY)
    while instant >= _start(kind, next_first_day := _next_first_day(kind, first_day)):
        first_day = next_first_day
    ends_at = _start(kind, next_first_day)
    if kind.lasts_seconds:
        # Days are the calendar's and hours the clock's: 2d6h from Friday 18:00 is Monday 00:00, also where the clocks
        # change on the Sunday, and an hour that starts in a gap is still an hour.
        days, seconds = divmod(kind.lasts_seconds, 86_400)
        ends_at = min(ends_at, _start(kind, first_day + days * _DAY) + seconds * 1000)
    return Window(_id(kind, first_day), kind.every, _start(kind, first_day), ends_at)


def is_in(window: Window, instant: int) -> bool:
    """Whether a window with edges takes activities of an instant."""
    return (window.starts_at or 0) <= instant < (window.ends_at or 0)


def season_windows(kind: WindowKind) -> list[Window]:
    """The seasons of the YAML, in order; an empty list for any other kind."""
    return [
        Window(season.name, "season", _start(kind, season.starts), _start(kind, season.ends)) for season in kind.seasons
    ]


def _start(kind: WindowKind, first_day: date) -> int:
    """The instant at which the window with this first day starts."""
    return local_instant(kind.timezone, first_day, kind.at_minutes)


def _first_day(kind: WindowKind, day: date) -> date:
    """The first day of the window that a day belongs to."""
    if kind.every == "week":
        return day - timedelta(days=(day.weekday() - kind.starts) % 7)
    return day.replace(day=1) if kind.every == "month" else day


def _next_first_day(kind: WindowKind, first_day: date) -> date:
    """The first day of the window after the one with this first day."""
    if kind.every == "month":
        return (first_day + timedelta(days=31)).replace(day=1)
    return first_day + timedelta(days=7 if kind.every == "week" else 1)


def _id(kind: WindowKind, first_day: date) -> str:
    if kind.every == "week":
        iso = first_day.isocalendar()
        return f"{iso.year}-W{iso.week:02}" if kind.starts == 0 else f"week-{first_day.isoformat()}"
    if kind.every == "month":
        return f"{first_day:%Y-%m}"
    # The day of a rolling window has aggregates of its own, apart from those of a daily window of the same board.
    return f"rolling-{kind.days}d.{first_day.isoformat()}" if kind.every == "rolling" else first_day.isoformat()
