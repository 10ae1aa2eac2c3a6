"""Places in a base: where keys would stand in its lists, found in one pass over the blocks of these in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

Block = tuple[int, int, Sequence[bytes]]
"""The number of a block, the rank of its first line in the list of that line, and its lines."""


class BaseBlocks(NamedTuple):
    """The blocks of a base, and how they are read. Several lists may follow one another in them."""

    size: int
    """Lines of a block: of all but the last."""
    firsts: Sequence[bytes]
    """The first key of each block."""
    read: Callable[[Sequence[int]], Iterable[Block]]
    """Reads the blocks with some numbers, in the order of these."""


class Wanted(NamedTuple):
    """A list of a base, and the keys that are looked for in it."""

    start: int
    """How many lines of other lists stand before it in the blocks."""
    players: int
    """How many lines it has."""
    keys: Iterable[bytes]


class InBase(NamedTuple):
    """Where a key would stand."""

    lines: int
    """How many lines sort before it."""
    columns: int
    """How many different columns those have. Known of keys that are columns, where it was asked for."""


def find_in_base(
    base: BaseBlocks, wanted: Sequence[Wanted], columns_width: int | None = None
) -> list[dict[bytes, InBase]]:
    """Where keys would stand in lists of a base. Each block that holds one is read once, whatever lists it is of.

    `columns_width`: count the different columns too, in a base whose ranks are dense.
    """
    found: list[dict[bytes, InBase]] = [{} for _ in wanted]
    asked: dict[int, dict[int, list[bytes]]] = {}
    for each, (start, players, keys) in enumerate(wanted):
        if not players:
            found[each] = dict.fromkeys(keys, InBase(0, 0))
            continue
        first, last = start // base.size, (start + players - 1) // base.size
        for key in sorted(set(keys)):
            # A key before all others belongs to the first block, whose own first key may be of another list.
            number = bisect_left(base.firsts, key, first + 1, last + 1) - 1
            asked.setdefault(number, {}).setdefault(each, []).append(key)
    for number, first_rank, lines in base.read(sorted(asked)):
        for each, own_keys in asked[number].items():
            begin = wanted[each].start - number * base.size
            # A list that begins within the block begins with the rank 1.
            before, rank = (0, 1) if begin > 0 else (-begin, first_rank)
            own = lines[max(0, begin) : begin + wanted[each].players]
            found[each] |= _find_in_block(own, own_keys, before, rank, columns_width)
    return found


def _find_in_block(
    lines: Sequence[bytes], keys: Sequence[bytes], before: int, rank: int, columns_width: int | None
) -> dict[bytes, InBase]:
    """Where ascending keys would stand in the lines that a block has of a list.

    `before` of its lines stand before these, the first of which has a `rank`.
    """
    counts = [bisect_left(lines, key) for key in keys]
    columns = _count_columns(lines, counts, columns_width) if columns_width else counts
    return {
        key: InBase(before + count, rank - 1 + different)
        for key, count, different in zip(keys, counts, columns, strict=True)
    }


def _count_columns(lines: Sequence[bytes], counts: Sequence[int], columns_width: int) -> Iterator[int]:
    """How many different columns the first lines of a block have, for each of some rising counts of lines."""
    seen: set[bytes] = set()
    before = 0
    for count in counts:
        seen.update(line[:columns_width] for line in lines[before:count])
        before = count
        yield len(seen)
