"""Snapshots of a board: whole, immutable, and replaced by moving one pointer.

    snapshots/current.json           the pointer: a whole `Snapshot`, which says where the ranks of each window are, and
                                     which snapshots it has replaced that can still be read
    snapshots/at/MILLISECONDS.json   the same content, by the `as_of` of the first snapshot that had it: where nothing
                                     but the time changes, the pointer alone is written
    snapshots/ranks/WINDOW/...       see `rank_files`

A reader reads the pointer once, and then only files that never change, so all of an answer comes from one snapshot. A
rebuild that dies leaves files that nothing refers to, which a later sweep removes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import pairwise
from typing import Any

from runtime.config import WindowKind
from runtime.domain.edges.timeline import Timeline
from runtime.domain.ranking import WindowRanks
from runtime.domain.windows import Window
from runtime.s3.bucket import Bucket
from runtime.s3.lifetimes import CLOCK_SECONDS, KEPT_SECONDS, ORPHAN_SECONDS, PINNED_SECONDS, REBUILD_SECONDS
from runtime.s3.ranks.base_writer import ROOT, prefix_of, written_at

ALL = "snapshots/"
"""What the keys of all of it begin with."""
POINTER = "snapshots/current.json"
"""The key of the pointer."""
HISTORY = "snapshots/at/"
"""What the keys of all published snapshots begin with."""

FindOthers = Callable[[Sequence[str]], tuple[Collection[str], list[str]]]
"""Finds among all keys what is built for snapshots to come: what the keys of rank files begin with that are in use for
it, and the keys of files that nobody needs."""


@dataclass(frozen=True)
class Snapshot:
    """One state of all windows of a board, as the pointer stores it."""

    as_of: int
    """All that was counted before this instant (milliseconds) is in it: when its rebuild began, or a millisecond behind
    the snapshot before it, where the clock of the function that made that one was ahead."""
    ranks: tuple[WindowRanks, ...]
    """The ranks of each window; their stored name is `windows`."""
    identity: dict[str, str]
    """What its numbers mean: `domain.identity` of the board that made it."""
    key: str | None = None
    """The ARN of the KMS key under which all its files lie; None where that was not noted."""
    changed: str | None = None
    """When aggregates had last changed before it was made, as `dynamodb.changes` writes it; None where nothing said."""
    replaced: tuple[tuple[int, int, int], ...] = ()
    """In the pointer alone: the `as_of` of each snapshot that was replaced a short while ago, when it was, and its
    `history`."""
    shown: str = ""
    """What the board showed of a player, as `describe_shown` says it. Not stored where it is empty."""
    board: dict[str, Any] | None = None
    """The board that made it, as `description` says it; None in a snapshot of a release that did not describe it."""
    edges: tuple[Window, ...] = ()
    """Windows that were stored with edges and have no ranks: the days of a rolling window, and what was opened before
    its start. Not stored where there are none."""
    positions: Mapping[str, Any] | None = None
    """In the pointer alone: up to where the ranks have what the aggregates table's stream says, as the rebuilder stores
    it; None where that is not known."""
    stored: int | None = None
    """In the pointer alone: the `history`, where that is another one than its own `as_of`."""

    @property
    def history(self) -> int:
        """The `as_of` under which its content lies in the history."""
        return self.as_of if self.stored is None else self.stored

    @property
    def decided(self) -> frozenset[str]:
        """What operators had decided about players when its ranks were made, as hashes."""
        return frozenset(ranks.decided for ranks in self.ranks)

    @property
    def prefixes(self) -> frozenset[str]:
        """What the keys of all rank files begin with that it refers to."""
        own = (prefix for ranks in self.ranks for prefix in (ranks.prefix, ranks.delta) if prefix)
        return frozenset([*own, *(former.prefix for ranks in self.ranks for former in ranks.former)])

    def find_ranks(self, window_id: str) -> WindowRanks | None:
        """The ranks of a window; None where the snapshot has none for it."""
        return next((ranks for ranks in self.ranks if ranks.window.id == window_id), None)

    def to_json(self) -> dict[str, Any]:
        """The form that the pointer stores."""
        return {
            "as_of": self.as_of,
            "windows": [ranks.to_json() for ranks in self.ranks],
            "identity": self.identity,
            "key": self.key,
            "changed": self.changed,
            **({"shown": self.shown} if self.shown else {}),
            **({"board": self.board} if self.board else {}),
            **({"edges": [list(astuple(window)) for window in self.edges]} if self.edges else {}),
            **({"positions": dict(self.positions)} if self.positions is not None else {}),
            **({"stored": self.stored} if self.stored is not None else {}),
            "replaced": [list(each) for each in self.replaced],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Snapshot:
        """Read what `to_json` made."""
        ranks = tuple(map(WindowRanks.from_json, stored["windows"]))
        replaced = tuple((as_of, at, history) for as_of, at, history in stored.get("replaced", ()))
        names = ("key", "changed", "shown", "board", "positions", "stored")
        optional = {name: stored[name] for name in names if name in stored}
        edges = tuple(Window(*each) for each in stored.get("edges", ()))
        return cls(stored["as_of"], ranks, stored["identity"], **optional, replaced=replaced, edges=edges)


def find_timeline(kind: WindowKind, snapshot: Snapshot | None) -> Timeline:
    """Which window of a kind an instant falls into, by the edges that a snapshot knows; None: there is no snapshot."""
    if snapshot is None:
        return Timeline(kind)
    ranked = [ranks.window for ranks in snapshot.ranks if ranks.window.every != "rolling"]
    return Timeline(kind, [*snapshot.edges, *ranked])


class SnapshotStore:
    """The snapshots of one board, in its bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def read_newest(self) -> Snapshot | None:
        """The newest snapshot; None before the first."""
        return self._read_pointer()[0]

    def read_pinned(self, as_of: int, now: int) -> Snapshot | None:
        """The snapshot with exactly that `as_of`, until PINNED_SECONDS after it was replaced; None where it is gone.

        What lies in the bucket does not matter: files stay for longer, and some are of rebuilds that were never
        published.
        """
        newest = self.read_newest()
        if newest is None or newest.as_of == as_of:
            return newest
        found = next((each for each in newest.replaced if each[0] == as_of), None)
        if found is None or now > found[1] + PINNED_SECONDS * 1000:
            return None
        stored, _ = self.bucket.get(_key(found[2]))
        return replace(Snapshot.from_json(stored), as_of=as_of) if stored is not None else None

    def choose_as_of(self, previous: Snapshot | None, now: int) -> int:
        """The `as_of` of a rebuild that begins at `now`, before it reads anything; `previous` is the newest snapshot.

        A clock that once was ahead stops no rebuild after it: then this is a millisecond behind all that were made,
        those included whose rebuild died before it moved the pointer. Each has its time for itself.
        """
        if previous is None or now > previous.as_of:
            return now
        made = self.bucket.list_keys(HISTORY, after=_key(previous.as_of))
        return max([previous.as_of, *map(_as_of, made)]) + 1

    def has_own_key(self, snapshot: Snapshot) -> bool:
        """Whether the files of a snapshot lie under the key that new files get."""
        return snapshot.key == self.bucket.key

    def would_change(self, snapshot: Snapshot, previous: Snapshot) -> bool:
        """Whether publishing a snapshot would change more than the time: what it shows, or the key of its files."""
        now = replace(snapshot, as_of=previous.as_of, changed=previous.changed, positions=previous.positions)
        return replace(now, key=self.bucket.key, replaced=previous.replaced, stored=previous.stored) != previous

    def publish(self, snapshot: Snapshot, previous: Snapshot | None, clock: Callable[[], int]) -> bool:
        """Move the pointer to a snapshot whose files are all written; False where a newer one is published already.

        `previous` was the newest one when the rebuild began. Where the snapshot changes nothing of it but the time, the
        pointer alone is written. Where it lies under another key than new files get, the files that both refer to are
        moved to that key first. A call that dies before the end leaves them readable, as functions may still decrypt by
        the board's previous keys, and the next call moves them all again. The clock is read again where the pointer
        moves: from then on a snapshot is replaced.
        """
        if previous is not None and not self.has_own_key(previous):
            self._forget_key()
            self.bucket.encrypt_anew(
                key for prefix in sorted(snapshot.prefixes) for key in self.bucket.list_keys(prefix)
            )
        published, tried = replace(snapshot, key=self.bucket.key), None
        while True:
            newest, etag = self._read_pointer()
            if newest is not None and newest.as_of >= snapshot.as_of:
                # It is this one where the SDK has repeated a request whose answer was lost.
                return tried is not None and (newest.as_of, newest.history) == (tried.as_of, tried.history)
            tried = published
            if newest is not None and newest == previous and not self.would_change(published, newest):
                tried = replace(published, stored=newest.history)
            elif not self._write_history(published, newest, clock()):
                return False
            pointer = replace(tried, replaced=_add_replaced(newest, published, clock()))
            if self.bucket.put_if_unchanged(POINTER, pointer.to_json(), etag):
                return True

    def sweep(
        self,
        now: int,
        max_age_seconds: int,
        kept: int = KEPT_SECONDS,
        orphan: int = ORPHAN_SECONDS,
        find_others: FindOthers | None = None,
    ) -> int:
        """Remove snapshots that were replaced long ago, and rank files that no snapshot refers to; return the number.

        `max_age_seconds` is how long an answer may be cached: a reader may pin the snapshot of a cached answer. `kept`
        and `orphan`: KEPT_SECONDS and ORPHAN_SECONDS, or less where no rebuild takes as long as in Lambda.
        """
        # What is built is asked for before the newest snapshot is read, which may have it by then.
        keys = self.bucket.list_keys(ALL)
        in_use, others = find_others(keys) if find_others else (frozenset(), [])
        newest = self.read_newest()
        if newest is None:
            return 0
        history = [key for key in keys if key.startswith(HISTORY)]
        ranks = [key for key in keys if key.startswith(ROOT)]
        replaced_before = now - (kept + max_age_seconds) * 1000
        # A snapshot is replaced by the next one, but one behind the newest was not published, or not yet.
        published = [key for key in history if _as_of(key) <= newest.history]
        old = [key for key, next_key in pairwise(published) if _as_of(next_key) < replaced_before]
        old += [key for key in history if newest.history < _as_of(key) <= newest.as_of]
        used = {*newest.prefixes, *in_use}
        for key in sorted(set(history) - set(old)):
            stored, _ = self.bucket.get(key)
            if stored is not None:
                used |= Snapshot.from_json(stored).prefixes
        written_before = now - orphan * 1000
        unused = [(key, prefix) for key in ranks if (prefix := prefix_of(key)) not in used]
        gone = [*old, *(key for key, prefix in unused if written_at(prefix) < written_before), *others]
        self.bucket.delete(gone)
        return len(gone)

    def _write_history(self, snapshot: Snapshot, newest: Snapshot | None, now: int) -> bool:
        """Write a snapshot into the history, so that readers can pin it; False where another has the same time.

        It comes before the pointer. What stands there already is this one only where the SDK has repeated a request
        whose answer was lost, or where the pointer has moved meanwhile.
        """
        if newest is not None:
            self._forget_dead(newest, now)
        content = replace(snapshot, positions=None).to_json()
        while not self.bucket.put_if_unchanged(_key(snapshot.as_of), content, None):
            if (stored := self.bucket.get(_key(snapshot.as_of))[0]) == content:
                break
            if stored is not None:
                return False
        return True

    def _forget_dead(self, newest: Snapshot, now: int) -> None:
        """Remove what rebuilds have left that died before they moved the pointer to what they had written.

        The newest is about to be replaced. If they stayed, the sweep would take one of them for what had replaced it
        long ago, and remove it under its readers. None of them can still be published: the newest has their time behind
        it, or no rebuild goes on for so long.
        """
        dead_before = now - REBUILD_SECONDS * 1000
        if newest.history < newest.as_of or newest.as_of < dead_before:
            keys = self.bucket.list_keys(HISTORY, after=_key(newest.history))
            self.bucket.delete([key for key in keys if _as_of(key) < dead_before or _as_of(key) <= newest.as_of])

    def _forget_key(self) -> None:
        """Note that the newest snapshot's files lie under several keys.

        Otherwise a board that goes back to the key it had, after a move that died halfway, would take no file for one
        that must be moved, and the other key would be taken from it one day.
        """
        while True:
            newest, etag = self._read_pointer()
            if newest is None or newest.key is None:
                return
            if self.bucket.put_if_unchanged(POINTER, replace(newest, key=None).to_json(), etag):
                return

    def _read_pointer(self) -> tuple[Snapshot, str] | tuple[None, None]:
        stored, etag = self.bucket.get(POINTER)
        return (Snapshot.from_json(stored), str(etag)) if stored is not None else (None, None)


def _add_replaced(newest: Snapshot | None, following: Snapshot, now: int) -> tuple[tuple[int, int, int], ...]:
    """The snapshots that readers may still pin once the newest is replaced at `now`, as the pointer has them.

    None where operators have decided about players since: who is hidden is in no answer any more.
    """
    if newest is None or newest.decided != following.decided:
        return ()
    kept = now - (PINNED_SECONDS + CLOCK_SECONDS) * 1000
    return (*(each for each in newest.replaced if each[1] >= kept), (newest.as_of, now, newest.history))


def _key(as_of: int) -> str:
    return f"{HISTORY}{as_of:015}.json"


def _as_of(key: str) -> int:
    """The `as_of` of a published snapshot, out of its key."""
    return int(key[len(HISTORY) : -len(".json")])
