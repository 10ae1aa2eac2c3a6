"""How many decimals a board's scores have, and numbers scaled by them: score x 10^decimals, a whole number."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from generator.aws import limits
from generator.spec.values import digits_after_point

_AVERAGE = 2
# A number of leaderboards.yaml has at most 15 digits before its point and 12 after it: see `values`.
_EXACT = Context(prec=100)


def of_scores(aggregate: str, written: int | None, constants: Iterable[Decimal]) -> int:
    """What is written; else 0 where activities are counted, 2 for an average, otherwise the most that any constant
    has, trailing zeros left out, 6 at the most."""
    if written is not None:
        return written
    if aggregate == "count":
        return 0
    if aggregate == "average":
        return _AVERAGE
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
