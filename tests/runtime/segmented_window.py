"""A window with segments whose ranks are brought up to date, and what its lists are by the definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from runtime.config import Ties
from runtime.domain.lines import make_line
from runtime.domain.ranking import RankedEntry, ScoredPlayer, WindowRanks
from runtime.domain.windows import ALL_TIME
from tests.runtime.updated_ranks import COLUMNS, TOP, UpdatedWindow, rank_all

SEGMENTS = ("country", "mode")
MOST_VALUES = 4
"""How many values of a segment get ranks here, instead of 250."""


class Entry(NamedTuple):
    """A player's score, when it was reached, and the player's values."""

    score: int
    at: int
    country: str | None = None
    mode: str | None = None

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """The values by segment."""
        return tuple((name, value) for name in SEGMENTS if (value := getattr(self, name)) is not None)


Board = Mapping[str, Entry]
Changes = Mapping[str, Entry | None]


class SegmentedWindow(UpdatedWindow):
    """A window with segments, and the bucket of its files."""

    def write_all(self, board: Board, as_of: int = 0) -> WindowRanks:
        """Write ranks as a whole."""
        lines = sorted(line for line in make_lines(board).values() if line is not None)
        return self.files.write(ALL_TIME, lines, self.ties, TOP, as_of, None, SEGMENTS)

    def follow(self, previous: WindowRanks, changes: Changes, as_of: int = 1) -> WindowRanks:
        """Write what players have become."""
        return self.files.update(previous, make_lines(changes), TOP, as_of)


def make_lines(board: Changes) -> dict[str, bytes | None]:
    """The lines of players."""
    return {
        player: entry and make_line(COLUMNS, ScoredPlayer(player, None, (entry.score,), entry.at, (), entry.values))
        for player, entry in board.items()
    }


def apply(board: Board, changes: Changes) -> Board:
    """The board after some changes."""
    return {player: entry for player, entry in {**board, **changes}.items() if entry is not None}


def rank(ties: Ties, board: Board) -> list[RankedEntry]:
    """The entries of some players, ranked among themselves, by the definitions."""
    entries = rank_all(ties, {player: (entry.score, entry.at, None) for player, entry in board.items()})
    return [replace(entry, segments=board[entry.player_id].values) for entry in entries]


def rank_values(ties: Ties, board: Board, name: str) -> tuple[dict[str, list[RankedEntry]], int]:
    """The entries in each value of a segment that has ranks, and how many players are in the others."""
    counts = Counter(value for entry in board.values() if (value := getattr(entry, name)) is not None)
    ranked = sorted(counts, key=lambda value: (-counts[value], value))[:MOST_VALUES]
    lists = {
        value: rank(ties, {player: entry for player, entry in board.items() if getattr(entry, name) == value})
        for value in sorted(ranked)
    }
    return lists, counts.total() - sum(counts[value] for value in ranked)
