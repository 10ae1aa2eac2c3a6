"""Reads everything that a board keeps of one player.

That is: the player's scores in each window, whatever becomes of the window; the activities that are in the activities
table still, and what was decided on each; the counters of minutes that have a limit; and what operators have decided or
corrected.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from generator.operations.corrections.correction import CountedCorrection, list_corrections
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.rejections import Rejection, find_rejection, read_pages
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.domain.activity import ACTIVITY_ID, StreamRecord, time_of
from runtime.domain.ranking import WindowRanks
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window
from runtime.dynamodb import items
from runtime.dynamodb.decisions import DecisionStore, hash_player
from runtime.dynamodb.recounting.recounts import read_shown
from runtime.dynamodb.table import Item, Table
from runtime.dynamodb.window_items import WindowState
from runtime.dynamodb.window_store import WindowStore
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import SnapshotStore

KEYS_PER_READ = 100
"""The most keys of one BatchGetItem (Amazon DynamoDB API reference, "BatchGetItem")."""


@dataclass(frozen=True)
class KeptScore:
    """A player's score in one window."""

    window: Window
    aggregate: Aggregate
    is_sealed: bool
    is_clearing: bool
    """Whether the window's scores are being deleted, as nobody can read them any more."""


@dataclass(frozen=True)
class KeptRank:
    """A player's rank in one window of the newest snapshot."""

    window: Window
    rank: int | None
    """None for a player who is in none of its ranks."""
    players: int
    is_sealed: bool
    revision: int
    former: tuple[int | None, ...]
    """The ranks in the revisions before that are kept, the oldest first."""


@dataclass(frozen=True)
class KeptActivity:
    """What is kept of one activity: its item, its mark, or both."""

    id: str
    at: int | None
    """Its own time, in milliseconds; None where its id has none."""
    type: str | None
    in_table: bool
    """Whether it is in the activities table still."""
    outcome: str
    """`counted`, `rejected`; `kept` where it is the one run that a score holds; empty where nothing says what became of
    it: a board that keeps one run marks none."""
    reason: str = ""
    detail: str = ""
    """Why it was rejected, where that is known."""
    windows: tuple[str, ...] = ()
    """The ids of windows: of a kept one those that have it, of a counted one the stored ones that its time is in."""


@dataclass(frozen=True)
class KeptPlayer:
    """Everything that is kept of one player. Times are in milliseconds since 1970."""

    player_id: str
    hidden_since: int | None
    shown_name: str | None
    """The name that an operator has given; None where the player's own is shown."""
    erasing_since: int | None
    """When an erasure began that has not ended."""
    erased_until: int | None
    """No activity that was made until then counts again; None for a player who was not erased."""
    names: tuple[str, ...]
    """The display names that are kept."""
    scores: tuple[KeptScore, ...]
    ranks: tuple[KeptRank, ...]
    activities: tuple[KeptActivity, ...]
    """The newest first."""
    more: bool
    """Whether there are more activities than these."""
    minutes: int
    """How many counters of minutes are kept."""
    corrections: tuple[CountedCorrection, ...]
    """What operators have added to the player's scores, or set, the oldest first."""

    @property
    def is_known(self) -> bool:
        """Whether anything is kept but that the player was erased."""
        decided = (self.hidden_since, self.shown_name, self.erasing_since)
        return bool(self.scores or self.activities or self.minutes or any(each is not None for each in decided))


def show_player(board: ManagedBoard, player_id: str, limit: int) -> KeptPlayer:
    """Read everything that is kept of a player, and of `limit` activities at the most. Raises OperationError."""
    with aws_errors_as_operation_errors():
        states = WindowStore(board.aggregates, board.config).read_all()
        scores = tuple(read_scores(board.aggregates, states, player_id))
        decisions = DecisionStore(board.aggregates)
        decided, tombstone = decisions.find(player_id) or {}, decisions.find(hash_player(player_id))
        minutes = sum(1 for _ in board.running.marks.query(items.minutes_partition(player_id)))
        found = list(islice(_read_activities(board, player_id), limit + 1))
        find = partial(find_rejection, board.running.marks)
        kept = [describe_activity(find, player_id, item, mark, scores, states) for item, mark in found[:limit]]
        ranks = tuple(_read_ranks(board, player_id))
        corrections = tuple(list_corrections(board.running.marks, player_id))
    own = [score.aggregate.name for score in scores]
    written = [items.get_text(item, "name") for item, _ in found if item and "S" in item.get("name", {})]
    return KeptPlayer(
        player_id,
        hidden_since=_instant(decided, "hidden"),
        shown_name=items.get_text(decided, "called"),
        erasing_since=_instant(decided, "erasing"),
        erased_until=_instant(tombstone or {}, "until"),
        names=tuple(dict.fromkeys(name for name in (*own, *written) if name)),
        scores=scores,
        ranks=ranks,
        activities=tuple(kept),
        more=len(found) > limit,
        minutes=minutes,
        corrections=corrections,
    )


