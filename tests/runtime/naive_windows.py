"""Windows as a person would list them: found by walking on hour by hour. It shares no code with the runtime.

Zones are left to the windows' own tests: here every window is in UTC and starts at midnight, a week on Monday, and the
seasons are the quarters of the year.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

HOUR = 3_600_000
DAY = 24 * HOUR


def date_of(instant: int) -> datetime:
    """The start of the day of an instant."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


@lru_cache(maxsize=4096)
def window_of(kind: str, instant: int) -> str:
    """The id of the window that an instant falls into; for a rolling window the day."""
    day = date_of(instant)
    if kind == "all_time":
        return "all-time"
    if kind == "hour":
        return f"{day:%Y-%m-%d}T{instant // HOUR % 24:02}"
    if kind == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if kind == "season":
        return f"from-{day.year}-{3 * ((day.month - 1) // 3) + 1:02}-01"
    if kind == "rolling":
        return f"rolling {day:%Y-%m-%d}"
    return f"{day:%Y-%m}" if kind == "month" else f"{day:%Y-%m-%d}"


@lru_cache(maxsize=4096)
def end_of(kind: str, instant: int) -> int:
    """The end of the window of an instant."""
    step = HOUR if kind == "hour" else DAY
    walked = instant - instant % step
    while window_of(kind, walked) == window_of(kind, instant):
        walked += step
    return walked


@lru_cache(maxsize=4096)
def start_of(kind: str, instant: int) -> int:
    """The start of the window of an instant."""
    step = HOUR if kind == "hour" else DAY
    walked = instant - instant % step
    while window_of(kind, walked - 1) == window_of(kind, instant):
        walked -= step
    return walked


def rolling_days(days: int, now: int) -> list[str]:
    """The days of a rolling window."""
    return [window_of("rolling", now - back * DAY) for back in range(days)]
