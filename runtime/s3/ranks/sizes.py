"""The sizes by which rank files are cut. To change one is to change the format: see `runtime.domain.ranking.FORMAT`."""

from __future__ import annotations

BLOCK = 500
"""Lines of a block, and players of a bucket on average: some 40 kB, and 60 kB, of which one request reads a few."""
PER_PACK = 128
"""Pieces of a pack, which has some 10 MB: less than a function has memory for, and few enough to write for millions of
players."""
LEAST_COMPACTED = 1000
"""A delta has up to this many lines, however few the base has."""
COMPACTED_SHARE = 50
"""A delta has up to this part of the lines of its base, both counted in all of their lists: some 12 MB for ten million
players, and twice that in memory."""
MOST_CHANGES = 500_000
"""And never more lines than this: the API has the whole delta in memory, see `cache.CACHED_BYTES`."""
HELD_CHANGES = 1_000_000
"""Lines of a delta of a base that is assembled, at the most: it grows until the next base is there."""
NAMES = 500
"""Names of a piece of the index of display names."""
HELD_LINES = 100_000
"""Lines that wait in memory to be written on this machine: some 20 MB."""


def most_changes(base_players: int, lists: int = 1) -> int:
    """How many lines a delta may remove and add: with more, reading it costs more than compacting it now and then.

    `lists` are those of the window in which a player may have a line: see `WindowRanks.lists`.
    """
    return min(max(LEAST_COMPACTED, base_players // COMPACTED_SHARE) * lists, MOST_CHANGES)
