"""The aggregates and marks tables: an activity counts once, even if it is delivered twice or a call dies halfway.

Where totals are kept, one transaction writes an activity's mark (refused where it exists) and the player's aggregates
(refused where they changed since they were read), so an activity has a mark if and only if it has its effect. Where one
run is kept, one conditional write for each window keeps the better of two runs: a repetition changes nothing, so it
needs no mark.
`items` has the attributes of both tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import isqrt
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from runtime.aws import THREADS
from runtime.config import BoardConfig
from runtime.domain import scoring
from runtime.domain.judging import Contribution, JudgedRecord
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window
from runtime.dynamodb import items
from runtime.dynamodb.changes import Changes
from runtime.dynamodb.counting.planning import Plan, Planner, find_windows
from runtime.dynamodb.grants import Grants
from runtime.dynamodb.recounting import recounts
from runtime.dynamodb.recounting.recounts import read_shown
from runtime.dynamodb.table import PER_TRANSACTION, RETRYABLE, BusyError, Item, Key, Table, pause_before_retry
from runtime.dynamodb.window_store import WindowStore, read_states

ATTEMPTS = 10
"""How often a transaction is tried while other processors write the same aggregates."""
CALLS_OF_UNITS = 150
"""How many players' calls cost as much as one player's units: two calls take some 0.6 ms of a core, and a mark and an
aggregate four write units (AWS Lambda pricing, 1,769 MB for a core; Amazon DynamoDB pricing, on-demand)."""


@dataclass
class WriteResult:
    """How many of a player's activities were counted, were duplicates, or were rejected and why."""

    counted: int = 0
    duplicates: int = 0
    rejections: list[Rejection] = field(default_factory=list)

    def add(self, plan: Plan) -> None:
        """Add what was written by a plan."""
        rejections = [verdict for verdict in plan.effect.verdicts if isinstance(verdict, Rejection)]
        self.counted += len(plan.judged) - len(rejections)
        self.rejections += rejections


class _Part(NamedTuple):
    """The records of some players that are to be written by one transaction, by player."""

    players: Mapping[str, Sequence[JudgedRecord]]
    attempt: int = 0
    """How often that was tried."""

    def cut(self) -> list[_Part]:
        """Two parts in place of this one, the first one last: of its players, or of the records of its only one."""
        players = list(self.players.items())
        half = len(players) // 2
        if half:
            return [_Part(dict(players[half:])), _Part(dict(players[:half]))]
        [(player_id, judged)] = players
        half = len(judged) // 2
        assert half, "one activity fits: its mark and minute, and two items for each of seven windows"
        return [_Part({player_id: judged[half:]}), _Part({player_id: judged[:half]})]

    def single(self) -> list[_Part]:
        """A part for each player."""
        return [_Part({player_id: judged}) for player_id, judged in self.players.items()]


