"""Numbers as JSON shows them, and as people read them: 92417 milliseconds are "1:32.417". The page does too.

A column's `format` and `unit` come to a `Reading`: the parts of a text that are the same for all of its numbers. With
it, a text is made of whole numbers alone: no digit is lost, and none is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from runtime.config import Column

DURATIONS = {"ms": (1, 3), "s": (1, 0), "min": (60, 0), "h": (3600, 0)}
"""The units of a duration: how many steps of how many digits after the point of a second each has. 5 ms are 5 x 1
thousandths, 5 min are 5 x 60 whole seconds."""
DISTANCES = ("mm", "cm", "m", "km", "in", "ft", "mi")
"""The units of a distance, which are their own signs."""
SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹",
    "JPY": "JP¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "US$", "VND": "₫",
    "XCD": "EC$",
}  # fmt: skip
"""The signs of currencies in British English (Unicode CLDR 48, en-GB). Any other is named by its code."""

_LARGEST_TEEN = 13
"""11, 12 and 13 are no 1st, 2nd and 3rd."""


def json_number(scaled: int, decimals: int) -> int | float:
    """A column as JSON shows it. It has at most 15 digits, so the shortest text of the float is the exact decimal."""
    return scaled / 10**decimals if decimals else scaled


def json_columns(columns: Sequence[Column], values: Sequence[int]) -> dict[str, int | float]:
    """Every column as JSON shows it, by name."""
    return {column.name: json_number(value, column.decimals) for column, value in zip(columns, values, strict=True)}


@dataclass(frozen=True)
class Reading:
    """What the texts of a column's numbers have in common."""

    before: str
    """What stands before the digits: a currency's sign."""
    after: str
    """What stands behind them: a unit with its space."""
    digits: int
    """Digits after the point: of a duration those of its seconds."""
    seconds: int = 0
    """Of a duration: the steps of its last digit that the column's last digit is worth; 0 for anything else."""
    ordinal: bool = False
    """Whether it is the number of a place."""


@cache
def read_as(column: Column) -> Reading:
    """Decide how people read the numbers of a column."""
    digits = column.decimals
    match column.format:
        case "duration":
            return _read_as_duration(*DURATIONS[column.unit], digits)
        case "percent":
            return Reading("", "%", digits)
        case "currency":
            sign = SYMBOLS.get(column.unit, f"{column.unit} ")
            return Reading(sign, "", digits)
        case "ordinal":
            return Reading("", "", digits, ordinal=True)
    return Reading("", f" {column.unit}" if column.unit else "", digits)


def _read_as_duration(steps: int, more: int, digits: int) -> Reading:
    """A second decimal of minutes is worth 0.6 s: of 60 steps a zero goes for each digit that the column has."""
    while steps % 10 == 0 and digits:
        steps, digits = steps // 10, digits - 1
    return Reading("", "", digits + more, seconds=steps)


def has_reading(column: Column) -> bool:
    """Whether people read the column's numbers otherwise than the API gives them."""
    return column.format != "number" or bool(column.unit)


def write_number(column: Column, scaled: int) -> str:
    """Write a number of a column as people read it. `scaled`: the number x 10^decimals."""
    reading = read_as(column)
    number = abs(scaled) * (reading.seconds or 1)
    whole, rest = divmod(number, 10**reading.digits)
    fraction = f".{rest:0{reading.digits}}" if reading.digits else ""
    if reading.seconds:
        body = _write_clock(whole, fraction)
    else:
        body = f"{whole:,}{_ending(whole) if reading.ordinal else fraction}"
    return f"{'-' if scaled < 0 else ''}{reading.before}{body}{reading.after}"


def write_numbers(columns: Sequence[Column], values: Sequence[int]) -> dict[str, str]:
    """The texts of those columns that people read otherwise than the API gives them, by name."""
    return {
        column.name: write_number(column, value)
        for column, value in zip(columns, values, strict=True)
        if has_reading(column)
    }


def _write_clock(seconds: int, fraction: str) -> str:
    """Seconds below a minute: "54.460 s"; below an hour: "1:32.417"; else "1:02:03.004"."""
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours:,}:{minutes:02}:{seconds % 60:02}{fraction}"
    return f"{minutes}:{seconds % 60:02}{fraction}" if minutes else f"{seconds}{fraction} s"


def _ending(number: int) -> str:
    """The letters behind a place: 1st, 2nd, 3rd, 4th, 11th."""
    is_teen = 10 < number % 100 <= _LARGEST_TEEN
    return "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
