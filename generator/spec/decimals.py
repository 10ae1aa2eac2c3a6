"""How many decimals a board's scores have, and numbers scaled by them: score x 10^decimals, a whole number."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from generator.aws import limits
from generator.spec.values import digits_after_point

_EXACT = Context(prec=100)
"""More digits than any number of leaderboards.yaml has, before its point and after it."""


def of_scores(aggregate: str, written: int | None, constants: Iterable[Decimal]) -> int:
    """The number of decimals that is written; else 0 for a count, two for an average, otherwise the most that any
    constant has, up to the most that a score may have."""
    if written is not None:
        return written
    if aggregate == "count":
        return 0
    if aggregate == "average":
        return limits.AVERAGE_DECIMALS
    return min(limits.MAX_DECIMALS, max(map(digits_after_point, constants), default=0))


def rounded(number: Decimal, decimals: int) -> int:
    """Scaled, rounded half-even, as every score is."""
    return _whole(number, decimals, ROUND_HALF_EVEN)


def at_most(number: Decimal, decimals: int) -> int:
    """The largest score that is not over the number, scaled."""
    return _whole(number, decimals, ROUND_FLOOR)


def at_least(number: Decimal, decimals: int) -> int:
    """The smallest score that is not under the number, scaled."""
    return _whole(number, decimals, ROUND_CEILING)


def _whole(number: Decimal, decimals: int, rounding: str) -> int:
    return int(number.scaleb(decimals, _EXACT).to_integral_value(rounding, _EXACT))
