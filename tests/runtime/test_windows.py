"""Windows against brute force: walk the minutes of a zone and see where the local clock passes the start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Window
from runtime.windows import ALL_TIME, span, zone

MINUTE = 60_000


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def starts_by_brute_force(window: Window, first: int, last: int) -> list[int]:
    """Every start of the window between two instants: the first minute at which the local clock shows the start of a
    day that has not started yet, or is past it."""
    starts = []
    started = None
    for now in range(first, last, MINUTE):
        local = datetime.fromtimestamp(now / 1000, zone(window.timezone)).replace(tzinfo=None)
        day = (local - timedelta(minutes=window.at_minutes)).date()
        if started is not None and day > started:
            # A week starts with the first of its days that starts; days skipped by the calendar start with the next.
            days = [started + timedelta(days=n + 1) for n in range((day - started).days)]
            if window.every == "day" or any(each.weekday() == window.starts for each in days):
                starts.append(now)
        started = day if started is None else max(started, day)
    return starts


@pytest.mark.parametrize(
    ("timezone", "around"),
    [
        ("Europe/Berlin", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25T01:00"),
        ("America/New_York", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01T06:00"),
        ("Australia/Lord_Howe", "2026-04-04T15:00"),
        ("Australia/Lord_Howe", "2026-10-03T15:30"),
        ("Pacific/Apia", "2011-12-30T10:00"),
        ("Asia/Kathmandu", "2026-01-01T00:00"),
        ("America/Sao_Paulo", "2018-11-04T03:00"),
        ("UTC", "2024-02-29T00:00"),
    ],
)
@pytest.mark.parametrize("at_minutes", [0, 30, 90, 119, 120, 150, 179, 240, 23 * 60 + 59])
def test_days_agree_with_brute_force(timezone: str, around: str, at_minutes: int) -> None:
    window = Window("day", timezone, at_minutes)
    first, last = instant(around) - 3 * 86_400_000, instant(around) + 3 * 86_400_000
    expected = starts_by_brute_force(window, first, last)
    assert len(expected) >= 5
    found = []
    now = first
    while (end := span(window, now).ends_at) is not None and end < last:
        found.append(end)
        now = end
    assert found == expected
    for start in expected:
        assert span(window, start).starts_at == start
        assert span(window, start - 1).ends_at == start


@pytest.mark.parametrize("starts", range(7))
def test_weeks_agree_with_brute_force(starts: int) -> None:
    window = Window("week", "Europe/Berlin", 150, starts)
    first, last = instant("2026-03-10T00:00"), instant("2026-04-20T00:00")
    expected = starts_by_brute_force(window, first, last)
    assert len(expected) >= 5
    for start, end in pairwise(expected):
        for now in (start, (start + end) // 2, end - 1):
            assert (span(window, now).starts_at, span(window, now).ends_at) == (start, end)


def test_a_start_in_a_gap_falls_on_the_first_instant_after_it() -> None:
    spring = span(Window("day", "Europe/Berlin", 150), instant("2026-03-29T12:00"))
    assert spring.starts_at == instant("2026-03-29T01:00")


def test_a_start_in_a_fold_falls_on_the_first_of_the_two() -> None:
    autumn = span(Window("day", "Europe/Berlin", 150), instant("2026-10-25T12:00"))
    assert autumn.starts_at == instant("2026-10-25T00:30")


def test_a_day_that_the_calendar_skips_has_no_window() -> None:
    window = Window("day", "Pacific/Apia")
    edge = instant("2011-12-30T10:00")
    assert span(window, edge - 1).id == "2011-12-29"
    assert span(window, edge).id == "2011-12-31"


@pytest.mark.parametrize(
    ("window", "now", "expected"),
    [
        (Window("week", "UTC", 0, 0), "2026-11-22T23:59", "2026-W47"),
        (Window("week", "UTC", 0, 6), "2026-11-22T00:00", "week-2026-11-22"),
        (Window("week", "UTC", 0, 0), "2027-01-03T12:00", "2026-W53"),
        (Window("week", "UTC", 0, 0), "2024-12-30T00:00", "2025-W01"),
        (Window("week", "Europe/Berlin", 240, 0), "2026-11-23T02:59", "2026-W47"),
        (Window("week", "Europe/Berlin", 240, 0), "2026-11-23T03:00", "2026-W48"),
        (Window("day", "Asia/Kathmandu", 0), "2026-11-22T18:15", "2026-11-23"),
        (Window("day", "UTC", 0), "2024-02-29T12:00", "2024-02-29"),
    ],
)
def test_ids(window: Window, now: str, expected: str) -> None:
    assert span(window, instant(now)).id == expected


def test_all_time_has_no_edges() -> None:
    assert span(Window("all_time"), 0) == ALL_TIME


@given(
    st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]
    ),
    st.sampled_from(["day", "week"]),
    st.integers(0, 1439),
    st.integers(0, 6),
    st.integers(0, 4_102_444_800_000),
)
def test_windows_tile_the_time(timezone: str, every: str, at_minutes: int, starts: int, now: int) -> None:
    window = Window(every, timezone, at_minutes, starts)  # type: ignore[arg-type]
    current = span(window, now)
    assert current.starts_at is not None
    assert current.ends_at is not None
    assert current.starts_at <= now < current.ends_at
    assert span(window, current.starts_at) == current
    assert span(window, current.ends_at - 1) == current
    assert span(window, current.ends_at).starts_at == current.ends_at


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(KeyError):
        zone("../../etc/passwd")
