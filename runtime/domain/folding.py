"""The effect of one player's activities on what is kept of them: pure, in the order of processing.

Here the bound, the limit by the minute and the milestones are decided, because here the totals are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.config import BOUND, BoardConfig
from runtime.domain import instants, scoring
from runtime.domain.activity import Rejection
from runtime.domain.judging import Counts
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window


@dataclass(frozen=True)
class Milestone:
    """A player's score in a window came to a milestone for the first time, by an activity at that time."""

    span: Window
    milestone: int
    """Scaled by the board's decimals, like `score`."""
    score: int
    at: int


@dataclass(frozen=True)
class Fold:
    """What changes."""

    verdicts: list[Counts | Rejection]
    """For each activity, in order: what it was judged to be, or why the player's totals reject it."""
    aggregates: dict[Window, Aggregate]
    minutes: dict[int, int]
    """Activities in each UTC minute (of the epoch) that has one more; only where the board limits them."""
    reached: list[Milestone]


def fold(
    config: BoardConfig,
    verdicts: Sequence[Counts | Rejection],
    aggregates: Mapping[Window, Aggregate],
    minutes: Mapping[int, int],
) -> Fold:
    """Add activities to what is stored: `aggregates` by window, and `minutes`: how many counted in each UTC minute."""
    result = Fold([], {}, {}, [])
    for verdict in verdicts:
        if isinstance(verdict, Counts):
            verdict = _one(config, verdict, aggregates, minutes, result)
        result.verdicts.append(verdict)
    return result


def milestone_events(config: BoardConfig, player_id: str, reached: Sequence[Milestone]) -> list[list[dict[str, Any]]]:
    """The details of `leaderboard.milestone_reached`, those of one window together. An id says what happened, so it is
    the same each time."""
    found: dict[Window, list[dict[str, Any]]] = {}
    for each in reached:
        milestone = scoring.number(each.milestone, config.decimals)
        detail = {
            "id": f"milestone/{config.board}/{each.span.id}/{player_id}/{milestone}",
            "board": config.board,
            "window": each.span.id,
            "player_id": player_id,
            "milestone": milestone,
            "score": scoring.number(each.score, config.decimals),
            "at": instants.rfc3339(each.at),
        }
        found.setdefault(each.span, []).append(detail)
    return list(found.values())


def _one(
    config: BoardConfig,
    counts: Counts,
    aggregates: Mapping[Window, Aggregate],
    minutes: Mapping[int, int],
    result: Fold,
) -> Counts | Rejection:
    """Add one activity to `result`, or reject it as a whole and leave `result` as it was."""
    minute = counts.activity.at // 60_000
    limit = config.limits.activities_per_minute
    in_minute = result.minutes.get(minute, minutes.get(minute, 0)) + 1
    if limit is not None and in_minute > limit:
        return Rejection("over_limit", f"more than {limit} activities of the player in one minute")
    days: dict[str, int] = {window.every: window.days for window in config.windows}
    changed: dict[Window, Aggregate] = {}
    reached = []
    for span in counts.spans:
        have = result.aggregates.get(span) or aggregates.get(span)
        # The days of a rolling window are added up later, and must stay within the bound then.
        bound = BOUND // days[span.every] if span.every == "rolling" else BOUND
        added = scoring.add(config, have, counts.activity, counts.points, bound)
        if isinstance(added, Rejection):
            return added
        changed[span] = added
        first = scoring.ranked(config, added)[0]
        before, now = (scoring.milestones_passed(config, each.reached if each else None) for each in (have, added))
        reached += [
            Milestone(span, milestone, first, counts.activity.at)
            for milestone in config.milestones[before:now]
            if span.every != "rolling"
        ]
    result.aggregates.update(changed)
    result.reached.extend(reached)
    if limit is not None:
        result.minutes[minute] = in_minute
    return counts
