"""A base as a plain sorted list, in which every number is counted one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from runtime.config import Ties
from runtime.domain.deltas.changing import BaseLine
from runtime.domain.deltas.delta import Place
from runtime.domain.deltas.places import BaseBlocks, Block
from runtime.domain.order_keys import AT_DIGITS, COLUMN_DIGITS

SIZE = 3
"""Lines of a block."""


def make_line(player: str, score: int, at: int, more: str) -> bytes:
    """The line of a player with one column."""
    return f"{score:0{COLUMN_DIGITS}}{at:0{AT_DIGITS}}{player}\t{more}".encode()


def sort_lines(lines: Mapping[str, bytes]) -> list[bytes]:
    """Lines in the order of their keys."""
    return sorted(lines.values(), key=lambda line: line.split(b"\t")[0])


def columns_of(line: bytes) -> bytes:
    """The digits of a line's columns."""
    return line[:COLUMN_DIGITS]


def count_places(ties: Ties, lines: Sequence[bytes]) -> list[Place]:
    """The place of each line among all, by the definition of the ties."""
    places = []
    for position, line in enumerate(lines):
        better = [columns_of(each) for each in lines if columns_of(each) < columns_of(line)]
        ahead = {"first": position, "shared": len(better), "dense": len(set(better))}[ties]
        end = sum(columns_of(each) <= columns_of(line) for each in lines)
        places.append(Place(position, ahead + 1, end))
    return places


class NaiveBase:
    """The lines of a base, by position and by player."""

    def __init__(self, ties: Ties, lines: Mapping[str, bytes]) -> None:
        self.lines = sort_lines(lines)
        self.places = dict(zip(self.lines, count_places(ties, self.lines), strict=True))
        self.players = lines
        self.read: list[int] = []
        """The number of each block that was read."""

    @property
    def blocks(self) -> BaseBlocks:
        """Its blocks."""
        return BaseBlocks(SIZE, [line.split(b"\t")[0] for line in self.lines[::SIZE]], self._read_blocks)

    def find(self, players: Iterable[bytes]) -> dict[bytes, BaseLine]:
        """The lines of some players."""
        lines = {player: self.players[player.decode()] for player in players if player.decode() in self.players}
        return {player: BaseLine(self.places[line].position, line) for player, line in lines.items()}

    def _read_blocks(self, numbers: Sequence[int]) -> Iterator[Block]:
        for number in numbers:
            self.read.append(number)
            lines = self.lines[number * SIZE : (number + 1) * SIZE]
            yield number, self.places[lines[0]].rank, lines
