"""What an activity is worth, and how activities become one score. Exact: decimals in, scaled integers out.

A column of a score is an integer: the score x 10^decimals. No float ever takes part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal

from runtime.config import BOUND, BoardConfig, Points, Rule, Scalar
from runtime.domain.activity import Activity, Rejection
from runtime.domain.order_keys import AT_DIGITS, column_digits

# DynamoDB numbers have 38 digits between 1E-130 and 9.9E+125; a product and a sum with a constant stay exact in this.
_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN)

Columns = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a board keeps of one player in one window."""

    columns: Columns
    """Sums of what was given; for `best` and `last` the columns of the one run that is kept."""
    at: int
    """Time of the newest counted activity, for `best` and `last` of the run: who got there first ranks first."""
    name: str | None = None
    named_by: str = ""
    """The activity id that brought the name. Ids of version 7 sort by time, so the newest one wins in any order."""
    counted: int = 0
    """How many activities are in it; not kept where one run is kept by a single write."""
    reached: int | None = None
    """The furthest milestone that the player ever reached, scaled. Not how many: a board's milestones may change."""
    run: str = ""
    """For `best` and `last`: a text that says by comparison which of two runs is kept. See `run_key`."""


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
    if config.aggregate == "count":
        return (10**config.decimals,)
    given = [0] * len(config.columns)
    for rule in applicable:
        for column, term in enumerate(rule.points):
            value = _term(term, activity, config.decimals)
            if isinstance(value, Rejection):
                return value
            given[column] += value
    if any(abs(value) > BOUND for value in given):
        return over_bound()
    limits = config.limits
    if limits.max_points is not None and given[0] > limits.max_points:
        return Rejection("over_limit", f"{config.columns[0].name} is over what one activity may give")
    if limits.min_points is not None and given[0] < limits.min_points:
        return Rejection("over_limit", f"{config.columns[0].name} is under what one activity may give")
    return tuple(given)


def add(
    config: BoardConfig, aggregate: Aggregate | None, activity: Activity, given: Columns, bound: int = BOUND
) -> Aggregate | Rejection:
    """The aggregate with one more activity in it, or a rejection where a column would pass the bound."""
    one = _first(config, activity, given)
    if config.aggregate in ("best", "last"):
        changed = _kept(config, [aggregate, one] if aggregate else [one])
    else:
        changed = _sum([aggregate, one] if aggregate else [one])
        if any(abs(value) > bound for value in changed.columns):
            return over_bound()
    counted = (aggregate.counted if aggregate else 0) + 1
    changed = replace(changed, counted=counted, reached=aggregate.reached if aggregate else None)
    now = milestones_passed(config, ranked(config, changed)[0])
    if now > milestones_passed(config, changed.reached):
        changed = replace(changed, reached=config.milestones[now - 1])
    return changed


def merge(config: BoardConfig, days: Iterable[Aggregate]) -> Aggregate:
    """One player's aggregate over the days of a rolling window, of which there is at least one."""
    aggregates = list(days)
    return _kept(config, aggregates) if config.aggregate in ("best", "last") else _sum(aggregates)


def ranked(config: BoardConfig, aggregate: Aggregate) -> Columns:
    """The columns that the board shows and ranks by: an average is rounded half-even before it ranks."""
    if config.aggregate != "average":
        return aggregate.columns
    return tuple(_mean(total, aggregate.counted) for total in aggregate.columns)


def milestones_passed(config: BoardConfig, first: int | None) -> int:
    """How many of the board's milestones a first column is at, or better than; none where there is no such score."""
    if first is None:
        return 0
    if config.columns[0].order == "descending":
        return sum(first >= milestone for milestone in config.milestones)
    return sum(first <= milestone for milestone in config.milestones)


def run_key(config: BoardConfig, given: Columns, activity: Activity) -> str:
    """A text that decides which of two runs is kept, whatever the order they arrive in.

    `best`: the lower text; equal columns keep the earlier time. `last`: the higher text; the later time, then the
    higher id.
    """
    if config.aggregate == "last":
        return activity.activity_id
    return f"{column_digits(config.columns, given)}{activity.at:0{AT_DIGITS}}{activity.activity_id}"


def number(scaled: int, decimals: int) -> int | float:
    """A column as JSON shows it. At most 15 digits, so the float's shortest text is the exact decimal."""
    return scaled / 10**decimals if decimals else scaled


def over_bound() -> Rejection:
    """The rejection of what no JSON client could read exactly."""
    return Rejection("over_bound", "the score would have more than 15 digits")


def _first(config: BoardConfig, activity: Activity, given: Columns) -> Aggregate:
    """An aggregate of one activity."""
    run = run_key(config, given, activity) if config.aggregate in ("best", "last") else ""
    named_by = activity.activity_id if activity.name is not None else ""
    return Aggregate(given, activity.at, activity.name, named_by, counted=1, run=run)


def _kept(config: BoardConfig, runs: list[Aggregate]) -> Aggregate:
    """The run that is kept, as a whole: its columns, its time, its name."""
    keep = max if config.aggregate == "last" else min
    return keep(runs, key=lambda aggregate: aggregate.run)


def _sum(parts: list[Aggregate]) -> Aggregate:
    named = max(parts, key=lambda part: part.named_by)
    return Aggregate(
        columns=tuple(map(sum, zip(*(part.columns for part in parts), strict=True))),
        at=max(part.at for part in parts),
        name=named.name,
        named_by=named.named_by,
        counted=sum(part.counted for part in parts),
    )


def _mean(total: int, count: int) -> int:
    """total / count, rounded half-even, in whole numbers."""
    quotient, remainder = divmod(total, count)
    return quotient + (2 * remainder > count or (2 * remainder == count and quotient % 2))


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
        return over_bound()
    return int(_EXACT.scaleb(_EXACT.quantize(value, Decimal(1).scaleb(-decimals)), decimals))


def _quoted(text: str) -> str:
    return f'"{text[:100]}"'
