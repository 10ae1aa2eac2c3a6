"""The aggregates and marks tables: an activity counts once, even if it is delivered twice or a call dies halfway.

Where totals are kept, one transaction writes an activity's mark (refused where it exists) and the player's aggregates
(refused where they changed since they were read), so an activity has a mark if and only if it has its effect. Where one
run is kept, one conditional write for each window keeps the better of two runs: a repetition changes nothing, so it
needs no mark.
`items` has the attributes of both tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from runtime.aws import THREADS
from runtime.config import BoardConfig
from runtime.domain import counting, events, scoring
from runtime.domain.activity import StreamRecord
from runtime.domain.counting import Effect
from runtime.domain.instants import MINUTE
from runtime.domain.judging import Contribution
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window
from runtime.dynamodb import items
from runtime.dynamodb.changes import Changes
from runtime.dynamodb.grants import Grants
from runtime.dynamodb.recounting import recounts
from runtime.dynamodb.recounting.recounts import TwinCounting, read_shown
from runtime.dynamodb.table import PER_TRANSACTION, RETRYABLE, BusyError, Item, Key, Table, pause_before_retry
from runtime.dynamodb.window_items import WindowState
from runtime.dynamodb.window_store import WindowStore, read_states

ATTEMPTS = 10
"""How often a transaction is tried while other processors write the same aggregates."""


class JudgedRecord(NamedTuple):
    """A stream record with its verdict: what was decided about it before the player's totals were known."""

    record: StreamRecord
    verdict: Contribution | Rejection


@dataclass
class WriteResult:
    """How many of a player's activities were counted, were duplicates, or were rejected and why."""

    counted: int = 0
    duplicates: int = 0
    rejections: list[Rejection] = field(default_factory=list)


