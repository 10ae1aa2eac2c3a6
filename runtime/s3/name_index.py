"""The index of the display names in a window's ranks: immutable files beside them, on boards that search names.

PREFIX/names/index.json     "firsts": the first name of each block
PREFIX/names/000000.json    [folded name, position], sorted: one for each entry that has a name

A search reads the index and one or two blocks, whatever it finds: the matches follow one another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import islice
from typing import Any

from runtime.domain.texts.folding import fold
from runtime.s3.bucket import Bucket

NAMES = 2000
"""Names of a block: some 50 kB of JSON. A search takes fewer, so that it ends in the next block at the latest."""


def make_name_files(names: Iterable[str | None]) -> dict[str, Any]:
    """Make the files for the names of all entries, in the board's order: path below the prefix -> content."""
    rows = sorted([fold(name), position] for position, name in enumerate(names) if name is not None)
    starts = range(0, len(rows), NAMES)
    files: dict[str, Any] = {f"names/{start // NAMES:06}.json": rows[start : start + NAMES] for start in starts}
    return files | {"names/index.json": {"firsts": [rows[start][0] for start in starts]}}


def find_positions(bucket: Bucket, prefix: str, folded: str, limit: int) -> list[int]:
    """The positions of the entries whose folded name begins with a text, at most `limit`, by name and then position.

    `prefix` is that of the window's files. A name that is the text itself comes first, as the shortest.
    """
    firsts: list[str] = bucket.get_immutable(f"{prefix}names/index.json")["firsts"]
    # The block before the first one that begins with the text, or behind it, may end with some.
    number = max(0, bisect_left(firsts, folded) - 1)
    found: list[int] = []
    for block in range(number, min(number + 2, len(firsts))):
        if block > number and not firsts[block].startswith(folded):
            break
        rows: list[tuple[str, int]] = bucket.get_immutable(f"{prefix}names/{block:06}.json")
        first = bisect_left(rows, folded, key=lambda row: str(row[0]))
        found += [position for name, position in islice(rows, first, first + limit) if name.startswith(folded)]
        if len(found) >= limit:
            break
    return found[:limit]
