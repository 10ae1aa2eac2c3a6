"""Boards in memory on which an operator corrects ann's score."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from generator.errors import InputError
from generator.operations.corrections.correction import Action, Correction, CountedCorrection
from generator.operations.corrections.counting import count_correction
from runtime.config import Column, Points, Rule, WindowKind
from tests.operations.managed import Managed
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.memory_aws import Call

MINUTE = 60_000
SUM = board(decimals=0, windows=(WindowKind("day"), WindowKind("all_time")), milestones=(50,))
BEST = board(decimals=0, aggregate="best", windows=(WindowKind("all_time"),))
MIXED = board(
    windows=(WindowKind("all_time"),),
    rules=(Rule("kill", (Points(Decimal(10)),) * 5),),
    columns=(
        Column("fish", "descending", "sum", 0),
        Column("catches", "descending", "count", 0),
        Column("mean", "descending", "average", 2),
        Column("biggest", "descending", "best", 0),
        Column("newest", "descending", "last", 0),
    ),
)


def correct(
    managed: Managed, action: Action, reason: str = "ticket 1", windows: tuple[str, ...] = (), **values: int
) -> tuple[CountedCorrection, bool]:
    asked = Correction("ann", action, values, windows, reason)
    return count_correction(managed.board, asked, reopen=False)


def refused(managed: Managed, action: Action, **values: int) -> str:
    with pytest.raises(InputError) as caught:
        count_correction(managed.board, Correction("ann", action, values, (), "ticket 1"), reopen=False)
    return str(caught.value)


def score(managed: Managed, window: str = "all_time") -> Any:
    managed.rebuild()
    return managed.world.player("ann", managed.now, window=window)["entry"]["score"]


def played(config: Any = SUM) -> Managed:
    world = World(config)
    world.play("ann", "ann", "bob")
    world.rebuild(NOW + 1)
    return Managed(world, NOW + MINUTE)


def boss(damage: int, at: int, number: int = 0) -> dict[str, Any]:
    """A run worth 50 and a hundredth of the damage."""
    return item("ann", at=at, number=number, type="boss", mode="ranked", damage=damage * 100)


def best() -> tuple[Managed, list[dict[str, Any]]]:
    """A board on which ann has a run that is too good, and a lesser one."""
    world = World(BEST)
    runs = [boss(100, NOW, 1), boss(900, NOW + 1, 2)]
    world.put(*runs)
    world.rebuild(NOW + 2)
    return Managed(world, NOW + MINUTE), runs


def happen_before(world: World, step: int, happen: Callable[[], object], *, answers: bool = True) -> list[bool]:
    """Let something happen before the call of that number, or after it where it then `answers` nobody.

    What is returned is not empty once it has.
    """
    happened: list[bool] = []
    numbers = count()  # several threads may call

    def intercept(call: Call, carry_out: Callable[[], Any]) -> Any:
        if next(numbers) != step:
            return carry_out()
        world.aws.intercept = world.aws.call_hooks
        happened.append(True)
        if not answers:
            carry_out()
        happen()
        return carry_out()

    world.aws.intercept = intercept
    return happened
