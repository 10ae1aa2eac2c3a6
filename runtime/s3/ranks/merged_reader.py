"""Reads the ranks of a window as they are now: a base with its delta, as one list.

The delta is read once, and kept. Then a player is in one bucket of the base, or in none where the delta has the line of
the player, and a page is in the blocks that hold its lines.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import starmap

from runtime.domain.deltas.delta import Place, RankDelta, strip_place
from runtime.domain.deltas.delta_text import parse_delta
from runtime.domain.deltas.merging import merge_blocks
from runtime.domain.deltas.window_delta import WindowDelta
from runtime.domain.lines import read_values
from runtime.domain.order_keys import columns_width
from runtime.domain.ranking import RankList, SegmentPlace, SegmentRanks, ValueRanks, WindowRanks, rank_keys
from runtime.s3.cache import LINE_BYTES, LIST_BYTES
from runtime.s3.ranks import sizes
from runtime.s3.ranks.base_reader import BaseReader, read_top
from runtime.s3.ranks.blocks import RankedLine
from runtime.s3.ranks.buckets import BucketLine
from runtime.s3.ranks.segments import find_value, merge_segment, merge_value, read_segment

DELTA = "delta"
"""The key of a delta's lines, below its prefix."""


@dataclass(frozen=True)
class MergedReader:
    """Reads the ranks of a board's windows that have a delta, and those that have none."""

    base: BaseReader

    def read_delta(self, ranks: WindowRanks) -> WindowDelta:
        """What changed since the base."""
        width = columns_width(self.base.columns)
        if not ranks.delta:
            return WindowDelta(RankDelta(ranks.ties, width))

        def read() -> tuple[WindowDelta, int]:
            text = self.base.bucket.read(f"{ranks.delta}{DELTA}")
            delta = parse_delta(text, ranks.ties, width)
            # Where many values have few lines each, most of it are the lists themselves.
            return delta, len(text) + LINE_BYTES * text.count(b"\n") + LIST_BYTES * len(delta.values)

        return self.base.bucket.cache.load(f"{ranks.delta}{DELTA}", WindowDelta, read)

    def prepare(self, ranks: WindowRanks) -> None:
        """Read what several threads would each read for themselves as they find players."""
        if self.read_delta(ranks).values:
            read_segment(self.base.bucket, base_of(ranks), ranks.segments[0])

    def find(self, ranks: WindowRanks, player_id: str) -> BucketLine | None:
        """A player's line and place; None for a player without one."""
        if not ranks.delta:
            return self.base.find(ranks, player_id)
        delta, found = self.read_delta(ranks), self._find_added(ranks, player_id.encode())
        if found is None:
            found = self.base.find(base_of(ranks), player_id)
            if found is None or delta.everybody.has_removed(found.ranked.position):
                return None
        return _merge(delta, found)

    def find_segment(self, ranks: WindowRanks, name: str) -> SegmentRanks | None:
        """The ranks of a window within a segment; None where it has none, as the segment is newer than they are."""
        if name not in ranks.segments:
            return None
        base = base_of(ranks)
        segment = read_segment(self.base.bucket, base, name)
        return merge_segment(segment, base, name, self.read_delta(ranks)) if ranks.delta else segment

    def find_value(self, ranks: WindowRanks, name: str, value: str) -> ValueRanks | None:
        """The ranks of a window within a value of a segment; None where nobody is in it, or it has no ranks."""
        if name not in ranks.segments:
            return None
        base = base_of(ranks)
        segment = read_segment(self.base.bucket, base, name)
        found = merge_value(segment, base, name, value, self.read_delta(ranks))
        return found if found.players else None

    def read_page(self, ranks: RankList, first: int, end: int) -> Sequence[RankedLine]:
        """The lines of a list between two positions, of which the second is behind the last one, at most the end."""
        if first >= end:
            return []
        if isinstance(ranks, WindowRanks):
            if end <= ranks.top:
                return read_top(self.base.bucket, ranks.delta or ranks.prefix)[first:end]
            return self.merge_page(base_of(ranks), self.read_delta(ranks).everybody, first, end)
        delta = ranks.delta if isinstance(ranks, ValueRanks) else None
        return self.merge_page(ranks, delta, first, end) if delta else self.base.read_page(ranks, first, end)

    def merge_page(self, base: RankList, delta: RankDelta, first: int, end: int) -> Sequence[RankedLine]:
        """The lines between two positions of a base and a delta, which need not be stored yet."""
        positions, numbers = delta.split_page(first, end)
        stand = [ranked for near in _split_far(positions) for ranked in self._read_base(base, near)]
        added = [delta.read_added(number) for number in numbers]
        if not stand and not added:
            return []
        lines = sorted([*(ranked.line for ranked in stand), *(line for line, _ in added)])
        line, place = min([*((line, Place(position, rank, 0)) for position, rank, line in stand[:1]), *added[:1]])
        ranks = rank_keys(delta.ties, delta.columns_width, lines, first, delta.rank(place, line))
        return list(starmap(RankedLine, zip(range(first, end), ranks, lines, strict=True)))

    def count_before(self, ranks: WindowRanks, key: bytes) -> int:
        """How many lines sort before a key."""
        in_base = self.base.count_before(base_of(ranks), key)
        return self.read_delta(ranks).everybody.count_before(in_base, key)

    def read_lines(self, ranks: WindowRanks) -> Iterator[bytes]:
        """All lines in order. A few packs are in memory, and none is kept."""
        return (line for block in self.read_blocks(ranks) for line in block)

    def read_blocks(self, ranks: WindowRanks, numbers: range | None = None) -> Iterator[Sequence[bytes]]:
        """All lines in order, in blocks of any size; or those from a block of the base on up to before another one.

        What was added before the first of all blocks belongs to it, and what was added behind the last to that.
        """
        delta, count = self.read_delta(ranks).everybody, ranks.blocks.count
        numbers = range(count) if numbers is None else numbers
        blocks = (lines for _, _, lines in self.base.stream_blocks(ranks, numbers))
        removed, added = delta.removed, delta.added
        if numbers != range(count):
            firsts, start = self.base.read_firsts(ranks), numbers.start * sizes.BLOCK
            begin, end = (bisect_left(removed, number * sizes.BLOCK) for number in (numbers.start, numbers.stop))
            removed = [position - start for position in removed[begin:end]]
            behind = bisect_left(added, firsts[numbers.stop]) if numbers.stop < count else None
            added = added[bisect_left(added, firsts[numbers.start]) if numbers.start else 0 : behind]
        return merge_blocks(blocks, removed, list(map(strip_place, added)))

    def _find_added(self, ranks: WindowRanks, player_id: bytes) -> BucketLine | None:
        """A player's added line, with the places that it would have in the base; None for a player without one."""
        delta, base = self.read_delta(ranks), base_of(ranks)
        added = delta.everybody.find(player_id)
        if added is None:
            return None
        line, (position, rank, end) = added
        places = {}
        for name, value in read_values(line).items() if ranks.segments else ():
            own = delta.of_value(name, value).find(player_id)
            if own is not None:
                players = find_value(read_segment(self.base.bucket, base, name), base, name, value).players
                places[name] = SegmentPlace(*own[1], players)
        return BucketLine(RankedLine(position, rank, line), end, places)

    def _read_base(self, base: RankList, positions: Sequence[int]) -> Iterable[RankedLine]:
        """The lines of a base at some positions, which ascend, and those between."""
        wanted = set(positions)
        lines = self.base.read_page(base, positions[0], positions[-1] + 1)
        return (ranked for ranked in lines if ranked.position in wanted)


def _merge(delta: WindowDelta, found: BucketLine) -> BucketLine:
    """What a bucket says of a player with places in the base, with the merged places instead."""
    line = found.ranked.line
    position, rank, end = delta.everybody.merge(Place(found.ranked.position, found.ranked.rank, found.end), line)
    values, places = read_values(line) if found.places else {}, {}
    for name, place in found.places.items():
        own = delta.of_value(name, values[name])
        merged = own.merge(Place(place.position, place.rank, place.end), line)
        places[name] = SegmentPlace(*merged, place.players + own.growth)
    return BucketLine(RankedLine(position, rank, line), end, places)


def base_of(ranks: WindowRanks) -> WindowRanks:
    """The ranks that are in the base alone. Their first lines are read from blocks: the delta has a file of them."""
    return replace(ranks, players=ranks.base_players, delta="", changes=0, top=0)


def _split_far(positions: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut ascending positions wherever a block and more lies between two, which then need not be read."""
    start = 0
    for place in range(1, len(positions) + 1):
        if place == len(positions) or positions[place] - positions[place - 1] > sizes.BLOCK:
            yield positions[start:place]
            start = place
