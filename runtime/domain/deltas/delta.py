"""A delta: the lines that a window's ranks have lost and won since their base, and the arithmetic of the merged ranks.

Everything follows from one count. Where C lines of the base sort before a key, the merged ranks have C, less the
removed ones among them, and the added lines that sort before the key besides. A position is that count for an entry's
own key; what is ranked better is that count for the digits of its columns.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from runtime.config import Ties
from runtime.domain.order_keys import AT_DIGITS, BEHIND


class Place(NamedTuple):
    """Where a line stands in a base, or would stand: numbers that count lines of the base alone."""

    position: int
    """How many lines sort before it."""
    rank: int
    """Its rank by the ties, counted from 1."""
    end: int
    """How many lines are ranked better or equal: where its group of equal columns ends."""


def strip_place(added: bytes) -> bytes:
    """An added line without the place that stands behind it."""
    return added.rsplit(b"\t", 3)[0]


@dataclass(frozen=True)
class RankDelta:
    """How a window's ranks differ from their base. An empty one is that of ranks which are their base."""

    ties: Ties
    columns_width: int
    """How many digits of a key stand for the columns."""
    removed: Sequence[int] = ()
    """The positions in the base of the lines that are there no more, in order."""
    added: Sequence[bytes] = ()
    """The lines that are not in the base, in order. Behind each its `Place`: LINE, POSITION, RANK, END, by tabs."""
    players: Sequence[bytes] = ()
    """The players of the added lines in the order of their ids: PLAYER_ID, a tab, and the number of the line."""
    appeared: Sequence[bytes] = ()
    """With dense ties: the columns that no line of the base has, and that a line has now, in order."""
    vanished: Sequence[bytes] = ()
    """With dense ties: the columns that lines of the base have, and that no line has any more, in order."""

    @property
    def emptied(self) -> RankDelta:
        """The delta of another list of the window, which is as in the base."""
        return RankDelta(self.ties, self.columns_width)

    @property
    def changes(self) -> int:
        """How many lines it removes and adds."""
        return len(self.removed) + len(self.added)

    @property
    def growth(self) -> int:
        """How many lines more the merged list has than that of the base."""
        return len(self.added) - len(self.removed)

    def columns_of(self, line: bytes) -> bytes:
        """The digits of a line or a key that stand for the columns."""
        return line[: self.columns_width]

    def player_of(self, line: bytes) -> bytes:
        """The player id of a line."""
        return line[self.columns_width + AT_DIGITS : line.index(b"\t")]

    def find_added(self, player_id: bytes) -> int | None:
        """The number of a player's added line; None where the player has none."""
        place = bisect_left(self.players, player_id + b"\t")
        if place == len(self.players) or not self.players[place].startswith(player_id + b"\t"):
            return None
        return int(self.players[place][len(player_id) + 1 :])

    def read_added(self, number: int) -> tuple[bytes, Place]:
        """An added line, and its place in the base."""
        line, *numbers = self.added[number].rsplit(b"\t", 3)
        return line, Place(*map(int, numbers))

    def find(self, player_id: bytes) -> tuple[bytes, Place] | None:
        """A player's added line, and its place in the base; None where the player has none."""
        number = self.find_added(player_id)
        return self.read_added(number) if number is not None else None

    def has_removed(self, position: int) -> bool:
        """Whether the base's line at a position is there no more."""
        place = bisect_left(self.removed, position)
        return place < len(self.removed) and self.removed[place] == position

    def count_before(self, in_base: int, key: bytes) -> int:
        """How many merged lines sort before a key, before which `in_base` lines of the base sort."""
        return in_base - bisect_left(self.removed, in_base) + bisect_left(self.added, key)

    def position(self, place: Place, line: bytes) -> int:
        """The merged position of a line."""
        # A key sorts before its own line, and behind every line that sorts before it.
        return self.count_before(place.position, line[: line.index(b"\t")])

    def rank(self, place: Place, line: bytes) -> int:
        """The merged rank of a line."""
        columns = self.columns_of(line)
        if self.ties == "first":
            return self.position(place, line) + 1
        if self.ties == "shared":
            return self.count_before(place.rank - 1, columns) + 1
        return place.rank + bisect_left(self.appeared, columns) - bisect_left(self.vanished, columns)

    def end(self, place: Place, line: bytes) -> int:
        """How many merged lines are ranked better than a line or equal, by columns."""
        return self.count_before(place.end, self.columns_of(line) + BEHIND)

    def merge(self, place: Place, line: bytes) -> tuple[int, int, int]:
        """The merged position, rank and end of a line."""
        return self.position(place, line), self.rank(place, line), self.end(place, line)

    def split_page(self, first: int, end: int) -> tuple[list[int], range]:
        """What the merged lines between two positions are: positions in the base, and numbers of added lines."""
        numbers = range(len(self.added))
        first_added, end_added = (bisect_left(numbers, edge, key=self._position_of_added) for edge in (first, end))
        return self._survivors(first - first_added, end - end_added), range(first_added, end_added)

    def _position_of_added(self, number: int) -> int:
        position = int(self.added[number].rsplit(b"\t", 3)[1])
        return position - bisect_left(self.removed, position) + number

    def _survivors(self, first: int, end: int) -> list[int]:
        """The positions in the base of its lines that are still there, from the `first` of them to before the `end`."""
        removed = self.removed
        # Before the removed line with the number N, as many are still there as its position less N.
        behind = bisect_right(range(len(removed)), first, key=lambda number: removed[number] - number)
        positions = []
        for number in range(first, end):
            while behind < len(removed) and removed[behind] <= number + behind:
                behind += 1
            positions.append(number + behind)
        return positions
