"""Which schedules EventBridge Scheduler takes, and their gaps, against instants that are enumerated one by one."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.aws.schedules import ScheduleError, parse_schedule
from tests.support.effort import examples

DAY = 86_400


@pytest.mark.parametrize(
    ("expression", "longest", "shortest"),
    [
        ("rate(1 minute)", 60, 60),
        ("rate(5 minutes)", 300, 300),
        ("rate(1 hour)", 3600, 3600),
        ("rate(36 hours)", 129_600, 129_600),
        ("rate(1 day)", DAY, DAY),
        ("cron(* * * * ? *)", 60, 60),
        ("cron(0/10 * * * ? *)", 600, 600),
        ("cron(*/7 * * * ? *)", 420, 240),
        ("cron(30 4,16 * * ? *)", DAY // 2, DAY // 2),
        ("cron(0 9-17 ? * * *)", 16 * 3600, 3600),
        ("cron(0 0 ? * MON-FRI *)", 3 * DAY, DAY),
        ("cron(0 0 ? * L *)", 7 * DAY, 7 * DAY),
        ("cron(0 0 L * ? *)", 31 * DAY, 28 * DAY),
        ("cron(0 0 1W * ? *)", 33 * DAY, 28 * DAY),
        ("cron(0 9 ? * 6L *)", 35 * DAY, 28 * DAY),
        ("cron(0 9 ? * 2#1 *)", 35 * DAY, 28 * DAY),
        ("cron(0 0 29 2 ? *)", 8 * 365 * DAY + DAY, 4 * 365 * DAY + DAY),  # 2100 has none
        ("cron(0 0 1 jan ? *)", 366 * DAY, 365 * DAY),
        ("cron(0 0 * * ? 2020-2199)", DAY, DAY),
        ("cron(15 10 * * ? 2026-2199)", DAY, DAY),
        ("cron(0 0 * * ? 2026)", DAY, DAY),
        ("cron(0 0 * * ? 2026,2028)", 366 * DAY, DAY),
        ("cron(* 0 1 1 ? 2026)", 60, 60),
    ],
)
def test_gaps(expression: str, longest: int, shortest: int) -> None:
    schedule = parse_schedule(expression)
    assert schedule.expression == expression
    assert (schedule.longest_gap_seconds, schedule.shortest_gap_seconds) == (longest, shortest)


@pytest.mark.parametrize(
    ("expression", "year"),
    [
        ("rate(1 minute)", None),
        ("cron(0 0 * * ? *)", None),
        ("cron(0 0 * * ? 2026-2199)", None),
        ("cron(0 0 * * ? 2026)", 2026),
        ("cron(0 0 * * ? 2028,2026)", 2028),
        ("cron(0 0 * * ? 2020-2027)", 2027),
        ("cron(0 0 29 2 ? 2020-2027)", 2024),
        ("cron(0 0 * * ? 1970-1971)", 1971),
    ],
)
def test_last_year(expression: str, year: int | None) -> None:
    assert parse_schedule(expression).last_year == year


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "is neither rate(...) nor cron(...)"),
        ("Rate(1 minute)", "is neither rate(...) nor cron(...)"),
        ("rate(1 minute) ", "is neither rate(...) nor cron(...)"),
        ("at(2026-01-01T00:00:00)", "at(...) happens once"),
        ("rate(1 minutes)", "Write rate(1 minute)."),
        ("rate(5 minute)", "Write rate(5 minutes)."),
        ("rate(01 minute)", "Write rate(1 minute)."),
        ("rate(0 minutes)", "at least 1"),
        ("rate(-1 minutes)", "a whole number"),
        ("rate(1.5 hours)", "a whole number"),
        ("rate(10 seconds)", "minutes, hours or days"),
        ("rate(1 week)", "minutes, hours or days"),
        ("rate(1\nminute)", "neither"),
        ("cron(0 12 * * * *)", "Write cron(0 12 * * ? *)."),
        ("cron(0 12 ? * ? *)", "Write cron(0 12 * * ? *)."),
        ("cron(0 12 * * ?)", "this has 5 fields"),
        ("cron(0  12 * * ? *)", "more spaces"),
        ("cron(60 * * * ? *)", "minutes: 60 is not from 0 to 59"),
        ("cron(* 24 * * ? *)", "hours: 24 is not from 0 to 23"),
        ("cron(* * 32 * ? *)", "day-of-month: 32 is not from 1 to 31"),
        ("cron(* * 0 * ? *)", "day-of-month: 0 is not from 1 to 31"),
        ("cron(* * * 13 ? *)", "month: 13 is not from 1 to 12"),
        ("cron(* * ? * 0 *)", "1 for Sunday"),
        ("cron(* * ? * 8 *)", "1 for Sunday"),
        ("cron(* * ? * MONDAY *)", "day-of-week"),
        ("cron(* * * * ? 1969)", "year: 1969 is not from 1970 to 2199"),
        ("cron(*/0 * * * ? *)", "step"),
        ("cron(*/60 * * * ? *)", "step"),
        ("cron(5-1 * * * ? *)", "runs backwards"),
        ("cron(1,, * * * ? *)", "minutes"),
        ("cron(* * L,1 * ? *)", "day-of-month"),
        ("cron(* * LW * ? *)", "day-of-month"),
        ("cron(* * ? * 2#6 *)", "day-of-week"),
        ("cron(0 0 30 2 ? *)", "no month has this day"),
        ("cron(0 0 31 4,6,9,11 ? *)", "no month has this day"),
        ("cron(0 0 29 2 ? 2027)", "no month has this day"),
        ("cron(0 0 1 1 ? 2026)", "this happens once"),
        ("cron(0 0 29 2 ? 2025-2031)", "this happens once"),
        ("cron(" + "9" * 5000 + " * * * ? *)", "minutes"),
    ],
)
def test_refused(expression: str, message: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_schedule(expression)
    assert isinstance(error.value, ScheduleError)
    assert message in str(error.value)
    assert error.value.hint.endswith(".")


lists = st.lists(st.integers(0, 59), min_size=1, max_size=4, unique=True)


@examples(40)
@given(
    minutes=lists,
    hours=st.lists(st.integers(0, 23), min_size=1, max_size=3, unique=True),
    days=st.sets(st.integers(1, 7), min_size=1),
)
def test_gaps_of_any_week_are_those_of_the_clock(minutes: list[int], hours: list[int], days: set[int]) -> None:
    expression = f"cron({_list(minutes)} {_list(hours)} ? * {_list(days)} *)"
    start = datetime(2026, 1, 4, tzinfo=UTC)  # a Sunday, and so day 1
    times = [start + timedelta(minutes=minute) for minute in range(15 * 1440)]
    hits = [
        time for time in times if time.minute in minutes and time.hour in hours and (time.isoweekday() % 7 + 1 in days)
    ]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(hits)]
    schedule = parse_schedule(expression)
    assert schedule.longest_gap_seconds == max(gaps)
    assert schedule.shortest_gap_seconds == min(gaps)


@examples(60)
@given(
    years=st.sets(st.integers(2023, 2033), min_size=1, max_size=6),
    months=st.sets(st.integers(1, 12), min_size=1),
    days=st.sets(st.integers(1, 31), min_size=1, max_size=31),
    by_weekday=st.booleans(),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=2),
)
def test_gaps_within_any_years_are_those_of_the_calendar(
    years: set[int], months: set[int], days: set[int], by_weekday: bool, hours: set[int]
) -> None:
    if by_weekday:
        days = {day % 7 + 1 for day in days}
    chosen = f"? {_list(months)} {_list(days)}" if by_weekday else f"{_list(days)} {_list(months)} ?"
    expression = f"cron(30 {_list(hours)} {chosen} {_list(years)})"
    hits = [
        datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
        for day in (date(2023, 1, 1) + timedelta(days=index) for index in range(11 * 366))
        if day.year in years and day.month in months
        if (day.isoweekday() % 7 + 1 if by_weekday else day.day) in days
        for hour in sorted(hours)
    ]
    gaps = [int((later - earlier).total_seconds()) for earlier, later in pairwise(hits)]
    if not gaps:
        with pytest.raises(ScheduleError, match="happens once" if hits else "in no month"):
            parse_schedule(expression)
        return
    schedule = parse_schedule(expression)
    assert (schedule.longest_gap_seconds, schedule.shortest_gap_seconds) == (max(gaps), min(gaps))
    assert schedule.last_year == hits[-1].year


@examples(200)
@given(st.one_of(st.text(max_size=40), st.from_regex(r"(rate|cron)\([0-9A-Z*,/?#LW -]{0,30}\)", fullmatch=True)))
def test_any_text_is_a_schedule_or_a_sentence(expression: str) -> None:
    with contextlib.suppress(ScheduleError):
        schedule = parse_schedule(expression)
        assert 60 <= schedule.shortest_gap_seconds <= schedule.longest_gap_seconds


def _list(values: list[int] | set[int]) -> str:
    return ",".join(map(str, values))
