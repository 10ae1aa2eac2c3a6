"""The index of the display names in a window's ranks, on boards that search names.

names/index       JSON: "count" and "sizes" of its pieces, and "firsts", the first name in each
names/000000      a pack of pieces of FOLDED, POSITION, RANK, END, LINE with a tab between each: one for each entry that
                  has a name, sorted by the folded name, which is escaped as in JSON, and then by the position

The matches of a search follow one another, and have all that is shown of them: whatever it finds, it reads the index
and two neighbouring pieces, and more only where a delta has removed most of what they have. Within a value of a segment
it reads at most MOST_NAMES. The names that a delta adds are in memory, as all of it.
"""

from __future__ import annotations

import heapq
import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import BinaryIO, NamedTuple

from runtime.domain.deltas.added_names import escape, find_names, fold_name
from runtime.domain.deltas.delta import Place, RankDelta
from runtime.domain.deltas.window_delta import WindowDelta
from runtime.domain.lines import read_values
from runtime.domain.ranking import Pieces, WindowRanks
from runtime.s3.bucket import Bucket, Put, encode_json
from runtime.s3.ranks import sizes
from runtime.s3.ranks.blocks import RankedLine, RankedLines
from runtime.s3.ranks.packs import PackReader, PackWriter
from runtime.s3.ranks.spools import Scratch

FOLDER = "names/"
"""What the keys of its files begin with, below the prefix."""
MOST_NAMES = 10_000
"""The most names that begin alike that a search within a value of a segment reads."""
TOGETHER = 2
"""Neighbouring pieces that a search reads first. It takes fewer names than one has, so that it mostly ends in the
second; otherwise it reads twice as many each time, up to a pack."""
POSITION_DIGITS = 12
"""Digits of a position in a row, so that rows sort by it as texts."""


class NameIndex(NamedTuple):
    """Where the names lie."""

    pieces: Pieces
    firsts: list[bytes]
    """The first name in each piece, folded."""


class NameWriter:
    """Writes the index of names. Sorted rows are put aside on this machine: HELD_LINES are in memory."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._rows: list[bytes] = []
        self._runs: list[BinaryIO] = []

    def add_lines(self, ranked: RankedLines, ends: Sequence[int]) -> None:
        """Add the names of lines of the window, each with its end."""
        for position, (rank, end, line) in enumerate(zip(ranked.ranks, ends, ranked.lines, strict=True), ranked.first):
            folded = fold_name(line)
            if folded is not None:
                place = POSITION_DIGITS, position, rank, end
                self._rows.append(b"%b\t%0*d\t%d\t%d\t%b\n" % (folded, *place, line))
        if len(self._rows) >= sizes.HELD_LINES:
            self._write_run()

    def end(self, put: Put) -> None:
        """Write the pieces and the index."""
        self._write_run()
        firsts = []
        packs = PackWriter(put, FOLDER)
        rows = heapq.merge(*self._runs)
        while piece := list(islice(rows, sizes.NAMES)):
            firsts.append(piece[0].partition(b"\t")[0].decode())
            packs.add(b"".join(piece))
        put(f"{FOLDER}index", encode_json({**asdict(packs.end()), "firsts": firsts}))

    def _write_run(self) -> None:
        run = self._scratch()
        run.writelines(sorted(self._rows))
        run.seek(0)
        self._runs.append(run)
        self._rows = []


class NameMatch(NamedTuple):
    """A row that a search has found."""

    ranked: RankedLine
    end: int


class _Row(NamedTuple):
    """A name of a line of the merged ranks. Rows sort as they are found."""

    folded: bytes
    position: int
    line: bytes
    in_base: Place


def search(
    bucket: Bucket,
    ranks: WindowRanks,
    delta: WindowDelta,
    folded: str,
    limit: int,
    segment: tuple[str, str] | None = None,
) -> tuple[list[NameMatch], bool]:
    """Find at most `limit` entries whose folded name begins with a text; with `segment`, of those in that value alone.

    A name that is the text itself comes first, as the shortest. Says too whether there may be more: also where
    MOST_NAMES have too few that are in the value, as the search ends there.
    """
    wanted, everybody = escape(folded), delta.everybody
    found: list[NameMatch] = []
    rows = heapq.merge(_search_base(bucket, ranks, everybody, wanted), _search_added(delta, wanted))
    for number, (_, position, line, place) in enumerate(rows):
        if number == MOST_NAMES and segment is not None:
            return found, True
        if segment is None or read_values(line).get(segment[0]) == segment[1]:
            if len(found) == limit:
                return found, True
            ranked = RankedLine(position, everybody.rank(place, line), line)
            found.append(NameMatch(ranked, everybody.end(place, line)))
    return found, False


def _search_base(bucket: Bucket, ranks: WindowRanks, delta: RankDelta, wanted: bytes) -> Iterator[_Row]:
    """The names of the base that begin with a text, without those that it has lost."""
    # A base without players has no files.
    for row in _rows_from(bucket, f"{ranks.prefix}{FOLDER}", wanted) if ranks.base_players else ():
        if not row.startswith(wanted):
            return
        folded, position, rank, end, line = row.split(b"\t", 4)
        place = Place(int(position), int(rank), int(end))
        if not delta.has_removed(place.position):
            yield _Row(folded, delta.position(place, line), line, place)


def _search_added(delta: WindowDelta, wanted: bytes) -> Iterator[_Row]:
    """The names of added lines that begin with a text."""
    for folded, number in find_names(delta.names, wanted):
        line, place = delta.everybody.read_added(number)
        yield _Row(folded, delta.everybody.position(place, line), line, place)


def _rows_from(bucket: Bucket, folder: str, wanted: bytes) -> Iterator[bytes]:
    """The rows from the first one on that does not sort before a text."""
    index = bucket.cache.load(f"{folder}index", NameIndex, lambda: _read_index(bucket, folder))
    packs = PackReader(bucket, folder, index.pieces)
    # The piece before the first one that begins with the text, or behind it, may end with some.
    number, together = max(0, bisect_left(index.firsts, wanted) - 1), TOGETHER
    while number < index.pieces.count:
        for piece in packs.read_range(number, min(number + together, index.pieces.count)):
            rows = piece.split(b"\n")
            yield from rows[bisect_left(rows, wanted) :]
        number, together = number + together, min(2 * together, sizes.PER_PACK)


def _read_index(bucket: Bucket, folder: str) -> tuple[NameIndex, int]:
    body = bucket.read(f"{folder}index")
    stored = json.loads(body)
    return NameIndex(Pieces.from_json(stored), [first.encode() for first in stored["firsts"]]), 3 * len(body)
