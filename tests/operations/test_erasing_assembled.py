"""An erasure on a board whose windows are assembled: nothing is left of the player, in whichever files."""

from __future__ import annotations

import pytest

from runtime.config import AssemblyConfig, WindowKind
from runtime.domain.instants import DAY, MINUTE
from runtime.lifecycle.assembled.assemblies import UnreadyError, find_running
from runtime.lifecycle.assembling.files import ASSEMBLIES
from tests.operations.managed import Managed
from tests.runtime.assembled.assembler import Assembler
from tests.runtime.boards import board
from tests.runtime.world import World

CONFIG = board(decimals=0, windows=(WindowKind("all_time"),), shards=2, assembly=AssemblyConfig(2, 5, 2))

pytestmark = pytest.mark.usefixtures("one_thread")


def lived() -> tuple[Managed, Assembler]:
    """A board of four players, whose ranks were assembled."""
    world = World(CONFIG)
    managed, assembler = Managed(world), Assembler(world)
    world.play("ann", "bob-7", "cid", "dan")
    with pytest.raises(UnreadyError):
        managed.rebuild()
    assembler.work()
    managed.rebuild()
    return managed, assembler


@pytest.mark.parametrize("calls", [0, 1, 5])
def test_an_erasure_waits_for_ranks_without_the_player_and_leaves_no_trace(calls: int) -> None:
    managed, assembler = lived()
    world = managed.world
    # One that was begun before, and is somewhere.
    world.play("ann", at=managed.now)
    for _ in range(2):
        managed.now += DAY // 2
        managed.rebuild()
    assert list(find_running(world.bucket)) == ["all-time"]
    assembler.work(calls)
    managed.meanwhile = lambda: assembler.work(2)
    managed.erase("bob-7")
    assert managed.find_traces("bob-7") == []
    assert [key for key in world.aws.bucket.objects if key.startswith(ASSEMBLIES)] == []
    for _ in range(3):
        managed.now += MINUTE
        managed.rebuild()
        assembler.work()
    assert managed.find_traces("bob-7") == []
    shown = {entry["player_id"]: entry["score"] for entry in world.page(managed.now)["entries"]}
    assert shown == {"ann": 20, "cid": 10, "dan": 10}
    assert not find_running(world.bucket)
