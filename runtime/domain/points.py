"""Points: what one activity gives one column by the rules that apply to it, exact and then rounded."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from runtime.config import BOUND, Column, Points
from runtime.domain.activity import Activity
from runtime.domain.rejection import Rejection

# DynamoDB numbers have up to 38 digits between 1E-130 and 9.9E+125: with 400 digits a product and a sum stay exact.
_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN)


def over_bound() -> Rejection:
    """The rejection of a score that a JSON client could not read exactly."""
    return Rejection("over_bound", "the score would have more than 15 digits")


def add_points(column: Column, given: Sequence[Points], activity: Activity) -> int | Rejection:
    """What some rules give one column together, scaled. A column that counts gets 1, however many rules apply."""
    if column.aggregate == "count":
        return int(10**column.decimals)
    total = 0
    for points in given:
        value = _compute(points, activity, column.decimals)
        if isinstance(value, Rejection):
            return value
        total += value
    return total


def _compute(points: Points, activity: Activity, decimals: int) -> int | Rejection:
    """The points of one rule for one column, scaled and rounded half-even."""
    value = points.constant
    if points.field is not None:
        amount = activity.fields.get(points.field)
        if not isinstance(amount, Decimal):
            problem = "is missing" if amount is None else "is not a number"
            return Rejection("bad_field", f"the field {quote(points.field)} {problem}")
        if not amount.is_finite():
            return Rejection("bad_field", f"the field {quote(points.field)} is not a finite number")
        value = _EXACT.add(_EXACT.multiply(points.factor, amount), value)
    # This comes before rounding and scaling, so that 1E+125 is rejected without writing out its 126 digits.
    if abs(value) > BOUND:
        return over_bound()
    return int(_EXACT.scaleb(_EXACT.quantize(value, Decimal(1).scaleb(-decimals)), decimals))


def quote(text: str) -> str:
    """A text out of an activity in quotation marks, cut off after 100 characters."""
    return f'"{text[:100]}"'