def read_states(board: ManagedBoard) -> list[WindowState]:
    """The windows that the board has opened, and not forgotten."""
    return WindowStore(board.aggregates, board.config).read_all()


def find_scores(table: Table, states: Sequence[WindowState], player_id: str) -> Iterator[tuple[WindowState, Item]]:
    """The items that hold a player's scores, each with its window, in the order of the windows' ids."""
    keys = {items.aggregate_key(state.window.id, state.shards, player_id): state for state in states}
    wanted = list(keys)
    for first in range(0, len(wanted), KEYS_PER_READ):
        some = wanted[first : first + KEYS_PER_READ]
        found = table.get_all(some)
        yield from ((keys[key], found[key]) for key in some if key in found)


def read_scores(table: Table, states: Sequence[WindowState], player_id: str) -> Iterator[KeptScore]:
    """The player's scores in the windows that the board has opened."""
    for state, item in find_scores(table, states, player_id):
        if (aggregate := read_shown(item, state)) is not None:
            yield KeptScore(state.window, aggregate, state.final is not None, bool(state.clearing))


def _read_ranks(board: ManagedBoard, player_id: str) -> Iterator[KeptRank]:
    """The player's ranks in the newest snapshot. A window in which the player is in no revision is left out."""
    newest = SnapshotStore(board.bucket).read_newest()
    files = RankFiles(board.bucket, board.config.columns)
    for ranks in newest.ranks if newest else ():
        rank = _find_rank(files, ranks, player_id)
        before = (
            replace(ranks, prefix=each.prefix, players=each.players, buckets=each.buckets, delta="")
            for each in ranks.former
        )
        former = tuple(_find_rank(files, each, player_id) for each in before)
        if rank is not None or any(former):
            yield KeptRank(ranks.window, rank, ranks.players, ranks.sealed, ranks.revision, former)


def _find_rank(files: RankFiles, ranks: WindowRanks, player_id: str) -> int | None:
    # A rebuild may have replaced the snapshot meanwhile, and an erasure the files.
    with suppress(LookupError):
        entry = files.find(ranks, player_id)
        return entry.rank if entry else None
    return None


def _read_activities(board: ManagedBoard, player_id: str) -> Iterator[tuple[Item | None, Item | None]]:
    """The player's activities as (item, mark), the newest first: by their ids, which begin with their times."""

    def read(table: Table) -> Iterator[tuple[str, str, Item]]:
        return ((item["activity_id"]["S"], table.name, item) for page in read_pages(table, player_id) for item in page)

    activities, marks = board.running.activities, board.running.marks
    both: dict[str, Item] = {}
    current = ""
    for activity_id, name, item in heapq.merge(read(activities), read(marks), key=lambda each: each[0], reverse=True):
        if both and activity_id != current:
            yield both.get(activities.name), both.get(marks.name)
            both = {}
        current, both = activity_id, {**both, name: item}
    if both:
        yield both.get(activities.name), both.get(marks.name)


def describe_activity(
    find: Callable[[StreamRecord, Item], Rejection | None],
    player_id: str,
    item: Item | None,
    mark: Item | None,
    scores: Sequence[KeptScore],
    states: Sequence[WindowState],
) -> KeptActivity:
    """What is kept of one activity: its item, its mark, or both. `find` finds the rejection that made a mark."""
    activity_id = (item or mark or {})["activity_id"]["S"]
    at = time_of(activity_id) if ACTIVITY_ID.fullmatch(activity_id) else None
    kind = (item or {}).get("type", {}).get("S")
    kept = KeptActivity(activity_id, at, kind, item is not None, items.get_text(mark or {}, "outcome") or "")
    if mark is not None and kept.outcome == "rejected":
        found = find(StreamRecord(player_id, activity_id, 0, {}), mark)
        return replace(kept, reason=found.reason, detail=found.detail) if found else kept
    if held := tuple(score.window.id for score in scores if score.aggregate.run.endswith(activity_id)):
        return replace(kept, outcome="kept", windows=held)
    windows = tuple(state.window.id for state in states if at is not None and is_in(state.window, at))
    return replace(kept, windows=windows) if kept.outcome == "counted" else kept


def is_in(window: Window, at: int) -> bool:
    """Whether an instant is within a window's edges."""
    begun = window.starts_at is None or window.starts_at <= at
    return begun and (window.ends_at is None or at < window.ends_at)


def _instant(item: Mapping[str, Any], name: str) -> int | None:
    return items.get_number(dict(item), name) if name in item else None
