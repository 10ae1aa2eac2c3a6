"""Runs: the sorted parts of an external sort. One file holds many, and is read by ranges of keys.

A line is a key, a tab and more; it ends in a newline in the file only. A run is cut into blocks, and the first key of
each is kept in memory: by these a merge finds what a run has of a range of keys.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

RUN_BYTES = 64 * 1024 * 1024
"""Bytes of lines that are sorted in memory at once. There a line of 100 bytes takes 141."""
BLOCK_BYTES = 64 * 1024
"""Bytes of a block, about: a merge holds one of each run."""


@dataclass(frozen=True)
class Run:
    """One run in a file: where its blocks lie."""

    file: BinaryIO
    firsts: Sequence[bytes]
    """The first key of each block."""
    offsets: Sequence[int]
    """Where each block begins in the file, and where the last one ends."""

    def read(self, start: int, end: int) -> list[bytes]:
        """The lines of the blocks from the number `start` up to `end`, exclusive."""
        self.file.seek(self.offsets[start])
        lines = self.file.read(self.offsets[end] - self.offsets[start]).split(b"\n")
        lines.pop()
        return lines

    def to_json(self) -> dict[str, Any]:
        """What another process needs, which has the same file."""
        return {"firsts": [key.decode() for key in self.firsts], "offsets": list(self.offsets)}

    @classmethod
    def from_json(cls, file: BinaryIO, stored: dict[str, Any]) -> Run:
        """Read what `to_json` made."""
        return cls(file, [key.encode() for key in stored["firsts"]], stored["offsets"])


def write_runs(file: BinaryIO, pages: Iterable[list[bytes]], run_bytes: int = RUN_BYTES) -> list[Run]:
    """Write lines that come page by page, in any order, as runs of at most `run_bytes` and a page. No key comes twice.

    The file is written from its beginning.
    """
    file.seek(0)
    runs: list[Run] = []
    lines: list[bytes] = []
    size = 0
    for page in pages:
        lines += page
        size += sum(map(len, page))
        if size >= run_bytes:
            runs.append(_write_run(file, lines, size))
            lines, size = [], 0
    if lines:
        runs.append(_write_run(file, lines, size))
    file.flush()
    return runs


def _write_run(file: BinaryIO, lines: list[bytes], size: int) -> Run:
    lines.sort()
    per_block = max(1, BLOCK_BYTES * len(lines) // max(1, size))
    firsts: list[bytes] = []
    offsets = [file.tell()]
    for start in range(0, len(lines), per_block):
        block = b"\n".join(lines[start : start + per_block])
        file.write(block + b"\n")
        firsts.append(lines[start].partition(b"\t")[0])
        offsets.append(offsets[-1] + len(block) + 1)
    return Run(file, firsts, offsets)


@dataclass
class RunReader:
    """Reads a run from its beginning to its end, by ranges of keys."""

    run: Run
    next_block: int = 0
    rest: list[bytes] = field(default_factory=list)
    """Lines of the last block that was read, which are behind the last range."""

    def read_before(self, bound: bytes | None) -> list[bytes]:
        """The lines that were not read yet and whose keys are lower than a bound (None: all of them)."""
        run, lines = self.run, self.rest
        end = len(run.firsts) if bound is None else bisect_left(run.firsts, bound)
        if end > self.next_block:
            lines = lines + run.read(self.next_block, end)
            self.next_block = end
        cut = len(lines) if bound is None else bisect_left(lines, bound)
        self.rest = lines[cut:]
        return lines[:cut]


def merge_runs(runs: Sequence[Run], range_bytes: int = RUN_BYTES) -> Iterator[bytes]:
    """The lines of some runs in order. It holds about `range_bytes` of them, and a block of each run.

    All runs' lines of a range of keys are put behind one another and sorted: list.sort finds the runs, and merges them.
    """
    readers = [RunReader(run) for run in runs]
    firsts = sorted(first for run in runs for first in run.firsts)
    step = max(1, range_bytes // BLOCK_BYTES)
    bounds: list[bytes | None] = [*firsts[step::step], None]
    for bound in bounds:
        lines: list[bytes] = []
        for reader in readers:
            lines += reader.read_before(bound)
        lines.sort()
        yield from lines
