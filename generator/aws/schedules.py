"""EventBridge Scheduler's expressions: which are taken, and how far apart two rebuilds then are.

Rules: EventBridge Scheduler user guide, "Schedule types". Times are UTC, so no day is shorter than another.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_FIRST_YEAR, _YEARS = 2024, 28
"""After 28 years the calendar's days of the week come again (till 2100): every gap is among those of one such cycle."""

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
    """An expression, and the longest and shortest time between two of its instants."""

    expression: str
    longest_gap_seconds: int
    shortest_gap_seconds: int


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    """Names of the values, the first for `low`."""


_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day-of-month", 1, 31),
    _Field("month", 1, 12, MONTHS),
    _Field("day-of-week", 1, 7, _DAYS),
    _Field("year", 1970, 2199),
)


@lru_cache(maxsize=256)
def parse(expression: str) -> Schedule:
    """The schedule of `rate(...)` or `cron(...)`. Raises ScheduleError, a ValueError, for what AWS would refuse."""
    if match := re.fullmatch(r"rate\((.*)\)", expression):
        return _rate(expression, match[1])
    if match := re.fullmatch(r"cron\((.*)\)", expression):
        return _cron(expression, match[1])
    if expression.startswith("at("):
        raise ScheduleError("at(...) happens once, a board is rebuilt again and again", _EVERY_MINUTE)
    raise ScheduleError("is neither rate(...) nor cron(...)", _meant(expression))


