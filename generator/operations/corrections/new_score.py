"""Computes what a score is after a correction, by the board's aggregates. Pure: nothing is read or written.

    sum, count    may be added to, and set
    average       may be set: a mean that the activities so far then stand for, so that later ones weigh as before
    best, last    may be set, lower too. Where one run is kept the correction is a run of its own, made now: for `best`
                  no run from before competes with it, however often it is delivered again, for `last` it is the newest

A column that is set has that value when the correction is counted. What is counted later adds up, or competes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.diagnostics.wording import join_words
from generator.operations.corrections.correction import TYPE, Action, Values
from runtime.config import BOUND, BoardConfig, Column
from runtime.domain import counting, scoring
from runtime.domain.activity import Activity, make_id, time_of
from runtime.domain.scoring import Aggregate, Columns

ADDED = ("sum", "count")
"""The aggregates of columns that may be added to. A player without a score has 0 in them."""


class UnfitError(Exception):
    """A score cannot be corrected so. The text says why."""


def check_added(config: BoardConfig, names: Mapping[str, object]) -> Iterator[str]:
    """Say of each column that cannot be added to, why not."""
    for column in config.columns:
        if column.name in names and (config.keeps_runs or column.aggregate not in ADDED):
            kept = config.aggregate if config.keeps_runs else column.aggregate
            yield f"{column.name} is {_WHAT[kept]}, to which nothing can be added: use --set"


_WHAT = {"average": "an average", "best": "the best value", "last": "the last value"}


def choose_id(config: BoardConfig, stored: list[Aggregate], now: int, random_bits: int) -> str:
    """The activity id of a correction that is made at `now`: where runs are kept, later than any that is kept.

    A producer's clock may be ahead.
    """
    runs = [time_of(scoring.made_by(each)) + 1 for each in stored if each.run] if config.keeps_runs else []
    return make_id(max([now, *runs]), random_bits)


def correct(
    config: BoardConfig,
    before: Aggregate | None,
    player_id: str,
    action: Action,
    values: Values,
    activity_id: str,
    bound: int = BOUND,
) -> Aggregate:
    """The aggregate after a correction; `before` is None for a player without a score. Raises UnfitError."""
    columns = tuple(
        _correct_column(column, number, before, action, values) for number, column in enumerate(config.columns)
    )
    missing = [column.name for column, value in zip(config.columns, columns, strict=True) if value is None]
    if missing:
        raise UnfitError(f"the player has no score there: set {join_words(missing, 'and')} too")
    after = _make(config, before, player_id, tuple(value or 0 for value in columns), activity_id)
    for column, value in zip(config.columns, after.columns, strict=True):
        if abs(value) > bound:
            raise UnfitError(f"{column.name} would be over the bound of the board")
        if column.aggregate == "count" and value < 0:
            raise UnfitError(f"{column.name} counts, and would be below 0")
    return counting.reach(config, after)


def name_columns(config: BoardConfig, aggregate: Aggregate) -> dict[str, int]:
    """The columns that are ranked, by name."""
    columns = scoring.ranking_columns(config, aggregate)
    return {column.name: value for column, value in zip(config.columns, columns, strict=True)}


def _correct_column(
    column: Column, number: int, before: Aggregate | None, action: Action, values: Values
) -> int | None:
    """The stored value of one column after a correction; None where it must be given and is not."""
    stored = before.columns[number] if before else 0 if column.aggregate in ADDED else None
    if column.name not in values:
        return stored
    value = values[column.name]
    if action == "add":
        return (stored or 0) + value
    if column.aggregate == "average" and before:
        return value * max(before.counted, 1)
    return value


def _make(
    config: BoardConfig, before: Aggregate | None, player_id: str, columns: Columns, activity_id: str
) -> Aggregate:
    at = time_of(activity_id)
    own = scoring.aggregate_of_one(config, Activity(player_id, activity_id, TYPE, at, at, None, {}), columns)
    if config.keeps_runs:
        since = activity_id if config.aggregate == "best" else ""
        if before is None:
            return own._replace(since=since)
        named = own._replace(name=before.name, named_by=before.named_by, segments=before.segments)
        return named._replace(counted=before.counted, reached=before.reached, since=since)
    if before is None:
        # What is attached is an activity's.
        return own._replace(attached_by="")
    changed = [value != stored for value, stored in zip(columns, before.columns, strict=True)]
    if not any(changed):
        return before
    times = before.times and tuple(
        max(at, time) if new else time for new, time in zip(changed, before.times, strict=True)
    )
    sums = [new for new, column in zip(changed, config.columns, strict=True) if column.aggregate == "sum"]
    still = before.still and not any(sums)
    return before._replace(columns=columns, at=max(at, before.at), times=times, still=still)
