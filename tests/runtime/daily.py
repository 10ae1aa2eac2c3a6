"""A board with a window for each day, which is taken through the day's end."""

from __future__ import annotations

from typing import Any

from runtime.config import WindowKind
from runtime.domain.instants import DAY
from runtime.domain.judging import PROBE
from tests.runtime.boards import NOW, board
from tests.runtime.world import World

MINUTE = 60_000
DAILY = board(decimals=0, windows=(WindowKind("day", grace_seconds=300), WindowKind("all_time")), drain_seconds=1800)
END = NOW + DAY
"""The end of the day that NOW begins."""


def probes(world: World) -> list[dict[str, Any]]:
    return [row for row in world.aws.tables["activities"].values() if row["type"]["S"] == PROBE]


def state(world: World, window: str = "2026-11-24") -> str | None:
    found = world.window_store.find(window)
    return found.state if found else None


def probed() -> World:
    """A board on which ann has played, and whose probes of the day have come through six minutes after its end."""
    world = World(DAILY)
    world.play("ann")
    world.rebuild(NOW + 1)
    world.rebuild(END + 5 * MINUTE)
    world.put(*probes(world), written=END + 6 * MINUTE)
    return world


def seal(world: World) -> int:
    """Rebuild and deliver probes until the day is sealed, and return the time."""
    delivered = 0
    for minute in range(5, 120):
        now = END + minute * MINUTE
        world.rebuild(now)
        some = probes(world)[delivered:]
        delivered += len(some)
        world.put(*some, written=now)
        if state(world) == "sealed":
            return now
    raise AssertionError(f"still {state(world)}")
