"""The rebuilder's Lambda handler: the aggregates of all windows become a new snapshot. It also watches the board.

It reads which aggregates have changed, or all of them, writes the ranks that changed, and moves the pointer. Two
rebuilds at once do no harm: each goes on from the pointer that it has read, writes files of its own, and the pointer
only moves to a later `as_of`. It also takes ended windows towards their seal, and sends the events that wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, clock, config, logs, metrics
from runtime.config import BoardConfig, WindowKind
from runtime.domain.identity import describe_identity
from runtime.domain.instants import DAY
from runtime.domain.ranking import WindowRanks, describe_shown
from runtime.dynamodb.changes import Changes, is_over
from runtime.dynamodb.clearing import clear
from runtime.dynamodb.decisions import DecisionStore
from runtime.dynamodb.heartbeats import Heartbeats
from runtime.dynamodb.lease import Lease, LeaseHeldError
from runtime.dynamodb.outbox import Outbox
from runtime.dynamodb.recounting.settling import settle_old
from runtime.dynamodb.streaming.raw_json import read_raw
from runtime.dynamodb.streaming.table_stream import TableStream, open_stream
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_items import WindowState
from runtime.dynamodb.window_store import WindowStore
from runtime.lifecycle import sealing
from runtime.lifecycle.assembled.assemblies import Assemblies, Start, UnreadyError
from runtime.lifecycle.assembled.executions import StateMachine
from runtime.lifecycle.assembled.large_ranking import LargeRanker
from runtime.lifecycle.following import Since, follow, stay
from runtime.lifecycle.opening import move_ends_between_rebuilds, open_windows, select_edges
from runtime.lifecycle.parts import describe_recounts, list_begun, list_unsealed, select_parts
from runtime.lifecycle.ranking import Ranker
from runtime.lifecycle.result import RebuildResult
from runtime.lifecycle.revising import find_kept, revise, store_correction
from runtime.lifecycle.sorted_reading import collect_seldom
from runtime.lifecycle.watch import watch
from runtime.s3.bucket import Bucket
from runtime.s3.description import describe_board
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import Snapshot, SnapshotStore

SWEEP_EVERY_MS = 600_000
"""How often files that nobody can read any more are removed, in milliseconds: every 10 minutes."""


@dataclass(frozen=True)
class Rebuilder:
    """Makes the snapshots of one board out of its tables, and writes them into its bucket."""

    board: BoardConfig
    window_store: WindowStore
    table: Table
    """The aggregates table."""
    stream: TableStream
    """The stream of that table."""
    activities: Table
    rank_files: RankFiles
    snapshots: SnapshotStore
    clock: Callable[[], int] = clock.now
    outbox: Outbox = field(default_factory=Outbox)
    lease: Lease | None = None
    """What a rebuild takes before it reads aggregates; None where no other can be under way."""
    anew: str = ""
    """The id of a window of which all files are written again, also where nothing has changed; empty for none."""
    start: Start | None = None
    """Starts assemblies of large windows; None where this process ranks all windows."""

    def rebuild(self) -> RebuildResult:
        """Make a snapshot of the board as it is now, and publish it.

        Raises IdentityError where the stored numbers mean something else than the board's, LeaseHeldError where another
        rebuild holds the lease, UnreadyError where windows are being assembled that a snapshot must have.
        """
        now = self.clock()
        self.window_store.check_identity()
        previous = self.snapshots.read_newest()
        as_of = self.snapshots.choose_as_of(previous, now)
        changes, store = Changes(self.table), DecisionStore(self.table)
        changed = changes.find()
        if changes.decided:
            store.remind(changes.decided)
        decisions = store.follow(changes.decided)
        is_settled = previous is not None and self._is_settled(previous, changed, now)
        since = stay(previous) if previous is not None and is_settled else self._follow(previous, now)
        states = open_windows(self.board, self.window_store, now)
        recounts = describe_recounts(self.board, self.window_store.timelines, states, now)
        given = self.board, self.table, self.stream, self.rank_files, now, since, previous
        made_with = *given, decisions, recounts, self.anew, self.lease
        assemblies = Assemblies(self.snapshots.bucket, self.start, now) if self.start else None
        ranker = LargeRanker(*made_with, assemblies=assemblies, states=states) if assemblies else Ranker(*made_with)
        positions = since.positions.to_json() if since.positions else None
        snapshot = replace(self._make_snapshot(ranker, as_of, changed, states), positions=positions)
        return self._publish(RebuildResult(snapshot, snapshot, previous, is_settled, states, assemblies), now)

    def _follow(self, previous: Snapshot | None, now: int) -> Since:
        if self.lease:
            self.lease.take(now)
        since = follow(self.stream, previous)
        if self.start and previous and since.changed is None and self._is_quiet(previous, Changes(self.table).find()):
            # The stream forgets, but a large window of a quiet board is not read for nothing.
            return replace(since, changed={})
        return since

    def _make_snapshot(
        self, ranker: Ranker, as_of: int, changed: str | None, states: Sequence[WindowState]
    ) -> Snapshot:
        """Make the snapshot, with the files of its ranks."""
        ranker.prepare(list_unsealed(self.board, self.window_store.timelines, states, ranker.now))
        ranks, unready = list[WindowRanks](), list[str]()
        for kind in self.board.windows:
            rank = self._rank_closing if kind.closes else self._rank_endless
            try:
                ranks += rank(kind, states, ranker)
            except UnreadyError as error:  # The others may need assemblies too, and are not to wait for this one.
                unready.append(str(error))
        if unready:
            raise UnreadyError("; ".join(unready))
        edges = select_edges(self.board, self.window_store, states, ranker.now)
        identity, shown = describe_identity(self.board), describe_shown(self.board)
        return Snapshot(as_of, tuple(ranks), identity, None, changed, (), shown, describe_board(self.board), edges)

    def _publish(self, made: RebuildResult, now: int) -> RebuildResult:
        """Publish a snapshot, unless nothing has changed and the one before is fresh."""
        snapshot, previous = made.snapshot, made.previous
        is_quiet = made.settled or snapshot.changed is None
        is_fresh = previous is not None and self._is_fresh(previous, now)
        if previous and is_quiet and is_fresh and not self.snapshots.would_change(snapshot, previous):
            # A file written for nothing, each minute, costs more than all that a quiet board reads. On a board that is
            # not quiet, `as_of` moves on with every rebuild.
            return replace(made, newest=previous)
        published = self.snapshots.publish(snapshot, previous, self.clock)
        return made if published else replace(made, newest=self.snapshots.read_newest() or snapshot)

    def clear(self, result: RebuildResult) -> int:
        """Delete a portion of the scores that a rebuild has found to be of no use any more; return how many."""
        shown = {ranks.window.id for each in (result.snapshot, result.newest) for ranks in each.ranks}
        # A sealed window that no snapshot shows may be shown again as soon as it is assembled.
        shown |= result.awaited
        ranked = sum(ranks.players for ranks in result.snapshot.ranks)
        settle_old(self.table, result.states, ranked, self.clock())
        return clear(self.board, self.table, self.window_store, result.states, shown, ranked, self.clock())

    def _is_settled(self, previous: Snapshot, changed: str | None, now: int) -> bool:
        """Whether neither aggregates nor what is shown of them changed since the previous snapshot: none need be read.

        Once a day they are read anyway, and when the snapshot's files move to another key: whoever reads has the lease.
        """
        is_same_board = previous.shown == describe_shown(self.board)
        if not self.snapshots.has_own_key(previous) or not is_same_board or previous.as_of > now:
            return False
        if self.start and previous.positions is None:  # Nothing could be assembled, which needs positions.
            return False
        return self._is_quiet(previous, changed) and now // DAY == previous.as_of // DAY

    def _is_quiet(self, previous: Snapshot, changed: str | None) -> bool:
        is_same = changed is not None and changed == previous.changed
        return is_same and is_over(changed, previous.as_of, self.board.batch_seconds)

    def _is_fresh(self, previous: Snapshot, now: int) -> bool:
        """Whether the previous snapshot is young enough to stay the newest where nothing has changed."""
        is_same_day = now // DAY == previous.as_of // DAY
        return is_same_day and now - previous.as_of < self.board.stale_seconds * 1000 // 2

    def _rank_endless(self, kind: WindowKind, states: Sequence[WindowState], ranker: Ranker) -> Iterator[WindowRanks]:
        """Rank the one window of a kind that never closes."""
        timeline = self.window_store.timelines.of(kind)
        window = timeline.current(ranker.now)
        assert window is not None
        yield ranker.rank(window, select_parts(timeline, states, ranker.now))

    def _rank_closing(self, kind: WindowKind, states: Sequence[WindowState], ranker: Ranker) -> Iterator[WindowRanks]:
        """Rank the windows of a kind that closes: those not sealed yet, then the `keep` newest sealed ones."""
        own = list_begun(kind, states, ranker.now)
        ranks = [state.final or self._rank_unsealed(kind, state, ranker) for state in own]
        ranks.sort(key=lambda each: each.window.ends_at or 0, reverse=True)
        yield from (each for each in ranks if not each.sealed)
        sealed = [each for each in ranks if each.sealed]
        by_id = {state.window.id: state for state in own}
        # The snapshot leaves the others out, so the sweep removes their files, and clearing their scores.
        restored = (self._restore(each, by_id[each.window.id], ranker) for each in sealed[: kind.keep])
        yield from (each for each in restored if each)

    def _rank_unsealed(self, kind: WindowKind, state: WindowState, ranker: Ranker) -> WindowRanks:
        """Rank a window that is not sealed, and seal it when it is time."""
        now = ranker.now
        ranks = ranker.rank(state.window, [state], is_last=sealing.is_complete(self.board, state, now))
        is_due = sealing.advance(self.board, kind, state, ranks, self.window_store, self.activities, now, self.clock)
        if not is_due or not ranker.is_final(ranks, state):
            return ranks
        final = replace(ranks, sealed=True, corrected=state.corrected)
        self.window_store.seal(state, final, sealing.make_event(self.board, self.rank_files, final))
        # Two rebuilds may seal at once. Both have read the same aggregates, and the files of the first are kept.
        stored = self.window_store.find(state.window.id)
        return stored.final if stored and stored.final else final

    def _restore(self, final: WindowRanks, of: WindowState, ranker: Ranker) -> WindowRanks | None:
        """The final ranks of a sealed window, with files that exist; None where it was being cleared meanwhile,
        or is being assembled.

        They are made again where they are wanted anew, where an operator has decided about a player, corrected a score
        or replayed it since, and where the previous snapshot left the window out: its files may be gone.
        """
        shown = ranker.previous.find_ranks(final.window.id) if ranker.previous else None
        kept = find_kept(final, shown)
        if kept and ranker.keeps(kept, of):
            return kept
        # Only what the snapshot shows is sure to have its files still.
        ranks = ranker.rank_again(final, of, kept if kept is shown else None)
        if ranks is None:
            return kept
        found = self.window_store.find(final.window.id)
        if found is None or found.clearing:
            return None
        if found.corrected != of.corrected:  # These ranks may have it, and would be shown before its event is made.
            return self._restore(found.final or final, found, ranker)
        revised = revise(of, final, kept, ranks, ranker.decisions)
        make_event = partial(sealing.make_event, self.board, self.rank_files)
        return store_correction(self.table, kept or final, revised, make_event)


def handler(event: Any, context: LambdaContext) -> dict[str, Any]:
    """Make and publish a snapshot, or watch the board where the event's `task` is "watch".

    Lambda calls this on the board's two schedules. Whatever else the event has, a snapshot is made, so that a person
    may call it without one. With a `window` all files of that window are written again.
    """
    rebuilder = _rebuilder()
    window = event.get("window") if isinstance(event, dict) else None
    logs.begin(context)
    if isinstance(event, dict) and event.get("task") == "watch":
        return _watch(rebuilder)
    lease = Lease(rebuilder.table, rebuilder.board.lease_seconds)
    try:
        return _rebuild(replace(rebuilder, lease=lease, anew=window if isinstance(window, str) else ""))
    except (LeaseHeldError, UnreadyError) as error:
        logs.info("a rebuild was skipped", reason=str(error))
        return {"skipped": str(error), **({"unready": True} if isinstance(error, UnreadyError) else {})}
    finally:
        try:
            lease.give_back()
        except Exception as error:
            # The snapshot is made, and the lease runs out by itself.
            logs.fail("the lease was not given back", error)


def _rebuild(rebuilder: Rebuilder) -> dict[str, Any]:
    """Make and publish a snapshot, sweep files that nobody can read any more, and send events."""
    result = rebuilder.rebuild()
    began, sent = result.snapshot.as_of, 0
    is_slot_new = result.previous is None or began // SWEEP_EVERY_MS != result.previous.as_of // SWEEP_EVERY_MS
    # On a quiet board, files become old only where something has failed, and that can wait for the next rebuild that
    # reads. Events wait only where some were refused, or where a function died before it sent them.
    if is_slot_new and not result.settled:
        _sweep(rebuilder, result)
    try:
        if result.published or not result.settled or rebuilder.outbox.may_hold_more:
            sent = rebuilder.outbox.send(rebuilder.table, aws.events(), aws.setting("POWERTOOLS_SERVICE_NAME"))
    finally:
        # An event that EventBridge refuses fails the rebuild, and must not stop anything else.
        rebuilder.clear(result)
    return {**result.describe(rebuilder.anew), "events": sent}


def _sweep(rebuilder: Rebuilder, result: RebuildResult) -> None:
    """Remove files that nobody can read any more, also of assemblies, which a board without them may once have had."""
    now, snapshots = rebuilder.clock(), rebuilder.snapshots
    assemblies = result.assemblies or Assemblies(snapshots.bucket, lambda *_: False, now)
    snapshots.sweep(now, rebuilder.board.max_age_seconds, find_others=assemblies.sweep)


def _watch(rebuilder: Rebuilder) -> dict[str, Any]:
    """Watch the board, and write what was measured as metrics."""
    found = watch(rebuilder.board, Heartbeats(rebuilder.table), rebuilder.activities, rebuilder.snapshots, clock.now())
    metrics.write(found.to_metrics(), "Seconds")
    move_ends_between_rebuilds(rebuilder.board, rebuilder.window_store, clock.now())
    return found.to_metrics()


@cache
def _rebuilder() -> Rebuilder:
    collect_seldom()
    board, client = config.load_board(), aws.dynamodb()
    read_raw(client, "Query", "BatchGetItem")
    table = Table(client, aws.setting("AGGREGATES_TABLE"), ("partition", "player_id"))
    activities = Table(client, aws.setting("ACTIVITIES_TABLE"), ("player_id", "activity_id"))
    bucket = Bucket(aws.s3(), aws.setting("BUCKET"), aws.setting("KEY_ARN"))
    rank_files = RankFiles(bucket, board.columns, board.search_names)
    store, stream = WindowStore(table, board), open_stream(table, aws.setting("AGGREGATES_STREAM_ARN"))
    start = StateMachine(aws.step_functions(), aws.setting("ASSEMBLY_ARN")) if board.assembly else None
    return Rebuilder(board, store, table, stream, activities, rank_files, SnapshotStore(bucket), start=start)
