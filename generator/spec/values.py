"""The types of the values of leaderboards.yaml: names, numbers, texts.

Each type says in words what a value must be. A wrong value is refused with a sentence of our own: what is wrong, and
what to write.
"""

import re
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from generator.aws import limits
from generator.diagnostics.wording import join_words, quote
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


def count_decimals(number: Decimal) -> int:
    """Count the digits after the point of a finite number, without trailing zeros."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    while exponent < 0 and digits and digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    return -exponent if any(digits) and exponent < 0 else 0


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
BOARD_NAME = r"^[a-z][a-z0-9-]{1,31}$"
BoardName = Annotated[
    str,
    matches(
        BOARD_NAME,
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
ActivityType = Annotated[
    str,
    matches(
        r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$",
        "must be an activity type: up to 64 letters, digits and . _ : -, the first a letter or digit",
    ),
]
Glob = Annotated[str, StringConstraints(max_length=1024)]
Colour = Annotated[str, matches(r"^#[0-9a-fA-F]{6}$", 'must be a colour such as "#7c3aed", in quotes')]
