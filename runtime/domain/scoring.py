"""Scoring: the points that an activity gives, and how the points of many activities become one score.

A column of a score is a whole number: the score x 10^decimals. Decimals go in, scaled integers come out, and no float
ever takes part.

A board with the aggregate `best` or `last` keeps one run as a whole. On any other board each column combines by its own
aggregate, in whatever order the activities come. To add a kind of aggregate, give it a word in `config.AggregateKind`,
and here its way of combining (`_merge_column`) and of ranking (`ranking_columns`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from operator import attrgetter

from runtime.config import BOUND, AggregateKind, BoardConfig, Column, Points, Rule, Scalar
from runtime.domain.activity import Activity
from runtime.domain.order_keys import AT_DIGITS, column_digits
from runtime.domain.rejection import Rejection
from runtime.domain.texts import attached
from runtime.domain.texts.attached import Attached
from runtime.domain.texts.segments import Segments, merge_segments, read_segments

# DynamoDB numbers have up to 38 digits between 1E-130 and 9.9E+125: with 400 digits a product and a sum stay exact.
_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN)

Columns = tuple[int, ...]
"""One whole number for each column of the board, in its order: the column's score x 10^its decimals."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a board keeps of one player in one window. The aggregates table stores the fields under the same names."""

    columns: Columns
    """The value of each column: its sum (for `average` too), its count, its best value or its last one. Where one run
    is kept, the columns of that run."""
    at: int
    """When the score came to be what it is: the latest of the columns' own times. See `_merge_column`."""
    name: str | None = None
    named_by: str = ""
    """The id of the activity that brought the name. Ids sort by time, so the newest name wins in any order."""
    counted: int = 0
    """How many activities are counted in it; not stored where a board keeps one run by one write."""
    reached: int | None = None
    """The furthest milestone that the player ever reached, as its scaled score: a board's milestones may change."""
    run: str = ""
    """Where one run is kept: its `run_key`."""
    still: bool = False
    """Whether every activity until now gave each column that is a sum 0. Otherwise it is not stored."""
    newest: str = ""
    """The id of the newest counted activity, where a column has its value (`last`)."""
    times: tuple[int, ...] = ()
    """The own time of each column, where one of them is `best`: its time is not always the latest. Otherwise `at`
    stands for all of them."""
    attached: Attached = ()
    """What the run that is kept has attached; on other boards the newest counted activity, as a whole."""
    attached_by: str = ""
    """The id of that activity, also where it has nothing attached; empty where a run is kept, and without `attach`."""
    segments: Segments = ()
    """The player's value of each segment. It need not be of the run that is kept."""
    since: str = ""
    """Where the best run is kept: the id of an operator's correction that set it. No run from before competes."""


_RUN, _NAMED_BY, _ATTACHED_BY = attrgetter("run"), attrgetter("named_by"), attrgetter("attached_by")


def score_activity(board: BoardConfig, activity: Activity) -> Columns | Rejection | None:
    """The points that an activity gives each column, or why it is rejected; None where it is not for this board.

    Where several rules apply, the points of each are rounded half-even to the column's decimals and then added.
    """
    rules = [rule for rule in board.rules if rule.activity == activity.type]
    if not rules:
        if activity.type in board.ignore:
            return None
        return Rejection("unknown_type", f"no rule of this board is for the type {_quote(activity.type)}")
    applicable = [rule for rule in rules if applies(rule, activity)]
    if not applicable:
        return None
    sums = []
    for number, column in enumerate(board.columns):
        total = _add_points(column, [rule.points[number] for rule in applicable], activity)
        if isinstance(total, Rejection):
            return total
        sums.append(total)
    if any(abs(value) > BOUND for value in sums):
        return over_bound()
    return _check_limits(board, tuple(sums))


def applies(rule: Rule, activity: Activity) -> bool:
    """Whether a rule for an activity's type applies to it: each field of `when` has one of its values."""
    return all(any(_same(activity.fields.get(field), value) for value in values) for field, values in rule.when)


def add_activity(
    board: BoardConfig, aggregate: Aggregate | None, activity: Activity, points: Columns, bound: int = BOUND
) -> Aggregate | Rejection:
    """Add one activity to an aggregate (None: its first), or reject it where a sum would be over the bound."""
    alone = aggregate_of_one(board, activity, points)
    combined = _merge(board, [aggregate, alone] if aggregate else [alone])
    if aggregate and activity.activity_id < aggregate.since:
        combined = replace(aggregate, segments=combined.segments)
    sums = [value for value, column in zip(combined.columns, board.columns, strict=True) if _adds_up(column)]
    if any(abs(value) > bound for value in sums):
        return over_bound()
    before = aggregate or Aggregate((), 0)
    return replace(combined, counted=before.counted + 1, reached=before.reached, since=before.since)


def merge_days(board: BoardConfig, days: Iterable[Aggregate]) -> Aggregate:
    """Merge one player's aggregates of the days of a rolling window; there is at least one.

    Days that were counted while the window had fewer may add up to more than the bound. Then the bound is shown.
    """
    merged = _merge(board, list(days))
    return replace(merged, columns=tuple(max(-BOUND, min(BOUND, value)) for value in merged.columns))


def ranking_columns(board: BoardConfig, aggregate: Aggregate) -> Columns:
    """The columns that the board shows and ranks by. An average is rounded half-even first, then ranked."""
    columns = aggregate.columns
    for number, column in enumerate(board.columns):
        if column.aggregate == "average":
            columns = (*columns[:number], _mean(columns[number], aggregate.counted), *columns[number + 1 :])
    return columns


