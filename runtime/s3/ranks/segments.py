"""The ranks of a window within each value of a segment, on boards with segments.

segments/index          JSON: by the segment's name "others", how many players are in values without ranks; "values"
                        as [value, where its entries begin, how many it has], in the order of the values' texts; and
                        "count" and "sizes" of its blocks
segments/NAME/blocks/   the blocks of the players in a value: those of the first value in the board's order, then those
                        of the next
segments/NAME/firsts    the first order key of each of these blocks

The buckets have each player's place in each value, so that only a page of a value reads these blocks, and whoever
writes a delta. That has of each value what it has of all players: see `domain.deltas.window_delta`. Which values have
the most players, and so have ranks, follows from all lines: there is a delta as long as all of them have.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import accumulate
from typing import Any

from runtime.config import Ties
from runtime.domain.deltas.window_delta import WindowDelta
from runtime.domain.lines import read_values
from runtime.domain.ranking import NO_PIECES, Pieces, SegmentRanks, ValueRanks, WindowRanks
from runtime.domain.texts.segments import MAX_VALUES
from runtime.s3.bucket import Bucket, Put, encode_json
from runtime.s3.ranks.blocks import BLOCKS, FIRSTS, BlockReader, BlockWriter, split_block, walk
from runtime.s3.ranks.buckets import BucketWriter
from runtime.s3.ranks.packs import LocalPacks
from runtime.s3.ranks.spools import Scratch, Spools

INDEX = "segments/index"
"""The key of the index, below the prefix."""
INDEX_SIZE = 16
"""How much more memory the index takes than its bytes, about."""


class ValueCounter:
    """Counts the players in each value of each segment."""

    def __init__(self, names: Sequence[str]) -> None:
        self._counts = {name: Counter[str]() for name in names}

    def watch(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Count the values of lines, and pass them on."""
        for line in lines:
            for name, value in read_values(line).items():
                if name in self._counts:
                    self._counts[name][value] += 1
            yield line

    @property
    def others(self) -> dict[str, int]:
        """How many players of each segment are in a value that has no ranks."""
        chosen = self.choose()
        return {name: count.total() - sum(chosen[name].values()) for name, count in self._counts.items()}

    def choose(self) -> dict[str, dict[str, int]]:
        """The values of each segment that get ranks, those with the most players, and how many each has."""
        return {
            name: dict(sorted(count.items(), key=lambda each: (-each[1], each[0]))[:MAX_VALUES])
            for name, count in self._counts.items()
        }


class SegmentWriter:
    """Writes the ranks within segments."""

    def __init__(self, scratch: Scratch, put: Put, ties: Ties, columns_width: int) -> None:
        self._scratch = scratch
        self._put = put
        self._ties = ties
        self._width = columns_width

    def write(self, window: LocalPacks, counter: ValueCounter, buckets: BucketWriter) -> None:
        """Write the ranks by the values of all lines of the window, and each player's places into the buckets."""
        index = {
            name: self._write_segment(window, name, dict(sorted(chosen.items())), buckets)
            for name, chosen in counter.choose().items()
        }
        for name, others in counter.others.items():
            index[name]["others"] = others
        self._put(INDEX, encode_json(index))

    def _write_segment(
        self, window: LocalPacks, name: str, values: Mapping[str, int], buckets: BucketWriter
    ) -> dict[str, Any]:
        """Write the blocks of one segment, whose values have some numbers of players."""
        numbers = {value: number for number, value in enumerate(values)}
        spools = Spools(self._scratch)
        for line in (line for piece in window.stream() for line in split_block(piece)[1]):
            number = numbers.get(read_values(line).get(name, ""))
            if number is not None:
                spools.held[number].append(b"%b\n" % line)
                spools.settle(1)
        blocks = BlockWriter(self._scratch(), f"segments/{name}/{BLOCKS}", self._ties, self._width)
        for number in numbers.values():
            blocks.add_list(line[:-1] for line in spools.take(number))
        spools.close()
        pieces = blocks.end()
        starts = list(accumulate(values.values(), initial=0))
        blocks.packs.upload(self._put)
        self._put(f"segments/{name}/{FIRSTS}", blocks.write_firsts())
        reader = BlockReader(blocks.packs, self._width)
        for start, players in zip(starts, values.values(), strict=False):
            ranks = ValueRanks(name, "", start, players, self._ties, pieces)
            count_before = partial(reader.count_before, ranks, blocks.firsts)
            for ranked, ends in walk(reader.read_each(ranks), count_before, self._width):
                buckets.add_places(name, players, ranked, ends)
        blocks.packs.close()
        described = [[value, start, players] for (value, players), start in zip(values.items(), starts, strict=False)]
        return {**asdict(pieces), "values": described}


def read_segment(bucket: Bucket, base: WindowRanks, name: str) -> SegmentRanks:
    """The ranks of a base within one of its segments."""
    if not base.players:
        return SegmentRanks({}, 0)
    index = bucket.cache.load(f"{base.prefix}{INDEX}", dict, lambda: _read_index(bucket, base))
    segment: SegmentRanks = index[name]
    return segment


def _read_index(bucket: Bucket, base: WindowRanks) -> tuple[dict[str, SegmentRanks], int]:
    body = bucket.read(f"{base.prefix}{INDEX}")
    index = json.loads(body)
    return {name: _parse_segment(base, name, stored) for name, stored in index.items()}, INDEX_SIZE * len(body)


def _parse_segment(base: WindowRanks, name: str, stored: Mapping[str, Any]) -> SegmentRanks:
    prefix, blocks = f"{base.prefix}segments/{name}/", Pieces.from_json(stored)
    values = {
        value: ValueRanks(name, prefix, start, players, base.ties, blocks) for value, start, players in stored["values"]
    }
    return SegmentRanks(values, stored["others"])


def find_value(segment: SegmentRanks, base: WindowRanks, name: str, value: str) -> ValueRanks:
    """The ranks of a base within a value, in which there may be nobody."""
    empty = ValueRanks(name, f"{base.prefix}segments/{name}/", 0, 0, base.ties, NO_PIECES)
    return segment.values.get(value, empty)


def merge_segment(segment: SegmentRanks, base: WindowRanks, name: str, delta: WindowDelta) -> SegmentRanks:
    """The ranks within a segment as they are now. There are no lists of values that nobody is in any more."""
    changed = {value: merge_value(segment, base, name, value, delta) for own, value in delta.values if own == name}
    values = sorted({**segment.values, **changed}.items())
    return SegmentRanks({value: ranks for value, ranks in values if ranks.players}, segment.others)


def merge_value(segment: SegmentRanks, base: WindowRanks, name: str, value: str, delta: WindowDelta) -> ValueRanks:
    """The ranks within a value as they are now. There may be nobody in it."""
    stood, own = find_value(segment, base, name, value), delta.values.get((name, value))
    return replace(stood, players=stood.players + own.growth, delta=own) if own else stood


def has_room(segment: SegmentRanks, growths: Mapping[str, int]) -> bool:
    """Whether all values get ranks, once some of them have more players, or fewer."""
    players = Counter({value: ranks.players for value, ranks in segment.values.items()})
    players.update(growths)
    return sum(count > 0 for count in players.values()) <= MAX_VALUES
