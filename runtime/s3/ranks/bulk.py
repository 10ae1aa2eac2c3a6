"""Many pieces at once, by the fewest requests that do not read far more than is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from runtime.s3.ranks import sizes
from runtime.s3.ranks.packs import PackReader

WHOLE = 8
"""From this many wanted pieces on, a pack is read as a whole. A request for all of it costs what one for a piece does,
and takes some eight times as long."""
PACKS_AT_ONCE = 4
"""How many packs are read at once, each of which lies in memory meanwhile."""


def read_pieces(reader: PackReader, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Pieces by their numbers, which ascend: each is read once, with its lines."""
    packs: dict[int, list[int]] = {}
    for number in numbers:
        packs.setdefault(number // sizes.PER_PACK, []).append(number)

    def read(pack: int) -> Mapping[int, bytes]:
        wanted = packs[pack]
        if len(wanted) < WHOLE:
            return {number: reader.read(number) for number in wanted}
        pieces = dict(enumerate(reader.read_pack(pack), pack * sizes.PER_PACK))
        return {number: pieces[number] for number in wanted}

    with ThreadPoolExecutor(PACKS_AT_ONCE) as pool:
        ahead = iter(packs)
        while some := list(islice(ahead, PACKS_AT_ONCE)):
            for pieces in pool.map(read, some):
                yield from pieces.items()