def run_key(board: BoardConfig, points: Columns, activity: Activity) -> str:
    """Make the text that decides which of two runs is kept, in whatever order they arrive.

    `best` keeps the lower text: the better columns, then the earlier time, then the lower id. `last` keeps the higher
    text: the later time, then the higher id.
    """
    if board.aggregate == "last":
        return activity.activity_id
    return f"{column_digits(board.columns, points)}{activity.at:0{AT_DIGITS}}{activity.activity_id}"


def over_bound() -> Rejection:
    """The rejection of a score that a JSON client could not read exactly."""
    return Rejection("over_bound", "the score would have more than 15 digits")


def made_by(run: Aggregate) -> str:
    """The id of the activity that made the run that is kept, the end of its `run_key`."""
    return run.run[-36:]


def _check_limits(board: BoardConfig, points: Columns) -> Columns | Rejection:
    """The points, or a rejection where the first column is outside of the limits for one activity."""
    limits, name = board.limits, board.columns[0].name
    if board.columns[0].aggregate == "count":
        return points
    if limits.max_points is not None and points[0] > limits.max_points:
        return Rejection("over_limit", f"{name} is over what one activity may give")
    if limits.min_points is not None and points[0] < limits.min_points:
        return Rejection("over_limit", f"{name} is under what one activity may give")
    return points


def aggregate_of_one(board: BoardConfig, activity: Activity, points: Columns) -> Aggregate:
    """The aggregate of a player who has made one activity."""
    named_by = activity.activity_id if activity.name is not None else ""
    kept = attached.attach(board.attach, activity.fields)
    values = read_segments(board.segments, activity.fields, activity.activity_id)
    alone = Aggregate(points, activity.at, activity.name, named_by, counted=1, attached=kept, segments=values)
    if board.keeps_runs:
        return replace(alone, run=run_key(board, points, activity))
    kinds: set[AggregateKind] = {column.aggregate for column in board.columns}
    summed = [value for value, column in zip(points, board.columns, strict=True) if column.aggregate == "sum"]
    return replace(
        alone,
        still=bool(summed) and not any(summed),
        newest=activity.activity_id if "last" in kinds else "",
        times=(activity.at,) * len(points) if "best" in kinds else (),
        attached_by=activity.activity_id if board.attach else "",
    )


def _merge(board: BoardConfig, parts: Sequence[Aggregate]) -> Aggregate:
    """Merge aggregates of one player that have no activity in common, with the same result in any order.

    Of runs the one that is kept stands for all, as a whole: with its columns, time, name and count.
    """
    if len(parts) == 1:
        return parts[0]
    segments = merge_segments(board.segments, [part.segments for part in parts]) if board.segments else ()
    if board.keeps_runs:
        run = (max if board.aggregate == "last" else min)(parts, key=_RUN)
        return run if run.segments == segments else replace(run, segments=segments)
    if parts[0].times or parts[0].newest:
        cells = [_merge_column(column, number, parts) for number, column in enumerate(board.columns)]
        columns, times = tuple(value for value, _ in cells), tuple(at for _, at in cells)
    else:
        columns, times = _add_up(board.columns, parts)
    named, attaching = max(parts, key=_NAMED_BY), max(parts, key=_ATTACHED_BY)
    return Aggregate(
        columns=columns,
        at=max(times),
        name=named.name,
        named_by=named.named_by,
        counted=sum([part.counted for part in parts]),
        still=parts[0].still and all(part.still for part in parts),
        newest=max(part.newest for part in parts) if parts[0].newest else "",
        times=times if parts[0].times else (),
        attached=attaching.attached,
        attached_by=attaching.attached_by,
        segments=segments,
    )


def _add_up(columns: Sequence[Column], parts: Sequence[Aggregate]) -> tuple[Columns, tuple[int, ...]]:
    """As `_merge_column` for all columns at once, where each adds up: then they have one time."""
    moved = [part.at for part in parts if not part.still]
    if len(moved) < len(parts) and any(column.aggregate != "sum" for column in columns):
        moved = [part.at for part in parts]
    at = max(moved) if moved else min(part.at for part in parts)
    return tuple(map(sum, zip(*[part.columns for part in parts], strict=True))), (at,)


def _merge_column(column: Column, number: int, parts: Sequence[Aggregate]) -> tuple[int, int]:
    """The value of a column of several aggregates together, and when it came to be that.

    A best value: at the earliest time that it was given. A sum: when an activity last gave any sum other than 0; where
    none did, with the oldest activity, so that one that is worth nothing loses no tie. Anything else changes with each
    activity, so with the newest.
    """
    values = [part.columns[number] for part in parts]
    times = [part.times[number] if part.times else part.at for part in parts]
    match column.aggregate:
        case "best":
            best = max(values) if column.order == "descending" else min(values)
            return best, min(time for value, time in zip(values, times, strict=True) if value == best)
        case "last":
            return max(parts, key=lambda part: part.newest).columns[number], max(times)
        case "sum":
            moved = [time for time, part in zip(times, parts, strict=True) if not part.still]
            return sum(values), max(moved) if moved else min(times)
        case _:
            return sum(values), max(times)


def _adds_up(column: Column) -> bool:
    """Whether a column's values are added up: for an average, until it is ranked."""
    return column.aggregate in ("sum", "count", "average")


def _mean(total: int, count: int) -> int:
    """total / count, rounded half-even, in whole numbers."""
    quotient, remainder = divmod(total, count)
    return quotient + (2 * remainder > count or (2 * remainder == count and quotient % 2))


def _same(value: Scalar | None, expected: Scalar) -> bool:
    # Types are compared because True == 1 in Python; in an activity a boolean is no number.
    return type(value) is type(expected) and value == expected


def _add_points(column: Column, given: Sequence[Points], activity: Activity) -> int | Rejection:
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
