"""The types of the values of leaderboards.yaml: names, numbers, durations, zones, schedules.

Each type says in words what a value must be. A wrong value is refused with a sentence of our own: what is wrong, and
what to write.
"""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from generator.aws import limits, schedules
from generator.diagnostics.wording import join_words, quote
from generator.diagnostics.zones import advise_on_zone
from generator.spec.base import Schema, Shape

PATTERNS: dict[str, str] = {}
"""What a value must be, in words, by the pattern that it must match."""

RESERVED_FIELDS = ("player_id", "activity_id", "type", "name", "expires_at")
"""Fields that every activity has: a game's own fields have other names."""

RULE_KEYS = ("activity", "points", "per", "when")
"""Keys that every rule may have: columns have other names."""

DIGITS_BEFORE, DIGITS_AFTER = limits.SCORE_DIGITS, 12
"""Digits that a number may have before and after its point."""

_DEVICES = ("con", "prn", "aux", "nul", "com[1-9]", "lpt[1-9]")
"""Windows' devices: no folder may have such a name (Microsoft Learn, "Naming Files, Paths, and Namespaces")."""

_WINDOW_KINDS = ("hour", "day", "week", "month", "season", "rolling")
_DAY_SECONDS = 86_400
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": _DAY_SECONDS}
_DURATION = "(0|[1-9][0-9]{0,5})[smhd]"


def to_seconds(duration: str) -> int:
    """Convert `90s`, `10m`, `2h` or `3d` to seconds. Raises ValueError for anything else."""
    if not re.fullmatch(_DURATION, duration):
        raise ValueError(duration)
    return int(duration[:-1]) * _UNITS[duration[-1]]


def count_decimals(number: Decimal) -> int:
    """Count the digits after the point of a finite number, without trailing zeros."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    while exponent < 0 and digits and digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    return -exponent if any(digits) and exponent < 0 else 0


@cache
def zone_names() -> tuple[str, ...]:
    """The names of all time zones, from the tzdata package. Every bundle has the same package, so that
    its functions know every zone that is accepted here."""
    import tzdata

    return tuple(Path(tzdata.__path__[0], "zones").read_text(encoding="ascii").split())


def value_error(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """Make the error for a wrong value: what is wrong, and what to write."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def show_pattern(pattern: str, words: str) -> Shape:
    """Give the JSON Schema a pattern for what a validator checks in code."""
    return Shape(lambda schema: schema | {"pattern": pattern, "patternErrorMessage": words})


def _show_reserved(*reserved: str) -> Shape:
    """Exclude names from the pattern of the JSON Schema. A validator refuses them, as pydantic's patterns cannot look
    ahead."""

    def change(schema: Schema) -> Schema:
        pattern = schema["pattern"]
        names = (name.replace(".*", "...").replace("[1-9]", "1..9") for name in reserved)
        words = f"{PATTERNS[pattern]}; not {join_words(names)}"
        return schema | {"pattern": f"^(?!({'|'.join(reserved)})$){pattern[1:]}", "patternErrorMessage": words}

    return Shape(change)


def matches(pattern: str, words: str, max_length: int | None = None) -> StringConstraints:
    """Constrain text to a pattern. `words`: what the value must be, for messages."""
    PATTERNS[pattern] = words
    return StringConstraints(pattern=pattern, max_length=max_length)


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


def _check_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value  # pydantic refuses any other type
    # No arithmetic before the number of digits is checked: it would round to 28 digits, or overflow.
    number = Decimal(value)
    if number and (number.adjusted() >= DIGITS_BEFORE or count_decimals(number) > DIGITS_AFTER):
        message = f"has more than {DIGITS_BEFORE} digits before its point, or {DIGITS_AFTER} after it"
        raise value_error("number", message, "Write fewer.")
    return number if number else Decimal(0)


def _check_field_value(value: Any) -> Any:
    if isinstance(value, str) and len(value) > 256:
        raise value_error("length", f"has {len(value):,} characters, at most 256 fit", "Write it shorter.")
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | Decimal):
        return _check_number(value)
    raise value_error("scalar", "must be text, a number, true or false", "Write one value, or a list of such values.")


def _check_field_name(value: str) -> str:
    if value in RESERVED_FIELDS:
        hint = "Use a field that your game adds."
        raise value_error("reserved", f'"{value}" is a part of every activity, not a field of your game', hint)
    return value


