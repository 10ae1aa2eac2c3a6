"""Decides the decimals of a board's scores, and scales numbers by them: score x 10^decimals, a whole number."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from generator.aws import limits
from generator.spec.values import count_decimals

_EXACT = Context(prec=100)
"""More digits than any number of leaderboards.yaml has, before its point and after it."""


def score_decimals(aggregate: str, written: int | None, constants: Iterable[Decimal]) -> int:
    """Decide the decimals of a board's scores: `written`, if the board says; else 0 for a count and 2 for an average;
    else the most that any constant has, up to MAX_DECIMALS."""
    if written is not None:
        return written
    if aggregate == "count":
        return 0
    if aggregate == "average":
        return limits.AVERAGE_DECIMALS
    return min(limits.MAX_DECIMALS, max(map(count_decimals, constants), default=0))


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
