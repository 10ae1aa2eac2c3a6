"""Snapshots of a board: whole, immutable, and swapped by moving one pointer.

    snapshots/current.json           the pointer: which windows there are, and where each one's ranks lie
    snapshots/at/MILLISECONDS.json   the same, once for every time the pointer moved
    snapshots/ranks/WINDOW/...       see `rank_files`

A reader follows the pointer once and then reads only what never changes, so all it shows is of one snapshot. A rebuild
that dies leaves files that nothing refers to, which a later sweep removes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from runtime.domain.ranking import WindowRanks
from runtime.domain.windows import Window
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import ROOT

POINTER = "snapshots/current.json"
HISTORY = "snapshots/at/"
PINNED_SECONDS = 600 + 900
"""How long a snapshot can still be read after the next one's `as_of`: 10 minutes from when it was replaced, which is up
to a rebuilder's timeout (15 minutes, the longest that Lambda has) later."""
ORPHAN_SECONDS = 3600
"""Age from which files that no snapshot refers to are removed: no rebuild runs that long."""


@dataclass(frozen=True)
class Snapshot:
    """What the pointer says: one state of all windows of the board."""

    as_of: int
    """Everything that was counted before this instant (milliseconds) is in it."""
    windows: tuple[WindowRanks, ...]
    identity: dict[str, str]
    """What its numbers mean: `items.identity` of the board that made it."""

    def window(self, window_id: str) -> WindowRanks | None:
        """The ranks of a window, or None where the snapshot has none for it."""
        return next((ranked for ranked in self.windows if ranked.span.id == window_id), None)


class Snapshots:
    """The snapshots of one board in its bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def current(self) -> Snapshot | None:
        """The newest snapshot; None before the first."""
        return self._current()[0]

    def pinned(self, as_of: int, now: int) -> Snapshot | None:
        """The snapshot of exactly that time, until 10 minutes after it was replaced; None where it cannot be read."""
        key = _key(as_of)
        raw, _ = self._bucket.get(key)
        if raw is None:
            return None
        # It was replaced when the next one was made.
        following = self._bucket.keys(HISTORY, after=key, limit=1)
        if following and _time(following[0]) < now - PINNED_SECONDS * 1000:
            return None
        return _snapshot(raw)

    def publish(self, snapshot: Snapshot) -> bool:
        """Move the pointer to a snapshot that is all written; False where a newer one is there already."""
        content = asdict(snapshot)
        # First the history: a snapshot that readers have seen can be found by its time from then on, and no other has
        # the same time.
        if not self._bucket.put_if(_key(snapshot.as_of), content, None):
            return False
        while True:
            current, etag = self._current()
            if current is not None and current.as_of >= snapshot.as_of:
                return False
            if self._bucket.put_if(POINTER, content, etag):
                return True

    def sweep(self, now: int, max_age_seconds: int) -> int:
        """Remove snapshots that were replaced long ago, and ranks that no snapshot refers to. The number of files."""
        history = self._bucket.keys(HISTORY)
        replaced_before = now - (PINNED_SECONDS + max_age_seconds) * 1000
        # A snapshot was replaced when the next one was made. The newest is never old.
        old = [key for key, next_key in pairwise(history) if _time(next_key) < replaced_before]
        used = set()
        for key in [*history[len(old) :], POINTER]:
            raw, _ = self._bucket.get(key)
            if raw is not None:
                used |= {ranked.prefix for ranked in _snapshot(raw).windows}
        orphans = [
            key
            for key in self._bucket.keys(ROOT)
            if (prefix := key[: key.index("/", key.rindex("-"))] + "/") not in used
            and int(prefix[prefix.rindex("-") + 1 : -1]) < now - ORPHAN_SECONDS * 1000
        ]
        self._bucket.delete(old + orphans)
        return len(old) + len(orphans)

    def _current(self) -> tuple[Snapshot, str] | tuple[None, None]:
        raw, etag = self._bucket.get(POINTER)
        return (_snapshot(raw), str(etag)) if raw is not None else (None, None)


def _key(as_of: int) -> str:
    return f"{HISTORY}{as_of:015}.json"


def _time(key: str) -> int:
    return int(key[len(HISTORY) : -len(".json")])


def _snapshot(raw: dict[str, Any]) -> Snapshot:
    return Snapshot(raw["as_of"], tuple(read_ranked(ranked) for ranked in raw["windows"]), raw["identity"])


def read_ranked(raw: dict[str, Any]) -> WindowRanks:
    """The ranks' whereabouts from the JSON that `asdict` of them gave."""
    return WindowRanks(**{**raw, "span": Window(**raw["span"])})
