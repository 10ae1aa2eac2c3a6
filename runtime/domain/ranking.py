"""Who stands where in a window: what snapshots, the API and the sealing of windows pass on to one another."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.config import Ties
from runtime.domain.scoring import Columns
from runtime.domain.windows import Window


@dataclass(frozen=True)
class WindowRanks:
    """Where the ranks of one window lie."""

    span: Window
    players: int
    content: str
    """Hash of all entries: equal where nothing changed."""
    prefix: str
    """Ends in a slash."""
    ties: Ties
    """How equal scores share ranks here: a board may change that, and a window that is sealed keeps its ranks."""
    sealed: bool = False
    """Whether the window has ended and these ranks are final."""


@dataclass(frozen=True)
class RankedEntry:
    """One player's place in a window. `position` counts from 0 in the board's order, `rank` follows its ties."""

    position: int
    rank: int
    player_id: str
    name: str | None
    columns: Columns
    at: int


@dataclass(frozen=True)
class ScoredPlayer:
    """One player's score, as it goes into the ranks."""

    player_id: str
    name: str | None
    columns: Columns
    at: int
