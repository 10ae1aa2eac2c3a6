"""Lists of ranked entries in blocks: a page, a rank or a place in one, by a few reads and bisections.

A list is all of a window, or those in one value of a segment. Several lists may follow one another in the same blocks:
see `rank_files` for what lies where.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice
from typing import Any

from runtime.config import Column
from runtime.domain.order_keys import columns_width, find_block, order_key, parse_order_key
from runtime.domain.ranking import RankedEntry, RankList, rank_keys
from runtime.s3.bucket import Bucket


class RankLists:
    """Reads the lists of a board's rank files."""

    def __init__(self, bucket: Bucket, columns: Sequence[Column]) -> None:
        self._bucket = bucket
        self._columns = columns
        self._columns_width = columns_width(columns)

    def read_page(self, ranks: RankList, offset: int, limit: int) -> list[RankedEntry]:
        """The entries of a list from a position on, in the board's order: `limit` of them, fewer or none at the end."""
        end = min(offset + limit, ranks.players)
        if offset >= end:
            return []
        if ranks.has_top:
            top: list[Any] = self._bucket.get_immutable(f"{ranks.prefix}top.json")
            if end <= len(top):
                return self._entries(ranks, top, (0, 1), (offset, end))
        size = self._index(ranks)["block"]
        return [
            entry
            for number in range((ranks.start + offset) // size, (ranks.start + end - 1) // size + 1)
            for entry in self._entries_of_block(ranks, number, (offset, end))
        ]

    def find_in(self, ranks: RankList, entry: RankedEntry) -> RankedEntry:
        """The entry that a player has in a list, by an entry of the player in another list of the same window."""
        key = order_key(self._columns, entry.columns, entry.at, entry.player_id)
        return self._read_at(ranks, key, entry.player_id)

    def count_worse(self, ranks: RankList, entry: RankedEntry) -> int:
        """How many players of a list are ranked worse than one of its entries."""
        if ranks.ties == "first":
            return ranks.players - 1 - entry.position
        equals = order_key(self._columns, entry.columns, 0, "")[: self._columns_width]
        # Every key with these columns goes on with a digit, and ":" sorts behind the digits: so does this text.
        return ranks.players - self.count_before(ranks, equals + ":")

    def _read_at(self, ranks: RankList, key: str, player_id: str) -> RankedEntry:
        """The entry of a list that has an order key."""
        entry = self.read_page(ranks, self.count_before(ranks, key), 1)[0]
        assert entry.player_id == player_id, f"{ranks.prefix} disagrees with itself on {player_id}"
        return entry

    def count_equal(self, ranks: RankList, entry: RankedEntry) -> int:
        """How many players of a list have the columns of one of its entries."""
        equals = order_key(self._columns, entry.columns, 0, "")[: self._columns_width]
        return self.count_before(ranks, equals + ":") - self.count_before(ranks, equals)

    def count_before(self, ranks: RankList, key: str) -> int:
        """How many entries of a list sort before a key. The list has at least one entry."""
        index = self._index(ranks)
        size = index["block"]
        first, last = ranks.start // size, (ranks.start + ranks.players - 1) // size
        number = first + find_block(index["firsts"][first : last + 1], key)
        # Of a block at an end of the list, a part may belong to the lists beside it.
        begin = max(0, ranks.start - number * size)
        end = min(size, ranks.start + ranks.players - number * size)
        place = bisect_left(self._block(ranks, number), key, begin, end, key=lambda entry: str(entry[0]))
        return int(number * size + place - ranks.start)

    def _entries_of_block(self, ranks: RankList, number: int, positions: tuple[int, int]) -> list[RankedEntry]:
        """The entries of a list that one block has, of those between two positions."""
        index = self._index(ranks)
        block, begin = self._block(ranks, number), number * index["block"] - ranks.start
        if begin < 0:
            # The list begins within the block.
            return self._entries(ranks, block[-begin:], (0, 1), positions)
        return self._entries(ranks, block, (begin, index["ranks"][number]), positions)

    def _entries(
        self, ranks: RankList, block: Sequence[Any], first: tuple[int, int], positions: tuple[int, int]
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
            attached, segments = (tuple(each.items()) for each in (*more, *({},) * (2 - len(more))))
            entry = RankedEntry(first_position + place, rank, player_id, name, columns, at, attached, segments)
            entries.append(entry)
        return entries

    def _index(self, ranks: RankList) -> dict[str, Any]:
        index: dict[str, Any] = self._bucket.get_immutable(f"{ranks.prefix}index.json")
        return index

    def _block(self, ranks: RankList, number: int) -> list[Any]:
        block: list[Any] = self._bucket.get_immutable(f"{ranks.prefix}blocks/{number:06}.json")
        return block
