"""What becomes of a window that is sealed: it stays, comes back, and is forgotten in the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runtime.config import WindowKind
from runtime.domain.instants import DAY
from runtime.s3.ranks import sizes
from tests.runtime.boards import NOW, board
from tests.runtime.daily import END, MINUTE, seal, state
from tests.runtime.world import World


def test_a_sealed_window_keeps_its_ranks_when_ties_are_decided_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "BLOCK", 3)
    world = World(board(decimals=0, top=2, windows=(WindowKind("day"),)))
    world.play("ann", "bob", "cat", "dan", "eve")
    world.rebuild(NOW + 1)
    now = seal(world)
    world.deploy(replace(world.config, ties="shared"))
    world.rebuild(now + MINUTE)
    for limit in ("2", "5"):
        page = world.page(now=now + MINUTE, window="2026-11-24", limit=limit)
        assert [entry["rank"] for entry in page["entries"]] == [1, 2, 3, 4, 5][: int(limit)]
    assert world.player("dan", now=now + MINUTE, window="2026-11-24")["entry"]["percentile"] == 25


def test_a_window_that_nothing_can_arrive_for_is_forgotten() -> None:
    world = World(board(decimals=0, windows=(WindowKind("day", keep=1),)))
    world.play("ann")
    world.rebuild(NOW + 1)
    seal(world)
    world.rebuild(NOW + 62 * DAY)
    assert state(world) == "sealed"
    world.rebuild(END + 62 * DAY + 1)
    assert state(world) == "sealed", "the last one is kept"
    for later in range(65, 69):
        world.rebuild(END + later * DAY)
    assert state(world, "2027-01-25") == "sealed"
    assert state(world) is None
