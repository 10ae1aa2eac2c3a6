"""Scenarios of rebuilds of a board whose windows have more players than one function ranks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from runtime.config import AssemblyConfig
from runtime.dynamodb.table import Table
from runtime.lifecycle.assembling.steps import run_step
from runtime.s3.bucket import Bucket
from tests.faults.boards import rules
from tests.faults.cases import Scenario
from tests.faults.checks import check_any_time, check_shown
from tests.faults.processes import Step
from tests.faults.rebuilds import DRAINED, MEANWHILE, play, rebuild_step
from tests.faults.stage import DAY, HOUR, MINUTE, SECOND, Stage
from tests.runtime.assembled.assembler import list_calls
from tests.runtime.boards import NOW


def counted(stage: Stage) -> None:
    """There is no snapshot yet, and one function does not rank all players."""
    stage.config = replace(stage.config, assembly=AssemblyConfig(most=2, players=4, part=2, delta=500))
    play(stage, "ann", "bob", "cat", value=7)


def begun(stage: Stage) -> None:
    """The first ranks are being assembled, and activities have been counted since."""
    counted(stage)
    stage.rebuild()
    play(stage, "ann", "dan", value=9)
    stage.now += MINUTE


def done(stage: Stage) -> None:
    """They are assembled, and can be adopted."""
    begun(stage)
    assemble(stage)


def failed(stage: Stage) -> None:
    """They are not, and nothing assembles them any more."""
    begun(stage)
    for name in list(stage.aws.memory.step_functions.executions):
        stage.aws.memory.step_functions.end(name)


def next_day(stage: Stage) -> None:
    """Ranks are followed, and another day has begun: all players are to be read."""
    done(stage)
    stage.rebuild()
    for player in ("ann", "eve"):
        stage.now += DAY // 2
        play(stage, player, value=8)
        stage.rebuild() if player == "ann" else None


def checked(stage: Stage) -> None:
    """They are read, and to be compared with what is shown."""
    next_day(stage)
    stage.rebuild()
    play(stage, "bob", value=8)
    assemble(stage)
    stage.now += MINUTE


def swept(stage: Stage) -> None:
    """An assembly has ended long ago, and its files wait for the sweep."""
    done(stage)
    stage.rebuild()
    stage.now += MINUTE
    play(stage, "ann")
    stage.rebuild()
    stage.now += 2 * HOUR
    play(stage, "ann")


def closed(stage: Stage) -> None:
    """An hour takes no activity any more, and all of its players are to be read once more before it is sealed."""
    done(stage)
    stage.rebuild()
    stage.now = NOW + HOUR + 5 * MINUTE + SECOND
    stage.rebuild()
    stage.carry()
    stage.process_queue()
    for wait in (MINUTE, DRAINED):
        stage.now += wait
        stage.rebuild()
    stage.now += 2 * MINUTE


def read_again(stage: Stage) -> None:
    """They are read, and the hour can be sealed."""
    closed(stage)
    stage.rebuild()
    assemble(stage)
    stage.now += MINUTE


def assemble(stage: Stage) -> None:
    """Let the functions do their work that the executions call, and these end."""
    machine = stage.aws.memory.step_functions
    table = Table(stage.aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    bucket = Bucket(stage.aws.client("s3"), "bucket", stage.settings["KEY_ARN"])
    for name in [name for name, execution in machine.executions.items() if execution.is_open]:
        for step, number in list_calls(machine.executions[name].input):
            run_step(stage.config, table, bucket, name, step, number)
        machine.end(name)


def assemble_again(stage: Stage, step: Step, answer: Any) -> None:
    """The next rebuilds go on, and what they begin is assembled. An hour later all is shown, also where one failed."""
    for wait in (SECOND, MINUTE, HOUR, MINUTE, MINUTE, MINUTE):
        stage.now += wait
        stage.carry()
        stage.process_queue()
        stage.rebuild()
        check_any_time(stage)
        assemble(stage)
    for _ in range(4):
        stage.now += MINUTE
        stage.rebuild()
        assemble(stage)
    check_shown(stage)


def find() -> Iterator[Scenario]:
    """All scenarios of boards that have assemblies."""
    one, hourly = rules("sum", windows=(("all_time", 0),)), rules("sum", windows=(("hour", 0),))
    yield Scenario("beginning an assembly", one, counted, rebuild_step, assemble_again, MEANWHILE)
    yield Scenario("waiting for an assembly", one, begun, rebuild_step, assemble_again, MEANWHILE)
    yield Scenario("adopting an assembly", one, done, rebuild_step, assemble_again, MEANWHILE)
    yield Scenario("a failed assembly", one, failed, rebuild_step, assemble_again, MEANWHILE)
    yield Scenario("assembly of a new day", one, next_day, rebuild_step, assemble_again, MEANWHILE)
    yield Scenario("checking by an assembly", one, checked, rebuild_step, assemble_again, MEANWHILE)
    yield Scenario("sweep of an assembly", one, swept, rebuild_step, assemble_again, MEANWHILE)
    yield Scenario("last assembly of a window", hourly, closed, rebuild_step, assemble_again, MEANWHILE)
    yield Scenario("seal of an assembled window", hourly, read_again, rebuild_step, assemble_again, MEANWHILE)
