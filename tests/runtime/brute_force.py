"""The starts of windows as a person would find them: by watching the minutes of a zone's local clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from runtime.config import WindowKind
from runtime.domain import windows
from runtime.domain.edges.local_time import time_zone
from runtime.domain.windows import Window

MINUTE = 60_000
"""A minute in milliseconds."""


def window_of(kind: WindowKind, now: int) -> Window:
    """The window of a kind that an instant falls into. There must be one."""
    window = windows.window_at(kind, now)
    assert window is not None
    return window


def instant(text: str) -> int:
    """The instant of a time in UTC, without its zone."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def starts_by_brute_force(kind: WindowKind, first: int, last: int) -> list[int]:
    """Every start of a window between two instants, found by walking through the minutes.

    A day starts with the first minute at which the local clock shows its start time or a later one.
    """
    starts = []
    started = None
    for now in range(first, last, MINUTE):
        local = datetime.fromtimestamp(now / 1000, time_zone(kind.timezone)).replace(tzinfo=None)
        day = (local - timedelta(minutes=kind.at_minutes)).date()
        if started is not None and day > started:
            # A week starts with the first of its days that starts; days skipped by the calendar start with the next.
            days = [started + timedelta(days=n + 1) for n in range((day - started).days)]
            if kind.every == "day" or any(
                each.day == 1 if kind.every == "month" else each.weekday() == kind.starts for each in days
            ):
                starts.append(now)
        started = day if started is None else max(started, day)
    return starts
