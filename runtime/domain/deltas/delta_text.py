"""The text of a window's delta: read at once by cutting it at its line breaks, however many lines it has.

{"removed": 2, "added": 1, "appeared": 1, "vanished": 0}
a line for each removed one: its position in the base
the added lines, sorted: KEY, MORE, and the place in the base: POSITION, RANK, END, with a tab between each
the added players, sorted: PLAYER_ID, a tab, and the number of the added line, from 0
with dense ties, the columns that appeared, and then those that vanished, sorted

That is the list of all players. Where lists of values differ too, the first line has besides

"values": [["country", "SE", {"removed": 1, "added": 1, "appeared": 0, "vanished": 0}]]

and for each of them the same lines follow, with positions and places in that list of the base. Where added lines have
names that are searched, it has "names": 1, and for each of these a line follows at the end, sorted: the folded name,
escaped as in JSON, a tab, and the number of the added line of all players.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from runtime.config import Ties
from runtime.domain.deltas.delta import RankDelta
from runtime.domain.deltas.window_delta import WindowDelta


def write_delta(delta: WindowDelta) -> bytes:
    """The text of a delta, without its ties and the width of its columns, which the ranks know."""
    header, lines = _write_list(delta.everybody)
    values = []
    for (name, value), each in delta.values.items():
        counts, own = _write_list(each)
        values.append([name, value, counts])
        lines += own
    header |= {"values": values} if values else {}
    header |= {"names": len(delta.names)} if delta.names else {}
    return b"\n".join([json.dumps(header).encode(), *lines, *delta.names, b""])


def parse_delta(text: bytes, ties: Ties, columns_width: int) -> WindowDelta:
    """Read what `write_delta` made."""
    header, *rest = text.split(b"\n")
    described, lines = json.loads(header), iter(rest)
    everybody = _read_list(described, lines, ties, columns_width)
    values = {
        (name, value): _read_list(counts, lines, ties, columns_width)
        for name, value, counts in described.get("values", ())
    }
    return WindowDelta(everybody, values, list(islice(lines, described.get("names", 0))))


def _write_list(delta: RankDelta) -> tuple[dict[str, Any], list[bytes]]:
    """How many lines of each kind the delta of a list has, and the lines."""
    parts = {
        "removed": [b"%d" % position for position in delta.removed],
        "added": delta.added,
        "players": delta.players,
        "appeared": delta.appeared,
        "vanished": delta.vanished,
    }
    counts = {name: len(part) for name, part in parts.items() if name != "players"}
    return counts, [line for part in parts.values() for line in part]


def _read_list(counts: Mapping[str, int], lines: Iterator[bytes], ties: Ties, columns_width: int) -> RankDelta:
    """Read the next lines as the delta of a list."""
    removed, added, players, appeared, vanished = (
        list(islice(lines, counts[name])) for name in ("removed", "added", "added", "appeared", "vanished")
    )
    return RankDelta(ties, columns_width, list(map(int, removed)), added, players, appeared, vanished)