def _meant(expression: str) -> str:
    """What to write instead of something that is no expression, but may mean one."""
    text = re.sub(r"^(rate|cron|every)\b", "", expression.strip().lower()).strip("() ")
    if match := re.fullmatch(r"([1-9][0-9]{0,5})? *(s|m|h|d)[a-z]*", text):
        number, unit = int(match[1] or 1), {"s": "minute", "m": "minute", "h": "hour", "d": "day"}[match[2]]
        number = -(-number // 60) if match[2] == "s" else number  # a minute is the shortest
        return f"Write {_rate_of(number, unit)}."
    fields = re.sub(r"^\(?(cron)?\(?", "", expression.strip(), flags=re.I).rstrip(")").split()
    if len(fields) == 5:  # those of Unix, where every day is * * and the year is not said
        fields = [*fields, "*"]
        if re.fullmatch("[0-7](-[0-7])?", fields[4]):  # there the week starts with 0
            fields[4] = re.sub("[0-7]", lambda day: str(int(day[0]) % 7 + 1), fields[4])
        fields[2 if fields[2] == "*" and fields[4] != "*" else 4] = "?"
    return _valid(fields) if len(fields) == 6 else _EVERY_MINUTE


def _valid(fields: list[str]) -> str:
    """To write a cron of these fields, where EventBridge takes it once names are as short as it wants them."""
    short = [re.sub("[A-Za-z]{4,}", lambda name: name[0][:3].upper(), field) for field in fields]
    try:
        return f"Write {parse('cron(' + ' '.join(short) + ')').expression}."
    except ScheduleError:
        return _CRON


def _rate_of(number: int, unit: str) -> str:
    return f"rate({number} {unit}{'' if number == 1 else 's'})"


def _rate(expression: str, inside: str) -> Schedule:
    match = re.fullmatch(r"([0-9]{1,9}) (minute|hour|day)(s?)", inside)
    if not match:
        raise ScheduleError("a rate is a whole number and minutes, hours or days", _meant(expression))
    number, unit, plural = int(match[1]), match[2], bool(match[3])
    if number == 0:
        raise ScheduleError("a rate is at least 1", f"Write rate(1 {unit}).")
    right = _rate_of(number, unit)
    if match[1] != str(number):
        raise ScheduleError("a rate does not start with 0", f"Write {right}.")
    if plural == (number == 1):
        raise ScheduleError("EventBridge takes the singular for 1 and the plural for more", f"Write {right}.")
    gap = number * _UNITS[unit]
    return Schedule(expression, gap, gap)


def _cron(expression: str, inside: str) -> Schedule:
    texts = inside.split(" ")
    if "" in texts or len(texts) != len(_FIELDS):
        has = "more spaces" if len(inside.split()) == len(_FIELDS) else f"{len(inside.split())} fields"
        raise ScheduleError(
            f"a cron has six fields with one space between them, this has {has}",
            _meant(expression) if 5 <= len(inside.split()) <= 6 else _CRON,
        )
    days, weekdays = texts[2], texts[4]
    if (days == "?") == (weekdays == "?"):
        both = "both are" if days == "?" else "neither is"
        if weekdays not in ("*", "?") and days == "*":
            days, weekdays = "?", weekdays
        else:
            days, weekdays = days if days != "?" else "*", "?"
        raise ScheduleError(
            f"of day-of-month and day-of-week exactly one is ?, here {both}",
            _valid([*texts[:2], days, texts[3], weekdays, texts[5]]),
        )
    minutes, hours, months, years = (_values(_FIELDS[index], texts[index]) for index in (0, 1, 3, 5))
    matches = _days_of_week(weekdays) if days == "?" else _days_of_month(days)
    longest_days = shortest_days = 1
    if {days, weekdays} != {"*", "?"} or len(months) < 12:
        longest_days, shortest_days = _day_gaps(months, matches)
    if not years.issuperset(range(_FIRST_YEAR, _FIELDS[5].high + 1)):
        longest_days = max(longest_days, 366)  # it leaves a year out, or ends for good
    times = [hour * 60 + minute for hour in sorted(hours) for minute in sorted(minutes)]
    within = [later - earlier for earlier, later in pairwise(times)]
    overnight = times[0] - times[-1]
    longest = max([longest_days * 1440 + overnight, *within])
    shortest = min([shortest_days * 1440 + overnight, *within])
    return Schedule(expression, longest * 60, shortest * 60)


def _values(field: _Field, text: str) -> set[int]:
    """The values of a field made of numbers, names, ranges, steps, lists and *."""
    values: set[int] = set()
    for item in text.split(","):
        match = re.fullmatch(r"(?:(\*)|([0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?)(?:/([0-9]{1,4}))?", item)
        if not match:
            raise _refused(field, text)
        star, first, last, step = match.groups()
        low = field.low if star else _value(field, first, text)
        high = _value(field, last, text) if last else field.high if star or step else low
        if low > high:
            raise ScheduleError(f"{field.name}: {item} runs backwards", "Write it as a list of two ranges.")
        if step and not 1 <= int(step) <= field.high:
            raise ScheduleError(f"{field.name}: the step of {item} is not from 1 to {field.high}", "Write one that is.")
        values.update(range(low, high + 1, int(step or 1)))
    return values


def _value(field: _Field, text: str, whole: str) -> int:
    if text.upper() in field.names:
        return field.names.index(text.upper()) + field.low
    if not re.fullmatch("[0-9]{1,4}", text):
        raise _refused(field, whole)
    if not field.low <= int(text) <= field.high:
        raise ScheduleError(
            f"{field.name}: {int(text)} is not from {field.low} to {field.high}",
            "Write 1 for Sunday, 7 for Saturday."
            if field.name == "day-of-week"
            else f"Write {field.low} to {field.high}.",
        )
    return int(text)


def _refused(field: _Field, text: str) -> ScheduleError:
    names = f", {field.names[0]} to {field.names[-1]}" if field.names else ""
    values = f"numbers from {field.low} to {field.high}{names}"
    if text[:3].upper() in field.names:
        return ScheduleError(f"{field.name}: EventBridge does not take {text!a}", f"Write {text[:3].upper()}.")
    return ScheduleError(f"{field.name}: EventBridge does not take {text!a}", f"Write {values}, with * , - and /.")


_Matches = Callable[[int, int], set[int]]
"""From the weekday of a month's first day (0 = Sunday) and its last day to the days of it that match."""


def _days_of_month(text: str) -> _Matches:
    field = _FIELDS[2]
    if text == "L":
        return lambda first, last: {last}
    if match := re.fullmatch(r"([0-9]{1,2})W", text):
        day = _value(field, match[1], text)
        return lambda first, last: {_nearest_weekday(day, first, last)} if day <= last else set()
    values = _values(field, text)
    return lambda first, last: {day for day in values if day <= last}


def _nearest_weekday(day: int, first: int, last: int) -> int:
    """The Monday to Friday nearest to a day, within its month."""
    weekday = (first + day - 1) % 7
    if weekday == 6:
        return day - 1 if day > 1 else day + 2
    if weekday == 0:
        return day + 1 if day < last else day - 2
    return day


def _days_of_week(text: str) -> _Matches:
    field = _FIELDS[4]
    if text == "L":
        text = "7"
    if match := re.fullmatch(r"([0-9]+)L", text):
        wanted = _value(field, match[1], text) - 1
        return lambda first, last: {last - (first + last - 1 - wanted) % 7}
    if match := re.fullmatch(r"([0-9]+)#([1-5])", text):
        wanted, nth = _value(field, match[1], text) - 1, int(match[2])
        return lambda first, last: {day for day in (1 + (wanted - first) % 7 + 7 * (nth - 1),) if day <= last}
    values = _values(field, text)
    return lambda first, last: {day for day in range(1, last + 1) if (first + day - 1) % 7 + 1 in values}


def _day_gaps(months: set[int], matches: _Matches) -> tuple[int, int]:
    """The most and the fewest days from one matching day to the next, over a whole cycle of the calendar."""
    found: list[int] = []
    for year in range(_FIRST_YEAR, _FIRST_YEAR + _YEARS):
        for month in sorted(months):
            start = date(year, month, 1).toordinal()
            last = date(year + month // 12, month % 12 + 1, 1).toordinal() - start
            # Day 1 of all counting was a Monday, so the remainder by 7 is 0 for a Sunday.
            found.extend(start - 1 + day for day in sorted(matches(start % 7, last)))
    if not found:
        raise ScheduleError("this day is in no month", "Write a day that the month has.")
    cycle = date(_FIRST_YEAR + _YEARS, 1, 1).toordinal() - date(_FIRST_YEAR, 1, 1).toordinal()
    gaps = [later - earlier for earlier, later in zip(found, [*found[1:], found[0] + cycle], strict=True)]
    return max(gaps), min(gaps)
