"""What an activity is worth, and how activities become one score. Exact: decimals in, scaled integers out.

A column of a score is an integer: the score x 10^decimals. No float ever takes part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal

from runtime.activity import Activity, Rejection
from runtime.config import BOUND, BoardConfig, Points, Rule, Scalar

# DynamoDB numbers have 38 digits between 1E-130 and 9.9E+125; a product and a sum with a constant stay exact in this.
_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN)

Columns = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a board keeps of one player in one window."""

    columns: Columns
    at: int
    """Time of the newest counted activity: who got there first ranks first among equals."""
    name: str | None = None
    named_by: str = ""
    """The activity id that brought the name. Ids of version 7 sort by time, so the newest one wins in any order."""
    counted: int = 0


def points(config: BoardConfig, activity: Activity) -> Columns | Rejection | None:
    """What the activity gives each column; None where it is not for this board.

    Where several rules apply, each is rounded half-even to the board's decimals, then they are added.
    """
    rules = [rule for rule in config.rules if rule.activity == activity.type]
    if not rules:
        if activity.type in config.ignore:
            return None
        return Rejection("unknown_type", f"no rule of this board is for the type {_quoted(activity.type)}")
    applicable = [rule for rule in rules if _applies(rule, activity)]
    if not applicable:
        return None
    given = [0] * len(config.columns)
    for rule in applicable:
        for column, term in enumerate(rule.points):
            value = _term(term, activity, config.decimals)
            if isinstance(value, Rejection):
                return value
            given[column] += value
    if any(abs(value) > BOUND for value in given):
        return _over_bound()
    return tuple(given)


def add(aggregate: Aggregate | None, activity: Activity, given: Columns) -> Aggregate | Rejection:
    """The aggregate with one more activity in it, or a rejection where a column would pass the bound."""
    if aggregate is None:
        aggregate = Aggregate(columns=(0,) * len(given), at=activity.at)
    columns = tuple(have + more for have, more in zip(aggregate.columns, given, strict=True))
    if any(abs(value) > BOUND for value in columns):
        return _over_bound()
    aggregate = replace(aggregate, columns=columns, at=max(aggregate.at, activity.at), counted=aggregate.counted + 1)
    if activity.name is not None and activity.activity_id > aggregate.named_by:
        aggregate = replace(aggregate, name=activity.name, named_by=activity.activity_id)
    return aggregate


def number(scaled: int, decimals: int) -> int | float:
    """A column as JSON shows it. At most 15 digits, so the float's shortest text is the exact decimal."""
    return scaled / 10**decimals if decimals else scaled


def _applies(rule: Rule, activity: Activity) -> bool:
    return all(any(_same(activity.fields.get(field), value) for value in values) for field, values in rule.when)


def _same(have: Scalar | None, wanted: Scalar) -> bool:
    # True == 1 in Python; in an activity they are different things.
    return type(have) is type(wanted) and have == wanted


def _term(term: Points, activity: Activity, decimals: int) -> int | Rejection:
    value = term.constant
    if term.field is not None:
        amount = activity.fields.get(term.field)
        if not isinstance(amount, Decimal):
            found = "is missing" if amount is None else "is not a number"
            return Rejection("bad_field", f"the field {_quoted(term.field)} {found}")
        if not amount.is_finite():
            return Rejection("bad_field", f"the field {_quoted(term.field)} is not a finite number")
        value = _EXACT.add(_EXACT.multiply(term.factor, amount), value)
    # Judged before it is rounded: 1E+125 needs no 400 digits to be too much.
    if abs(value) > BOUND:
        return _over_bound()
    return int(_EXACT.scaleb(_EXACT.quantize(value, Decimal(1).scaleb(-decimals)), decimals))


def _over_bound() -> Rejection:
    return Rejection("over_bound", "the score would have more than 15 digits")


def _quoted(text: str) -> str:
    return f'"{text[:100]}"'