class Aggregates:
    """Writes one board's aggregates: `table` holds them, and `marks` which activities were decided on already."""

    def __init__(self, board: BoardConfig, window_store: WindowStore, table: Table, marks: Table) -> None:
        self._board = board
        self._window_store = window_store
        self._table = table
        self._marks = marks
        self._changes = Changes(table)
        self.grants = Grants(marks, board)
        """Which activities an operator has loaded; they lie beside the marks."""

    def announce(self, now: int) -> None:
        """Say that a batch is about to be written, before its first `write_once`: a rebuild may read nothing else."""
        self._changes.announce(now)

    def write_once(self, player_id: str, judged: Sequence[JudgedRecord], now: int) -> WriteResult:
        """Write what one player's records change, each once. Raises BusyError or botocore's ClientError.

        After an error some of the records may have been written; passing the same records again is harmless.
        """
        result = WriteResult()
        groups = [list(judged)]
        if self._board.keeps_one_run:
            self._write_runs(player_id, _contributions(judged), result)
            groups = [[each for each in judged if isinstance(each.verdict, Rejection)]]
        while groups:
            group = groups.pop()
            if group and not self._write_together(player_id, group, now, result):
                assert len(group) > 1, "one activity fits: its mark and minute, and two items for each of seven windows"
                groups += [group[len(group) // 2 :], group[: len(group) // 2]]
        return result

    def _write_runs(self, player_id: str, runs: Sequence[Contribution], result: WriteResult) -> None:
        """Keep the best or the last of the new runs and the stored one, by one conditional write for each window."""
        by_window: dict[Window, list[Aggregate]] = {}
        for contribution in runs:
            run = scoring.aggregate_of_one(self._board, contribution.activity, contribution.points)
            for window in contribution.windows:
                by_window.setdefault(window, []).append(run)
        for window, competing in by_window.items():
            state = self._window_store.state_of(window)
            key = items.aggregate_key(window.id, state.shards, player_id)
            if state.recount:
                # It comes first: one that is to stand for both has the run then, or the next write finds no other.
                for run in competing:
                    recounts.keep_recounted_run(self._table, key, run, self._board.aggregate)
            while competing:
                stored = self._keep_run(key, competing)
                since = (items.get_text(stored, "since") if stored else None) or ""
                later = [run for run in competing if scoring.made_by(run) > since]
                # What is not better is refused; so is what is from before an operator's correction, and hides others.
                competing = later if len(later) < len(competing) else []
        result.counted += len(runs)

    def _keep_run(self, key: Key, runs: Sequence[Aggregate]) -> Item | None:
        """Keep the best or the last of some runs, if it is better than the stored one; else return that one's item."""
        kept = scoring.keep_run(self._board, runs)
        update, values = items.keep_run(kept)
        if self._board.aggregate == "last":
            return self._table.update_or_find(key, update, "attribute_not_exists(#run) OR #run < :run", **values)
        condition = "(attribute_not_exists(#since) OR #since < :by) AND (attribute_not_exists(#run) OR #run > :run)"
        return self._table.update_or_find(key, update, condition, by=scoring.made_by(kept), **values)

    def _write_together(self, player_id: str, group: list[JudgedRecord], now: int, result: WriteResult) -> bool:
        """Write the records in one transaction; False, and nothing is written, where they do not fit into one."""
        remaining = group
        for attempt in range(ATTEMPTS):
            # A mark for each record and an aggregate for each window must fit into one transaction. Its limit of 100
            # items is also the limit of the one read (`get_all`) that gets the aggregates.
            if len(remaining) + len(_windows(remaining)) > PER_TRANSACTION:
                return False
            effect, writes = self._plan(player_id, remaining, now)
            if len(writes) > PER_TRANSACTION:
                return False
            refusals = self._transact(writes)
            if refusals is None:
                rejections = [verdict for verdict in effect.verdicts if isinstance(verdict, Rejection)]
                result.counted += len(remaining) - len(rejections)
                result.rejections += rejections
                return True
            # The marks come first. One that is refused was written by an earlier delivery, together with its effect.
            marked = [refusal == "ConditionalCheckFailed" for refusal in refusals[: len(remaining)]]
            if any(marked):
                result.duplicates += sum(marked)
                remaining = [each for each, is_marked in zip(remaining, marked, strict=True) if not is_marked]
                if not remaining:
                    return True
            else:
                pause_before_retry(attempt)
        raise BusyError(f"the aggregates of a player changed {ATTEMPTS} times while they were written")

    def _transact(self, writes: list[Any]) -> list[str] | None:
        """Write a transaction; None where it was written, otherwise a reason for each item ("None": not refused)."""
        client = self._table.client
        try:
            client.transact_write_items(TransactItems=writes)
        except client.exceptions.TransactionCanceledException as error:
            refusals = [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
            if not set(refusals) <= RETRYABLE:
                raise
            return refusals
        return None

    def _plan(self, player_id: str, judged: Sequence[JudgedRecord], now: int) -> tuple[Effect, list[Any]]:
        """Decide what the records change in what is stored, and make the transaction for it: the marks first."""
        states = {window: self._window_store.state_of(window) for window in _windows(judged)}
        keys = {window: items.aggregate_key(window.id, state.shards, player_id) for window, state in states.items()}
        stored = self._table.get_all(list(keys.values())) if keys else {}
        twins = TwinCounting({window: stored[key] for window, key in keys.items() if key in stored})
        # While a transaction is carried out its items are seen one by one (Amazon DynamoDB developer guide, "Isolation
        # levels for DynamoDB transactions"): an aggregate that was read says nothing about the counters, so each has a
        # condition of its own.
        minute_keys = {minute: items.minute_key(player_id, minute) for minute in self._limited_minutes(judged)}
        counters = self._marks.get_all(list(minute_keys.values())) if minute_keys else {}
        minutes = {minute: items.get_number(counters.get(key, {}), "counted") for minute, key in minute_keys.items()}
        verdicts = [twins.extend(each.verdict) for each in judged]
        effect = counting.count_activities(self._board, verdicts, twins.aggregates, minutes)

        marks, rejected, writes = [], [], []
        for each, verdict in zip(judged, effect.verdicts, strict=True):
            outcome = "rejected" if isinstance(verdict, Rejection) else "counted"
            marks.append(self._marks.put_new_request(items.mark_item(each.record, outcome, now)))
            if isinstance(verdict, Rejection):
                rejected.append({"Put": self._marks.put_request(items.rejected_item(each.record, verdict, now))})
        for window, aggregate in twins.windows(effect).items():
            version, condition = next_version(stored.get(keys[window]))
            item = items.aggregate_item(keys[window], aggregate, version) | twins.attributes(window, effect)
            writes.append({"Put": self._table.put_request(item, **condition)})
        for minute, counted in effect.minutes.items():
            item = items.minute_item(minute_keys[minute], counted, now)
            writes.append({"Put": self._marks.put_request(item, **_same_counter(counters.get(minute_keys[minute])))})
        milestones = twins.milestones(effect, states.values())
        reached = [] if self._window_store.decisions.hides(player_id) else milestones
        for details in events.milestone_details(self._board, player_id, reached):
            writes.append({"Put": self._table.put_request(items.outbox_item(events.MILESTONE_REACHED, details))})
        return effect, [*marks, *rejected, *writes]

    def _limited_minutes(self, judged: Sequence[JudgedRecord]) -> set[int]:
        """The UTC minutes of the contributions, in minutes since 1970; none where the board does not limit them."""
        if self._board.limits.activities_per_minute is None:
            return set()
        return {contribution.activity.at // MINUTE for contribution in _contributions(judged)}


def read_players(table: Table, state: WindowState) -> Iterator[tuple[str, Aggregate]]:
    """Read every player's aggregate in a window, in no particular order. It sees all writes before the call."""

    def read_shard(number: int) -> list[tuple[str, Aggregate]]:
        found = ((item, read_shown(item, state)) for item in table.query(f"{state.window.id}#{number}"))
        return [(item["player_id"]["S"], aggregate) for item, aggregate in found if aggregate is not None]

    with ThreadPoolExecutor(THREADS) as pool:
        for players in pool.map(read_shard, range(state.shards)):
            yield from players


def read_player(table: Table, windows: Sequence[Window], player_id: str) -> list[Aggregate]:
    """Read one player's aggregates in some windows; none for a window in which the player has no activity."""
    states = read_states(table, [window.id for window in windows])
    keys = {items.aggregate_key(state.window.id, state.shards, player_id): state for state in states}
    stored = table.get_all(list(keys)) if keys else {}
    shown = [read_shown(item, keys[key]) for key, item in stored.items()]
    return [aggregate for aggregate in shown if aggregate is not None]


def _contributions(judged: Sequence[JudgedRecord]) -> list[Contribution]:
    return [each.verdict for each in judged if isinstance(each.verdict, Contribution)]


def _windows(judged: Sequence[JudgedRecord]) -> list[Window]:
    """The windows that the records contribute to, in the order of their ids."""
    windows = {window for contribution in _contributions(judged) for window in contribution.windows}
    return sorted(windows, key=lambda window: window.id)


def next_version(item: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
    """The next version of an item, and the condition that the stored item is still the one that was read."""
    if item is None:
        return 1, {"condition": "attribute_not_exists(player_id)"}
    run = {"run": item["run"]["S"]} if "run" in item else {}
    same_run = " AND #run = :run" if run else ""
    if "version" not in item:
        # It was written while the board kept one run by one conditional write.
        return 1, {"condition": f"attribute_not_exists(#version){same_run}", **run}
    # While a deployment goes on such a write may come between two transactions, with a better run: then versions begin
    # anew, and the same version says nothing.
    version = item["version"]["S"]
    return int(version) + 1, {"condition": f"#version = :version{same_run}", "version": version, **run}


def _same_counter(item: dict[str, Any] | None) -> dict[str, Any]:
    """The condition that a minute's counter is still as it was read."""
    if item is None:
        return {"condition": "attribute_not_exists(player_id)"}
    return {"condition": "#counted = :counted", "counted": item["counted"]}
