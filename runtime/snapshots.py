"""Snapshots of a board in S3: whole, immutable, and swapped by moving one pointer.

    snapshots/current.json                  the pointer: which windows there are, and where each one's ranks lie
    snapshots/at/MILLISECONDS.json          the same, once for every time the pointer moved
    snapshots/ranks/WINDOW/CONTENT-MILLISECONDS/
        top.json                            the first entries, ready to serve
        index.json                          the first order key of every block, and the number of buckets
        blocks/000000.json                  entries in the board's order: [order key, name]
        players/000000.json                 player id -> order key without the id, by a hash of the id

A reader follows the pointer once and then reads only what never changes, so all it shows is of one snapshot. A rebuild
that dies leaves files that nothing refers to, which a later sweep removes.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from runtime.aws import THREADS
from runtime.config import Column
from runtime.ranking import block_of, order_key, read_key
from runtime.scoring import Aggregate
from runtime.windows import Span

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

POINTER = "snapshots/current.json"
HISTORY = "snapshots/at/"
RANKS = "snapshots/ranks/"
BLOCK = 2000
"""Entries of a block, and players of a bucket, on average: some 200 kB of JSON, read in one request."""
PINNED_SECONDS = 600
"""How long a replaced snapshot can still be read."""
ORPHAN_SECONDS = 3600
"""Age from which files that no snapshot refers to are removed: no rebuild runs that long."""


@dataclass(frozen=True)
class Ranked:
    """The ranks of one window in a snapshot."""

    span: Span
    players: int
    content: str
    """Hash of all entries: equal where nothing changed."""
    prefix: str
    """Where the files lie; ends in a slash."""


@dataclass(frozen=True)
class Snapshot:
    """What the pointer says: one state of all windows of the board."""

    as_of: int
    """Everything that was counted before this instant (milliseconds) is in it."""
    windows: tuple[Ranked, ...]
    identity: dict[str, str]
    """What its numbers mean: `items.identity` of the board that made it."""

    def window(self, window_id: str) -> Ranked | None:
        """The ranks of a window, or None where the snapshot has none for it."""
        return next((ranked for ranked in self.windows if ranked.span.id == window_id), None)


@dataclass(frozen=True)
class Entry:
    """One player's place in a window. `position` counts from 0 in the board's order."""

    position: int
    player_id: str
    name: str | None
    columns: tuple[int, ...]
    at: int


class Store:
    """The snapshots of one board in its bucket."""

    def __init__(self, client: S3Client, bucket: str, columns: Sequence[Column]) -> None:
        self._client = client
        self._bucket = bucket
        self._columns = columns
        self._cache: OrderedDict[str, Any] = OrderedDict()

    # Reading

    def current(self) -> tuple[Snapshot, str] | tuple[None, None]:
        """The newest snapshot and the pointer's ETag; a pair of None before the first."""
        found = self._get(POINTER)
        if found is None:
            return None, None
        raw = json.loads(found[0])
        return _snapshot(raw), found[1]

    def page(self, ranked: Ranked, offset: int, limit: int) -> list[Entry]:
        """Entries from a position on, in the board's order; fewer, or none, at the end."""
        end = min(offset + limit, ranked.players)
        if offset >= end:
            return []
        top: list[Any] = self._cached(f"{ranked.prefix}top.json")
        if end <= len(top):
            return [self._entry(offset + index, raw) for index, raw in enumerate(top[offset:end])]
        entries = []
        for block in range(offset // BLOCK, (end - 1) // BLOCK + 1):
            first = block * BLOCK
            entries += [
                self._entry(first + index, raw)
                for index, raw in enumerate(self._block(ranked, block))
                if offset <= first + index < end
            ]
        return entries

    def find(self, ranked: Ranked, player_id: str) -> Entry | None:
        """A player's place, or None for one with no entry."""
        if not ranked.players:
            return None
        index = self._cached(f"{ranked.prefix}index.json")
        bucket = _bucket(player_id, index["buckets"])
        stem = self._cached(f"{ranked.prefix}players/{bucket:06}.json").get(player_id)
        if stem is None:
            return None
        key = stem + player_id
        number = block_of(index["firsts"], key)
        block = self._block(ranked, number)
        place = bisect_left(block, key, key=lambda raw: str(raw[0]))
        assert block[place][0] == key, f"{ranked.prefix} disagrees with itself on {player_id}"
        return self._entry(number * BLOCK + place, block[place])

    def _block(self, ranked: Ranked, number: int) -> list[Any]:
        block: list[Any] = self._cached(f"{ranked.prefix}blocks/{number:06}.json")
        return block

    def _entry(self, position: int, raw: Sequence[Any]) -> Entry:
        values, at, player_id = read_key(self._columns, raw[0])
        return Entry(position, player_id, raw[1], values, at)

    def _cached(self, key: str) -> Any:
        """The JSON of a file that never changes."""
        if key not in self._cache:
            found = self._get(key)
            if found is None:
                raise LookupError(f"{key} is gone: its snapshot was replaced long ago")
            self._cache[key] = json.loads(found[0])
            while len(self._cache) > 64:
                self._cache.popitem(last=False)
        self._cache.move_to_end(key)
        return self._cache[key]

    # Writing

    def write(
        self, span: Span, players: Iterable[tuple[str, Aggregate]], top: int, as_of: int, like: Ranked | None
    ) -> Ranked:
        """The ranks of a window, written unless they are those of `like`, the window's newest."""
        entries = sorted(
            [order_key(self._columns, aggregate.columns, aggregate.at, player_id), aggregate.name]
            for player_id, aggregate in players
        )
        content = sha256(_json(entries)).hexdigest()[:32]
        if like is not None and like.content == content:
            return Ranked(span, like.players, content, like.prefix)
        prefix = f"{RANKS}{span.id}/{content}-{as_of}/"
        blocks = [entries[start : start + BLOCK] for start in range(0, len(entries), BLOCK)]
        buckets: list[dict[str, str]] = [{} for _ in blocks]
        for key, _ in entries:
            player_id = read_key(self._columns, str(key))[2]
            buckets[_bucket(player_id, len(buckets))][player_id] = str(key)[: -len(player_id)]
        files: dict[str, Any] = {f"blocks/{number:06}.json": block for number, block in enumerate(blocks)}
        files |= {f"players/{number:06}.json": bucket for number, bucket in enumerate(buckets)}
        files["top.json"] = entries[:top]
        files["index.json"] = {"buckets": len(buckets), "firsts": [block[0][0] for block in blocks]}
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda name: self._put(prefix + name, _json(files[name])), files))
        return Ranked(span, len(entries), content, prefix)

    def publish(self, snapshot: Snapshot) -> bool:
        """Move the pointer to a snapshot that is all written; False where a newer one is there already."""
        body = _json(asdict(snapshot))
        # First the history: a snapshot that readers have seen can be found by its time from then on, and no other has
        # the same time.
        if not self._put_if(f"{HISTORY}{snapshot.as_of:015}.json", body, None):
            return False
        while True:
            current, etag = self.current()
            if current is not None and current.as_of >= snapshot.as_of:
                return False
            if self._put_if(POINTER, body, etag):
                return True

    def sweep(self, now: int, max_age_seconds: int) -> int:
        """Remove snapshots that were replaced long ago, and ranks that no snapshot refers to. The number of files."""
        history = sorted(self._list(HISTORY))
        replaced_before = now - (PINNED_SECONDS + max_age_seconds) * 1000
        # A snapshot was replaced when the next one was made. The newest is never old.
        old = [key for key, next_key in pairwise(history) if _time(next_key) < replaced_before]
        used = set()
        for key in history[len(old) :]:
            if (found := self._get(key)) is not None:
                used |= {ranked.prefix for ranked in _snapshot(json.loads(found[0])).windows}
        current, _ = self.current()
        used |= {ranked.prefix for ranked in current.windows} if current else set()
        orphans = [
            key
            for key in self._list(RANKS)
            if (prefix := key[: key.index("/", key.rindex("-"))] + "/") not in used
            and int(prefix[prefix.rindex("-") + 1 : -1]) < now - ORPHAN_SECONDS * 1000
        ]
        gone = old + orphans
        for start in range(0, len(gone), 1000):
            keys: list[Any] = [{"Key": key} for key in gone[start : start + 1000]]
            self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})
        return len(gone)

    def _get(self, key: str) -> tuple[bytes, str] | None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        return answer["Body"].read(), answer["ETag"]

    def _put(self, key: str, body: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body)

    def _put_if(self, key: str, body: bytes, etag: str | None) -> bool:
        """Write a file if it still is the one with that ETag (None: if there is none). False where it is not."""
        condition: Any = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, **condition)
        except ClientError as error:
            # 409 where another conditional write of the same key is under way: its outcome decides.
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
                return False
            raise
        return True

    def _list(self, prefix: str) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]


def _bucket(player_id: str, buckets: int) -> int:
    return zlib.crc32(player_id.encode()) % buckets


def _time(key: str) -> int:
    return int(key[len(HISTORY) : -len(".json")])


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _snapshot(raw: dict[str, Any]) -> Snapshot:
    ranked = (Ranked(**{**ranked, "span": Span(**ranked["span"])}) for ranked in raw["windows"])
    return Snapshot(raw["as_of"], tuple(ranked), raw["identity"])
