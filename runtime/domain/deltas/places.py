"""Places in a base: where keys would stand in it, found in one pass over its blocks in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

Block = tuple[int, int, Sequence[bytes]]
"""The number of a block, the rank of its first line, and its lines."""


class BaseBlocks(NamedTuple):
    """The blocks of a base, and how they are read."""

    size: int
    """Lines of a block: of all but the last."""
    firsts: Sequence[bytes]
    """The first key of each block."""
    read: Callable[[Sequence[int]], Iterable[Block]]
    """Reads the blocks with some numbers, in the order of these."""


class InBase(NamedTuple):
    """Where a key would stand."""

    lines: int
    """How many lines sort before it."""
    columns: int
    """How many different columns those have. Known of keys that are columns, where it was asked for."""


def find_in_base(base: BaseBlocks, keys: Iterable[bytes], columns_width: int | None = None) -> dict[bytes, InBase]:
    """Where keys would stand in a base. Each block that holds one is read once, and no other.

    `columns_width`: count the different columns too, in a base whose ranks are dense.
    """
    wanted: dict[int, list[bytes]] = {}
    for key in sorted(set(keys)):
        wanted.setdefault(bisect_left(base.firsts, key) - 1, []).append(key)
    # Before the first block there is nothing.
    found = dict.fromkeys(wanted.pop(-1, ()), InBase(0, 0))
    for number, first_rank, lines in base.read(list(wanted)):
        counts = [bisect_left(lines, key) for key in wanted[number]]
        columns = _count_columns(lines, counts, columns_width) if columns_width else counts
        for key, count, different in zip(wanted[number], counts, columns, strict=True):
            found[key] = InBase(number * base.size + count, first_rank - 1 + different)
    return found


def _count_columns(lines: Sequence[bytes], counts: Sequence[int], columns_width: int) -> Iterator[int]:
    """How many different columns the first lines of a block have, for each of some rising counts of lines."""
    seen: set[bytes] = set()
    before = 0
    for count in counts:
        seen.update(line[:columns_width] for line in lines[before:count])
        before = count
        yield len(seen)
