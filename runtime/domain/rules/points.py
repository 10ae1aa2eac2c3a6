"""Points: what one activity gives each column of a board's score, by the board's rules.

Decimals go in, scaled integers come out, and no float ever takes part.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from runtime.config import BOUND, BoardConfig, Points, Rule, Scalar
from runtime.domain.activity import Activity
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Columns, over_bound

# DynamoDB numbers have up to 38 digits between 1E-130 and 9.9E+125: with 400 digits a product and a sum stay exact.
_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN)


class _Gain(NamedTuple):
    """The points of one rule for one column, with all that is the same for every activity."""

    points: Points
    decimals: int
    last_digit: Decimal
    """What the last digit of the column stands for: the points are rounded to it."""
    constant: int | Rejection
    """What the rule gives where it reads no field."""


class _Case(NamedTuple):
    """A rule with what it gives each column."""

    rule: Rule
    gains: tuple[_Gain, ...]


class Scorer:
    """A board's rules in the form in which they score many activities."""

    def __init__(self, board: BoardConfig) -> None:
        self._board = board
        self._counts = [10**column.decimals if column.aggregate == "count" else None for column in board.columns]
        """What each column that counts gets, however many rules apply; None for the others."""
        self._cases: dict[str, list[_Case]] = {}
        for rule in board.rules:
            gains = (_gain(points, column.decimals) for points, column in zip(rule.points, board.columns, strict=True))
            self._cases.setdefault(rule.activity, []).append(_Case(rule, tuple(gains)))

    def score(self, activity: Activity) -> Columns | Rejection | None:
        """The points that an activity gives each column, or why it is rejected; None where it is not for this board.

        Where several rules apply, the points of each are rounded half-even to the column's decimals and then added.
        """
        cases = self._cases.get(activity.type)
        if cases is None:
            if activity.type in self._board.ignore:
                return None
            return Rejection("unknown_type", f"no rule of this board is for the type {_quote(activity.type)}")
        fields = activity.fields
        applicable = [case.gains for case in cases if not case.rule.when or applies(case.rule, fields)]
        if not applicable:
            return None
        sums = []
        for number, total in enumerate(self._counts):
            if total is None:
                total = 0
                for gains in applicable:
                    gain = gains[number]
                    value = gain.constant if gain.points.field is None else _compute(gain, fields)
                    if isinstance(value, Rejection):
                        return value
                    total += value
            sums.append(total)
        for total in sums:
            if not -BOUND <= total <= BOUND:
                return over_bound()
        return self._check_limits(tuple(sums))

    def _check_limits(self, points: Columns) -> Columns | Rejection:
        """The points, or a rejection where the first column is outside of the limits for one activity."""
        limits, name = self._board.limits, self._board.columns[0].name
        if self._counts[0] is not None:
            return points
        if limits.max_points is not None and points[0] > limits.max_points:
            return Rejection("over_limit", f"{name} is over what one activity may give")
        if limits.min_points is not None and points[0] < limits.min_points:
            return Rejection("over_limit", f"{name} is under what one activity may give")
        return points


def score_activity(board: BoardConfig, activity: Activity) -> Columns | Rejection | None:
    """The points that one activity gives each column, as `Scorer.score` has them."""
    return Scorer(board).score(activity)


def applies(rule: Rule, fields: Mapping[str, Scalar]) -> bool:
    """Whether a rule for an activity's type applies to the activity: each field of `when` has one of its values."""
    for field, values in rule.when:
        given = fields.get(field)
        for value in values:
            # Types are compared because True == 1 in Python; in an activity a boolean is no number.
            if given == value and type(given) is type(value):
                break
        else:
            return False
    return True


def _gain(points: Points, decimals: int) -> _Gain:
    constant = _scale(points.constant, Decimal(1).scaleb(-decimals), decimals)
    return _Gain(points, decimals, Decimal(1).scaleb(-decimals), constant)


def _compute(gain: _Gain, fields: Mapping[str, Scalar]) -> int | Rejection:
    """The points of a rule that reads a field for one column, scaled and rounded half-even."""
    points = gain.points
    amount = fields.get(points.field or "")
    if not isinstance(amount, Decimal):
        problem = "is missing" if amount is None else "is not a number"
        return Rejection("bad_field", f"the field {_quote(points.field or '')} {problem}")
    if not amount.is_finite():
        return Rejection("bad_field", f"the field {_quote(points.field or '')} is not a finite number")
    value = _EXACT.add(_EXACT.multiply(points.factor, amount), points.constant)
    return _scale(value, gain.last_digit, gain.decimals)


def _scale(value: Decimal, last_digit: Decimal, decimals: int) -> int | Rejection:
    """A value x 10^decimals, rounded half-even to a whole number."""
    # This comes before rounding and scaling, so that 1E+125 is rejected without writing out its 126 digits.
    if abs(value) > BOUND:
        return over_bound()
    return int(_EXACT.scaleb(_EXACT.quantize(value, last_digit), decimals))


def _quote(text: str) -> str:
    """A text out of an activity in quotation marks, cut off after 100 characters."""
    return f'"{text[:100]}"'
