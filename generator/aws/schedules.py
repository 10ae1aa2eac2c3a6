"""Parses EventBridge Scheduler's expressions, and computes the longest and shortest time from one run to
the next.

Source: EventBridge Scheduler user guide, "Schedule types". Times are UTC, so every day has 24 hours.
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from generator.aws.limits import ceil_div

_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}
"""Seconds of each unit of a rate."""
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_EVERY_MINUTE = "Write rate(1 minute), rate(5 minutes), rate(1 hour) or cron(0/10 * * * ? *)."
_CRON = "Write cron(minutes hours day-of-month month day-of-week year), as in cron(0/10 * * * ? *)."


class ScheduleError(ValueError):
    """An expression that EventBridge Scheduler would refuse. `message` is what is wrong, `hint` what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message}. {hint}")
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Schedule:
    """An expression, and the longest and shortest time from one of its instants to the next."""

    expression: str
    longest_gap_seconds: int
    shortest_gap_seconds: int
    runs_a_year: int
    """How many instants a year of 365 days has: the most, where years differ."""
    last_year: int | None = None
    """The year of its last instant; None where it goes on to the last year that EventBridge takes."""


@dataclass(frozen=True)
class _CronField:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    """Names of the values, the first for `low`."""


_FIELDS = (
    _CronField("minutes", 0, 59),
    _CronField("hours", 0, 23),
    _CronField("day-of-month", 1, 31),
    _CronField("month", 1, 12, _MONTHS),
    _CronField("day-of-week", 1, 7, _WEEKDAYS),
    _CronField("year", 1970, 2199),
)
_MINUTES, _HOURS, _DAY_OF_MONTH, _MONTH, _DAY_OF_WEEK, _YEAR = _FIELDS


@lru_cache(maxsize=256)
def parse_schedule(expression: str) -> Schedule:
    """Parse `rate(...)` or `cron(...)`. Raises ScheduleError, a ValueError, for what AWS would refuse."""
    if match := re.fullmatch(r"rate\((.*)\)", expression):
        return _parse_rate(expression, match[1])
    if match := re.fullmatch(r"cron\((.*)\)", expression):
        return _parse_cron(expression, match[1])
    if expression.startswith("at("):
        raise ScheduleError("at(...) happens once, a board is rebuilt again and again", _EVERY_MINUTE)
    raise ScheduleError("is neither rate(...) nor cron(...)", _suggest(expression))


def _suggest(expression: str) -> str:
    """Suggest what to write instead of text that is not an expression, but may mean one."""
    text = re.sub(r"^(rate|cron|every)\b", "", expression.strip().lower()).strip("() ")
    if match := re.fullmatch(r"([1-9][0-9]{0,5})? *(s|m|h|d)[a-z]*", text):
        number, unit = int(match[1] or 1), {"s": "minute", "m": "minute", "h": "hour", "d": "day"}[match[2]]
        number = ceil_div(number, 60) if match[2] == "s" else number  # a minute is the shortest
        return f"Write {_write_rate(number, unit)}."
    fields = re.sub(r"^\(?(cron)?\(?", "", expression.strip(), flags=re.I).rstrip(")").split()
    if len(fields) == 5:  # a Unix cron: it has no year, and writes every day as * *
        fields = [*fields, "*"]
        if re.fullmatch("[0-7](-[0-7])?", fields[4]):  # Unix counts weekdays from 0
            fields[4] = re.sub("[0-7]", lambda day: str(int(day[0]) % 7 + 1), fields[4])
        fields[2 if fields[2] == "*" and fields[4] != "*" else 4] = "?"
    return _suggest_cron(fields) if len(fields) == 6 else _EVERY_MINUTE


def _suggest_cron(fields: list[str]) -> str:
    """Suggest a cron with these fields, names shortened, if EventBridge would take it."""
    short = [re.sub("[A-Za-z]{4,}", lambda name: name[0][:3].upper(), field) for field in fields]
    try:
        return f"Write {parse_schedule('cron(' + ' '.join(short) + ')').expression}."
    except ScheduleError:
        return _CRON


def _write_rate(number: int, unit: str) -> str:
    return f"rate({number} {unit}{'' if number == 1 else 's'})"


