"""What changed players make of the delta of a window: of the list of all players, and of those of their values.

The list of a value loses a player's line as all players' list does, also where nothing but the player's value has
changed: the values are a part of the line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from runtime.domain.deltas.changing import BaseLine, Difference, compare
from runtime.domain.deltas.window_delta import WindowDelta
from runtime.domain.lines import read_values


@dataclass(frozen=True)
class BasePlayer:
    """A player's line in a base, and the player's places there."""

    stood: BaseLine
    """In the list of all players."""
    positions: Mapping[str, int]
    """By the segment's name: the position in the list of the player's value, if that has ranks."""


@dataclass(frozen=True)
class WindowDifference:
    """What changed players make of the lists of a window."""

    everybody: Difference
    values: Mapping[tuple[str, str], Difference]
    """By a segment's name and the value: of the lists that become others."""
    changes: int
    """How many lines the next delta removes from all lists and adds to them."""


def compare_window(
    delta: WindowDelta,
    base: Mapping[bytes, BasePlayer],
    changed: Mapping[bytes, bytes | None],
    segments: Collection[str],
) -> WindowDifference | None:
    """What players make of a delta who have some lines now, or None for no line; None where none of them has another.

    `base` has each of them who has a line there, and `segments` are the names of those in which there are lists.
    """
    stood = {player: each.stood for player, each in base.items()}
    everybody = compare(delta.everybody, stood, changed)
    if everybody is None:
        return None
    values = dict(_compare_values(delta, base, changed, segments)) if segments else {}
    others = sum(each.changes for key, each in delta.values.items() if key not in values)
    changes = everybody.changes + sum(each.changes for each in values.values()) + others
    return WindowDifference(everybody, values, changes)


def _compare_values(
    delta: WindowDelta,
    base: Mapping[bytes, BasePlayer],
    changed: Mapping[bytes, bytes | None],
    segments: Collection[str],
) -> Iterator[tuple[tuple[str, str], Difference]]:
    """What players make of the lists that they are in, were in, and are in within the base."""
    stood: defaultdict[tuple[str, str], dict[bytes, BaseLine]] = defaultdict(dict)
    lines: defaultdict[tuple[str, str], dict[bytes, bytes | None]] = defaultdict(dict)
    for player, line in changed.items():
        added = delta.everybody.find(player)
        for key in _lists_of(added[0], segments) if added is not None else ():
            lines[key][player] = None
        if player in base:
            own = base[player].stood.line
            values = read_values(own)
            for name, position in base[player].positions.items():
                stood[name, values[name]][player] = BaseLine(position, own)
                lines[name, values[name]][player] = None
        for key in _lists_of(line, segments) if line is not None else ():
            lines[key][player] = line
    for key in sorted(lines):
        difference = compare(delta.of_value(*key), stood[key], lines[key])
        if difference is not None:
            yield key, difference


def _lists_of(line: bytes, segments: Collection[str]) -> list[tuple[str, str]]:
    """The segments and values whose lists have a line."""
    return [(name, value) for name, value in read_values(line).items() if name in segments]
