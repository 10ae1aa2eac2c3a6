"""The boards of tests/cases/edits in memory: deployed, played on, and deployed again as an edit has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from runtime.config import BoardConfig
from runtime.domain.instants import HOUR, MINUTE
from runtime.domain.judging import PROBE
from runtime.dynamodb import outbox
from runtime.processor import BatchResult
from tests.changes.edited import BEFORE, NOW, apply, decide
from tests.runtime.boards import item
from tests.runtime.world import World

PLAYS: dict[str, dict[str, Any]] = {
    "kills": {"type": "kill"},
    "boss": {"type": "boss_kill", "damage": 200},
    "laps": {"type": "race", "laps": 3, "duration": 90},
}
"""What players do: worth 10 and 400 on the board `kills`, and a run on `laps`."""


def config_of(board: str, edit: Iterable[tuple[str, str]] = ()) -> BoardConfig:
    """What a board's functions know of it after an edit of the file."""
    boards = decide(apply(list(edit)) if edit else BEFORE).boards
    return next(each.config for each in boards if each.name == board)


@dataclass
class RunningBoard:
    """A board as the file had it before any edit: ann has played twice, bob once, and both are ranked."""

    board: str
    now: int = NOW
    numbers: Any = field(default_factory=count)
    probes: int = 0

    def __post_init__(self) -> None:
        self.world = World(config_of(self.board))
        self.now -= HOUR
        self.play("ann", "ann", "bob")
        self.rebuild()
        self.now += HOUR

    def deploy(self, edit: Iterable[tuple[str, str]] = ()) -> None:
        """Let the functions be those of the file after an edit, or before any."""
        self.world.deploy(config_of(self.board, edit))

    def play(self, *players: str, what: str = "", **fields: Any) -> BatchResult:
        """Let each of some players do something, which is written now."""
        values = PLAYS[what or self.board] | fields
        made = [item(player, at=self.now, number=next(self.numbers), **values) for player in players]
        return self.world.put(*made, written=self.now)

    def rebuild(self, after: int = MINUTE) -> None:
        """Rebuild some time later, and let the probes come through."""
        self.now += after
        self.world.rebuild(self.now)
        sent = [row for row in self.world.aws.tables["activities"].values() if row["type"]["S"] == PROBE]
        self.world.put(*sent[self.probes :], written=self.now)
        self.probes = len(sent)

    def columns(self, window: str = "") -> dict[str, list[float]]:
        """The columns of each player that readers see in a window, in the order of ranks."""
        entries = self.page(window)["entries"]
        return {entry["player_id"]: list(entry["columns"].values()) for entry in entries}

    def scores(self, window: str = "") -> dict[str, float]:
        """The first column of each player."""
        return {player: columns[0] for player, columns in self.columns(window).items()}

    def page(self, window: str = "") -> dict[str, Any]:
        """A window as readers see it."""
        return self.world.page(self.now, **({"window": window} if window else {}))

    def milestones(self) -> list[tuple[str, float]]:
        """Whom events have been sent about, and which milestone."""
        outbox.send(self.world.table, self.world.event_bus, "arcade")
        return sorted((detail["player_id"], detail["milestone"]) for _, detail in self.world.aws.events.sent)
