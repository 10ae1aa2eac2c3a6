"""Merging: all lines of a base and of what was added to it, in order, with few of them in memory."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence


def merge_blocks(
    blocks: Iterable[Sequence[bytes]], removed: Sequence[int], added: Sequence[bytes]
) -> Iterator[Sequence[bytes]]:
    """The lines of blocks without those at the `removed` positions, and with the `added` ones, in order: in blocks."""
    position = gone = ahead = 0
    for block in blocks:
        if not block:
            continue
        lines = list(block)
        stop = bisect_left(removed, position + len(block), gone)
        for each in reversed(removed[gone:stop]):
            del lines[each - position]
        behind = bisect_left(added, block[-1], ahead)
        if behind > ahead:
            # Sorting merges the two runs.
            lines = sorted([*lines, *added[ahead:behind]])
        yield lines
        position, gone, ahead = position + len(block), stop, behind
    yield added[ahead:]


def leave_out(blocks: Iterable[Sequence[bytes]], players: Container[bytes], id_start: int) -> Iterator[Sequence[bytes]]:
    """Blocks without the lines of some players. `id_start`: where the player id begins in a line."""
    for block in blocks:
        yield [line for line in block if line[id_start : line.index(b"\t", id_start)] not in players]
