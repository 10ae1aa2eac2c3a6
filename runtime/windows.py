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

from runtime.config import Window

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Span:
    """One window: its id, its kind, and from when (included) to when (excluded) it takes activities."""

    id: str
    every: str
    starts_at: int | None
    ends_at: int | None
    """Both are None where the window has no such edge: `all_time`."""


ALL_TIME = Span("all-time", "all_time", None, None)


def span(window: Window, instant: int) -> Span:
    """The window of this kind that takes an activity of that instant.

    Raises OverflowError for an instant that no calendar date has.
    """
    if window.every == "all_time":
        return ALL_TIME
    zone_of_window = zone(window.timezone)
    day = (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone_of_window).date()
    # The first day of a window, then one step either way: `at`, and a calendar that skips a day, can move it.
    if window.every == "week":
        day -= timedelta(days=(day.weekday() - window.starts) % 7)
    length = timedelta(days=7 if window.every == "week" else 1)
    while instant < _start(window.timezone, day, window.at_minutes):
        day -= length
    while instant >= _start(window.timezone, day + length, window.at_minutes):
        day += length
    return Span(
        _id(window, day),
        window.every,
        _start(window.timezone, day, window.at_minutes),
        _start(window.timezone, day + length, window.at_minutes),
    )


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


def _id(window: Window, day: date) -> str:
    if window.every == "week":
        iso = day.isocalendar()
        return f"{iso.year}-W{iso.week:02}" if window.starts == 0 else f"week-{day.isoformat()}"
    return day.isoformat()