def _parse_rate(expression: str, inside: str) -> Schedule:
    match = re.fullmatch(r"([0-9]{1,9}) (minute|hour|day)(s?)", inside)
    if not match:
        raise ScheduleError("a rate is a whole number and minutes, hours or days", _suggest(expression))
    number, unit, plural = int(match[1]), match[2], bool(match[3])
    if number == 0:
        raise ScheduleError("a rate is at least 1", f"Write rate(1 {unit}).")
    right = _write_rate(number, unit)
    if match[1] != str(number):
        raise ScheduleError("a rate does not start with 0", f"Write {right}.")
    if plural == (number == 1):
        raise ScheduleError("EventBridge takes the singular for 1 and the plural for more", f"Write {right}.")
    gap = number * _UNITS[unit]
    return Schedule(expression, gap, gap, ceil_div(365 * _UNITS["day"], gap))


def _parse_cron(expression: str, inside: str) -> Schedule:
    texts = inside.split(" ")
    if "" in texts or len(texts) != len(_FIELDS):
        has = "more spaces" if len(inside.split()) == len(_FIELDS) else f"{len(inside.split())} fields"
        raise ScheduleError(
            f"a cron has six fields with one space between them, this has {has}",
            _suggest(expression) if 5 <= len(inside.split()) <= 6 else _CRON,
        )
    _expect_one_question_mark(texts)
    minutes, hours = sorted(_parse_field(_MINUTES, texts[0])), sorted(_parse_field(_HOURS, texts[1]))
    months, years = sorted(_parse_field(_MONTH, texts[3])), sorted(_parse_field(_YEAR, texts[5]))
    days_of = _match_days_of_week(texts[4]) if texts[2] == "?" else _match_days_of_month(texts[2])
    dates = _find_dates(years, months, days_of)
    times = [hour * 60 + minute for hour in hours for minute in minutes]
    overnight = times[0] - times[-1]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    gaps += [days * 1440 + overnight for days in dates.gaps]
    if not gaps:
        raise ScheduleError("this happens once, a board is rebuilt again and again", _EVERY_MINUTE)
    last_year = None if _YEAR.high in years else dates.last.year
    return Schedule(expression, max(gaps) * 60, min(gaps) * 60, len(times) * dates.days_a_year, last_year)


def _expect_one_question_mark(texts: list[str]) -> None:
    """Raise ScheduleError unless exactly one of day-of-month and day-of-week is ?."""
    days, weekdays = texts[2], texts[4]
    if (days == "?") != (weekdays == "?"):
        return
    both = "both are" if days == "?" else "neither is"
    if weekdays not in ("*", "?") and days == "*":
        days = "?"
    else:
        days, weekdays = days if days != "?" else "*", "?"
    hint = _suggest_cron([*texts[:2], days, texts[3], weekdays, texts[5]])
    raise ScheduleError(f"exactly one of day-of-month and day-of-week must be ?, here {both}", hint)


def _parse_field(field: _CronField, text: str) -> set[int]:
    """The values of a field that consists of numbers, names, ranges, steps, lists and *."""
    values: set[int] = set()
    for item in text.split(","):
        match = re.fullmatch(r"(?:(\*)|([0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?)(?:/([0-9]{1,4}))?", item)
        if not match:
            raise _make_field_error(field, text)
        star, first, last, step = match.groups()
        low = field.low if star else _parse_value(field, first, text)
        high = _parse_value(field, last, text) if last else field.high if star or step else low
        if low > high:
            raise ScheduleError(f"{field.name}: {item} runs backwards", "Write it as a list of two ranges.")
        if step and not 1 <= int(step) <= field.high:
            raise ScheduleError(
                f"{field.name}: the step of {item} is not from 1 to {field.high}",
                f"Write a step from 1 to {field.high}.",
            )
        values.update(range(low, high + 1, int(step or 1)))
    return values


def _parse_value(field: _CronField, text: str, whole: str) -> int:
    if text.upper() in field.names:
        return field.names.index(text.upper()) + field.low
    if not re.fullmatch("[0-9]{1,4}", text):
        raise _make_field_error(field, whole)
    if not field.low <= int(text) <= field.high:
        raise ScheduleError(
            f"{field.name}: {int(text)} is not from {field.low} to {field.high}",
            "Write 1 for Sunday, 7 for Saturday."
            if field.name == "day-of-week"
            else f"Write {field.low} to {field.high}.",
        )
    return int(text)


