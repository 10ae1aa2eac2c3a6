"""The ranks of one window in a snapshot: immutable files, from which a few reads give any page or player.

PREFIX/top.json             the first entries, as in a block, so that the first pages need one small file
PREFIX/index.json           "block": how many entries a block has; "buckets": how many buckets there are; "firsts":
                            the first order key of each block; "ranks": the rank of each of those keys; "segments":
                            their names, where the board has some
PREFIX/blocks/000000.json   entries in the board's order: [order key, name], and what is attached as a third,
                            {field: text}, and the player's values as a fourth, {segment: value}, where there is some
PREFIX/players/000000.json  one bucket of players, by a hash of the player id: player id -> order key without the id
PREFIX/names/...            see `name_index`, on boards that search names
PREFIX/segments/NAME/...    index.json and blocks as above, of the players in a value of the segment: those of the first
                            value in the board's order, then those of the next. In the index "values" has, for each
                            value in the order of their texts, [value, how many entries stand before its own, how many
                            it has], "ranks" are within the value, and "others" is how many players are in none of them
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import accumulate
from typing import Any

from runtime.aws import THREADS
from runtime.config import Column, Ties
from runtime.domain.order_keys import order_key, parse_order_key
from runtime.domain.ranking import NAMED, RankedEntry, ScoredPlayer, SegmentRanks, ValueRanks, WindowRanks, rank_keys
from runtime.domain.texts import folding
from runtime.domain.texts.segments import MAX_VALUES
from runtime.domain.windows import Window
from runtime.s3 import name_index
from runtime.s3.bucket import Bucket, encode_json
from runtime.s3.rank_lists import RankLists

ROOT = "snapshots/ranks/"
"""What the keys of all rank files begin with."""
BLOCK = 2000
"""Entries of a block, and players of a bucket on average: some 200 kB of JSON, read in one request."""

Entry = tuple[Any, ...]
"""An entry as blocks have it."""


class RankFiles(RankLists):
    """Writes and reads the ranks of a board's windows."""

    def __init__(self, bucket: Bucket, columns: Sequence[Column], names: bool = False) -> None:
        """`names`: whether what is written gets an index of display names."""
        super().__init__(bucket, columns)
        self._names = names

    def reading(self, columns: Sequence[Column]) -> RankFiles:
        """What reads ranks that were written with other columns."""
        return RankFiles(self._bucket, columns)

    def write(
        self,
        window: Window,
        players: Iterable[ScoredPlayer],
        ties: Ties,
        top: int,
        as_of: int,
        previous: WindowRanks | None,
        segments: Sequence[str] = (),
    ) -> WindowRanks:
        """Rank the players of a window and write the files. Where nothing changed since `previous`, write none.

        `previous` are the window's last ranks, `segments` the names of the board's segments.
        """
        scored = list(players)
        counts = {name: Counter[str]() for name in segments}
        for player in scored:
            for name, value in player.segments:
                counts[name][value] += 1
        sizes = {name: _choose_values(count) for name, count in counts.items()}
        others = {name: count.total() - sum(sizes[name].values()) for name, count in counts.items()}
        # No two order keys are equal, so nothing behind them is ever compared.
        entries = sorted(self._make_entry(player, sizes) for player in scored)
        # An index is missing where names are searched from now on, and outdated where they are folded in another way.
        made = [ties, entries, *([folding.VERSION] if self._names else []), *([others] if segments else [])]
        content = (NAMED if self._names else "") + sha256(encode_json(made)).hexdigest()[:32]
        if previous is not None and previous.content == content:
            return WindowRanks(window, previous.players, content, previous.prefix, ties)
        prefix = f"{ROOT}{window.id}/{content}-{as_of}/"
        files = self._files(entries, ties, top)
        if self._names:
            files |= name_index.make_name_files((entry[1], entry[3] if len(entry) == 4 else {}) for entry in entries)
        if segments:
            files["index.json"]["segments"] = list(segments)
        for name in segments:
            files |= self._segment_files(name, entries, ties, sizes[name], others[name])
        self._bucket.put_all({prefix + name: file for name, file in files.items()})
        return WindowRanks(window, len(entries), content, prefix, ties)

    def find_all(self, ranks: WindowRanks, player_ids: Iterable[str]) -> list[RankedEntry]:
        """The entries of some players, in the board's order. Players without an entry are left out."""
        with ThreadPoolExecutor(THREADS) as pool:
            found = pool.map(lambda player_id: self.find(ranks, player_id), player_ids)
        return sorted((entry for entry in found if entry), key=lambda entry: entry.position)

    def search_names(
        self, ranks: WindowRanks, folded: str, limit: int, segment: tuple[str, str] | None = None
    ) -> tuple[list[RankedEntry], bool]:
        """The entries whose folded name begins with a text, and whether there may be more: see `name_index`.

        With `segment` only those in that value. The ranks must have an index of names.
        """
        positions, more = name_index.search_names(self._bucket, ranks.prefix, folded, limit, segment)
        return self._read_each(ranks, positions), more

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
        buckets = self._index(ranks)["buckets"]
        if not buckets:
            # Of former ranks it is not noted how many players they have.
            return None
        bucket = _bucket_of(player_id, buckets)
        stem = self._bucket.get_immutable(f"{ranks.prefix}players/{bucket:06}.json").get(player_id)
        return None if stem is None else self._read_at(ranks, stem + player_id, player_id)

    def find_segment(self, ranks: WindowRanks, name: str) -> SegmentRanks | None:
        """The ranks of a window within a segment; None where it has none, as the segment is newer than they are."""
        if name not in self._index(ranks).get("segments", ()):
            return None
        prefix = f"{ranks.prefix}segments/{name}/"
        index = self._bucket.get_immutable(f"{prefix}index.json")
        values = {value: ValueRanks(prefix, start, players, ranks.ties) for value, start, players in index["values"]}
        return SegmentRanks(values, index["others"])

    def _make_entry(self, player: ScoredPlayer, sizes: Mapping[str, Mapping[str, int]]) -> Entry:
        """A player's entry as the window's blocks have it. Of the player's values it has those that have ranks."""
        key = order_key(self._columns, player.columns, player.at, player.player_id)
        values = {name: value for name, value in player.segments if value in sizes.get(name, ())}
        if values:
            return (key, player.name, dict(player.attached), values)
        return (key, player.name, dict(player.attached)) if player.attached else (key, player.name)

    def _files(self, entries: list[Entry], ties: Ties, top: int) -> dict[str, Any]:
        """The files for a window's entries, as blocks have them and in order: path below the prefix -> content."""
        blocks = _cut(entries)
        buckets: list[dict[str, str]] = [{} for _ in blocks]
        for key, *_ in entries:
            player_id = parse_order_key(self._columns, key)[2]
            buckets[_bucket_of(player_id, len(buckets))][player_id] = key[: -len(player_id)]
        index = {"block": BLOCK, "buckets": len(buckets), **self._index_blocks(blocks, self._rank(ties, entries))}
        files: dict[str, Any] = {"top.json": entries[:top], "index.json": index}
        files |= {f"blocks/{number:06}.json": block for number, block in enumerate(blocks)}
        return files | {f"players/{number:06}.json": bucket for number, bucket in enumerate(buckets)}

    def _segment_files(
        self, name: str, entries: list[Entry], ties: Ties, sizes: Mapping[str, int], others: int
    ) -> dict[str, Any]:
        """The files for the values of a segment, which have so many entries each; `others` are in none of them."""
        lists: dict[str, list[Entry]] = {value: [] for value in sorted(sizes)}
        for key, player_name, attached, values in (entry for entry in entries if len(entry) == 4):
            if name in values:
                lists[values[name]].append((key, player_name, attached) if attached else (key, player_name))
        blocks = _cut([entry for each in lists.values() for entry in each])
        ranks = [rank for each in lists.values() for rank in self._rank(ties, each)]
        starts = accumulate((sizes[value] for value in lists), initial=0)
        values = [[value, start, sizes[value]] for value, start in zip(lists, starts, strict=False)]
        index = {"block": BLOCK, "values": values, "others": others, **self._index_blocks(blocks, ranks)}
        files = {"index.json": index, **{f"blocks/{number:06}.json": block for number, block in enumerate(blocks)}}
        return {f"segments/{name}/{path}": file for path, file in files.items()}

    def _rank(self, ties: Ties, entries: list[Entry]) -> list[int]:
        """The rank of each entry of a list."""
        return list(rank_keys(ties, self._columns_width, (key for key, *_ in entries)))

    @staticmethod
    def _index_blocks(blocks: list[list[Entry]], ranks: list[int]) -> dict[str, Any]:
        """What an index says of each block: its first order key, and that one's rank."""
        return {"firsts": [block[0][0] for block in blocks], "ranks": ranks[::BLOCK]}


def _cut(entries: list[Entry]) -> list[list[Entry]]:
    """Cut entries into blocks."""
    return [entries[start : start + BLOCK] for start in range(0, len(entries), BLOCK)]


def _choose_values(players: Counter[str]) -> dict[str, int]:
    """The values of a segment that get ranks: those with the most players, and how many each has."""
    return dict(sorted(players.items(), key=lambda each: (-each[1], each[0]))[:MAX_VALUES])


def _bucket_of(player_id: str, buckets: int) -> int:
    return zlib.crc32(player_id.encode()) % buckets
