"""Blocks: pieces with the lines of a list in order, BLOCK of them in each but the last.

The first line of a block is the rank of the first entry in it; then come the lines of the entries. Several lists may
follow one another in the same blocks: then a list may begin within a block, with the rank 1.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple, Protocol

from runtime.config import Ties
from runtime.domain.lines import key_of
from runtime.domain.order_keys import BEHIND, find_block
from runtime.domain.ranking import Pieces, RankList, rank_keys
from runtime.s3.ranks import sizes
from runtime.s3.ranks.packs import LocalPacks, PackWriter

FIRSTS = "firsts"
"""The key of the first key of each block, below the prefix of a list."""
BLOCKS = "blocks/"
"""What the keys of packs of blocks begin with, below the prefix of a list."""


class PieceSource(Protocol):
    """Where blocks are read from: packs in the bucket, or those that were just written on this machine."""

    def read_range(self, first: int, end: int) -> list[bytes]:
        """The pieces from `first` up to before `end`, each without the line break of its last line."""


class RankedLine(NamedTuple):
    """A line of a list, with its place in it."""

    position: int
    rank: int
    line: bytes


class RankedLines(NamedTuple):
    """Lines of a list that follow one another, with their ranks in it."""

    first: int
    """The position of the first."""
    ranks: Sequence[int]
    lines: Sequence[bytes]

    def split(self) -> Iterator[RankedLine]:
        """Each line by itself."""
        return map(RankedLine, range(self.first, self.first + len(self.lines)), self.ranks, self.lines)


class BlockWriter:
    """Writes lists of sorted lines into blocks on this machine, one behind the other."""

    def __init__(self, file: BinaryIO, folder: str, ties: Ties, columns_width: int, first_pack: int = 0) -> None:
        """`folder` is what the keys of the packs begin with, with a slash, and `first_pack` the number of the first."""
        self.firsts: list[bytes] = []
        """The first key of each block."""
        self.packs = LocalPacks(file, first_pack)
        """The blocks, once they are written."""
        self._writer = PackWriter(self.packs.put, folder, first_pack)
        self._ties = ties
        self._columns_width = columns_width
        self._lines: list[bytes] = []
        self._first_rank = 1

    def add_list(self, lines: Iterable[bytes], ranks: RankCounter | None = None) -> int:
        """Add the next list, and return how many lines it has. `ranks` have counted what of it is written elsewhere."""
        ranks = ranks or RankCounter(self._ties, self._columns_width)
        rest = iter(lines)
        while chunk := list(islice(rest, sizes.BLOCK - len(self._lines))):
            rank = ranks.add(chunk)
            if not self._lines:
                self._first_rank = rank
                self.firsts.append(key_of(chunk[0]))
            self._lines += chunk
            if len(self._lines) == sizes.BLOCK:
                self._write()
        return ranks.lines

    def end(self) -> Pieces:
        """Write what is left, and say what was written."""
        if self._lines:
            self._write()
        self.packs.pieces = self._writer.end()
        return self.packs.pieces

    def write_firsts(self) -> bytes:
        """The file of the first keys, once all blocks are written."""
        return b"".join(b"%b\n" % first for first in self.firsts)

    def _write(self) -> None:
        self._writer.add(b"%d\n%b\n" % (self._first_rank, b"\n".join(self._lines)))
        self._lines = []


class Stretch(NamedTuple):
    """What matters to the ranks behind them of lines that follow one another in a list."""

    lines: int
    """How many there are."""
    first: bytes
    """The columns of the first."""
    last: bytes
    """The columns of the last."""
    rank: int
    """The rank of the last, if the list began with these lines. With the ties `first` it says nothing."""


class RankCounter:
    """Counts ranks by whole chunks of lines, so that no line is looked at by itself where the ties need not."""

    def __init__(self, ties: Ties, columns_width: int) -> None:
        self.lines = 0
        self._ties = ties
        self._columns_width = columns_width
        self._first = b""
        """The columns of the first line."""
        self._columns = b""
        """Of the last line."""
        self._rank = 0
        """Of the last line. With the ties `first` nobody asks."""

    def add(self, chunk: Sequence[bytes]) -> int:
        """Add the next lines, at least one, and return the rank of the first of them."""
        width = self._columns_width
        if not self.lines:
            self._first = chunk[0][:width]
        if self._ties == "first":
            rank = self.lines + 1
        else:
            following = self.lines + 1 if self._ties == "shared" else self._rank + 1
            rank = self._rank if chunk[0][:width] == self._columns else following
            self._columns = chunk[-1][:width]
            if self._ties == "dense":
                self._rank = rank + len({line[:width] for line in chunk}) - 1
            else:
                place = bisect_left(chunk, self._columns)
                self._rank = self.lines + place + 1 if place else rank
        self.lines += len(chunk)
        return rank

    def skip(self, stretch: Stretch) -> None:
        """Add lines that were counted by themselves."""
        if not stretch.lines:
            return
        goes_on = stretch.first == self._columns
        if self._ties == "dense":
            self._rank += stretch.rank - goes_on
        elif not (goes_on and stretch.rank == 1):
            self._rank = self.lines + stretch.rank
        self._columns = stretch.last
        self.lines += stretch.lines

    def describe(self) -> Stretch:
        """The lines that were added, none of which was skipped."""
        return Stretch(self.lines, self._first, self._columns, self._rank)


class BlockReader:
    """Reads lists out of blocks."""

    def __init__(self, source: PieceSource, columns_width: int) -> None:
        self._source = source
        self._columns_width = columns_width

    def read(self, ranks: RankList, first: int, end: int) -> Iterator[RankedLines]:
        """The lines of a list from a position up to before another one, at most the end: those of each block."""
        numbers = range((ranks.start + first) // sizes.BLOCK, (ranks.start + end - 1) // sizes.BLOCK + 1)
        for number, piece in zip(numbers, self._source.read_range(numbers.start, numbers.stop), strict=True):
            yield self._rank(ranks, number, piece, first, end)

    def read_each(self, ranks: RankList, first: int = 0) -> Iterator[RankedLines]:
        """The lines of a list from a position on, which is where a block begins: those of each block, one at a time."""
        while first < ranks.players:
            stop = min(ranks.players, ((ranks.start + first) // sizes.BLOCK + 1) * sizes.BLOCK - ranks.start)
            yield from self.read(ranks, first, stop)
            first = stop

    def count_before(self, ranks: RankList, firsts: Sequence[bytes], key: bytes) -> int:
        """How many lines of a list sort before a key. `firsts`: the first key of each block."""
        first, last = ranks.start // sizes.BLOCK, (ranks.start + ranks.players - 1) // sizes.BLOCK
        number = first + find_block(firsts[first : last + 1], key)
        [piece] = self._source.read_range(number, number + 1)
        # Of a block at an end of the list, a part may belong to the lists beside it.
        begin, end = self._part(ranks, number)
        return number * sizes.BLOCK + bisect_left(split_block(piece)[1], key, begin, end) - ranks.start

    def _part(self, ranks: RankList, number: int) -> tuple[int, int]:
        """Which lines of a block belong to a list."""
        before = number * sizes.BLOCK
        return max(0, ranks.start - before), min(sizes.BLOCK, ranks.start + ranks.players - before)

    def _rank(self, ranks: RankList, number: int, piece: bytes, first: int, end: int) -> RankedLines:
        """The lines of a list that one block has, of those between two positions."""
        rank, lines = split_block(piece)
        begin = number * sizes.BLOCK - ranks.start
        if begin < 0:
            # The list begins within the block.
            rank, lines, begin = 1, lines[-begin:], 0
        lines = lines[: end - begin]
        places = list(rank_keys(ranks.ties, self._columns_width, lines, begin, rank))
        skipped = max(0, first - begin)
        return RankedLines(begin + skipped, places[skipped:], lines[skipped:])


def split_block(piece: bytes) -> tuple[int, list[bytes]]:
    """The rank of the first entry of a block, and its lines."""
    rank, *lines = piece.split(b"\n")
    return int(rank), lines


def walk(
    blocks: Iterable[RankedLines], count_before: Callable[[bytes], int], width: int
) -> Iterator[tuple[RankedLines, Sequence[int]]]:
    """Lines of blocks, and how many of the list are ranked better or equal than each, by columns.

    `count_before` says how many lines of the list sort before a key: it is asked once for each group of equal columns
    with which a block ends. One block is in memory, however many lines are equal.
    """
    group, end = b"", 0
    for ranked in blocks:
        columns = [line[:width] for line in ranked.lines]
        if columns[-1] != group:
            group, end = columns[-1], count_before(columns[-1] + BEHIND)
        yield ranked, find_ends(columns, ranked.first, end)


def find_ends(columns: Sequence[bytes], start: int, last: int) -> Sequence[int]:
    """The ends of lines with some columns that follow one another from a position on; `last` is that of the last."""
    if len(set(columns)) == len(columns):
        return [*range(start + 1, start + len(columns)), last]
    ends = [last] * len(columns)
    for place in range(len(columns) - 2, -1, -1):
        ends[place] = ends[place + 1] if columns[place] == columns[place + 1] else start + place + 1
    return ends
