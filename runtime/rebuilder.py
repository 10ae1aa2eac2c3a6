"""The rebuilder: every aggregate of the open windows becomes a new snapshot.

It reads the aggregates whole, writes ranks where they changed, and moves the pointer. Two at once do no harm: each
writes under its own prefix, and the pointer only ever moves to a later `as_of`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, config, items, windows
from runtime.activity import DAY
from runtime.aggregates import Aggregates
from runtime.config import BoardConfig
from runtime.items import Opened
from runtime.snapshots import Ranked, Snapshot, Store

logger = Logger()
metrics = Metrics()

SETTLES_MS = DAY
"""How long after its end and grace a window's last activities may usually wait in the queue."""
RECHECK_MS = 3_600_000
"""How often an older window that is kept is read again: what was redriven late counts in it too."""
SWEEP_EVERY_MS = 600_000


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did."""

    snapshot: Snapshot
    published: bool
    """False where another rebuild that began later was done sooner."""
    previous: Snapshot | None


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry, on the board's schedule. What the event holds does not matter."""
    began = time.time_ns() // 1_000_000
    try:
        rebuilt = rebuild(config.load(), _aggregates(), _store(), began)
        if rebuilt.previous is None or began // SWEEP_EVERY_MS != rebuilt.previous.as_of // SWEEP_EVERY_MS:
            _store().sweep(began, config.load().max_age_seconds)
    except Exception:
        metrics.add_metric("ProcessingErrors", MetricUnit.Count, 1)
        raise
    players = max((ranked.players for ranked in rebuilt.snapshot.windows), default=0)
    took = time.time_ns() // 1_000_000 - began
    metrics.add_metric("SnapshotsWritten", MetricUnit.Count, int(rebuilt.published))
    metrics.add_metric("SnapshotPlayers", MetricUnit.Count, players)
    metrics.add_metric("RebuildMilliseconds", MetricUnit.Milliseconds, took)
    return {"as_of": rebuilt.snapshot.as_of, "published": rebuilt.published, "players": players}


def rebuild(board: BoardConfig, aggregates: Aggregates, store: Store, now: int) -> Rebuilt:
    """Make a snapshot of the board as of `now` (milliseconds) and publish it.

    Raises IdentityError where the stored numbers mean something else than the board's.
    """
    aggregates.identify()
    previous, _ = store.current()
    ranks = []
    for window in _changing(board, aggregates.opened(), previous, now):
        like = previous.window(window.span.id) if previous else None
        ranks.append(store.write(window.span, aggregates.players(window), board.top, now, like))
    built = {ranked.span.id for ranked in ranks}
    ended = [ranked for ranked in previous.windows if ranked.span.id not in built] if previous else []
    snapshot = Snapshot(now, tuple(ranks + _kept(board, ended)), items.identity(board))
    return Rebuilt(snapshot, store.publish(snapshot), previous)


def _changing(board: BoardConfig, opened: list[Opened], previous: Snapshot | None, now: int) -> list[Opened]:
    """The windows whose ranks may have changed: the current ones, whether or not an activity has opened them, those
    that ended so recently that their last activities may still be on their way, and now and then all that are kept."""
    found = {window.span.id: window for window in opened}
    recheck = previous is None or previous.as_of // RECHECK_MS != now // RECHECK_MS
    result = []
    for kind in board.windows:
        current = windows.span(kind, now)
        result.append(found.pop(current.id, Opened(current, shards=0)))
        ended = [
            (window.span.ends_at, window)
            for window in found.values()
            if window.span.every == kind.every and window.span.ends_at is not None and window.span.ends_at <= now
        ]
        newest = sorted(ended, key=lambda pair: pair[0], reverse=True)[: kind.keep]
        settles = kind.grace_seconds * 1000 + SETTLES_MS
        result += [window for ends_at, window in newest if recheck or now - settles < ends_at]
    return result


def _kept(board: BoardConfig, ended: list[Ranked]) -> list[Ranked]:
    """Of the windows that no longer change, the newest of each kind that the board still has."""
    kept: list[Ranked] = []
    for kind in board.windows:
        of_kind = [ranked for ranked in ended if ranked.span.every == kind.every]
        kept += sorted(of_kind, key=lambda ranked: ranked.span.ends_at or 0, reverse=True)[: kind.keep]
    return kept


@cache
def _aggregates() -> Aggregates:
    return Aggregates(aws.dynamodb(), config.load(), aws.setting("AGGREGATES_TABLE"))


@cache
def _store() -> Store:
    return Store(aws.s3(), aws.setting("BUCKET"), config.load().columns)
