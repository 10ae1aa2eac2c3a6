"""Which window an instant falls into, and when that window starts and ends.

A window starts at its local start time and ends where the next one starts. A start that the local clock skips falls on
the first instant after the gap; one that happens twice falls on the first. Instants are milliseconds since 1970 in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import tzdata

from runtime.config import WindowKind
from runtime.domain.activity import Reason

HOUR = 3_600_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """One window: its id, its kind, and from when (included) to when (excluded) it takes activities."""

    id: str
    every: str
    starts_at: int | None
    ends_at: int | None
    """Both are None where the window has no such edge: `all_time`."""


ALL_TIME = Window("all-time", "all_time", None, None)


@dataclass(frozen=True)
class Missed:
    """Why a window does not take an activity: `no_window`, `late` or `sealed`, and a sentence for a person."""

    reason: Reason
    detail: str


def taking(window: WindowKind, at: int, written: int) -> Window | Missed:
    """The window of this kind that counts an activity of that instant, judged by when it was written.

    For a rolling window that is the day whose aggregate takes it: see `parts`.
    """
    found = span(window, at)
    if found is None:
        return Missed("no_window", "its time lies between two seasons")
    if window.closes and found.ends_at is not None and written > found.ends_at + window.grace_seconds * 1000:
        return Missed("late", "it was written after its window's end and grace")
    if window.every == "rolling" and found.starts_at is not None:
        oldest = parts(window, written)[-1].starts_at
        if oldest is not None and found.starts_at < oldest:
            return Missed("late", f"its day is not among the {window.days} up to when it was written")
    return found


def current(window: WindowKind, now: int) -> Window | None:
    """The window of this kind that readers see now; None between two seasons.

    A rolling window reaches from the start of its oldest day to the end of today.
    """
    if window.every != "rolling":
        return span(window, now)
    days = parts(window, now)
    return Window(f"rolling-{window.days}d", "rolling", days[-1].starts_at, days[0].ends_at)


def previous(window: WindowKind, now: int) -> Window | None:
    """The window of this kind before the current one; None where there is none."""
    if not window.closes:
        return None
    if window.every == "season":
        ended = (each for each in seasons(window) if (each.ends_at or 0) <= now)
        return max(ended, key=lambda each: each.ends_at or 0, default=None)
    here = span(window, now)
    assert here is not None
    assert here.starts_at is not None
    return span(window, here.starts_at - 1)


def parts(window: WindowKind, now: int) -> list[Window]:
    """The days that make a rolling window now, the newest first."""
    today = span(window, now)
    assert today is not None
    days = [today]
    while len(days) < window.days:
        starts_at = days[-1].starts_at
        assert starts_at is not None
        before = span(window, starts_at - 1)
        assert before is not None
        days.append(before)
    return days


def span(window: WindowKind, instant: int) -> Window | None:
    """The window of this kind that an instant falls into; None between two seasons. For a rolling window: its day.

    Raises OverflowError for an instant that no calendar date has.
    """
    if window.every == "all_time":
        return ALL_TIME
    if window.every == "hour":
        start = instant - instant % HOUR
        return Window((_EPOCH + timedelta(milliseconds=start)).strftime("%Y-%m-%dT%H"), "hour", start, start + HOUR)
    if window.every == "season":
        return next((each for each in seasons(window) if (each.starts_at or 0) <= instant < (each.ends_at or 0)), None)
    day = _first_day(window, (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone(window.timezone)).date())
    # One step either way: `at`, and a calendar that skips a day, can move it.
    while instant < _start(window.timezone, day, window.at_minutes):
        day = _first_day(window, day - _DAY)
    while instant >= _start(window.timezone, following := _next_first_day(window, day), window.at_minutes):
        day = following
    return Window(
        _id(window, day),
        window.every,
        _start(window.timezone, day, window.at_minutes),
        _start(window.timezone, following, window.at_minutes),
    )


def seasons(window: WindowKind) -> list[Window]:
    """The windows of a kind that has seasons, in their order; none of any other kind."""
    return [
        Window(
            season.name,
            "season",
            _start(window.timezone, season.starts, window.at_minutes),
            _start(window.timezone, season.ends, window.at_minutes),
        )
        for season in window.seasons
    ]


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, from the tzdata package and never from the machine, so that edges agree everywhere.

    Raises KeyError for a name that is not in it.
    """
    if name not in zone_names():
        raise KeyError(name)
    with (Path(tzdata.__file__).parent / "zoneinfo" / name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@cache
def zone_names() -> frozenset[str]:
    """Every IANA name that `zone` knows."""
    return frozenset((Path(tzdata.__file__).parent / "zones").read_text(encoding="ascii").split())


def _first_day(window: WindowKind, day: date) -> date:
    """The first day of the window that a day belongs to."""
    if window.every == "week":
        return day - timedelta(days=(day.weekday() - window.starts) % 7)
    return day.replace(day=1) if window.every == "month" else day


def _next_first_day(window: WindowKind, day: date) -> date:
    """The first day of the window after the one that starts on `day`."""
    if window.every == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if window.every == "week" else 1)


@lru_cache(maxsize=4096)
def _start(timezone: str, day: date, at_minutes: int) -> int:
    local = datetime(day.year, day.month, day.day, at_minutes // 60, at_minutes % 60)  # noqa: DTZ001
    first = local.replace(tzinfo=zone(timezone)).astimezone(UTC)
    if first.astimezone(zone(timezone)).replace(tzinfo=None) != local:
        first = _end_of_gap(zone(timezone), local)
    return (first - _EPOCH) // timedelta(milliseconds=1)


def _end_of_gap(zone_of_window: ZoneInfo, local: datetime) -> datetime:
    """The instant at which a local clock that skips `local` jumps past it."""
    # With the offset from after the jump the instant is before the jump, with the one from before it is after.
    before = local.replace(tzinfo=zone_of_window, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=zone_of_window, fold=0).astimezone(UTC)
    old = before.astimezone(zone_of_window).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone_of_window).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _id(window: WindowKind, day: date) -> str:
    if window.every == "week":
        iso = day.isocalendar()
        return f"{iso.year}-W{iso.week:02}" if window.starts == 0 else f"week-{day.isoformat()}"
    if window.every == "month":
        return f"{day:%Y-%m}"
    # A day's own aggregates, told apart from those of a daily window.
    return f"rolling-{window.days}d.{day.isoformat()}" if window.every == "rolling" else day.isoformat()
