"""The rebuilder: every aggregate of the windows that may have changed becomes a new snapshot.

It reads the aggregates whole, writes ranks where they changed, and moves the pointer. Two at once do no harm: each
writes under its own prefix, and the pointer only ever moves to a later `as_of`. It also takes ended windows towards
their seal, and sends the events that wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, clock, config, sealing
from runtime.config import BoardConfig, WindowKind
from runtime.domain import scoring, windows
from runtime.domain.activity import MARK_LIFE
from runtime.domain.ranking import ScoredPlayer, WindowRanks
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window
from runtime.dynamodb import items, outbox
from runtime.dynamodb.aggregates import players
from runtime.dynamodb.items import WindowState
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import Registry
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import Ranks
from runtime.s3.snapshots import Snapshot, Snapshots, read_ranked

logger = Logger()
metrics = Metrics()

SWEEP_EVERY_MS = 600_000


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did."""

    snapshot: Snapshot
    published: bool
    """False where another rebuild that began later was done sooner."""
    previous: Snapshot | None


@dataclass(frozen=True)
class Rebuilder:
    """All that a rebuild works on."""

    board: BoardConfig
    registry: Registry
    table: Table
    activities: Table
    ranks: Ranks
    snapshots: Snapshots
    clock: Callable[[], int] = clock.now

    def rebuild(self) -> Rebuilt:
        """Make a snapshot of the board as of now and publish it.

        Raises IdentityError where the stored numbers mean something else than the board's.
        """
        now = self.clock()
        self.registry.identify()
        previous = self.snapshots.current()
        for kind in self.board.windows:
            # WindowState even if nobody plays, so that it is closed like any other.
            if kind.closes and (current := windows.current(kind, now)):
                self.registry.shards(current)
        opened = self.registry.opened()
        ranked = [each for kind in self.board.windows for each in self._ranked(kind, opened, previous, now)]
        snapshot = Snapshot(now, tuple(ranked), items.identity(self.board))
        return Rebuilt(snapshot, self.snapshots.publish(snapshot), previous)

    def _ranked(
        self, kind: WindowKind, opened: list[WindowState], previous: Snapshot | None, now: int
    ) -> Iterator[WindowRanks]:
        """The ranks of the windows of one kind: the current one, those that wait to be sealed, and those kept."""
        if not kind.closes:
            current = windows.current(kind, now)
            assert current is not None
            like = previous.window(current.id) if previous else None
            like = like if like and like.span == current else None
            yield self._write(current, self._players(kind, opened, now), now, like)
            return
        own = [window for window in opened if window.span.every == kind.every and (window.span.starts_at or 0) <= now]
        ranked = [
            read_ranked(window.final) if window.final else self._open(kind, window, previous, now) for window in own
        ]
        # Sealed windows beyond `keep` are left out, the sweep removes their ranks.
        shards = {window.span.id: window.shards for window in own}
        by_time = sorted(ranked, key=lambda each: each.span.ends_at or 0, reverse=True)
        yield from [each for each in by_time if not each.sealed]
        sealed = [each for each in by_time if each.sealed]
        yield from (self._kept(each, shards[each.span.id], previous, now) for each in sealed[: kind.keep])
        for each in sealed[kind.keep :]:
            # No activity of it would be accepted, so nothing opens it again.
            if each.span.ends_at is not None and each.span.ends_at + MARK_LIFE < now:
                self.registry.forget(each.span.id)

    def _open(self, kind: WindowKind, window: WindowState, previous: Snapshot | None, now: int) -> WindowRanks:
        """The ranks of a window that is not sealed; seals it when it is time."""
        like = previous.window(window.span.id) if previous else None
        found = self._shown(players(self.table, window.span, window.shards))
        ranked = self._write(window.span, found, now, like)
        if not sealing.step(self.board, kind, window, ranked, self.registry, self.activities, now, self.clock):
            return ranked
        final = replace(ranked, sealed=True)
        top = self.ranks.page(final, 0, min(self.board.top, sealing.TOLD))
        self.registry.seal(window, final, sealing.closed_event(self.board, final, top))
        # Two rebuilds that seal at once have read the same aggregates; the first one's files are those that stay.
        stored = self.registry.find(window.span.id)
        return read_ranked(stored.final) if stored and stored.final else final

    def _write(self, span: Window, found: Iterator[ScoredPlayer], now: int, like: WindowRanks | None) -> WindowRanks:
        return self.ranks.write(span, found, self.board.ties, self.board.top, now, like)

    def _kept(self, final: WindowRanks, shards: int, previous: Snapshot | None, now: int) -> WindowRanks:
        """The final ranks of a window, made again from its aggregates where they may be gone: `keep` was less before,
        or the board did without this kind of window."""
        shown = previous.window(final.span.id) if previous else None
        if shown is not None:
            return shown if shown.sealed else final
        found = self._shown(players(self.table, final.span, shards))
        return replace(self.ranks.write(final.span, found, final.ties, self.board.top, now, None), sealed=True)

    def _players(self, kind: WindowKind, opened: list[WindowState], now: int) -> Iterator[ScoredPlayer]:
        """The players of a window that never closes."""
        shards = {window.span.id: window.shards for window in opened}
        if kind.every == "all_time":
            yield from self._shown(players(self.table, windows.ALL_TIME, shards.get(windows.ALL_TIME.id, 0)))
            return
        days: dict[str, list[Aggregate]] = defaultdict(list)
        for day in windows.parts(kind, now):
            for player_id, aggregate in players(self.table, day, shards.get(day.id, 0)):
                days[player_id].append(aggregate)
        yield from self._shown(
            (player_id, scoring.merge(self.board, aggregates)) for player_id, aggregates in days.items()
        )

    def _shown(self, found: Iterator[tuple[str, Aggregate]]) -> Iterator[ScoredPlayer]:
        for player_id, aggregate in found:
            yield ScoredPlayer(player_id, aggregate.name, scoring.ranked(self.board, aggregate), aggregate.at)


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry, on the board's schedule. What the event holds does not matter."""
    rebuilder = _rebuilder()
    try:
        rebuilt = rebuilder.rebuild()
        began = rebuilt.snapshot.as_of
        most = max((ranked.players for ranked in rebuilt.snapshot.windows), default=0)
        metrics.add_metric("SnapshotsWritten", MetricUnit.Count, int(rebuilt.published))
        metrics.add_metric("SnapshotPlayers", MetricUnit.Count, most)
        if rebuilt.previous is None or began // SWEEP_EVERY_MS != rebuilt.previous.as_of // SWEEP_EVERY_MS:
            rebuilder.snapshots.sweep(began, rebuilder.board.max_age_seconds)
        # Last: an event that EventBridge does not take fails each rebuild, and must keep nothing else from being done.
        sent = outbox.send(rebuilder.table, aws.events(), aws.setting("POWERTOOLS_SERVICE_NAME"))
    except Exception:
        metrics.add_metric("ProcessingErrors", MetricUnit.Count, 1)
        raise
    metrics.add_metric("RebuildMilliseconds", MetricUnit.Milliseconds, clock.now() - began)
    metrics.add_metric("EventsSent", MetricUnit.Count, sent)
    return {"as_of": began, "published": rebuilt.published, "players": most}


@cache
def _rebuilder() -> Rebuilder:
    board = config.load()
    table = Table(aws.dynamodb(), aws.setting("AGGREGATES_TABLE"), ("partition", "player_id"))
    activities = Table(aws.dynamodb(), aws.setting("ACTIVITIES_TABLE"), ("player_id", "activity_id"))
    bucket = Bucket(aws.s3(), aws.setting("BUCKET"))
    ranks = Ranks(bucket, board.columns)
    return Rebuilder(board, Registry(table, board), table, activities, ranks, Snapshots(bucket))
