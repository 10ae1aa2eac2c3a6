"""Decides the decimals of a board's columns, and scales numbers by them: score x 10^decimals, a whole number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from generator.aws import limits
from generator.spec.values import count_decimals

_EXACT = Context(prec=100)
"""More digits than any number of leaderboards.yaml has, before its point and after it."""


@dataclass(frozen=True)
class ColumnKeys:
    """What decides the decimals of one column."""

    aggregate: str
    """Its own, or the board's."""
    decimals: int | None
    """What its own key says."""
    has_own: bool
    """Whether it has a key `aggregate` or `decimals` of its own."""
    constants: tuple[Decimal, ...]
    """The numbers that the rules give it."""


def decide_decimals(written: int | None, columns: Sequence[ColumnKeys]) -> tuple[int, ...]:
    """Decide the decimals of each column: its own, or those that the board says (`written`).

    Where neither says any: 0 for a count and 2 for an average, else the most that any constant of the column has, up
    to MAX_DECIMALS. The columns of a board on which none has a key of its own have the same decimals: the most that
    any constant of the board has.
    """
    if not any(column.has_own for column in columns):
        every = tuple(constant for column in columns for constant in column.constants)
        columns = [replace(column, constants=every) for column in columns]
    return tuple(_decide(written if column.decimals is None else column.decimals, column) for column in columns)


def _decide(written: int | None, column: ColumnKeys) -> int:
    if written is not None:
        return written
    if column.aggregate == "count":
        return 0
    if column.aggregate == "average":
        return limits.AVERAGE_DECIMALS
    return min(limits.MAX_DECIMALS, max(map(count_decimals, column.constants), default=0))


def round_half_even(number: Decimal, decimals: int) -> int:
    """Scale a number, and round halves to the even digit, as for every score."""
    return _scale(number, decimals, ROUND_HALF_EVEN)


def at_most(number: Decimal, decimals: int) -> int:
    """The largest score, scaled, that is not above the number."""
    return _scale(number, decimals, ROUND_FLOOR)


def at_least(number: Decimal, decimals: int) -> int:
    """The smallest score, scaled, that is not below the number."""
    return _scale(number, decimals, ROUND_CEILING)


def _scale(number: Decimal, decimals: int, rounding: str) -> int:
    return int(number.scaleb(decimals, _EXACT).to_integral_value(rounding, _EXACT))