class Aggregates:
    """Writes one board's aggregates: `table` holds them, and `marks` which activities were decided on already."""

    def __init__(self, board: BoardConfig, window_store: WindowStore, table: Table, marks: Table) -> None:
        self._board = board
        self._window_store = window_store
        self._table = table
        self._planner = Planner(board, window_store, table, marks)
        self._changes = Changes(table)
        self.grants = Grants(marks, board)
        """Which activities an operator has loaded; they lie beside the marks."""
        self._unrefused = CALLS_OF_UNITS * PER_TRANSACTION**2
        """How many players were written since DynamoDB has refused a transaction; at first, enough."""
        self._was_refused = False
        """Whether it has refused one of this batch."""

    def announce(self, now: int) -> None:
        """Say that a batch is about to be written, before its first write: a rebuild may read nothing else."""
        self._changes.announce(now)

    def write_all(self, players: Mapping[str, Sequence[JudgedRecord]], now: int) -> dict[str, WriteResult | Exception]:
        """Write what the records of some players change, each once, and say what became of them; of some, the error.

        After an error some of a player's records may have been written; passing the same records again is harmless.
        """
        outcomes: dict[str, WriteResult | Exception] = {}
        with ThreadPoolExecutor(THREADS) as pool:
            for written in pool.map(lambda part: self._write_part(part, now), self._divide(players)):
                outcomes |= written
        self._unrefused = 0 if self._was_refused else self._unrefused + len(players)
        self._was_refused = False
        return outcomes

    def write_once(self, player_id: str, judged: Sequence[JudgedRecord], now: int) -> WriteResult:
        """As `write_all` for one player. Raises BusyError or botocore's ClientError."""
        outcome = self._write_part(_Part({player_id: judged}), now)[player_id]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _divide(self, players: Mapping[str, Sequence[JudgedRecord]]) -> list[_Part]:
        """Divide players into parts that hardly need to be cut.

        A transaction that is refused for one player costs the units of all in it once more, and calls cost less. Where
        one of N players is refused, calls and lost units of n players together cost least if n x n is N over
        CALLS_OF_UNITS.
        """
        most = 1 if self._board.keeps_one_run else max(1, isqrt(self._unrefused // CALLS_OF_UNITS))
        parts: list[dict[str, Sequence[JudgedRecord]]] = []
        room = 0
        for player_id, judged in players.items():
            needed = _count_items(judged)
            if not parts or len(parts[-1]) == most or needed > room:
                parts.append({})
                room = PER_TRANSACTION
            parts[-1][player_id] = judged
            room -= needed
        return [_Part(part) for part in parts]

    def _write_part(self, part: _Part, now: int) -> dict[str, WriteResult | Exception]:
        """Write a part, by more than one transaction where it takes them."""
        results = {player_id: WriteResult() for player_id in part.players}
        failures: dict[str, Exception] = {}
        left = [part]
        while left:
            part = left.pop()
            if part.players.keys() & failures.keys():
                continue
            try:
                if self._board.keeps_one_run:
                    part = self._write_runs(part, results)
                left += self._write_together(part, now, results) if any(part.players.values()) else []
            except Exception as error:
                if len(part.players) > 1 and not _is_busy(error):
                    left += part.single()
                else:
                    failures |= dict.fromkeys(part.players, error)
        return {**results, **failures}

    def _write_runs(self, part: _Part, results: Mapping[str, WriteResult]) -> _Part:
        """Keep the best or last run of each player, if it is better than the stored one; return what else there is."""
        for player_id, judged in part.players.items():
            runs = [each.verdict for each in judged if isinstance(each.verdict, Contribution)]
            self._keep_runs(player_id, runs)
            results[player_id].counted += len(runs)
        rejected = {
            player_id: [each for each in judged if isinstance(each.verdict, Rejection)]
            for player_id, judged in part.players.items()
        }
        return part._replace(players=rejected)

    def _keep_runs(self, player_id: str, runs: Sequence[Contribution]) -> None:
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

    def _keep_run(self, key: Key, runs: Sequence[Aggregate]) -> Item | None:
        """Keep the best or the last of some runs, if it is better than the stored one; else return that one's item."""
        kept = scoring.keep_run(self._board, runs)
        update, values = items.keep_run(kept)
        if self._board.aggregate == "last":
            return self._table.update_or_find(key, update, "attribute_not_exists(#run) OR #run < :run", **values)
        condition = "(attribute_not_exists(#since) OR #since < :by) AND (attribute_not_exists(#run) OR #run > :run)"
        return self._table.update_or_find(key, update, condition, by=scoring.made_by(kept), **values)

    def _write_together(self, part: _Part, now: int, results: Mapping[str, WriteResult]) -> list[_Part]:
        """Write a part by one transaction. What is not written then is returned, in parts to be written.

        Raises BusyError where that was tried too often.
        """
        if part.attempt == ATTEMPTS:
            raise BusyError(f"the aggregates of a player changed {ATTEMPTS} times while they were written")
        # A mark for each record and an aggregate for each window must fit into one transaction. Its limit of 100 items
        # is also the limit of the one read (`get_all`) that gets the aggregates.
        if sum(map(_count_items, part.players.values())) > PER_TRANSACTION:
            return part.cut()
        plans = self._planner.plan(part.players, now)
        writes = [write for plan in plans.values() for write in plan.writes]
        if len(writes) > PER_TRANSACTION:
            return part.cut()
        refusals = self._transact(writes)
        if refusals is None:
            for player_id, plan in plans.items():
                results[player_id].add(plan)
            return []
        self._was_refused = True
        return self._find_left(part.attempt, plans, refusals, results)

    def _find_left(
        self, attempt: int, plans: Mapping[str, Plan], refusals: list[str], results: Mapping[str, WriteResult]
    ) -> list[_Part]:
        """What is left to be written after a refusal: each player who was refused alone, and the others together."""
        alone: list[_Part] = []
        others: dict[str, Sequence[JudgedRecord]] = {}
        duplicates = 0
        for player_id, plan in plans.items():
            own, refusals = refusals[: len(plan.writes)], refusals[len(plan.writes) :]
            # The marks come first. One that is refused was written by an earlier delivery, together with its effect.
            marked = [refusal == "ConditionalCheckFailed" for refusal in own[: len(plan.judged)]]
            remaining = [each for each, is_marked in zip(plan.judged, marked, strict=True) if not is_marked]
            results[player_id].duplicates += sum(marked)
            duplicates += sum(marked)
            if set(own) == {"None"}:
                others[player_id] = remaining
            elif remaining:
                alone.append(_Part({player_id: remaining}, attempt + 1))
        if not duplicates:
            pause_before_retry(attempt)
        return [*alone, _Part(others, attempt + 1)] if others else alone

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


def read_player(table: Table, windows: Sequence[Window], player_id: str) -> list[Aggregate]:
    """Read one player's aggregates in some windows; none for a window in which the player has no activity."""
    states = read_states(table, [window.id for window in windows])
    keys = {items.aggregate_key(state.window.id, state.shards, player_id): state for state in states}
    stored = table.get_all(list(keys)) if keys else {}
    shown = [read_shown(item, keys[key]) for key, item in stored.items()]
    return [aggregate for aggregate in shown if aggregate is not None]


def _count_items(judged: Sequence[JudgedRecord]) -> int:
    """How many items a player's records are about at least: their marks and aggregates."""
    return len(judged) + len(find_windows(judged))


def _is_busy(error: Exception) -> bool:
    """Whether AWS did not get to a request, so that others would fail too, whatever is in them."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] not in ("ValidationException", "TransactionCanceledException")
    return isinstance(error, BusyError | BotoCoreError)
