"""Names: the display names of lines as a search compares them, and those of the lines that a delta adds."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import takewhile
from json.encoder import encode_basestring

from runtime.domain.texts.folding import fold


def escape(folded: str) -> bytes:
    """A folded name as it is stored: no tab and no line break is in it, and a tab sorts before all that is."""
    return encode_basestring(folded)[1:-1].encode()


def fold_name(line: bytes) -> bytes | None:
    """The folded and escaped name of a line's player; None for a player without a name. A place may stand behind it."""
    more = line.split(b"\t", 2)[1]
    if more.startswith(b"[null"):
        return None
    return escape(fold(json.loads(more.decode())[0]))


def list_names(added: Sequence[bytes]) -> list[bytes]:
    """The names of the lines that a delta adds, in order: FOLDED, a tab, and the number of the line, from 0."""
    folded = ((fold_name(line), number) for number, line in enumerate(added))
    return [b"%b\t%d" % each for each in sorted((name, number) for name, number in folded if name is not None)]


def find_names(names: Sequence[bytes], wanted: bytes) -> Iterator[tuple[bytes, int]]:
    """Those of some names that `list_names` made which begin with an escaped text, each with the number of its line."""
    begin = (names[place] for place in range(bisect_left(names, wanted), len(names)))
    for row in takewhile(lambda row: row.startswith(wanted), begin):
        name, _, number = row.partition(b"\t")
        yield name, int(number)
