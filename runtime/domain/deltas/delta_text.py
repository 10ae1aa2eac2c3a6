"""The text of a delta: read at once by cutting it at its line breaks, however many lines it has.

{"removed": 2, "added": 1, "appeared": 1, "vanished": 0}
a line for each removed one: its position in the base
the added lines, sorted: KEY, MORE, and the place in the base: POSITION, RANK, END, with a tab between each
the added players, sorted: PLAYER_ID, a tab, and the number of the added line, from 0
with dense ties, the columns that appeared, and then those that vanished, sorted
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from runtime.config import Ties
from runtime.domain.deltas.delta import RankDelta


def write_delta(delta: RankDelta) -> bytes:
    """The text of a delta, without its ties and the width of its columns, which the ranks know."""
    parts = {
        "removed": [b"%d" % position for position in delta.removed],
        "added": delta.added,
        "players": delta.players,
        "appeared": delta.appeared,
        "vanished": delta.vanished,
    }
    header = {name: len(part) for name, part in parts.items() if name != "players"}
    return b"\n".join([json.dumps(header).encode(), *(line for part in parts.values() for line in part), b""])


def parse_delta(text: bytes, ties: Ties, columns_width: int) -> RankDelta:
    """Read what `write_delta` made."""
    header, *lines = text.split(b"\n")
    counts = json.loads(header)
    parts: list[Sequence[bytes]] = []
    start = 0
    for name in ("removed", "added", "added", "appeared", "vanished"):
        parts.append(lines[start : start + counts[name]])
        start += counts[name]
    removed, added, players, appeared, vanished = parts
    return RankDelta(ties, columns_width, list(map(int, removed)), added, players, appeared, vanished)
