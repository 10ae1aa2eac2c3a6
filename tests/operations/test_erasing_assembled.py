"""An erasure on a board whose windows are assembled: nothing is left of the player, in whichever files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.errors import OperationError
from generator.operations.players import erasing
from runtime.config import AssemblyConfig, WindowKind
from runtime.domain.instants import DAY, HOUR, MINUTE
from runtime.lifecycle.assembled.assemblies import UnreadyError, find_unfinished
from runtime.lifecycle.assembling.files import ASSEMBLIES
from runtime.lifecycle.assembling.steps import run_step
from runtime.rebuilder import _sweep
from tests.operations.managed import Managed
from tests.runtime.assembled.assembler import Assembler
from tests.runtime.boards import board
from tests.runtime.stepping import Process
from tests.runtime.world import World

CONFIG = board(decimals=0, windows=(WindowKind("all_time"),), shards=2, assembly=AssemblyConfig(2, 5, 2, 500))

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
    assert list(find_unfinished(world.bucket)) == ["all-time"]
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
    assert not find_unfinished(world.bucket)


def test_an_erasure_waits_for_a_call_that_has_read_before_and_writes_what_it_has_read() -> None:
    managed, assembler = lived()
    world = managed.world
    for _ in range(2):
        managed.now += DAY // 2
        managed.rebuild()
    [name] = assembler.open
    assembler.work(6)
    slow = Process(world, lambda own: run_step(CONFIG, own.table, own.bucket, name, "write", 0))
    slow.step_to(lambda call: call.operation == "put_object")
    # Nobody waits for that assembly any more, so another one is begun.
    world.deploy(CONFIG, "other key")
    until = managed.now + 900_000

    def go_on() -> None:
        assembler.work(2)
        if managed.now >= until - 1000:
            slow.finish()

    managed.meanwhile = go_on
    managed.erase("bob-7")
    slow.finish()
    assert managed.find_traces("bob-7") == []


def test_an_erasure_says_what_it_cannot_delete_on_a_board_that_assembles_no_more() -> None:
    managed, _ = lived()
    managed.world.deploy(replace(CONFIG, assembly=None))
    managed = Managed(managed.world, managed.now)
    with pytest.raises(OperationError, match="had assemblies until a while ago: run this again in 3 days"):
        managed.erase("bob-7")
    assert "bob-7" not in {entry["player_id"] for entry in managed.world.page(managed.now)["entries"]}
    for _ in range(2):
        managed.now += 2 * HOUR
        _sweep(managed.world.rebuilder(managed.now), managed.world.rebuild(managed.now))
    managed.erase("bob-7")
    assert managed.find_traces("bob-7") == []


def test_an_erasure_that_waits_for_an_assembly_for_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "REBUILD_ATTEMPTS", 3)
    managed, assembler = lived()
    with pytest.raises(OperationError, match="kills is being assembled, or its rebuilder skips or fails: run this"):
        managed.erase("bob-7")
    assembler.work()
    managed.erase("bob-7")
    assert managed.find_traces("bob-7") == []
