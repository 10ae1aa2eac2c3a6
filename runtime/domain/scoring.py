"""Scoring: the points that an activity gives, and how the points of many activities become one score.

A column of a score is a whole number: the score x 10^decimals. Decimals go in, scaled integers come out, and no float
ever takes part.

To add a kind of aggregate, give it a word in `config.AggregateKind`, and here its way of combining (`add_activity`,
`merge_days`) and of ranking (`ranking_columns`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal

from runtime.config import BOUND, BoardConfig, Points, Rule, Scalar
from runtime.domain.activity import Activity
from runtime.domain.order_keys import AT_DIGITS, column_digits
from runtime.domain.rejection import Rejection

# DynamoDB numbers have up to 38 digits between 1E-130 and 9.9E+125: with 400 digits a product and a sum stay exact.
_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN)

Columns = tuple[int, ...]
"""One whole number for each column of the board, in its order: the column's score x 10^decimals."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a board keeps of one player in one window. The aggregates table stores the fields under the same names."""

    columns: Columns
    """The sums of the points; for `best` and `last` the columns of the one run that is kept."""
    at: int
    """When the score was reached: the time of the newest counted activity; for `best` and `last`, that of the run."""
    name: str | None = None
    named_by: str = ""
    """The id of the activity that brought the name. Ids sort by time, so the newest name wins in any order."""
    counted: int = 0
    """How many activities are counted in it; not stored where a board keeps one run by one write."""
    reached: int | None = None
    """The furthest milestone that the player ever reached, as its scaled score: a board's milestones may change."""
    run: str = ""
    """For `best` and `last`: the `run_key` of the run that is kept."""


def score_activity(board: BoardConfig, activity: Activity) -> Columns | Rejection | None:
    """The points that an activity gives each column, or why it is rejected; None where it is not for this board.

    Where several rules apply, the points of each are rounded half-even to the board's decimals and then added.
    """
    rules = [rule for rule in board.rules if rule.activity == activity.type]
    if not rules:
        if activity.type in board.ignore:
            return None
        return Rejection("unknown_type", f"no rule of this board is for the type {_quote(activity.type)}")
    applicable = [rule for rule in rules if _applies(rule, activity)]
    if not applicable:
        return None
    if board.aggregate == "count":
        return (10**board.decimals,)
    sums = [0] * len(board.columns)
    for rule in applicable:
        for column, points in enumerate(rule.points):
            value = _compute(points, activity, board.decimals)
            if isinstance(value, Rejection):
                return value
            sums[column] += value
    if any(abs(value) > BOUND for value in sums):
        return over_bound()
    return _check_limits(board, tuple(sums))


def add_activity(
    board: BoardConfig, aggregate: Aggregate | None, activity: Activity, points: Columns, bound: int = BOUND
) -> Aggregate | Rejection:
    """Add one activity to an aggregate (None: its first), or reject it where a column would be over the bound."""
    alone = _aggregate_of_one(board, activity, points)
    if board.aggregate in ("best", "last"):
        combined = _choose_run(board, [aggregate, alone] if aggregate else [alone])
    else:
        combined = _sum([aggregate, alone] if aggregate else [alone])
        if any(abs(value) > bound for value in combined.columns):
            return over_bound()
    counted = (aggregate.counted if aggregate else 0) + 1
    combined = replace(combined, counted=counted, reached=aggregate.reached if aggregate else None)
    milestones = count_milestones(board, ranking_columns(board, combined)[0])
    if milestones > count_milestones(board, combined.reached):
        combined = replace(combined, reached=board.milestones[milestones - 1])
    return combined


def merge_days(board: BoardConfig, days: Iterable[Aggregate]) -> Aggregate:
    """Merge one player's aggregates of the days of a rolling window; there is at least one."""
    aggregates = list(days)
    return _choose_run(board, aggregates) if board.aggregate in ("best", "last") else _sum(aggregates)


def ranking_columns(board: BoardConfig, aggregate: Aggregate) -> Columns:
    """The columns that the board shows and ranks by. An average is rounded half-even first, then ranked."""
    if board.aggregate != "average":
        return aggregate.columns
    return tuple(_mean(total, aggregate.counted) for total in aggregate.columns)


