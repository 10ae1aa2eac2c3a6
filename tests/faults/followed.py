"""Scenarios of rebuilds that read what has changed from the stream, or cannot, or check what was read from it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.boards import BOARDS, SPLIT
from tests.faults.cases import Scenario
from tests.faults.rebuilds import MEANWHILE, play, played, rebuild_again, rebuild_step
from tests.faults.stage import DAY, MINUTE, SECOND, Stage


def split_stream(stage: Stage) -> None:
    """The stream's shard was split between two batches, so what has changed lies in several."""
    played(stage)
    stage.rebuild()
    play(stage, "ann", "cat", value=8)
    stage.aws.memory.stream.split()
    stage.now += MINUTE
    play(stage, "ann", "dan", value=9)


def lost_stream(stage: Stage) -> None:
    """The stream was switched off and on: nobody knows what has changed."""
    split_stream(stage)
    stage.aws.memory.stream.renew()
    stage.warm = {}


def next_day(stage: Stage) -> None:
    """Another day has begun, so what was followed is checked."""
    split_stream(stage)
    stage.rebuild()
    stage.now += DAY - 20 * MINUTE
    stage.rebuild()
    stage.now += 20 * MINUTE
    play(stage, "ann", "eve", value=7)


def changed_values(stage: Stage) -> None:
    """A player has gone to another value since the ranks, which have a delta already, and another to one of his own."""
    _visit(stage, ann="BR", bob="BR", cat="DE")
    stage.rebuild()
    stage.now += MINUTE
    _visit(stage, ann="DE")
    stage.rebuild()
    stage.now += MINUTE
    _visit(stage, bob="FR", cat="BR", dan="BR")


def _visit(stage: Stage, **countries: str) -> None:
    """Let players play, each in some country."""
    for player, country in countries.items():
        stage.write(player, 7, country=country)
    stage.process_queue()
    stage.now += SECOND


def find() -> Iterator[Scenario]:
    """All scenarios of rebuilds that follow the stream."""
    one = BOARDS["sum"]
    yield Scenario("rebuild of a split stream", one, split_stream, rebuild_step, rebuild_again, MEANWHILE)
    yield Scenario("rebuild of a lost stream", one, lost_stream, rebuild_step, rebuild_again, MEANWHILE)
    yield Scenario("rebuild of values", SPLIT, changed_values, rebuild_step, rebuild_again, MEANWHILE)
    yield Scenario("checked rebuild", one, next_day, rebuild_step, rebuild_again, MEANWHILE)
