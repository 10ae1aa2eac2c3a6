"""Compares what readers see of a window with what its recount comes to. What is kept of it is small, whatever plays."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from runtime.config import BoardConfig
from runtime.domain import scoring
from runtime.domain.order_keys import order_key
from runtime.domain.scoring import Aggregate, Columns

SHOWN = 10
"""How many of the largest changes, and of the top, are kept to be shown."""


@dataclass(frozen=True)
class Recounted:
    """A player's score before and after a recount."""

    window_id: str
    player_id: str
    before: Aggregate | None
    after: Aggregate | None
    missing: int = 0
    """How many activities were counted and are in the activities table no longer."""
    dropped: Counter[str] = field(default_factory=Counter)
    """How many were counted and give nothing by the rules of now, by the reason."""
    added: int = 0
    """How many count that nobody had decided on."""


@dataclass(frozen=True)
class Change:
    """A player whose score changes. None: the player has none."""

    window_id: str
    player_id: str
    before: Columns | None
    after: Columns | None


@dataclass
class Comparison:
    """What a recount changes. `hides` says of a player whether the player is in no rank.

    A rolling window is compared day by day: then a player counts once for each day, and there is no top.
    """

    config: BoardConfig
    hides: Callable[[str], bool]
    note: Callable[[Change], object] = lambda change: None
    """Called with each change."""
    days: int = 0
    """How many days of a rolling window are compared; 0 for any other window."""
    is_repeated: bool = False
    """Whether readers saw a recount by the same rules already: then what they see is compared, and stays."""
    players: int = 0
    changed: int = 0
    appear: int = 0
    vanish: int = 0
    missing: int = 0
    missing_players: int = 0
    added: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    largest: list[tuple[int, str, str, Change]] = field(default_factory=list)
    """Those that change the first column most, the largest first: with the negative difference, the ids besides."""
    top_before: list[tuple[str, str, Columns]] = field(default_factory=list)
    top_after: list[tuple[str, str, Columns]] = field(default_factory=list)
    """The first of the ranks: the order key, the player, the columns."""

    def add(self, player: Recounted) -> None:
        """Take in one player."""
        before, after = (self._rank(each) for each in (player.before, player.after))
        self.players += player.before is not None or player.after is not None
        self.missing += player.missing
        self.missing_players += player.missing > 0
        self.dropped.update(player.dropped)
        self.added += player.added
        if not self.days and not self.hides(player.player_id):
            self._place(self.top_before, player.player_id, player.before, before)
            self._place(self.top_after, player.player_id, player.after, after)
        if before == after:
            return
        self.changed += 1
        self.appear += before is None
        self.vanish += after is None
        change = Change(player.window_id, player.player_id, before, after)
        self.note(change)
        size = abs((after[0] if after else 0) - (before[0] if before else 0))
        insort(self.largest, (-size, player.window_id, player.player_id, change), key=lambda each: each[:3])
        del self.largest[SHOWN:]

    def _rank(self, aggregate: Aggregate | None) -> Columns | None:
        return None if aggregate is None else scoring.ranking_columns(self.config, aggregate)

    def _place(
        self, top: list[tuple[str, str, Columns]], player_id: str, aggregate: Aggregate | None, columns: Columns | None
    ) -> None:
        if aggregate is not None and columns is not None:
            insort(top, (order_key(self.config.columns, columns, aggregate.at, player_id), player_id, columns))
            del top[SHOWN:]