def count_milestones(board: BoardConfig, score: int | None) -> int:
    """How many of the board's milestones a score of the first column has reached; 0 where there is no score."""
    if score is None:
        return 0
    if board.columns[0].order == "descending":
        return sum(score >= milestone for milestone in board.milestones)
    return sum(score <= milestone for milestone in board.milestones)


def run_key(board: BoardConfig, points: Columns, activity: Activity) -> str:
    """Make the text that decides which of two runs is kept, in whatever order they arrive.

    `best` keeps the lower text: the better columns, then the earlier time, then the lower id. `last` keeps the higher
    text: the later time, then the higher id.
    """
    if board.aggregate == "last":
        return activity.activity_id
    return f"{column_digits(board.columns, points)}{activity.at:0{AT_DIGITS}}{activity.activity_id}"


def json_number(scaled: int, decimals: int) -> int | float:
    """A column as JSON shows it. It has at most 15 digits, so the shortest text of the float is the exact decimal."""
    return scaled / 10**decimals if decimals else scaled


def over_bound() -> Rejection:
    """The rejection of a score that a JSON client could not read exactly."""
    return Rejection("over_bound", "the score would have more than 15 digits")


def _check_limits(board: BoardConfig, points: Columns) -> Columns | Rejection:
    """The points, or a rejection where the first column is outside of the limits for one activity."""
    limits, name = board.limits, board.columns[0].name
    if limits.max_points is not None and points[0] > limits.max_points:
        return Rejection("over_limit", f"{name} is over what one activity may give")
    if limits.min_points is not None and points[0] < limits.min_points:
        return Rejection("over_limit", f"{name} is under what one activity may give")
    return points


def _aggregate_of_one(board: BoardConfig, activity: Activity, points: Columns) -> Aggregate:
    run = run_key(board, points, activity) if board.aggregate in ("best", "last") else ""
    named_by = activity.activity_id if activity.name is not None else ""
    return Aggregate(points, activity.at, activity.name, named_by, counted=1, run=run)


def _choose_run(board: BoardConfig, runs: list[Aggregate]) -> Aggregate:
    """The run that is kept, as a whole: with its columns, its time and its name."""
    choose = max if board.aggregate == "last" else min
    return choose(runs, key=lambda aggregate: aggregate.run)


def _sum(parts: list[Aggregate]) -> Aggregate:
    newest_name = max(parts, key=lambda part: part.named_by)
    return Aggregate(
        columns=tuple(map(sum, zip(*(part.columns for part in parts), strict=True))),
        at=max(part.at for part in parts),
        name=newest_name.name,
        named_by=newest_name.named_by,
        counted=sum(part.counted for part in parts),
    )


def _mean(total: int, count: int) -> int:
    """total / count, rounded half-even, in whole numbers."""
    quotient, remainder = divmod(total, count)
    return quotient + (2 * remainder > count or (2 * remainder == count and quotient % 2))


def _applies(rule: Rule, activity: Activity) -> bool:
    return all(any(_same(activity.fields.get(field), value) for value in values) for field, values in rule.when)


def _same(value: Scalar | None, expected: Scalar) -> bool:
    # Types are compared because True == 1 in Python; in an activity a boolean is no number.
    return type(value) is type(expected) and value == expected


def _compute(points: Points, activity: Activity, decimals: int) -> int | Rejection:
    """The points of one rule for one column, scaled and rounded half-even."""
    value = points.constant
    if points.field is not None:
        amount = activity.fields.get(points.field)
        if not isinstance(amount, Decimal):
            problem = "is missing" if amount is None else "is not a number"
            return Rejection("bad_field", f"the field {_quote(points.field)} {problem}")
        if not amount.is_finite():
            return Rejection("bad_field", f"the field {_quote(points.field)} is not a finite number")
        value = _EXACT.add(_EXACT.multiply(points.factor, amount), value)
    # This comes before rounding and scaling, so that 1E+125 is rejected without writing out its 126 digits.
    if abs(value) > BOUND:
        return over_bound()
    return int(_EXACT.scaleb(_EXACT.quantize(value, Decimal(1).scaleb(-decimals)), decimals))


def _quote(text: str) -> str:
    """A text out of an activity in quotation marks, cut off after 100 characters."""
    return f'"{text[:100]}"'
