"""The boards of a soak, and a naive count of what is written to them, which takes no more memory with time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.support.projects import board_yaml, head

TROUBLED, QUIET = "total", "record"
"""The board whose functions are killed, and the one whose functions live as long as the soak."""

YAML = (
    head(project="soak")
    + "boards:\n"
    + board_yaml(
        TROUBLED,
        scoring="{rules: [{activity: play, per: {field: points, points: 1}}]}",
        # None is sealed meanwhile: what is redriven must still count.
        window="[{every: day, grace: 24h}, {every: all_time}]",
    )
    + board_yaml(
        QUIET,
        scoring="{aggregate: best, rules: [{activity: play, per: {field: points, points: 1}}]}",
        window="{every: all_time}",
    )
)
ALL_TIME = "all-time"


@dataclass
class Totals:
    """What must come of all that was written to one board."""

    written: int = 0
    """Activities, each counted once however often it was written."""
    rejected: int = 0
    """How many of them the board must reject."""
    scores: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The score of each player in each window, by the window's id and the player's."""

    def add(self, board: str, at: int, player: str, points: int) -> None:
        """Count an activity of an instant, in milliseconds since 1970."""
        if board == QUIET:
            key = ALL_TIME, player
            self.scores[key] = max(points, self.scores.get(key, points))
            return
        day = datetime.fromtimestamp(at / 1000, UTC).date().isoformat()
        for window in (day, ALL_TIME):
            self.scores[window, player] += points

    def windows(self) -> dict[str, dict[str, int]]:
        """The score of each player, by the window's id."""
        found: dict[str, dict[str, int]] = {}
        for (window, player), score in self.scores.items():
            found.setdefault(window, {})[player] = score
        return found
