"""Counts one player's activities in a window anew, by the rules that the board has now.

Counted again is what was counted, no more: what was rejected stays so, until a redrive lets it be judged again. So are
operators' corrections, each after what was made before it. Only what nobody has decided on, mostly what the rules
before ignored, is taken besides. When an activity was written is known to nobody any more; its own time stands for
that, and decides nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from generator.operations.corrections import new_score
from generator.operations.corrections.correction import CountedCorrection
from generator.operations.rejections import read_pages
from runtime.config import BoardConfig
from runtime.domain import counting, scoring
from runtime.domain.activity import ACTIVITY_ID, StreamRecord, time_of
from runtime.domain.edges.timeline import Timelines
from runtime.domain.instants import MINUTE
from runtime.domain.judging import Contribution, IgnoredActivity, JudgedRecord, Judgement, judge
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Aggregate
from runtime.dynamodb import items
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.table import PER_TRANSACTION, Item, Key, Table
from runtime.dynamodb.window_items import WindowState
from runtime.dynamodb.window_store import WindowStore


@dataclass(frozen=True)
class CountedAnew:
    """What a player's activities come to in a window."""

    aggregate: Aggregate | None
    """None where nothing counts."""
    missing: int
    """How many activities were counted and are in the activities table no longer."""
    dropped: Counter[str] = field(default_factory=Counter)
    """How many were counted and give nothing by the rules of now, by the reason."""
    undecided: Sequence[JudgedRecord] = ()
    """Those that nobody has decided on yet. They are in the aggregate."""


