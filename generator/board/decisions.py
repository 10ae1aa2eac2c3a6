"""A number that was decided, with the arithmetic that leads to it: what `explain` shows is what is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from generator.aws import limits

FIXED = "the same for every board"


@dataclass(frozen=True)
class Decision:
    """A number that was decided, with its unit and its arithmetic."""

    what: str
    value: int
    unit: str
    """Empty for a count."""
    how: str
    """The arithmetic, or the reason."""


def divide(text: str, above: int, below: int, rounded: bool = True) -> tuple[int, str]:
    """Divide and round up. Returns the result, and the text of the division followed by its result."""
    value = limits.ceil_div(above, below)
    how = f"{text} = {Decimal(above) / below:,f}"
    return value, how if not rounded or value * below == above else f"{how}, rounded up to {value:,}"


def bound(what: str, value: int, unit: str, how: str, least: int, most: int | None = None) -> Decision:
    """Decide on a value that is moved to the nearest bound if it is outside."""
    if value < least:
        return Decision(what, least, unit, f"{how}, at least {least:,}")
    if most is not None and value > most:
        return Decision(what, most, unit, f"{how}, at most {most:,}")
    return Decision(what, value, unit, how)
