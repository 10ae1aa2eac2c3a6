"""A board with large windows, minute by minute."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from runtime.config import AssemblyConfig, WindowKind
from runtime.domain.instants import HOUR, MINUTE
from runtime.lifecycle.assembled.assemblies import UnreadyError
from runtime.lifecycle.result import RebuildResult
from runtime.s3.snapshots import POINTER
from tests.runtime.assembled.assembler import Assembler
from tests.runtime.boards import NOW, board
from tests.runtime.world import World

CONFIG = board(decimals=0, windows=(WindowKind("all_time"),), shards=2, assembly=AssemblyConfig(3, 10, 2, 6))
DAILY = replace(CONFIG, windows=(WindowKind("day", grace_seconds=60), WindowKind("all_time")), drain_seconds=60)
ROLLING = replace(CONFIG, windows=(WindowKind("rolling", days=2),))
MANY = "abcde"
"""More players than one function ranks."""


class Board:
    """A board with windows that are assembled, minute by minute."""

    def __init__(self, config: Any = CONFIG) -> None:
        self.world = World(config)
        self.now = NOW
        self.world.aws.clock = lambda: self.now
        self.assembler = Assembler(self.world)

    def play(self, players: str, at: int | None = None) -> None:
        self.world.play(*players, at=self.now if at is None else at)

    def rebuild(self, minutes: int = 1, **given: Any) -> RebuildResult:
        self.now += minutes * MINUTE
        rebuilder = replace(self.world.rebuilder(0), clock=lambda: self.now, **given)
        result = rebuilder.rebuild()
        rebuilder.clear(result)
        self.world.snapshots.sweep(self.now, 30, find_others=result.assemblies.sweep if result.assemblies else None)
        return result

    def next_day(self) -> None:
        """Let a day go by, within which the stream is read once."""
        self.rebuild(12 * 60)
        self.now += 12 * HOUR

    def wait(self, minutes: int = 1, **given: Any) -> str:
        """Rebuild, which publishes nothing, and say why."""
        with pytest.raises(UnreadyError) as raised:
            self.rebuild(minutes, **given)
        return str(raised.value)

    def assemble(self) -> None:
        """Let what runs be done, and adopt it."""
        self.assembler.work()
        self.rebuild()

    @property
    def begun(self) -> int:
        """How many assemblies were begun."""
        return len(self.world.aws.step_functions.executions)

    def shown(self, **query: str) -> dict[str, int]:
        entries = self.world.page(self.now, limit="100", **query)["entries"]
        return {entry["player_id"]: entry["score"] for entry in entries}

    def ranks(self, number: int = 0) -> dict[str, Any]:
        """The ranks of a window, as the pointer has them."""
        windows: list[dict[str, Any]] = json.loads(self.world.aws.bucket.bodies()[POINTER])["windows"]
        return windows[number]


def begun(config: Any = CONFIG) -> Board:
    """A board with large windows, whose first ranks are assembled."""
    made = Board(config)
    made.play(MANY)
    made.wait()
    made.assemble()
    return made
