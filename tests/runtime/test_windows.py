"""Windows and their edges, compared to brute force."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Season, WindowKind
from runtime.domain.edges.local_time import time_zone
from runtime.domain.edges.timeline import Timeline
from runtime.domain.windows import (
    ALL_TIME,
    MissedWindow,
    Window,
)
from tests.runtime.brute_force import instant, starts_by_brute_force, window_of


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
    kind = WindowKind("day", timezone, at_minutes)
    first, last = instant(around) - 3 * 86_400_000, instant(around) + 3 * 86_400_000
    expected = starts_by_brute_force(kind, first, last)
    assert len(expected) >= 5
    found = []
    now = first
    while (end := window_of(kind, now).ends_at) is not None and end < last:
        found.append(end)
        now = end
    assert found == expected
    for start in expected:
        assert window_of(kind, start).starts_at == start
        assert window_of(kind, start - 1).ends_at == start


@pytest.mark.parametrize("starts", range(7))
def test_weeks_agree_with_brute_force(starts: int) -> None:
    kind = WindowKind("week", "Europe/Berlin", 150, starts)
    first, last = instant("2026-03-10T00:00"), instant("2026-04-20T00:00")
    expected = starts_by_brute_force(kind, first, last)
    assert len(expected) >= 5
    for start, end in pairwise(expected):
        for now in (start, (start + end) // 2, end - 1):
            assert (window_of(kind, now).starts_at, window_of(kind, now).ends_at) == (start, end)


@pytest.mark.parametrize(("timezone", "at_minutes"), [("Europe/Berlin", 0), ("Pacific/Apia", 1430), ("UTC", 90)])
def test_months_agree_with_brute_force(timezone: str, at_minutes: int) -> None:
    kind = WindowKind("month", timezone, at_minutes)
    first, last = instant("2011-11-15T00:00"), instant("2012-03-15T00:00")
    expected = starts_by_brute_force(kind, first, last)
    assert len(expected) == 4
    assert [window_of(kind, start).starts_at for start in expected] == expected
    assert [window_of(kind, start - 1).ends_at for start in expected] == expected


def test_a_start_in_a_gap_falls_on_the_first_instant_after_it() -> None:
    spring = window_of(WindowKind("day", "Europe/Berlin", 150), instant("2026-03-29T12:00"))
    assert spring.starts_at == instant("2026-03-29T01:00")


def test_a_start_in_a_fold_falls_on_the_first_of_the_two() -> None:
    autumn = window_of(WindowKind("day", "Europe/Berlin", 150), instant("2026-10-25T12:00"))
    assert autumn.starts_at == instant("2026-10-25T00:30")


def test_a_day_that_the_calendar_skips_has_no_window() -> None:
    kind = WindowKind("day", "Pacific/Apia")
    edge = instant("2011-12-30T10:00")
    assert window_of(kind, edge - 1).id == "2011-12-29"
    assert window_of(kind, edge).id == "2011-12-31"


@pytest.mark.parametrize(
    ("kind", "now", "expected"),
    [
        (WindowKind("week", "UTC", 0, 0), "2026-11-22T23:59", "2026-W47"),
        (WindowKind("week", "UTC", 0, 6), "2026-11-22T00:00", "week-2026-11-22"),
        (WindowKind("week", "UTC", 0, 0), "2027-01-03T12:00", "2026-W53"),
        (WindowKind("week", "UTC", 0, 0), "2024-12-30T00:00", "2025-W01"),
        (WindowKind("week", "Europe/Berlin", 240, 0), "2026-11-23T02:59", "2026-W47"),
        (WindowKind("week", "Europe/Berlin", 240, 0), "2026-11-23T03:00", "2026-W48"),
        (WindowKind("day", "Asia/Kathmandu", 0), "2026-11-22T18:15", "2026-11-23"),
        (WindowKind("day", "UTC", 0), "2024-02-29T12:00", "2024-02-29"),
        (WindowKind("month", "UTC", 0), "2024-02-29T23:59", "2024-02"),
        (WindowKind("month", "Europe/Berlin", 240), "2026-12-01T02:59", "2026-11"),
        (WindowKind("hour"), "2026-11-22T04:59", "2026-11-22T04"),
        (WindowKind("rolling", days=7), "2026-11-22T04:59", "rolling-7d.2026-11-22"),
    ],
)
def test_ids(kind: WindowKind, now: str, expected: str) -> None:
    assert window_of(kind, instant(now)).id == expected


def test_all_time_has_no_edges() -> None:
    assert window_of(WindowKind("all_time"), 0) == ALL_TIME


@given(
    st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]
    ),
    st.sampled_from(["hour", "day", "week", "month"]),
    st.integers(0, 1439),
    st.integers(0, 6),
    st.integers(0, 4_102_444_800_000),
)
def test_windows_tile_the_time(timezone: str, every: str, at_minutes: int, starts: int, now: int) -> None:
    kind = WindowKind(every, timezone, at_minutes, starts)  # type: ignore[arg-type]
    current = window_of(kind, now)
    assert current.starts_at is not None
    assert current.ends_at is not None
    assert current.starts_at <= now < current.ends_at
    assert window_of(kind, current.starts_at) == current
    assert window_of(kind, current.ends_at - 1) == current
    assert window_of(kind, current.ends_at).starts_at == current.ends_at


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(KeyError):
        time_zone("../../etc/passwd")


SEASONS = WindowKind(
    "season",
    "America/New_York",
    600,
    seasons=(
        Season("spring", date(2026, 3, 1), date(2026, 6, 1)),
        Season("summer", date(2026, 6, 1), date(2026, 9, 1)),
        Season("winter", date(2026, 12, 1), date(2027, 2, 1)),
    ),
)


@pytest.mark.parametrize(
    ("now", "here", "before"),
    [
        ("2026-02-28T12:00", None, None),
        ("2026-03-01T15:00", "spring", None),
        ("2026-06-01T13:59", "spring", None),
        ("2026-06-01T14:00", "summer", "spring"),
        ("2026-10-01T00:00", None, "summer"),
        ("2026-12-01T15:00", "winter", "summer"),
        ("2027-02-01T15:00", None, "winter"),
    ],
)
def test_seasons_start_and_end_at_their_local_time(now: str, here: str | None, before: str | None) -> None:
    found = Timeline(SEASONS).current(instant(now))
    assert (found.id if found else None) == here
    earlier = Timeline(SEASONS).previous(instant(now))
    assert (earlier.id if earlier else None) == before


def test_between_seasons_no_window_takes_an_activity() -> None:
    now = instant("2026-10-01T00:00")
    missed = Timeline(SEASONS).accepting(now, now)
    assert missed == MissedWindow("no_window", "its time lies between two seasons")


@pytest.mark.parametrize(("written", "taken"), [("2026-11-23T00:10", True), ("2026-11-23T00:11", False)])
def test_a_window_takes_what_is_written_until_its_grace_is_over(written: str, taken: bool) -> None:
    found = Timeline(WindowKind("day", grace_seconds=600)).accepting(instant("2026-11-22T23:59"), instant(written))
    assert isinstance(found, Window) == taken


def test_a_rolling_window_is_today_and_the_whole_days_before() -> None:
    kind = WindowKind("rolling", "Europe/Berlin", days=3)
    now = instant("2026-03-30T10:00")
    assert [day.id[-10:] for day in Timeline(kind).rolling_days(now)] == ["2026-03-30", "2026-03-29", "2026-03-28"]
    whole = Timeline(kind).current(now)
    assert whole == Window("rolling-3d", "rolling", instant("2026-03-27T23:00"), instant("2026-03-30T22:00"))
    assert Timeline(kind).previous(now) is None
    assert isinstance(Timeline(kind).accepting(instant("2026-03-27T23:00"), now), Window)
    missed = Timeline(kind).accepting(instant("2026-03-27T22:59"), now)
    assert isinstance(missed, MissedWindow)
    assert missed.reason == "late"


def test_a_rolling_window_skips_the_day_that_the_calendar_skips() -> None:
    kind = WindowKind("rolling", "Pacific/Apia", days=2)
    assert [day.id[-10:] for day in Timeline(kind).rolling_days(instant("2011-12-30T10:00"))] == [
        "2011-12-31",
        "2011-12-29",
    ]


@pytest.mark.parametrize("every", ["day", "week", "month"])
def test_the_previous_window_ends_where_the_current_one_starts(every: str) -> None:
    kind = WindowKind(every, "Europe/Berlin", 150)  # type: ignore[arg-type]
    now = instant("2026-04-01T12:00")
    here, before = Timeline(kind).current(now), Timeline(kind).previous(now)
    assert here is not None
    assert before is not None
    assert before.ends_at == here.starts_at


def test_what_never_ends_has_no_next_window() -> None:
    for kind in (WindowKind("all_time"), WindowKind("rolling", days=2)):
        assert Timeline(kind).next(instant("2026-11-30T03:00")) is None
    assert Timeline(SEASONS).next(instant("2027-02-01T15:00")) is None
    spring = Timeline(SEASONS).next(instant("2026-01-01T00:00"))
    assert spring is not None
    assert spring.id == "spring"
