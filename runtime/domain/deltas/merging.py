"""Merging: all lines of a base and of what was added to it, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence


def merge_lines(blocks: Iterable[Sequence[bytes]], removed: Sequence[int], added: Sequence[bytes]) -> Iterator[bytes]:
    """The lines of a base without those at the `removed` positions, and with the `added` ones, all in order.

    It has one block in memory at a time.
    """
    position = gone = ahead = 0
    for block in blocks:
        lines = list(block)
        stop = bisect_left(removed, position + len(block), gone)
        for each in reversed(removed[gone:stop]):
            del lines[each - position]
        behind = bisect_left(added, block[-1], ahead)
        if behind > ahead:
            # Sorting merges the two runs.
            lines = sorted([*lines, *added[ahead:behind]])
        yield from lines
        position, gone, ahead = position + len(block), stop, behind
    yield from added[ahead:]
