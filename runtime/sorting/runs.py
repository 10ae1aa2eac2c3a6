"""Runs: the sorted parts of an external sort, which are read by ranges of keys, wherever they lie.

A line is a key, a tab and more; it ends in a newline in the file only. A run is cut into blocks, and the first key of
each is kept in memory: by these a merge finds what a run has of a range of keys.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, Protocol

Each = Callable[[Callable[["RunReader"], bytes], Iterable["RunReader"]], Iterable[bytes]]
"""Calls a function with each of some readers, as `map` does, and gives what it returns in their order."""
RUN_BYTES = 64 * 1024 * 1024
"""Bytes of lines that are sorted in memory at once. There a line of 100 bytes takes 141."""
BLOCK_BYTES = 64 * 1024
"""Bytes of a block, about: a merge holds one of each run."""


class LineSource(Protocol):
    """Where runs lie."""

    def read(self, start: int, size: int) -> bytes:
        """So many bytes from a place on."""


@dataclass(frozen=True)
class LineFile:
    """A file on this machine. Its reads follow one another."""

    file: BinaryIO

    def read(self, start: int, size: int) -> bytes:
        """So many bytes from a place on."""
        self.file.seek(start)
        return self.file.read(size)


@dataclass(frozen=True)
class Run:
    """One run: where its blocks lie."""

    source: LineSource
    firsts: Sequence[bytes]
    """The first key of each block."""
    offsets: Sequence[int]
    """Where each block begins in the source, and where the last one ends."""
    per_block: int
    """How many lines each block has; the last may have fewer."""
    last: bytes
    """The key of the last line: from a higher key on, nothing need be read."""
    lines: int
    """How many lines it has."""

    def read(self, start: int, end: int) -> bytes:
        """The lines of the blocks from the number `start` up to `end`, exclusive, each with its line break."""
        return self.source.read(self.offsets[start], self.offsets[end] - self.offsets[start])

    def count_before(self, key: bytes) -> int:
        """How many lines sort before a key."""
        if self.last < key:
            return self.lines
        block = bisect_left(self.firsts, key) - 1
        return block * self.per_block + bisect_left(split_lines(self.read(block, block + 1)), key) if block >= 0 else 0

    def to_json(self) -> dict[str, Any]:
        """What another process needs, which has the same source."""
        firsts = [key.decode() for key in self.firsts]
        places = {"firsts": firsts, "offsets": list(self.offsets), "per_block": self.per_block}
        return {**places, "last": self.last.decode(), "lines": self.lines}

    @classmethod
    def from_json(cls, source: LineSource, stored: dict[str, Any]) -> Run:
        """Read what `to_json` made."""
        firsts = [key.encode() for key in stored["firsts"]]
        return cls(source, firsts, stored["offsets"], stored["per_block"], stored["last"].encode(), stored["lines"])


def write_runs(file: BinaryIO, pages: Iterable[Sequence[bytes]], run_bytes: int = RUN_BYTES) -> list[Run]:
    """Write lines that come page by page, in any order, as runs of at most `run_bytes` and a page. No key comes twice.

    The file is written from its beginning.
    """
    file.seek(0)
    runs = [write_run(file, lines) for lines in cut_runs(pages, run_bytes)]
    file.flush()
    return runs


def cut_runs(pages: Iterable[Sequence[bytes]], run_bytes: int) -> Iterator[list[bytes]]:
    """The lines of each run, as they came: at most `run_bytes` and a page."""
    lines: list[bytes] = []
    size = 0
    for page in pages:
        lines += page
        size += sum(map(len, page))
        if size >= run_bytes:
            yield lines
            lines, size = [], 0
    if lines:
        yield lines


def write_run(file: BinaryIO, lines: list[bytes]) -> Run:
    """Sort the lines of one run, at least one, and write them behind what was written to a file."""
    lines.sort()
    size = sum(map(len, lines))
    per_block = max(1, BLOCK_BYTES * len(lines) // max(1, size))
    firsts: list[bytes] = []
    offsets = [file.tell()]
    for start in range(0, len(lines), per_block):
        block = b"\n".join(lines[start : start + per_block])
        file.write(block + b"\n")
        firsts.append(lines[start].partition(b"\t")[0])
        offsets.append(offsets[-1] + len(block) + 1)
    return Run(LineFile(file), firsts, offsets, per_block, lines[-1].partition(b"\t")[0], len(lines))


@dataclass
class RunReader:
    """Reads a run from a key on to its end, by ranges of keys."""

    run: Run
    start: bytes = b""
    next_block: int = 0
    rest: list[bytes] = field(default_factory=list)
    """Lines of the last block that was read, which are behind the last range."""

    def __post_init__(self) -> None:
        self.next_block = max(0, bisect_right(self.run.firsts, self.start) - 1)

    def fetch(self, bound: bytes | None) -> bytes:
        """The blocks that were not read yet and begin before a bound (None: all of them)."""
        end = len(self.run.firsts) if bound is None else bisect_left(self.run.firsts, bound)
        start, self.next_block = self.next_block, max(self.next_block, end)
        return self.run.read(start, end) if end > start else b""

    def take(self, text: bytes, bound: bytes | None) -> list[bytes]:
        """The lines that were not taken yet and whose keys are lower than a bound. `text`: what it has fetched."""
        lines = self.rest
        if text:
            lines = lines + split_lines(text)
            lines = lines[bisect_left(lines, self.start) :]
        cut = len(lines) if bound is None else bisect_left(lines, bound)
        self.rest = lines[cut:]
        return lines[:cut]


def split_lines(text: bytes) -> list[bytes]:
    """The lines of a text, each of which ends in a line break."""
    lines = text.split(b"\n")
    lines.pop()
    return lines


def merge_runs(
    runs: Sequence[Run], range_bytes: int = RUN_BYTES, start: bytes = b"", end: bytes | None = None, each: Each = map
) -> Iterator[bytes]:
    """The lines of some runs in order, from a key on and up to before another one (None: to the end).

    It holds about `range_bytes` of them, and a block of each run. All runs' lines of a range of keys are put behind one
    another and sorted: list.sort finds the runs, and merges them. `each` may read several at once.
    """
    readers = [RunReader(run, start) for run in runs if run.last >= start]
    firsts = sorted(first for run in runs for first in _between(run.firsts, start, end))
    step = max(1, range_bytes // BLOCK_BYTES)
    bounds: list[bytes | None] = [*firsts[step::step], end]
    for bound in bounds:
        lines: list[bytes] = []
        # Threads only fetch: what each makes in memory, the C library keeps for that thread, and lines are many.
        for reader, text in zip(readers, each(partial(RunReader.fetch, bound=bound), readers), strict=True):
            lines += reader.take(text, bound)
        lines.sort()
        yield from lines


def _between(firsts: Sequence[bytes], start: bytes, end: bytes | None) -> Sequence[bytes]:
    """Those of some sorted keys that lie between two."""
    return firsts[bisect_right(firsts, start) : None if end is None else bisect_left(firsts, end)]


def split_runs(runs: Sequence[Run], ranges: int, end: bytes) -> list[bytes]:
    """Keys that cut the lines of some runs into ranges with about as many in each: where each begins, and an end.

    They follow from the first keys of blocks alone, which are read nowhere. Where there are fewer blocks than ranges,
    the last ranges are empty. `end` sorts behind every key.
    """
    blocks = sorted((first, run.per_block) for run in runs for first in run.firsts)
    total, before, starts = sum(run.per_block * len(run.firsts) for run in runs), 0, [b""]
    for first, lines in blocks:
        while len(starts) < ranges and before >= total * len(starts) // ranges:
            starts.append(first)
        before += lines
    return [*starts, *[end] * (ranges + 1 - len(starts))]
