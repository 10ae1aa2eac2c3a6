"""The ranks of one window in a snapshot: immutable files, from which one read gives any page or player.

A base:

PREFIX/top                  the first lines with their ranks, so that the first pages need one small file
PREFIX/blocks/000000        a pack of blocks, which have all lines in order: see `ranks.blocks`
PREFIX/firsts               the first key of each block
PREFIX/players/000000       a pack of buckets, which have all lines by player: see `ranks.buckets`
PREFIX/names/...            see `ranks.names`, on boards that search names
PREFIX/segments/...         see `ranks.segments`, on boards with segments

And below a prefix of its own, as soon as something changed, the delta of that base: see `ranks.delta_writer`.

A line is one player's entry, see `domain.lines`; how pieces of lines lie in packs, and how one is found, say
`ranks.packs` and `WindowRanks`. docs/decisions/0017-base-and-delta.md says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from runtime.aws import THREADS
from runtime.config import Column, Ties
from runtime.domain.lines import read_line
from runtime.domain.order_keys import BEHIND, columns_width, order_key
from runtime.domain.ranking import RankedEntry, RankList, SegmentRanks, ValueRanks, WindowRanks
from runtime.domain.windows import Window
from runtime.s3.bucket import Bucket
from runtime.s3.ranks import names
from runtime.s3.ranks.base_reader import BaseReader
from runtime.s3.ranks.base_writer import ROOT, BaseWriter
from runtime.s3.ranks.blocks import RankedLine
from runtime.s3.ranks.delta_writer import DeltaWriter
from runtime.s3.ranks.merged_reader import MergedReader

__all__ = ["ROOT", "RankFiles"]


class RankFiles:
    """Writes and reads the ranks of a board's windows."""

    def __init__(self, bucket: Bucket, columns: Sequence[Column], names: bool = False) -> None:
        """`names`: whether what is written gets an index of display names."""
        self._bucket = bucket
        self._columns = columns
        self._columns_width = columns_width(columns)
        self._writer = BaseWriter(bucket, columns, names)
        self._merged = MergedReader(BaseReader(bucket, columns))
        self._updater = DeltaWriter(self._merged, self._writer)

    def reading(self, columns: Sequence[Column]) -> RankFiles:
        """What reads ranks that were written with other columns."""
        return RankFiles(self._bucket, columns)

    def write(
        self,
        window: Window,
        lines: Iterable[bytes],
        ties: Ties,
        top: int,
        as_of: int,
        previous: WindowRanks | None,
        segments: Sequence[str] = (),
    ) -> WindowRanks:
        """Write the files for the sorted lines of a window. Where nothing changed since `previous`, write none.

        `previous` are the window's last ranks, `segments` the names of the board's segments.
        """
        return self._writer.write(window, lines, ties, top, as_of, previous, segments)

    def update(
        self,
        previous: WindowRanks,
        changes: Mapping[str, bytes | None],
        top: int,
        as_of: int,
        *,
        compacts: bool = True,
    ) -> WindowRanks:
        """Write what players have become since the `previous` ranks: their line now by their id, None for no line.

        Where no line differs, nothing is written and `previous` are returned. With `compacts` a delta that is too large
        becomes a base; without, it may be larger, and FullError is raised where it has no room.
        """
        return self._updater.update(previous, changes, top, as_of, compacts=compacts)

    def total_without(self, ranks: WindowRanks, players: Iterable[str]) -> str:
        """The sum of the hashes of all lines but those of some players, as ranks store it."""
        return self._updater.total_without(ranks, players)

    def read_lines(self, ranks: WindowRanks) -> Iterator[bytes]:
        """All lines of a window in order, with a few packs in memory."""
        return self._merged.read_lines(ranks)

    def find(self, ranks: WindowRanks, player_id: str) -> RankedEntry | None:
        """The entry of a player, with its end and its places in segments; None for a player without one."""
        found = self._merged.find(ranks, player_id)
        return replace(self._read(found.ranked), end=found.end, places=found.places) if found else None

    def find_all(self, ranks: WindowRanks, player_ids: Iterable[str]) -> list[RankedEntry]:
        """The entries of some players, in the board's order. Players without an entry are left out."""
        self._merged.prepare(ranks)
        with ThreadPoolExecutor(THREADS) as pool:
            found = pool.map(lambda player_id: self.find(ranks, player_id), player_ids)
        return sorted((entry for entry in found if entry), key=lambda entry: entry.position)

    def read_page(self, ranks: RankList, offset: int, limit: int) -> list[RankedEntry]:
        """The entries of a list from a position on, in the board's order: `limit` of them, fewer or none at the end."""
        return [self._read(each) for each in self._merged.read_page(ranks, offset, min(offset + limit, ranks.players))]

    def find_segment(self, ranks: WindowRanks, name: str) -> SegmentRanks | None:
        """The ranks of a window within a segment; None where it has none, as the segment is newer than they are."""
        return self._merged.find_segment(ranks, name)

    def find_value(self, ranks: WindowRanks, name: str, value: str) -> ValueRanks | None:
        """The ranks of a window within a value of a segment; None where nobody is in it, or it has no ranks."""
        return self._merged.find_value(ranks, name, value)

    def find_in(self, ranks: ValueRanks, entry: RankedEntry) -> RankedEntry:
        """The entry that a player has in a value of a segment, by the entry in the window as `find` gives it."""
        place = entry.places[ranks.name]
        return replace(entry, position=place.position, rank=place.rank, end=place.end)

    def search_names(
        self, ranks: WindowRanks, folded: str, limit: int, segment: tuple[str, str] | None = None
    ) -> tuple[list[RankedEntry], bool]:
        """The entries whose folded name begins with a text, and whether there may be more: see `ranks.names`.

        With `segment` only those in that value, each as `find` gives it. The ranks must have an index of names.
        """
        delta = self._merged.read_delta(ranks)
        matches, more = names.search(self._bucket, ranks, delta, folded, limit, segment)
        entries = [replace(self._read(match.ranked), end=match.end) for match in matches]
        if segment is None:
            return entries, more
        # In the order of the names.
        found = {entry.player_id: entry for entry in self.find_all(ranks, [entry.player_id for entry in entries])}
        return [found[entry.player_id] for entry in entries], more

    def count_worse(self, ranks: RankList, entry: RankedEntry) -> int:
        """How many players of a list are ranked worse than one of its entries, which was found as a single one."""
        return ranks.players - (entry.position + 1 if ranks.ties == "first" else entry.end)

    def count_equal(self, ranks: WindowRanks, entry: RankedEntry) -> int:
        """How many players of a window have the columns of one of its entries."""
        columns = order_key(self._columns, entry.columns, 0, "")[: self._columns_width].encode()
        return self._merged.count_before(ranks, columns + BEHIND) - self._merged.count_before(ranks, columns)

    def count_before(self, ranks: WindowRanks, key: str) -> int:
        """How many entries of a window sort before a key."""
        return self._merged.count_before(ranks, key.encode())

    def _read(self, ranked: RankedLine) -> RankedEntry:
        player = read_line(self._columns, ranked.line)
        return RankedEntry(
            ranked.position,
            ranked.rank,
            player.player_id,
            player.name,
            player.columns,
            player.at,
            player.attached,
            player.segments,
        )
