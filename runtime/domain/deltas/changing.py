"""What changed players make of the delta of a list: the next one, relative to the same base."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from runtime.domain.deltas.delta import Place, RankDelta
from runtime.domain.deltas.places import InBase
from runtime.domain.order_keys import BEHIND


class BaseLine(NamedTuple):
    """A player's line in a list of a base, and its position there."""

    position: int
    line: bytes


@dataclass(frozen=True)
class Difference:
    """What changed players make of the merged ranks and of their delta, before the new lines have places."""

    left: Sequence[bytes]
    """The lines that the merged ranks lose."""
    came: Sequence[bytes]
    """The lines that they win."""
    removed: Sequence[int]
    """What the next delta removes of the base, in order."""
    kept: Sequence[bytes]
    """What it adds as the one before it did, with places, in order."""
    new: Sequence[bytes]
    """What it adds besides, without places, in order."""

    @property
    def growth(self) -> int:
        """How many lines more the merged ranks have."""
        return len(self.came) - len(self.left)

    @property
    def changes(self) -> int:
        """How many lines the next delta removes and adds."""
        return len(self.removed) + len(self.kept) + len(self.new)


def compare(
    delta: RankDelta, base: Mapping[bytes, BaseLine], changed: Mapping[bytes, bytes | None]
) -> Difference | None:
    """What players make of a delta who have some lines now, or None for no line; None where none of them has another.

    `base` has the line of each of them who has one there.
    """
    left: list[bytes] = []
    came: list[bytes] = []
    new: list[bytes] = []
    dropped: set[int] = set()
    returned: set[int] = set()
    gone: set[int] = set()
    for player, line in changed.items():
        stood, number = base.get(player), delta.find_added(player)
        last = stood.line if stood is not None and not delta.has_removed(stood.position) else None
        if number is not None:
            last, _ = delta.read_added(number)
        if line == last:
            continue
        left += [last] if last is not None else []
        came += [line] if line is not None else []
        if number is not None:
            dropped.add(number)
        is_back = stood is not None and stood.line == line
        if stood is not None:
            (returned if is_back else gone).add(stood.position)
        new += [line] if line is not None and not is_back else []
    if not left and not came:
        return None
    removed = sorted((set(delta.removed) - returned) | gone)
    kept = [line for number, line in enumerate(delta.added) if number not in dropped]
    return Difference(left, came, removed, kept, sorted(new))


def places_wanted(delta: RankDelta, difference: Difference) -> Iterable[bytes]:
    """The keys whose places in the base decide what the next delta says."""
    for line in difference.new:
        yield line[: line.index(b"\t")]
    touched = [*difference.left, *difference.came] if delta.ties == "dense" else difference.new
    for columns in {delta.columns_of(line) for line in touched}:
        yield columns
        yield columns + BEHIND


def change(delta: RankDelta, difference: Difference, places: Mapping[bytes, InBase]) -> RankDelta:
    """The next delta, by the places in the base of all that `places_wanted` gives."""
    new = [_write_place(delta, line, places) for line in difference.new]
    added = sorted([*difference.kept, *new])
    players = sorted(b"%b\t%d" % (delta.player_of(line), number) for number, line in enumerate(added))
    following = replace(delta, removed=difference.removed, added=added, players=players)
    return _find_columns(following, difference, places) if delta.ties == "dense" else following


def _write_place(delta: RankDelta, line: bytes, places: Mapping[bytes, InBase]) -> bytes:
    columns = delta.columns_of(line)
    position = places[line[: line.index(b"\t")]].lines
    better = places[columns]
    rank = {"first": position, "shared": better.lines, "dense": better.columns}[delta.ties] + 1
    return b"%b\t%d\t%d\t%d" % (line, *Place(position, rank, places[columns + BEHIND].lines))


def _find_columns(following: RankDelta, difference: Difference, places: Mapping[bytes, InBase]) -> RankDelta:
    """The delta with the columns that appeared and vanished: those of a changed line are looked at anew."""
    touched = {following.columns_of(line) for line in (*difference.left, *difference.came)}
    appeared, vanished = set(following.appeared) - touched, set(following.vanished) - touched
    removed, added = following.removed, following.added
    for columns in touched:
        start, end = places[columns].lines, places[columns + BEHIND].lines
        ours = bisect_left(added, columns + BEHIND) - bisect_left(added, columns)
        stay = end - start - (bisect_left(removed, end) - bisect_left(removed, start))
        if start == end and ours:
            appeared.add(columns)
        elif start < end and not ours and not stay:
            vanished.add(columns)
    return replace(following, appeared=sorted(appeared), vanished=sorted(vanished))
