"""The ranks of one window in a snapshot: immutable files in which every rank, page and player is a look-up.

PREFIX/top.json             the first entries, ready to serve
PREFIX/index.json           of each block its first order key and that key's rank; how many blocks and buckets
PREFIX/blocks/000000.json   entries in the board's order: [order key, name]
PREFIX/players/000000.json  player id -> order key without the id, by a hash of the id
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import islice
from typing import Any

from runtime.aws import THREADS
from runtime.config import Column, Ties
from runtime.domain.order_keys import block_of, columns_width, order_key, ranks, read_key
from runtime.domain.ranking import RankedEntry, ScoredPlayer, WindowRanks
from runtime.domain.windows import Window
from runtime.s3.bucket import Bucket, encode

ROOT = "snapshots/ranks/"
BLOCK = 2000
"""Entries of a block, and players of a bucket on average: some 200 kB of JSON, read in one request."""


class Ranks:
    """Writes and reads the ranks of a board's windows."""

    def __init__(self, bucket: Bucket, columns: Sequence[Column]) -> None:
        self._bucket = bucket
        self._columns = columns
        self._width = columns_width(columns)

    def write(
        self, span: Window, players: Iterable[ScoredPlayer], ties: Ties, top: int, as_of: int, like: WindowRanks | None
    ) -> WindowRanks:
        """The ranks of a window, written unless they are those of `like`, the window's newest."""
        entries: list[tuple[str, str | None]] = sorted(
            (order_key(self._columns, player.columns, player.at, player.player_id), player.name) for player in players
        )
        content = sha256(encode([ties, entries])).hexdigest()[:32]
        if like is not None and like.content == content:
            return WindowRanks(span, like.players, content, like.prefix, ties)
        prefix = f"{ROOT}{span.id}/{content}-{as_of}/"
        starts = range(0, len(entries), BLOCK)
        buckets: list[dict[str, str]] = [{} for _ in starts]
        for key, _ in entries:
            player_id = read_key(self._columns, key)[2]
            buckets[_hash(player_id, len(buckets))][player_id] = key[: -len(player_id)]
        every_rank = list(ranks(ties, self._width, (key for key, _ in entries)))
        files: dict[str, Any] = {
            "top.json": entries[:top],
            "index.json": {
                "block": BLOCK,
                "buckets": len(buckets),
                "firsts": [entries[start][0] for start in starts],
                "ranks": [every_rank[start] for start in starts],
            },
        }
        files |= {f"blocks/{start // BLOCK:06}.json": entries[start : start + BLOCK] for start in starts}
        files |= {f"players/{number:06}.json": bucket for number, bucket in enumerate(buckets)}
        self._bucket.put_all({prefix + name: content for name, content in files.items()})
        return WindowRanks(span, len(entries), content, prefix, ties)

    def page(self, ranked: WindowRanks, offset: int, limit: int) -> list[RankedEntry]:
        """Entries from a position on, in the board's order; fewer, or none, at the end."""
        end = min(offset + limit, ranked.players)
        if offset >= end:
            return []
        top: list[Any] = self._bucket.get_fixed(f"{ranked.prefix}top.json")
        if end <= len(top):
            return self._entries(ranked, top, (0, 1), (offset, end))
        index = self._index(ranked)
        size = index["block"]
        return [
            entry
            for number in range(offset // size, (end - 1) // size + 1)
            for entry in self._entries(
                ranked, self._block(ranked, number), (number * size, index["ranks"][number]), (offset, end)
            )
        ]

    def find_all(self, ranked: WindowRanks, player_ids: Iterable[str]) -> list[RankedEntry]:
        """The places of those players who have an entry, in the board's order."""
        with ThreadPoolExecutor(THREADS) as pool:
            found = pool.map(lambda player_id: self.find(ranked, player_id), player_ids)
        return sorted((entry for entry in found if entry), key=lambda entry: entry.position)

    def find(self, ranked: WindowRanks, player_id: str) -> RankedEntry | None:
        """A player's place, or None for one with no entry."""
        if not ranked.players:
            return None
        bucket = _hash(player_id, self._index(ranked)["buckets"])
        stem = self._bucket.get_fixed(f"{ranked.prefix}players/{bucket:06}.json").get(player_id)
        if stem is None:
            return None
        position = self.position(ranked, stem + player_id)
        entry = self.page(ranked, position, 1)[0]
        assert entry.player_id == player_id, f"{ranked.prefix} disagrees with itself on {player_id}"
        return entry

    def worse(self, ranked: WindowRanks, entry: RankedEntry) -> int:
        """How many players are ranked worse than an entry of the window."""
        if ranked.ties == "first":
            return ranked.players - 1 - entry.position
        equals = order_key(self._columns, entry.columns, 0, "")[: self._width]
        # Behind every key with these columns: after the columns comes a digit, and ":" follows the digits.
        return ranked.players - self.position(ranked, equals + ":")

    def position(self, ranked: WindowRanks, key: str) -> int:
        """How many entries of a window with players are ordered before a key."""
        index = self._index(ranked)
        number = block_of(index["firsts"], key)
        block = self._block(ranked, number)
        return int(number * index["block"] + bisect_left(block, key, key=lambda raw: str(raw[0])))

    def _index(self, ranked: WindowRanks) -> dict[str, Any]:
        index: dict[str, Any] = self._bucket.get_fixed(f"{ranked.prefix}index.json")
        return index

    def _block(self, ranked: WindowRanks, number: int) -> list[Any]:
        block: list[Any] = self._bucket.get_fixed(f"{ranked.prefix}blocks/{number:06}.json")
        return block

    def _entries(
        self, ranked: WindowRanks, raws: Sequence[Any], first: tuple[int, int], wanted: tuple[int, int]
    ) -> list[RankedEntry]:
        """Of entries that follow one another those in the `wanted` positions (from, to); `first` are the position and
        the rank of the first of all."""
        entries = []
        start, end = (max(0, position - first[0]) for position in wanted)
        every_rank = ranks(ranked.ties, self._width, (raw[0] for raw in raws[:end]), *first)
        for place, (rank, (key, name)) in enumerate(islice(zip(every_rank, raws, strict=False), start, None), start):
            values, at, player_id = read_key(self._columns, key)
            entries.append(RankedEntry(first[0] + place, rank, player_id, name, values, at))
        return entries


def _hash(player_id: str, buckets: int) -> int:
    return zlib.crc32(player_id.encode()) % buckets
