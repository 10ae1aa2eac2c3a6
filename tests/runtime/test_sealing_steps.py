"""Sealing step by step: whatever dies, meets or is slow between two calls of AWS, the final ranks are the naive ones.

The calls are found by recording them, so that a new one is tried without anybody remembering it.
"""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from runtime.config import BoardConfig, WindowKind
from runtime.domain.instants import DAY
from tests.runtime.boards import NOW, board
from tests.runtime.closing import DRAINING, MINUTE, Closing
from tests.runtime.stepping import Clock, Process, rebuilder_of, record
from tests.runtime.world import World
from tests.support.effort import seeds

END = NOW + DAY
COUNTING = board(decimals=0, shards=2, windows=(WindowKind("day", grace_seconds=0),))
KEEPING = board(decimals=0, shards=2, aggregate="best", windows=(WindowKind("day", grace_seconds=0),))
BOARDS = [COUNTING, KEEPING]
STAGES = ["open", "probing", "drained", "sealing", "sealed"]
"""What the window is when each rebuild on the way begins: `drained` is probing with nothing under way any more."""

pytestmark = pytest.mark.usefixtures("one_thread")


def take_to(config: BoardConfig, stage: str) -> tuple[Closing, int]:
    """A board whose window is at a stage, and the time at which the next rebuild begins."""
    closing = Closing(World(config), "2026-11-24", NOW, END)
    for player in range(4):
        closing.deliver(NOW + player, NOW, NOW, "counted")
    closing.rebuild(NOW + 1)
    now = END
    for each in STAGES:
        if each == stage:
            break
        closing.rebuild(now)
        if each == "open":
            closing.deliver(END - 1, END - 1000, now, "counted")
        now += MINUTE if each in ("open", "sealed") else DRAINING
    assert closing.state == {"drained": "probing"}.get(stage, stage)
    return closing, now


def finish(closing: Closing, now: int) -> None:
    """Rebuild until the window is sealed, and check it."""
    closing.let_probes_through(now)
    sealed = now + MINUTE if closing.state == "sealed" else closing.until("sealed", now + MINUTE, DRAINING)
    closing.rebuild(sealed + MINUTE)
    closing.check_nothing_changes(sealed + 2 * MINUTE)


def rebuild_at(now: int) -> Any:
    """The work of a rebuild that begins at a time."""
    return lambda own: rebuilder_of(own, lambda: now).rebuild()


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("config", BOARDS, ids=["sum", "best"])
def test_a_rebuild_may_die_before_any_of_its_calls(config: BoardConfig, stage: str) -> None:
    begun, now = take_to(config, stage)
    calls = record(begun.fork().world, rebuild_at(now))
    # What it has written when it dies is the same before each call up to the next write.
    places = [number for number, call in enumerate(calls) if call.is_write]
    assert places
    for place in [*places, len(calls)]:
        closing = begun.fork()
        process = Process(closing.world, rebuild_at(now)).step(place)
        process.kill()
        finish(closing, now)


@seeds(40)
def test_two_rebuilds_may_meet_anywhere(seed: int) -> None:
    chance = random.Random(seed)
    closing, now = take_to(chance.choice(BOARDS), chance.choice(STAGES))
    first = Process(closing.world, rebuild_at(now))
    second = Process(closing.world, rebuild_at(now + chance.randint(-1, 1)))
    while not (first.is_over and second.is_over):
        chance.choice([first, second]).step(chance.randint(1, 12))
    first.finish()
    second.finish()
    finish(closing, now)


@pytest.mark.parametrize("config", BOARDS, ids=["sum", "best"])
def test_a_whole_rebuild_may_seal_between_any_two_calls_of_another(config: BoardConfig) -> None:
    begun, now = take_to(config, "sealing")
    for place in range(len(record(begun.fork().world, rebuild_at(now)))):
        closing = begun.fork()
        process = Process(closing.world, rebuild_at(now)).step(place)
        closing.world.rebuild(now + 1)
        assert closing.state == "sealed"
        process.finish()
        finish(closing, now)


@seeds(2)
@pytest.mark.parametrize("config", BOARDS, ids=["sum", "best"])
def test_a_batch_may_meet_the_rebuild_that_closes_the_window(config: BoardConfig, seed: int) -> None:
    """The rebuild stops at any call, the batch begins and stops at any of its own, the rebuild ends, then the batch.

    Whatever the batch was told, the final ranks hold to it. Each seed tries one in 20 of all places.
    """
    begun, now = take_to(config, "drained")
    image = begun.make(END - 1)

    def count(own: World) -> Any:
        return own.put(image, written=END - 1000, now=now)

    calls = [len(record(begun.fork().world, work)) for work in (rebuild_at(now), count)]
    places = list(product(*(range(number + 1) for number in calls)))
    for closed_at, began_at in places[seed % 20 :: 20]:
        closing = begun.fork()
        rebuild = Process(closing.world, rebuild_at(now)).step(closed_at)
        batch = Process(closing.world, count).step(began_at)
        rebuild.finish()
        # No rebuild seals it while the batch may still write, though its clock is ahead of the other's.
        closing.world.rebuild(now + 2 * MINUTE - 1)
        assert closing.state != "sealed"
        assert closing.note(image, END - 1, batch.finish()) in ("counted", "sealed")
        finish(closing, now + 2 * MINUTE)


@pytest.mark.parametrize("config", BOARDS, ids=["sum", "best"])
def test_the_write_that_closes_a_window_may_be_slow(config: BoardConfig) -> None:
    """Until it is carried out batches begin that count, although the rebuild sent it long before."""
    closing, now = take_to(config, "drained")
    clock = Clock(now)
    rebuild = Process(closing.world, lambda own: rebuilder_of(own, clock).rebuild())
    rebuild.step_to(lambda call: ":before" in call.request.get("ExpressionAttributeValues", {}))
    clock.now += 50_000
    image = closing.make(END - 1)
    batch = Process(closing.world, lambda own: own.put(image, written=END - 1000, now=clock.now))
    batch.step_to(
        lambda call: (
            call.operation == "transact_write_items" or "#run" in call.request.get("ExpressionAttributeNames", {})
        )
    )
    rebuild.finish()
    # The batch takes almost all of its minute; another rebuild, whose clock is a minute ahead, does not overtake it.
    clock.now += 59_000
    closing.world.rebuild(clock.now + MINUTE)
    assert closing.state == "sealing"
    assert closing.note(image, END - 1, batch.finish()) == "counted"
    finish(closing, clock.now + MINUTE)


def test_every_write_on_the_way_to_the_seal_is_tried() -> None:
    """What the tests above interrupt holds each step of sealing: the calls are not those of a rebuild that waits."""
    states = set()
    for stage in STAGES:
        closing, now = take_to(COUNTING, stage)
        before = closing.state
        closing.world.rebuild(now)
        states.add((before, closing.state))
    assert states == {
        ("open", "probing"),
        ("probing", "probing"),
        ("probing", "sealing"),
        ("sealing", "sealed"),
        ("sealed", "sealed"),
    }