def _check_column_name(value: str) -> str:
    if value in RULE_KEYS:
        raise value_error("reserved", f'"{value}" is a key of every rule', "Give the column another name.")
    return value


def _check_season_name(value: str) -> str:
    if value in (*_WINDOW_KINDS, "all-time") or value.startswith(("week-", "rolling-")):
        raise value_error(
            "reserved", f'"{value}" would be taken for another window', f'Write one such as "the-{value}".'
        )
    return value


def _check_folder_name(value: str) -> str:
    if re.fullmatch("|".join(_DEVICES), value):
        message = (
            f"Windows can make no folder {quote(value)}, in which the bundles would be: it is the name of a device"
        )
        raise value_error("reserved", message, f'Write one such as "the-{value}".')
    return value


def _check_day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise value_error("date", f"there is no day {value}", "Write a day that exists in its month.") from None
    return value


def _refuse_empty(value: Any) -> Any:
    if value is None:
        raise value_error("empty", "is empty", "Write a value here, or delete it.")
    return value


_T = TypeVar("_T")
Maybe = Annotated[_T | None, BeforeValidator(_refuse_empty)]
"""A value that may be left out, and is None then. A key without a value is refused."""

Number = Annotated[
    Decimal,
    BeforeValidator(_check_number),
    Shape(
        lambda _: {
            "type": "number",
            "exclusiveMinimum": -(10**DIGITS_BEFORE),
            "exclusiveMaximum": 10**DIGITS_BEFORE,
        }
    ),
]
Grace = Annotated[
    str,
    AfterValidator(_check_grace),
    show_pattern(f"^{_DURATION}$", "must be a duration such as 90s, 10m or 2h, at most 24h"),
]
FieldValue = Annotated[
    str | bool | Decimal,
    BeforeValidator(_check_field_value),
    Shape(lambda _: {"type": ["string", "number", "boolean"], "maxLength": 256}),
]
NAME = r"^[a-z][a-z0-9-]{0,15}$"
Name = Annotated[
    str,
    matches(NAME, "must be 1 to 16 lower-case letters, digits and dashes, the first a letter"),
]
FolderName = Annotated[Name, AfterValidator(_check_folder_name), _show_reserved(*_DEVICES)]
"""A name of which a folder below build/ is called."""
BoardName = Annotated[
    str,
    matches(
        r"^[a-z][a-z0-9-]{1,31}$",
        "must be 2 to 32 lower-case letters, digits and dashes, the first a letter",
    ),
    AfterValidator(_check_folder_name),
    _show_reserved(*_DEVICES),
]
FieldName = Annotated[
    str,
    matches(
        r"^[A-Za-z_][A-Za-z0-9_.-]{0,63}$",
        "must be a field's name: up to 64 letters, digits and _ . -, the first a letter or _",
    ),
    AfterValidator(_check_field_name),
    _show_reserved(*RESERVED_FIELDS),
]
COLUMN = r"^[a-z][a-z0-9_]{0,31}$"
ColumnName = Annotated[
    str,
    matches(
        COLUMN,
        "must be a column's name: up to 32 lower-case letters, digits and _, the first a letter",
    ),
    AfterValidator(_check_column_name),
    _show_reserved(*RULE_KEYS),
]
SeasonName = Annotated[
    str,
    matches(
        r"^[a-z][a-z0-9-]{0,31}$",
        "must be a season's name: up to 32 lower-case letters, digits and dashes, the first a letter",
    ),
    AfterValidator(_check_season_name),
    _show_reserved(*_WINDOW_KINDS, "all-time", "week-.*", "rolling-.*"),
]
Day = Annotated[
    str,
    matches(r"^2[0-9]{3}-[0-9]{2}-[0-9]{2}$", "must be a date such as 2026-01-31, from the year 2000 on"),
    AfterValidator(_check_day),
    Shape(lambda schema: schema | {"format": "date"}),
]
ActivityType = Annotated[
    str,
    matches(
        r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$",
        "must be an activity type: up to 64 letters, digits and . _ : -, the first a letter or digit",
    ),
]
Glob = Annotated[str, StringConstraints(max_length=1024)]
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
Colour = Annotated[str, matches(r"^#[0-9a-fA-F]{6}$", 'must be a colour such as "#7c3aed", in quotes')]
