"""The naive model of a board about whose players an operator decides: hidden, renamed, restored, erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tests.runtime.naive_corrections import CorrectedModel, Fix
from tests.runtime.naive_model import Row
from tests.runtime.naive_rules import Run


@dataclass
class DecidedModel(CorrectedModel):
    """A model that leaves out who is hidden, and forgets who is erased."""

    hidden: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    """The name that is shown of a renamed player."""
    erased: dict[str, int] = field(default_factory=dict)
    """Until when nothing of an erased player counts, in milliseconds."""

    def write(self, run: Run, now: int | None = None) -> str:
        """Process one activity, as `Model.write` does. What an erased player has made is ignored."""
        until = self.erased.get(run.player, -1)
        # The stream says in which second it was written.
        if min(run.at, run.written // 1000 * 1000 + 999) <= until:
            return "ignored"
        told = len(self.events)
        verdict = super().write(run, now)
        if run.player in self.hidden:
            del self.events[told:]
        return verdict

    def correct(self, fix: Fix, windows: Iterable[str]) -> None:
        """Count a correction, as `CorrectedModel.correct` does. Of a hidden player nobody is told."""
        told = len(self.events)
        super().correct(fix, windows)
        if fix.player in self.hidden:
            del self.events[told:]

    def restore(self, player: str) -> None:
        """Show a player again, by the player's own name."""
        self.hidden.discard(player)
        self.names.pop(player, None)

    def erase(self, player: str, until: int) -> None:
        """Forget all that a player has made until then."""
        self.restore(player)
        self.erased[player] = until
        for window, runs in self.counted.items():
            self.counted[window] = [run for run in runs if run.player != player]
        self.seen = {each for each in self.seen if each[0] != player}
        self.events = [each for each in self.events if each[1] != player]
        for minute in [each for each in self.minutes if each[0] == player]:
            del self.minutes[minute]

    def _by_player(self, windows: list[str]) -> dict[str, list[Run]]:
        return {player: runs for player, runs in super()._by_player(windows).items() if player not in self.hidden}

    def _row(self, player: str, runs: list[Run]) -> Row:
        row = super()._row(player, runs)
        return replace(row, name=self.names[player]) if player in self.names else row
