"""The index of the display names in a window's ranks: immutable files beside them, on boards that search names.

PREFIX/names/index.json     "firsts": the first name of each block
PREFIX/names/000000.json    [folded name, position], sorted: one for each entry that has a name; and as a third the
                            player's values of segments, {segment: value}, where there are some

A search reads the index and one or two blocks, whatever it finds: the matches follow one another. Within a value of a
segment it reads at most MOST_BLOCKS.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from runtime.domain.texts.folding import fold
from runtime.s3.bucket import Bucket

NAMES = 2000
"""Names of a block: some 50 kB of JSON. A search takes fewer, so that it ends in the next block at the latest."""


MOST_BLOCKS = 5
"""The most blocks that a search within a value of a segment reads: 10,000 names that begin alike."""


class NameMatches(NamedTuple):
    """What a search found: the positions of entries, by name and then position, and whether there may be more."""

    positions: list[int]
    more: bool


def make_name_files(entries: Iterable[tuple[str | None, Mapping[str, str]]]) -> dict[str, Any]:
    """Make the files for (name, values of segments) of all entries, in the board's order: path -> content."""
    rows = sorted(
        (
            [fold(name), position, *([dict(values)] if values else [])]
            for position, (name, values) in enumerate(entries)
            if name is not None
        ),
        key=lambda row: row[:2],
    )
    starts = range(0, len(rows), NAMES)
    files: dict[str, Any] = {f"names/{start // NAMES:06}.json": rows[start : start + NAMES] for start in starts}
    return files | {"names/index.json": {"firsts": [rows[start][0] for start in starts]}}


def search_names(
    bucket: Bucket, prefix: str, folded: str, limit: int, segment: tuple[str, str] | None = None
) -> NameMatches:
    """Find at most `limit` entries whose folded name begins with a text; with `segment`, of those in that value alone.

    `prefix` is that of the window's files. A name that is the text itself comes first, as the shortest. Where
    MOST_BLOCKS have too few that are in the value, the search ends there, and says that there may be more.
    """
    firsts: list[str] = bucket.get_immutable(f"{prefix}names/index.json")["firsts"]
    # The block before the first one that begins with the text, or behind it, may end with some.
    number = max(0, bisect_left(firsts, folded) - 1)
    found: list[int] = []
    for block in range(number, len(firsts)):
        if block > number and not firsts[block].startswith(folded):
            break
        if block == number + MOST_BLOCKS:
            return NameMatches(found, more=True)
        rows: list[list[Any]] = bucket.get_immutable(f"{prefix}names/{block:06}.json")
        for name, position, *values in rows[bisect_left(rows, folded, key=lambda row: str(row[0])) :]:
            if not name.startswith(folded):
                break
            if segment is None or (values and values[0].get(segment[0]) == segment[1]):
                if len(found) == limit:
                    return NameMatches(found, more=True)
                found.append(position)
    return NameMatches(found, more=False)
