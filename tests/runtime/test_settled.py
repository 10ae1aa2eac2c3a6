"""A rebuild that reads nothing because nothing has changed: it never misses a batch, whatever clocks and batches do.

By chance, batches stand still between two calls for as long as a function may live, or die there, processors are warm,
and the clocks of functions differ by a minute. A seed does the same each time.
"""

from __future__ import annotations

import random
from copy import copy
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from runtime.config import WindowKind
from runtime.domain.instants import MINUTE
from runtime.dynamodb.changes import REMEMBERED
from runtime.processor import process
from tests.runtime.boards import NOW, board, item, message
from tests.runtime.stepping import Clock, Process, rebuilder_of
from tests.runtime.world import World
from tests.support.effort import seeds

CONFIG = board(decimals=0, shards=1, windows=(WindowKind("all_time"), WindowKind("day")), stale_seconds=120)
SKEWS = [0, 30_000, 60_000]
"""How far ahead clocks are, in milliseconds: two differ by a minute at the most."""
BATCH = 60_000
"""How long a batch may take, in milliseconds."""

SETTLED: list[bool] = []
"""Whether each rebuild was one that reads nothing."""

pytestmark = pytest.mark.usefixtures("one_thread")


class Processor:
    """A processor that stays warm: what it remembers lasts from batch to batch."""

    def __init__(self, world: World, clock: Clock, skew: int) -> None:
        self.world, self.clock, self.skew = world, clock, skew
        self.batch: Process | None = None
        self.began = 0
        self.remembered: Any = None

    def begin(self, image: dict[str, Any]) -> Process:
        """Begin a batch of one activity."""
        now = self.clock.now + self.skew

        def work(own: World) -> None:
            if self.remembered is not None:
                own.aggregates._changes._announced = self.remembered
            try:
                stores = own.window_store, own.aggregates, own.heartbeats
                assert not process([message(image, "m", now)], CONFIG, *stores, now).failed
            finally:
                self.remembered = own.aggregates._changes._announced

        self.batch, self.began = Process(self.world, work), self.clock.now
        return self.batch


@seeds(40)
def test_a_rebuild_has_all_that_was_written_before_it_began(seed: int) -> None:
    chance = random.Random(seed)
    world, clock = World(CONFIG), Clock(NOW + 10 * MINUTE)
    processors = [Processor(world, clock, chance.choice(SKEWS)) for _ in range(2)]
    numbers = iter(range(1000))
    for _ in range(chance.randint(20, 100)):
        processor = chance.choice(processors)
        if processor.batch is None:
            if chance.random() < 0.2:
                processor.begin(item(chance.choice("abc"), at=NOW, number=next(numbers)))
        elif chance.random() < 0.1 or clock.now - processor.began >= BATCH:
            # It is stopped, and the batch comes again elsewhere. What it remembers is gone with it.
            processor.batch.kill()
            processor.batch, processor.remembered = None, None
        else:
            processor.batch.step(chance.choice([1, 2, 5, 50]))
            if processor.batch.is_over:
                processor.batch.finish()
                processor.batch = None
        clock.now += chance.choice([0, 1000, 19_000, 59_000, 3 * MINUTE])
        for each in processors:
            if each.batch is not None and clock.now - each.began > BATCH:
                each.batch.kill()
                each.batch, each.remembered = None, None
        if chance.random() < 0.5:
            written = scores(world)
            assert rebuild(world, clock.now + chance.choice(SKEWS)) == written


@pytest.mark.parametrize(
    ("remembered", "takes", "ahead"), [*product([0, REMEMBERED - 1], [0, BATCH - 1], [0, CONFIG.clock_seconds * 1000])]
)
def test_a_rebuild_just_before_the_last_write_of_the_slowest_batch(remembered: int, takes: int, ahead: int) -> None:
    """The worst that may come together: a processor that has said it a while ago, a batch that takes all of its time,
    and rebuilds whose clocks are ahead of the processor's."""
    world, clock = World(CONFIG), Clock(NOW)
    processor = Processor(world, clock, 0)
    for number, wait in enumerate((remembered, takes)):
        batch = processor.begin(item("a", at=NOW, number=number))
        while number == 0 and not batch.is_over:
            batch.step()
        clock.now += wait
    while batch.calls[-1].operation != "transact_write_items":
        batch.step()
    # The first one reads before the write, the others after it.
    assert rebuild(world, clock.now + ahead) == {"a": 10}
    batch.finish()
    for later in (1, 5000, 10 * MINUTE):
        assert rebuild(world, clock.now + ahead + later) == {"a": 20}


def test_a_field_that_is_attached_again_is_shown_though_nobody_plays() -> None:
    """While it was left out, another's activity had the ranks written without it."""
    both = board(attach=("photo", "lure"))
    world = World(both)
    world.put(item(photo="a.jpg", lure="fly"))
    world.deploy(replace(both, attach=("lure",)))
    world.put(item("bob", number=1, lure="worm"))
    world.rebuild(NOW + 10 * MINUTE)
    assert world.player("ann", NOW + 10 * MINUTE)["entry"]["attached"] == {"lure": "fly"}
    world.deploy(both)
    assert not world.rebuild(NOW + 20 * MINUTE).settled
    assert world.player("ann", NOW + 20 * MINUTE)["entry"]["attached"] == {"photo": "a.jpg", "lure": "fly"}
    assert world.rebuild(NOW + 30 * MINUTE).settled


def rebuild(world: World, began: int) -> dict[str, int]:
    """Rebuild in a process of its own, and return what readers then get of all time."""
    own = copy(world)
    own.deploy(CONFIG)
    SETTLED.append(rebuilder_of(own, Clock(began)).rebuild().settled)
    return {entry["player_id"]: entry["score"] for entry in own.page(began, window="all_time")["entries"]}


def test_many_of_those_rebuilds_read_nothing() -> None:
    test_a_rebuild_has_all_that_was_written_before_it_began(0)
    assert SETTLED.count(True) > 3


def scores(world: World) -> dict[str, int]:
    """What is counted in all time by now, by player."""
    return {player: int(row["columns"]["L"][0]["N"]) for player, row in world.items_of_all_time().items()}