@dataclass(frozen=True)
class PlayerCounting:
    """Counts the players of one window of a board anew."""

    config: BoardConfig
    state: WindowState
    timelines: Timelines
    decisions: Decisions
    activities: Table
    marks: Table
    window_store: WindowStore
    corrections: Mapping[str, Sequence[CountedCorrection]] = field(default_factory=dict)
    """What operators have corrected in the window, by player, the oldest first."""

    def count(self, player_id: str, first: Aggregate | None, now: int) -> CountedAnew:
        """Count a player. `first` is what readers see of the player, None for nothing."""
        records = [each for each in self._read_activities(player_id) if not self.decisions.forgets(each)]
        marks = self._read_marks(records)
        outcomes = {key: items.get_text(mark, "outcome") for key, mark in marks.items()}
        if self.config.keeps_one_run:
            taken = [each for each in records if outcomes.get(items.mark_key(each)) != "rejected"]
            known = {each.activity_id for each in records}
            known |= {each.activity_id for each in self.corrections.get(player_id, ())}
            is_there = first is None or scoring.made_by(first) in known
            return self._add_up(player_id, taken, first, int(not is_there))
        counted = [each for each in records if outcomes.get(items.mark_key(each)) == "counted"]
        unmarked = [each for each in records if items.mark_key(each) not in marks]
        decided = (self._decide(record, now) for record in sorted(unmarked, key=lambda each: each.activity_id))
        undecided = self._leave_out_over_limit(counted, [each for each in decided if each is not None])
        # A correction of a player who had no score counts as one.
        made = sum(not each.before.get(self.state.window.id) for each in self.corrections.get(player_id, ()))
        before = max(0, first.counted - made) if first else 0
        taken = [*self._leave_out_late(counted, marks, before), *(each.record for each in undecided)]
        return replace(self._add_up(player_id, taken, first, max(0, before - len(counted))), undecided=undecided)

    def _read_activities(self, player_id: str) -> Iterator[StreamRecord]:
        """The player's activities of the window's time, the newest first, each as if written at its own time."""
        window = self.state.window
        for page in read_pages(self.activities, player_id):
            for item in page:
                activity_id = item["activity_id"]["S"]
                if not ACTIVITY_ID.fullmatch(activity_id):
                    continue
                at = time_of(activity_id)
                if window.starts_at is not None and at < window.starts_at:
                    return
                if window.ends_at is None or at < window.ends_at:
                    yield StreamRecord(player_id, activity_id, at, json.loads(items.make_image_text(item)))

    def _read_marks(self, records: Sequence[StreamRecord]) -> dict[Key, Item]:
        keys = [items.mark_key(record) for record in records]
        found: dict[Key, Item] = {}
        for first in range(0, len(keys), PER_TRANSACTION):
            found |= self.marks.get_all(keys[first : first + PER_TRANSACTION])
        return found

    def _decide(self, record: StreamRecord, now: int) -> JudgedRecord | None:
        """The verdict on an activity without a mark, as if it came now; None where the window does not take it."""
        closed = self.window_store.is_closed
        judgement = judge(self.config, record, now, self.timelines, lambda window: closed(window.id))
        is_taken = isinstance(judgement, Contribution) and self.state.window in judgement.windows
        return JudgedRecord(record, judgement) if isinstance(judgement, Contribution) and is_taken else None

    def _leave_out_over_limit(
        self, counted: Sequence[StreamRecord], undecided: Sequence[JudgedRecord]
    ) -> list[JudgedRecord]:
        """The undecided activities that fit into a minute beside the counted ones. The others stay undecided."""
        limit = self.config.limits.activities_per_minute
        minutes = Counter(time_of(each.activity_id) // MINUTE for each in counted)
        fitting = []
        for each in undecided:
            minute = time_of(each.record.activity_id) // MINUTE
            minutes[minute] += 1
            if limit is None or minutes[minute] <= limit:
                fitting.append(each)
        return fitting

    def _leave_out_late(
        self, counted: Sequence[StreamRecord], marks: Mapping[Key, Item], before: int
    ) -> list[StreamRecord]:
        """The counted activities without those that this window has missed because they came late.

        A mark says that an activity counts, and not in which windows. As many as the player has too many came late: of
        those that were decided on when the window's grace was over, those that were so last.
        """
        window = self.state.window
        kind = next((each for each in self.config.windows if each.every == window.every), None)
        if kind is None or not kind.closes or window.ends_at is None or len(counted) <= before:
            return list(counted)
        closing = window.ends_at + kind.grace_seconds * 1000
        decided = {record.activity_id: items.decided_at(marks[items.mark_key(record)]) for record in counted}
        late = sorted((at, activity_id) for activity_id, at in decided.items() if at > closing)
        left_out = {activity_id for _, activity_id in late[max(0, len(late) - (len(counted) - before)) :]}
        return [record for record in counted if record.activity_id not in left_out]

    def _add_up(
        self, player_id: str, records: Sequence[StreamRecord], first: Aggregate | None, missing: int
    ) -> CountedAnew:
        """What some activities and all corrections of a player come to together, in the order of their ids."""
        window = self.state.window
        ordered = sorted(records, key=lambda record: record.activity_id)
        judged = [judge(self.config, record, record.written, self.timelines) for record in ordered]
        left = [
            each._replace(windows=(window,), missed=())
            for each in judged
            if isinstance(each, Contribution) and window in each.windows
        ]
        dropped = Counter(_name_reason(each) for each in judged if not isinstance(each, Contribution))
        aggregate: Aggregate | None = None
        minutes: dict[int, int] = {}
        for correction in (*self.corrections.get(player_id, ()), None):
            end = len(left) if correction is None else _count_before(left, correction.activity_id)
            before = {window: aggregate} if aggregate else {}
            effect = counting.count_activities(self.config, left[:end], before, minutes)
            aggregate, left = effect.aggregates.get(window, aggregate), left[end:]
            minutes |= effect.minutes
            dropped.update(each.reason for each in effect.verdicts if isinstance(each, Rejection))
            if correction is not None:
                aggregate, fits = self._correct(aggregate, correction)
                dropped.update([] if fits else ["correction"])
        return CountedAnew(self._reach(aggregate, first), missing, dropped)

    def _correct(self, aggregate: Aggregate | None, correction: CountedCorrection) -> tuple[Aggregate | None, bool]:
        """The aggregate after a correction, and whether it fits what was counted anew."""
        bound = counting.bound_of(self.config, self.state.window)
        asked = (correction.player_id, correction.action, correction.values, correction.activity_id)
        try:
            return new_score.correct(self.config, aggregate, *asked, bound), True
        except new_score.UnfitError:
            return aggregate, False

    def _reach(self, aggregate: Aggregate | None, first: Aggregate | None) -> Aggregate | None:
        """The aggregate with the milestones that were told of before: none is told of twice."""
        if aggregate is None or first is None or first.reached is None:
            return aggregate
        before, after = (counting.count_milestones(self.config, each.reached) for each in (first, aggregate))
        return aggregate._replace(reached=first.reached) if before > after else aggregate


def _count_before(verdicts: Sequence[Contribution], activity_id: str) -> int:
    return sum(each.activity.activity_id < activity_id for each in verdicts)


def _name_reason(judgement: Judgement) -> str:
    if isinstance(judgement, Rejection):
        return judgement.reason
    return "ignored" if isinstance(judgement, IgnoredActivity) else "not_an_activity"
