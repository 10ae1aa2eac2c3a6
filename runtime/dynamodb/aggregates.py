"""The aggregates and marks tables: every accepted activity is added once, whatever is delivered twice or dies halfway.

Where totals are kept, one transaction writes an activity's mark (refused where it exists) and the player's aggregates
(refused where they changed since they were read): a mark exists exactly where its points do. Where one run is kept, one
conditional write per window keeps the better of two runs: doing it again changes nothing, so it needs no mark.
`items` says what lies in the tables.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from runtime.aws import THREADS
from runtime.config import BoardConfig
from runtime.domain import folding, scoring
from runtime.domain.activity import Record, Rejection, time_prefix
from runtime.domain.folding import Fold
from runtime.domain.judging import Counts
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window
from runtime.dynamodb import items
from runtime.dynamodb.table import PER_TRANSACTION, Table
from runtime.dynamodb.window_store import Registry

ATTEMPTS = 10
"""How often a player's batch is tried when another processor writes the same aggregates."""
_PASSING = {"None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class BusyError(Exception):
    """Others kept writing the same aggregates. Nothing was written; the messages may be delivered again."""


@dataclass(frozen=True)
class Entry:
    """One judged record: points for windows, or a rejection."""

    record: Record
    verdict: Counts | Rejection


@dataclass
class Outcome:
    """What became of a player's entries."""

    counted: int = 0
    duplicate: int = 0
    rejected: list[Rejection] = field(default_factory=list)


class Aggregates:
    """The players of one board: `table` holds their aggregates, `marks` what was decided already."""

    def __init__(self, config: BoardConfig, registry: Registry, table: Table, marks: Table) -> None:
        self._config = config
        self._registry = registry
        self._table = table
        self._marks = marks

    def settle(self, player_id: str, entries: Sequence[Entry], now: int) -> Outcome:
        """Write the effect of one player's entries, each once. Raises BusyError or botocore's ClientError.

        After an error some of the entries may have been written; giving them again is harmless.
        """
        outcome = Outcome()
        waiting = [list(entries)]
        if self._config.keeps_one_run:
            self._keep(player_id, [entry.verdict for entry in entries if isinstance(entry.verdict, Counts)], outcome)
            waiting = [[entry for entry in entries if isinstance(entry.verdict, Rejection)]]
        while waiting:
            some = waiting.pop()
            if some and not self._settle_at_once(player_id, some, now, outcome):
                assert len(some) > 1, "one activity writes a mark, and two items for each of a board's seven windows"
                waiting += [some[len(some) // 2 :], some[: len(some) // 2]]
        return outcome

    def _keep(self, player_id: str, runs: Sequence[Counts], outcome: Outcome) -> None:
        """Keep the best, or the last, of the runs and what is there, in each window by one write."""
        kept: dict[Window, Aggregate] = {}
        for run in runs:
            for span in run.spans:
                changed = scoring.add(self._config, kept.get(span), run.activity, run.points)
                assert isinstance(changed, Aggregate), "one run is within the bound"
                kept[span] = changed
        wins = "#run < :run" if self._config.aggregate == "last" else "#run > :run"
        for span, aggregate in kept.items():
            key = items.place(span.id, self._registry.shards(span), player_id)
            item = items.aggregate(key, aggregate, version=None)
            self._table.put(item, f"attribute_not_exists(#run) OR {wins}", run=aggregate.run)
        outcome.counted += len(runs)

    def _settle_at_once(self, player_id: str, entries: list[Entry], now: int, outcome: Outcome) -> bool:
        """Write the entries in one transaction; False, with nothing written, where they are too many for one."""
        remaining = entries
        client = self._table.client
        for attempt in range(ATTEMPTS):
            # Also the read of the aggregates takes no more items than a transaction.
            if len(remaining) + len(_spans(remaining)) > PER_TRANSACTION:
                return False
            fold, writes = self._fold(player_id, remaining, now)
            if len(writes) > PER_TRANSACTION:
                return False
            try:
                client.transact_write_items(TransactItems=writes)
            except client.exceptions.TransactionCanceledException as error:
                codes = [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
                if not set(codes) <= _PASSING:
                    raise
                # Marks come first: a refused one was written by an earlier delivery, and so was its effect.
                taken = [codes[index] == "ConditionalCheckFailed" for index in range(len(remaining))]
                if any(taken):
                    outcome.duplicate += sum(taken)
                    remaining = [entry for entry, gone in zip(remaining, taken, strict=True) if not gone]
                    if not remaining:
                        return True
                else:
                    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
            else:
                rejected = [verdict for verdict in fold.verdicts if isinstance(verdict, Rejection)]
                outcome.counted += len(remaining) - len(rejected)
                outcome.rejected += rejected
                return True
        raise BusyError(f"the aggregates of player {player_id} changed {ATTEMPTS} times while they were written")

    def _fold(self, player_id: str, entries: Sequence[Entry], now: int) -> tuple[Fold, list[Any]]:
        """The effect of the entries on what is stored, and the transaction that writes it: the marks first."""
        verdicts = [entry.verdict for entry in entries]
        counted = [verdict for verdict in verdicts if isinstance(verdict, Counts)]
        places = {span: items.place(span.id, self._registry.shards(span), player_id) for span in _spans(entries)}
        stored = self._table.get_all(list(places.values())) if places else {}
        fold = folding.fold(
            self._config,
            verdicts,
            {span: items.read_aggregate(stored[key]) for span, key in places.items() if key in stored},
            self._minutes(player_id, counted),
        )

        marks, records, writes = [], [], []
        for entry, verdict in zip(entries, fold.verdicts, strict=True):
            rejected = isinstance(verdict, Rejection)
            marks.append(self._marks.new(items.mark(entry.record, "rejected" if rejected else "counted", now)))
            if isinstance(verdict, Rejection):
                records.append({"Put": self._marks.write(items.rejected(entry.record, verdict, now))})
        for span, aggregate in fold.aggregates.items():
            key = places[span]
            version, condition = _versioned(stored.get(key))
            writes.append({"Put": self._table.write(items.aggregate(key, aggregate, version), **condition)})
        writes += [
            {"Put": self._table.write(items.events("leaderboard.milestone_reached", details))}
            for details in folding.milestone_events(self._config, player_id, fold.reached)
        ]
        return fold, [*marks, *records, *writes]

    def _minutes(self, player_id: str, counted: Sequence[Counts]) -> dict[int, int]:
        """How many of the player's activities counted in each UTC minute of these: their marks say so.

        To be read after the aggregates, whose version tells of any that is written from then on. (DynamoDB carries out
        a transaction item by item: in the moment between an aggregate and its marks a batch could be missed here, and
        the limit passed by as many. Nothing is counted twice or lost by it.)
        """
        limit = self._config.limits.activities_per_minute
        if limit is None:
            return {}
        return {
            minute: self._marks.count(player_id, _ids_of(minute), "#outcome = :outcome", limit, outcome="counted")
            for minute in {verdict.activity.at // 60_000 for verdict in counted}
        }


def players(table: Table, span: Window, shards: int) -> Iterator[tuple[str, Aggregate]]:
    """Every player's aggregate in a window, in no order; all that was written before the call is in it."""

    def shard(number: int) -> list[tuple[str, Aggregate]]:
        found = table.query(f"{span.id}#{number}")
        return [(item["player_id"]["S"], items.read_aggregate(item)) for item in found]

    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(shard, range(shards)):
            yield from found


def _spans(entries: Sequence[Entry]) -> list[Window]:
    """The windows that entries have points for."""
    counted = (entry.verdict for entry in entries if isinstance(entry.verdict, Counts))
    return sorted({span for verdict in counted for span in verdict.spans}, key=lambda span: span.id)


def _ids_of(minute: int) -> tuple[str, str]:
    """Texts before and behind the ids of all activities of a UTC minute (of the epoch)."""
    return time_prefix(minute * 60_000), time_prefix((minute + 1) * 60_000)


def _versioned(item: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
    """The next version of an item, and the condition that it is still the one that was read."""
    if item is None:
        return 1, {"condition": "attribute_not_exists(player_id)"}
    if "version" not in item:
        # Written while the board kept one run by one write.
        return 1, {"condition": "attribute_not_exists(#version) AND #run = :run", "run": item["run"]["S"]}
    return int(item["version"]["S"]) + 1, {"condition": "#version = :version", "version": item["version"]["S"]}
