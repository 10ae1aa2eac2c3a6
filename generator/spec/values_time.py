"""The types of the times of leaderboards.yaml: durations, days, times of day, zones, schedules."""

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from generator.aws import schedules
from generator.diagnostics.wording import quote
from generator.diagnostics.zones import advise_on_zone
from generator.spec.base import Shape
from generator.spec.values import matches, show_pattern, value_error

_DAY_SECONDS = 86_400
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": _DAY_SECONDS}
_DURATION = "(0|[1-9][0-9]{0,5})[smhd]"
_LENGTH = "(?=[0-9])([1-9][0-9]?d)?([1-9][0-9]{0,2}h)?([1-9][0-9]{0,4}m)?"
"""Days, hours and minutes in this order, at least one of them."""


def to_seconds(duration: str) -> int:
    """Convert `90s`, `10m`, `2h` or `3d` to seconds. Raises ValueError for anything else."""
    if not re.fullmatch(_DURATION, duration):
        raise ValueError(duration)
    return int(duration[:-1]) * _UNITS[duration[-1]]


def to_length_seconds(length: str) -> int:
    """Convert a length such as `2d6h`, `2h` or `1h30m` to seconds. Raises ValueError for anything else."""
    if not re.fullmatch(_LENGTH, length):
        raise ValueError(length)
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall("([0-9]+)([dhm])", length))


@cache
def zone_names() -> tuple[str, ...]:
    """The names of all time zones, from the tzdata package. Every bundle has the same package, so that
    its functions know every zone that is accepted here."""
    import tzdata

    return tuple(Path(tzdata.__path__[0], "zones").read_text(encoding="ascii").split())


def _check_timezone(value: str) -> str:
    if value != "UTC" and value not in zone_names():
        raise value_error("timezone", f"{quote(value)} is not a time zone", advise_on_zone(value, zone_names()))
    return value


def _check_schedule(value: str) -> str:
    try:
        schedule = schedules.parse_schedule(value)
    except schedules.ScheduleError as error:
        raise value_error("schedule", error.message, error.hint) from None
    if schedule.longest_gap_seconds > _DAY_SECONDS:
        hours = f"{schedule.longest_gap_seconds / 3600:,.1f}".removesuffix(".0")
        raise value_error(
            "schedule", f"leaves up to {hours} hours between two rebuilds", "Rebuild at least once in any 24 hours."
        )
    return value


def _check_duration(value: str) -> str:
    try:
        to_seconds(value)
    except ValueError:
        raise value_error(
            "duration", f"{quote(value)} is not a duration", "Write one such as 90s, 10m, 2h or 3d."
        ) from None
    return value


def _check_grace(value: str) -> str:
    if to_seconds(_check_duration(value)) > _DAY_SECONDS:
        raise value_error("grace", f"{value} is longer than a day", "Write at most 24h.")
    return value


def _check_length(value: str) -> str:
    try:
        to_length_seconds(value)
    except ValueError:
        hint = "Write days, hours and minutes, such as 2d6h, 2h or 90m."
        raise value_error("duration", f"{quote(value)} is not a length of time", hint) from None
    return value


def _check_day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise value_error("date", f"there is no day {value}", "Write a day that exists in its month.") from None
    return value


Grace = Annotated[
    str,
    AfterValidator(_check_grace),
    show_pattern(f"^{_DURATION}$", "must be a duration such as 90s, 10m or 2h, at most 24h"),
]
Length = Annotated[
    str,
    AfterValidator(_check_length),
    show_pattern(f"^{_LENGTH}$", "must be days, hours and minutes such as 2d6h, 2h or 90m"),
]
Day = Annotated[
    str,
    matches(r"^2[0-9]{3}-[0-9]{2}-[0-9]{2}$", "must be a date such as 2026-01-31, from the year 2000 on"),
    AfterValidator(_check_day),
    Shape(lambda schema: schema | {"format": "date"}),
]
Clock = Annotated[str, matches(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", 'must be a time of day from "00:00" to "23:59"')]
TimeZone = Annotated[
    str,
    AfterValidator(_check_timezone),
    Shape(lambda _: {"enum": sorted(zone_names()), "errorMessage": "must be an IANA time zone such as Europe/Berlin"}),
]
Rebuild = Annotated[
    str,
    StringConstraints(max_length=256),  # EventBridge Scheduler API reference, "CreateSchedule": ScheduleExpression
    AfterValidator(_check_schedule),
    show_pattern(
        r"^(rate\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\)|cron\([^ ]+( [^ ]+){5}\))$",
        "must be a schedule such as rate(1 minute), rate(5 minutes) or cron(0/10 * * * ? *)",
    ),
]
