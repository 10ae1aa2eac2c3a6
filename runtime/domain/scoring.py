"""Scoring: how the points of many activities become one score.

A column of a score is a whole number: the score x 10^decimals. `points` has what an activity gives it.

A board with the aggregate `best` or `last` keeps one run as a whole. On any other board each column combines by its own
aggregate, in whatever order the activities come. To add a kind of aggregate, give it a word in `config.AggregateKind`,
and here its way of combining (`_merge_column`) and of ranking (`ranking_columns`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import add, attrgetter
from typing import NamedTuple

from runtime.config import BOUND, BoardConfig, Column
from runtime.domain.activity import Activity
from runtime.domain.order_keys import AT_DIGITS, column_digits
from runtime.domain.rejection import Rejection
from runtime.domain.texts import attached
from runtime.domain.texts.attached import Attached
from runtime.domain.texts.segments import Segments, merge_segments, read_segments

Columns = tuple[int, ...]
"""One whole number for each column of the board, in its order: the column's score x 10^its decimals."""


class Aggregate(NamedTuple):
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


def add_activity(
    board: BoardConfig, aggregate: Aggregate | None, activity: Activity, points: Columns, bound: int = BOUND
) -> Aggregate | Rejection:
    """Add one activity to an aggregate (None: its first), or reject it where a sum would be over the bound."""
    return add_one(board, aggregate, aggregate_of_one(board, activity, points), bound)


def add_one(
    board: BoardConfig, aggregate: Aggregate | None, alone: Aggregate, bound: int = BOUND
) -> Aggregate | Rejection:
    """As `add_activity` of the activity that another aggregate, `alone`, is of."""
    if aggregate is None:
        combined = alone
    elif board.adds_up:
        combined = _add_up_one(board, aggregate, alone)
    else:
        combined = _merge(board, [aggregate, alone])
        if board.keeps_runs and made_by(alone) < aggregate.since:
            combined = aggregate._replace(segments=combined.segments)
        combined = combined._replace(counted=aggregate.counted + 1, reached=aggregate.reached, since=aggregate.since)
    for value, column in zip(combined.columns, board.columns, strict=True):
        if not -bound <= value <= bound and _adds_up(column):
            return over_bound()
    return combined


def keep_run(board: BoardConfig, runs: Sequence[Aggregate]) -> Aggregate:
    """The one of some runs that is kept, on a board that keeps one run; there is at least one."""
    return _merge(board, runs)


def merge_days(board: BoardConfig, days: Iterable[Aggregate]) -> Aggregate:
    """Merge one player's aggregates of the days of a rolling window; there is at least one.

    Days that were counted while the window had fewer may add up to more than the bound. Then the bound is shown.
    """
    merged = _merge(board, list(days))
    return merged._replace(columns=tuple(max(-BOUND, min(BOUND, value)) for value in merged.columns))


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


def aggregate_of_one(board: BoardConfig, activity: Activity, points: Columns) -> Aggregate:
    """The aggregate of a player who has made one activity."""
    named_by = activity.activity_id if activity.name is not None else ""
    kept = attached.attach(board.attach, activity.fields) if board.attach else ()
    values = read_segments(board.segments, activity.fields, activity.activity_id) if board.segments else ()
    if board.keeps_runs:
        run = run_key(board, points, activity)
        return Aggregate(points, activity.at, activity.name, named_by, 1, None, run, attached=kept, segments=values)
    kinds = board.kinds
    return Aggregate(
        columns=points,
        at=activity.at,
        name=activity.name,
        named_by=named_by,
        counted=1,
        still="sum" in kinds and _moves_no_sum(board, points),
        newest=activity.activity_id if "last" in kinds else "",
        times=(activity.at,) * len(points) if "best" in kinds else (),
        attached=kept,
        attached_by=activity.activity_id if board.attach else "",
        segments=values,
    )


def _moves_no_sum(board: BoardConfig, points: Columns) -> bool:
    """Whether an activity gives each column that is a sum 0."""
    if board.kinds == {"sum"}:
        return not any(points)
    return not any(value for value, column in zip(points, board.columns, strict=True) if column.aggregate == "sum")


def _add_up_one(board: BoardConfig, before: Aggregate, alone: Aggregate) -> Aggregate:
    """As `_merge` of what is stored and one activity, where each column adds up. The processor does hardly else."""
    at = max(before.at, alone.at)
    if (before.still or alone.still) and board.kinds == {"sum"}:
        moved = [part.at for part in (before, alone) if not part.still]
        at = moved[0] if moved else min(before.at, alone.at)
    named = alone if alone.named_by > before.named_by else before
    attaching = alone if alone.attached_by > before.attached_by else before
    return Aggregate(
        columns=tuple(map(add, before.columns, alone.columns)),
        at=at,
        name=named.name,
        named_by=named.named_by,
        counted=before.counted + 1,
        reached=before.reached,
        still=before.still and alone.still,
        attached=attaching.attached,
        attached_by=attaching.attached_by,
        segments=merge_segments(board.segments, [before.segments, alone.segments]) if board.segments else (),
        since=before.since,
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
        return run if run.segments == segments else run._replace(segments=segments)
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
