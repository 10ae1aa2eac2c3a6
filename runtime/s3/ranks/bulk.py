"""Many pieces at once, by the fewest requests that do not read far more than is wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from runtime.s3.ranks import sizes
from runtime.s3.ranks.packs import PackReader

WHOLE = 8
"""From this many wanted pieces on, a pack is read as a whole. A request for all of it costs what one for a piece does,
and takes some eight times as long."""
PACKS_AT_ONCE = 4
"""How many packs lie in memory: one that is looked through, and others that are read."""


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

    waiting: deque[Future[Mapping[int, bytes]]] = deque()
    with ThreadPoolExecutor(PACKS_AT_ONCE - 1) as pool:
        for pack in packs:
            waiting.append(pool.submit(read, pack))
            # One is looked through while the next ones are on their way.
            if len(waiting) == PACKS_AT_ONCE:
                yield from waiting.popleft().result().items()
        for pieces in waiting:
            yield from pieces.result().items()
