"""A board that gave 10 too much for a while, and what readers see of it before and after a replay."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runtime.config import BoardConfig, Points, Rule, WindowKind
from tests.operations.replayed import Replayed
from tests.runtime.boards import NOW, board, change_board, item
from tests.runtime.world import World

KINDS = (WindowKind("day", grace_seconds=300), WindowKind("all_time"))
BEST = board(decimals=0, aggregate="best", windows=KINDS)
TOTALS = board(decimals=0, windows=KINDS, milestones=(25, 50), drain_seconds=1800)


def rules(worth: int, *more: Rule) -> tuple[Rule, ...]:
    return (Rule("kill", (Points(Decimal(worth), "damage"),)), *more)


def spoilt(config: BoardConfig = TOTALS) -> Replayed:
    """A board that gave 10 for a kill for a while, and gives 1 by now: and the damage each time."""
    world = World(change_board(config, rules=rules(10)))
    replayed = Replayed(world, NOW + 1000)
    replayed.write(
        item("ann", number=1, damage=1),
        item("ann", number=2, damage=3),
        item("bob", number=3, damage=7),
        item("cid", number=4, damage=0),
    )
    replayed.managed.rebuild()
    return fix(replayed, rules(1))


def fix(replayed: Replayed, right: tuple[Rule, ...]) -> Replayed:
    replayed.world.deploy(change_board(replayed.world.config, rules=right))
    return Replayed(replayed.world, replayed.managed.now)


def shown(replayed: Replayed, window: str = "2026-11-24") -> dict[str, int]:
    """The scores that readers see after a rebuild."""
    replayed.managed.rebuild()
    entries = replayed.world.page(replayed.managed.now, window=window)["entries"]
    return {entry["player_id"]: entry["score"] for entry in entries}


WRONG = {TOTALS: {"ann": 24, "bob": 17, "cid": 10}, BEST: {"bob": 17, "ann": 13, "cid": 10}}
RIGHT = {TOTALS: {"ann": 6, "bob": 8, "cid": 1}, BEST: {"bob": 8, "ann": 4, "cid": 1}}
boards = pytest.mark.parametrize("config", [TOTALS, BEST], ids=["totals", "one run"])
