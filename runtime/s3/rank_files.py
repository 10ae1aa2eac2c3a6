"""The ranks of one window in a snapshot: immutable files, from which a few reads give any page or player.

PREFIX/top.json             the first entries, as in a block, so that the first pages need one small file
PREFIX/index.json           "block": how many entries a block has; "buckets": how many buckets there are; "firsts":
                            the first order key of each block; "ranks": the rank of each of those keys
PREFIX/blocks/000000.json   entries in the board's order: [order key, name], and what is attached as a third,
                            {field: text}, where there is something
PREFIX/players/000000.json  one bucket of players, by a hash of the player id: player id -> order key without the id
PREFIX/names/...            see `name_index`, on boards that search names
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
from runtime.domain.order_keys import columns_width, find_block, order_key, parse_order_key
from runtime.domain.ranking import RankedEntry, ScoredPlayer, WindowRanks, rank_keys
from runtime.domain.texts import folding
from runtime.domain.windows import Window
from runtime.s3.bucket import Bucket, encode_json
from runtime.s3.name_index import find_positions, make_name_files

ROOT = "snapshots/ranks/"
"""What the keys of all rank files begin with."""
BLOCK = 2000
"""Entries of a block, and players of a bucket on average: some 200 kB of JSON, read in one request."""


class RankFiles:
    """Writes and reads the ranks of a board's windows."""

    def __init__(self, bucket: Bucket, columns: Sequence[Column], names: bool = False) -> None:
        """`names`: whether what is written gets an index of display names."""
        self._bucket = bucket
        self._columns = columns
        self._names = names
        self._columns_width = columns_width(columns)

    def write(
        self,
        window: Window,
        players: Iterable[ScoredPlayer],
        ties: Ties,
        top: int,
        as_of: int,
        previous: WindowRanks | None,
    ) -> WindowRanks:
        """Rank the players of a window and write the files. Where nothing changed since `previous`, write none.

        `previous` are the window's last ranks.
        """
        # No two order keys are equal, so nothing behind them is ever compared.
        entries = sorted(self._make_entry(player) for player in players)
        # An index is missing where names are searched from now on, and outdated where they are folded in another way.
        made = [ties, entries, folding.VERSION] if self._names else [ties, entries]
        content = sha256(encode_json(made)).hexdigest()[:32]
        if previous is not None and previous.content == content:
            return WindowRanks(window, previous.players, content, previous.prefix, ties, names=self._names)
        prefix = f"{ROOT}{window.id}/{content}-{as_of}/"
        files = self._files(entries, ties, top)
        if self._names:
            files |= make_name_files(name for _, name, *_ in entries)
        self._bucket.put_all({prefix + name: file for name, file in files.items()})
        return WindowRanks(window, len(entries), content, prefix, ties, names=self._names)

    def _make_entry(self, player: ScoredPlayer) -> tuple[Any, ...]:
        """A player's entry as blocks have it."""
        key = order_key(self._columns, player.columns, player.at, player.player_id)
        return (key, player.name, dict(player.attached)) if player.attached else (key, player.name)

    def _files(self, entries: list[tuple[Any, ...]], ties: Ties, top: int) -> dict[str, Any]:
        """The files for a window's entries, as blocks have them and in order: path below the prefix -> content."""
        starts = range(0, len(entries), BLOCK)
        buckets: list[dict[str, str]] = [{} for _ in starts]
        for key, *_ in entries:
            player_id = parse_order_key(self._columns, key)[2]
            buckets[_bucket_of(player_id, len(buckets))][player_id] = key[: -len(player_id)]
        every_rank = list(rank_keys(ties, self._columns_width, (key for key, *_ in entries)))
        index = {
            "block": BLOCK,
            "buckets": len(buckets),
            "firsts": [entries[start][0] for start in starts],
            "ranks": [every_rank[start] for start in starts],
        }
        files: dict[str, Any] = {"top.json": entries[:top], "index.json": index}
        files |= {f"blocks/{start // BLOCK:06}.json": entries[start : start + BLOCK] for start in starts}
        return files | {f"players/{number:06}.json": bucket for number, bucket in enumerate(buckets)}

    def read_page(self, ranks: WindowRanks, offset: int, limit: int) -> list[RankedEntry]:
        """The entries from a position on, in the board's order: `limit` of them, fewer or none at the end."""
        end = min(offset + limit, ranks.players)
        if offset >= end:
            return []
        top: list[Any] = self._bucket.get_immutable(f"{ranks.prefix}top.json")
        if end <= len(top):
            return self._entries(ranks, top, (0, 1), (offset, end))
        index = self._index(ranks)
        size = index["block"]
        return [
            entry
            for number in range(offset // size, (end - 1) // size + 1)
            for entry in self._entries(
                ranks, self._block(ranks, number), (number * size, index["ranks"][number]), (offset, end)
            )
        ]

    def find_all(self, ranks: WindowRanks, player_ids: Iterable[str]) -> list[RankedEntry]:
        """The entries of some players, in the board's order. Players without an entry are left out."""
        with ThreadPoolExecutor(THREADS) as pool:
            found = pool.map(lambda player_id: self.find(ranks, player_id), player_ids)
        return sorted((entry for entry in found if entry), key=lambda entry: entry.position)

    def search_names(self, ranks: WindowRanks, folded: str, limit: int) -> tuple[list[RankedEntry], bool]:
        """The entries whose folded name begins with a text, and whether there are more: see `name_index`.

        The ranks must have an index of names.
        """
        positions = find_positions(self._bucket, ranks.prefix, folded, limit + 1)
        return self._read_each(ranks, positions[:limit]), len(positions) > limit

    def _read_each(self, ranks: WindowRanks, positions: Sequence[int]) -> list[RankedEntry]:
        """The entries at some positions, which may be anywhere: one read for each block that holds one."""
        if not positions:
            return []
        index = self._index(ranks)
        size = index["block"]
        numbers = sorted({position // size for position in positions})
        with ThreadPoolExecutor(THREADS) as pool:
            blocks = dict(zip(numbers, pool.map(lambda number: self._block(ranks, number), numbers), strict=True))
        entries = []
        for position in positions:
            number = position // size
            first = number * size, index["ranks"][number]
            entries += self._entries(ranks, blocks[number], first, (position, position + 1))
        return entries

    def find(self, ranks: WindowRanks, player_id: str) -> RankedEntry | None:
        """The entry of a player; None for a player without one."""
        if not ranks.players:
            return None
        bucket = _bucket_of(player_id, self._index(ranks)["buckets"])
        stem = self._bucket.get_immutable(f"{ranks.prefix}players/{bucket:06}.json").get(player_id)
        if stem is None:
            return None
        position = self._count_before(ranks, stem + player_id)
        entry = self.read_page(ranks, position, 1)[0]
        assert entry.player_id == player_id, f"{ranks.prefix} disagrees with itself on {player_id}"
        return entry

    def count_worse(self, ranks: WindowRanks, entry: RankedEntry) -> int:
        """How many players are ranked worse than an entry of the window."""
        if ranks.ties == "first":
            return ranks.players - 1 - entry.position
        equals = order_key(self._columns, entry.columns, 0, "")[: self._columns_width]
        # Every key with these columns goes on with a digit, and ":" sorts behind the digits: so does this text.
        return ranks.players - self._count_before(ranks, equals + ":")

    def _count_before(self, ranks: WindowRanks, key: str) -> int:
        """How many entries of a window sort before a key. The window has at least one entry."""
        index = self._index(ranks)
        number = find_block(index["firsts"], key)
        block = self._block(ranks, number)
        return int(number * index["block"] + bisect_left(block, key, key=lambda entry: str(entry[0])))

    def _index(self, ranks: WindowRanks) -> dict[str, Any]:
        index: dict[str, Any] = self._bucket.get_immutable(f"{ranks.prefix}index.json")
        return index

    def _block(self, ranks: WindowRanks, number: int) -> list[Any]:
        block: list[Any] = self._bucket.get_immutable(f"{ranks.prefix}blocks/{number:06}.json")
        return block

    def _entries(
        self, ranks: WindowRanks, block: Sequence[Any], first: tuple[int, int], positions: tuple[int, int]
    ) -> list[RankedEntry]:
        """The entries of a block (or the top list) from the first of `positions` up to before the second.

        `first` is the position and the rank of the block's first entry.
        """
        first_position, first_rank = first
        start, end = (max(0, position - first_position) for position in positions)
        keys = (key for key, *_ in block[:end])
        ranked = zip(rank_keys(ranks.ties, self._columns_width, keys, first_position, first_rank), block, strict=False)
        entries = []
        for place, (rank, (key, name, *more)) in enumerate(islice(ranked, start, None), start):
            columns, at, player_id = parse_order_key(self._columns, key)
            attached = tuple(more[0].items()) if more else ()
            entries.append(RankedEntry(first_position + place, rank, player_id, name, columns, at, attached))
        return entries


def _bucket_of(player_id: str, buckets: int) -> int:
    return zlib.crc32(player_id.encode()) % buckets
