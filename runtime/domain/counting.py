"""Counting: what one player's judged activities change in the player's aggregates, in the order of processing.

The bound, the limit per minute and the milestones are decided here, because they depend on the player's totals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runtime.config import BOUND, BoardConfig
from runtime.domain import scoring
from runtime.domain.events import Milestone
from runtime.domain.instants import MINUTE
from runtime.domain.judging import Contribution
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window


@dataclass(frozen=True)
class Effect:
    """What counting some activities changes."""

    verdicts: list[Contribution | Rejection]
    """One for each activity, in order: as it was judged, or the rejection that the player's totals lead to."""
    aggregates: dict[Window, Aggregate]
    """Every aggregate that changes, as it is afterwards."""
    minutes: dict[int, int]
    """How many activities the player then has in each UTC minute, by minutes since 1970; empty without a limit."""
    milestones: list[Milestone]
    """The milestones that are reached for the first time."""


def count_activities(
    board: BoardConfig,
    verdicts: Sequence[Contribution | Rejection],
    aggregates: Mapping[Window, Aggregate],
    minutes: Mapping[int, int],
) -> Effect:
    """Add one player's activities to what is stored, each as a whole or not at all.

    `aggregates` are the stored ones by window; `minutes` says how many activities of the player are counted in each UTC
    minute, by minutes since 1970.
    """
    effect = Effect([], {}, {}, [])
    for verdict in verdicts:
        if isinstance(verdict, Contribution):
            verdict = _count_one(board, verdict, aggregates, minutes, effect)
        effect.verdicts.append(verdict)
    return effect


def _count_one(
    board: BoardConfig,
    contribution: Contribution,
    aggregates: Mapping[Window, Aggregate],
    minutes: Mapping[int, int],
    effect: Effect,
) -> Contribution | Rejection:
    """Add one activity to `effect`, or reject it and leave `effect` as it was."""
    minute = contribution.activity.at // MINUTE
    limit = board.limits.activities_per_minute
    in_minute = effect.minutes.get(minute, minutes.get(minute, 0)) + 1
    if limit is not None and in_minute > limit:
        return Rejection("over_limit", f"more than {limit} activities of the player in one minute")
    changed: dict[Window, Aggregate] = {}
    milestones: list[Milestone] = []
    alone = scoring.aggregate_of_one(board, contribution.activity, contribution.points)
    for window in contribution.windows:
        before = effect.aggregates.get(window) or aggregates.get(window)
        bound = bound_of(board, window)
        after = scoring.add_one(board, before, alone, bound)
        if isinstance(after, Rejection):
            return after
        if board.milestones:
            after = reach(board, after)
            milestones += new_milestones(board, window, before, after, contribution.activity.at)
        changed[window] = after
    effect.aggregates.update(changed)
    effect.milestones.extend(milestones)
    if limit is not None:
        effect.minutes[minute] = in_minute
    return contribution


def reach(board: BoardConfig, aggregate: Aggregate) -> Aggregate:
    """The aggregate, with the furthest milestone that its score has reached now or before."""
    milestones = count_milestones(board, scoring.ranking_columns(board, aggregate)[0])
    if milestones > count_milestones(board, aggregate.reached):
        return aggregate._replace(reached=board.milestones[milestones - 1])
    return aggregate


def count_milestones(board: BoardConfig, score: int | None) -> int:
    """How many of the board's milestones a score of the first column has reached; 0 where there is no score."""
    if score is None:
        return 0
    if board.columns[0].order == "descending":
        return sum(score >= milestone for milestone in board.milestones)
    return sum(score <= milestone for milestone in board.milestones)


def bound_of(board: BoardConfig, window: Window) -> int:
    """The bound of one stored aggregate. The days of a rolling window share the bound: they are added up later."""
    if window.every != "rolling":
        return BOUND
    days: dict[str, int] = {kind.every: kind.days for kind in board.windows}
    return BOUND // days["rolling"]


def new_milestones(
    board: BoardConfig, window: Window, before: Aggregate | None, after: Aggregate, at: int
) -> list[Milestone]:
    """The milestones that an activity of the time `at` reaches for the first time. A rolling window has none."""
    if window.every == "rolling":
        return []
    first = count_milestones(board, before.reached if before else None)
    last = count_milestones(board, after.reached)
    score = scoring.ranking_columns(board, after)[0]
    return [Milestone(window, milestone, score, at) for milestone in board.milestones[first:last]]
