"""Windows that end before the next ones start: weekends, happy hours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import WindowKind
from runtime.domain import windows
from runtime.domain.edges.timeline import Timeline
from runtime.domain.windows import (
    MissedWindow,
    Window,
)
from tests.runtime.brute_force import instant, window_of

WEEKEND = WindowKind("week", "America/Sao_Paulo", 18 * 60, starts=4, lasts_seconds=2 * 86_400 + 6 * 3600)
"""From Friday 18:00 to Monday 00:00, in a zone whose clocks changed on Sundays until 2019."""


@pytest.mark.parametrize(
    ("now", "here", "before", "after"),
    [
        ("2026-11-27T20:59", None, "week-2026-11-20", "week-2026-11-27"),
        ("2026-11-27T21:00", "week-2026-11-27", "week-2026-11-20", "week-2026-12-04"),
        ("2026-11-30T02:59", "week-2026-11-27", "week-2026-11-20", "week-2026-12-04"),
        ("2026-11-30T03:00", None, "week-2026-11-27", "week-2026-12-04"),
        # On 2018-11-04 the clock went from 00:00 to 01:00, on 2018-02-18 from 00:00 to 23:00.
        ("2018-11-05T01:59", "week-2018-11-02", "week-2018-10-26", "week-2018-11-09"),
        ("2018-11-05T02:00", None, "week-2018-11-02", "week-2018-11-09"),
        ("2018-02-19T02:59", "week-2018-02-16", "week-2018-02-09", "week-2018-02-23"),
        ("2018-02-19T03:00", None, "week-2018-02-16", "week-2018-02-23"),
    ],
)
def test_a_window_may_be_shorter_than_its_period(now: str, here: str | None, before: str, after: str) -> None:
    timeline = Timeline(WEEKEND)
    found = [each(instant(now)) for each in (timeline.current, timeline.previous, timeline.next)]
    assert [each.id if each else None for each in found] == [here, before, after]


@pytest.mark.parametrize(
    ("kind", "starts", "ends"),
    [
        # The clock skips the hour from 02:00: an hour that starts at 02:30 starts at 03:00, and is an hour long.
        (WindowKind("day", "Europe/Berlin", 150, lasts_seconds=3600), "2026-03-29T01:00", "2026-03-29T02:00"),
        (WindowKind("day", "Europe/Berlin", 20 * 60, lasts_seconds=7200), "2026-03-29T18:00", "2026-03-29T20:00"),
        (WindowKind("hour", lasts_seconds=1200), "2026-03-29T18:00", "2026-03-29T18:20"),
        (WindowKind("month", "Europe/Berlin", lasts_seconds=7 * 86_400), "2026-03-31T22:00", "2026-04-07T22:00"),
        # Six days and 23 and a half hours are longer than a week of 167 hours: it ends with its week.
        (
            WindowKind("week", "Europe/Berlin", 60, lasts_seconds=6 * 86_400 + 84_600),
            "2026-03-23T00:00",
            "2026-03-29T23:00",
        ),
    ],
)
def test_days_are_the_calendars_and_hours_the_clocks(kind: WindowKind, starts: str, ends: str) -> None:
    found = window_of(kind, instant(starts))
    assert (found.starts_at, found.ends_at) == (instant(starts), instant(ends))


def test_between_two_windows_no_activity_counts() -> None:
    monday = instant("2026-11-30T03:00")
    assert isinstance(Timeline(WEEKEND).accepting(monday - 1, monday), Window)
    missed = Timeline(WEEKEND).accepting(monday, monday)
    assert missed == MissedWindow("no_window", "its time lies between two windows")


@given(
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
    st.sampled_from([("hour", 3599), ("day", 82_799), ("week", 604_799), ("month", 2_419_199)]),
    st.integers(0, 1439),
    st.integers(0, 6),
    st.integers(0, 4_102_444_800_000),
    st.data(),
)
def test_short_windows_lie_in_whole_ones(
    timezone: str, longest: tuple[str, int], at_minutes: int, starts: int, now: int, data: st.DataObject
) -> None:
    every, most = longest
    lasts = data.draw(st.integers(1, most))
    whole = WindowKind(every, timezone, at_minutes, starts)  # type: ignore[arg-type]
    short = replace(whole, lasts_seconds=lasts)
    period, found = window_of(whole, now), windows.window_at(short, now)
    newest = found or Timeline(short).previous(now)
    assert newest is not None
    assert (newest.id, newest.starts_at) == (period.id, period.starts_at)
    assert newest.starts_at is not None
    assert newest.ends_at is not None
    assert period.ends_at is not None
    assert newest.starts_at < newest.ends_at <= period.ends_at
    assert (found is not None) == (now < newest.ends_at)
    # A day of the calendar has 23 to 25 hours, and the one that Samoa skipped in 2011 none.
    length, days = (newest.ends_at - newest.starts_at) // 1000, lasts // 86_400
    missing = 86_400 if timezone == "Pacific/Apia" and days else 0
    assert lasts - 3600 - missing <= length <= lasts + 3600
    upcoming = Timeline(short).next(now)
    assert upcoming is not None
    assert upcoming.starts_at == period.ends_at
    assert Timeline(short).previous(upcoming.starts_at or 0) == newest