def _make_field_error(field: _CronField, text: str) -> ScheduleError:
    names = f", {field.names[0]} to {field.names[-1]}" if field.names else ""
    values = f"numbers from {field.low} to {field.high}{names}"
    if text[:3].upper() in field.names:
        return ScheduleError(f"{field.name}: EventBridge does not take {text!a}", f"Write {text[:3].upper()}.")
    return ScheduleError(f"{field.name}: EventBridge does not take {text!a}", f"Write {values}, with * , - and /.")


_DaysOf = Callable[[int, int], set[int]]
"""Finds the days of a month that match, from the weekday of its first day (0 = Sunday) and the number of its days."""


def _match_days_of_month(text: str) -> _DaysOf:
    field = _DAY_OF_MONTH
    if text == "L":
        return lambda first, last: {last}
    if match := re.fullmatch(r"([0-9]{1,2})W", text):
        day = _parse_value(field, match[1], text)
        return lambda first, last: {_find_nearest_weekday(day, first, last)} if day <= last else set()
    values = _parse_field(field, text)
    return lambda first, last: {day for day in values if day <= last}


def _find_nearest_weekday(day: int, first: int, last: int) -> int:
    """The Monday to Friday nearest to a day, within its month."""
    weekday = (first + day - 1) % 7
    if weekday == 6:
        return day - 1 if day > 1 else day + 2
    if weekday == 0:
        return day + 1 if day < last else day - 2
    return day


def _match_days_of_week(text: str) -> _DaysOf:
    field = _DAY_OF_WEEK
    if text == "L":
        text = "7"
    if match := re.fullmatch(r"([0-9]+)L", text):
        wanted = _parse_value(field, match[1], text) - 1
        return lambda first, last: {last - (first + last - 1 - wanted) % 7}
    if match := re.fullmatch(r"([0-9]+)#([1-5])", text):
        wanted, nth = _parse_value(field, match[1], text) - 1, int(match[2])
        return lambda first, last: {day for day in (1 + (wanted - first) % 7 + 7 * (nth - 1),) if day <= last}
    values = _parse_field(field, text)
    return lambda first, last: {day for day in range(1, last + 1) if (first + day - 1) % 7 + 1 in values}


@dataclass(frozen=True)
class _Dates:
    """The days on which a cron has an instant, in all of its years."""

    gaps: frozenset[int]
    """The different numbers of days between one of them and the next."""
    days_a_year: int
    """How many of them a year has that is no leap year: the most, where years differ."""
    last: date


def _find_dates(years: list[int], months: list[int], days_of: _DaysOf) -> _Dates:
    """Find the days that match in these months of these years. Raises ScheduleError if there are none."""
    gaps: set[int] = set()
    kinds: dict[tuple[int, bool], list[int]] = {}  # the calendar has only 14 kinds of years
    previous = 0
    for year in years:
        start = date(year, 1, 1).toordinal()
        kind = start % 7, isleap(year)
        if kind not in kinds:
            kinds[kind] = list(_find_days_of_year(year, months, days_of))
            gaps.update(later - earlier for earlier, later in pairwise(kinds[kind]))
        if days := kinds[kind]:
            if previous:
                gaps.add(start + days[0] - previous)
            previous = start + days[-1]
    if not previous:
        raise ScheduleError("no month has this day", "Write a day that the month has.")
    common = [len(days) for (_, leap), days in kinds.items() if not leap]
    return _Dates(frozenset(gaps), max(common, default=1), date.fromordinal(previous))


def _find_days_of_year(year: int, months: list[int], days_of: _DaysOf) -> Iterator[int]:
    """The days that match in these months of one year; 1 January is 0."""
    start = date(year, 1, 1).toordinal()
    for month in months:
        first = date(year, month, 1).toordinal()
        # Ordinal 1 was a Monday, so the remainder by 7 is 0 for a Sunday.
        days = sorted(days_of(first % 7, monthrange(year, month)[1]))
        yield from (first - start + day - 1 for day in days)
