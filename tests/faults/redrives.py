"""Scenarios of the operations that write: both redrives, and the simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from generator.operations.redrives.receiving import HIDDEN_SECONDS
from runtime.dynamodb.items import MAX_IMAGE_CHARACTERS
from tests.faults.aws import DEAD_LETTERS
from tests.faults.boards import BOARDS, UNLIMITED
from tests.faults.cases import Scenario
from tests.faults.checks import check_any_time, check_settled, check_shown
from tests.faults.processes import Step
from tests.faults.stage import DAY, LATER_TYPE, MINUTE, SECOND, Stage, StepFailedError
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error

REDRIVE = Step("redrive rejected")
REDRIVE_DEAD = Step("redrive dead letters")


def rejected(stage: Stage) -> None:
    """Activities were rejected, some for a rule that is there now, one too large to be kept with the reason."""
    columns = len(stage.rules.orders)
    stage.write("ann", *(9,) * columns)
    stage.write("ann", *(9,) * columns, kind=LATER_TYPE)
    stage.write("bob", *(8,) * columns, kind=LATER_TYPE, note="x" * MAX_IMAGE_CHARACTERS)
    stage.write("cat", *(8,) * columns, kind="jump")
    stage.process_queue()
    stage.add_rule()


def rejected_yesterday(stage: Stage) -> None:
    """As `rejected`, a day ago: what is rejected again is listed under another day."""
    rejected(stage)
    stage.now += DAY


def unmarked(stage: Stage) -> None:
    """A redrive died when it had deleted the marks, before it sent anything."""
    rejected(stage)
    _redrive_until(stage, lambda call: call.operation == "send_message")


def counted_since(stage: Stage) -> None:
    """A redrive died before it removed the rejections from the list; the activities have come through since."""
    rejected(stage)
    _redrive_until(stage, lambda call: call.operation == "delete_item" and "#rejected#" in repr(call.request["Key"]))
    stage.process_queue()


def _redrive_until(stage: Stage, fails: Callable[[Call], bool]) -> None:
    def intercept(call: Call, send: Callable[[], Any]) -> Any:
        if fails(call):
            raise error("InternalError", call.operation)
        return send()

    with suppress(StepFailedError):
        stage.run(REDRIVE, intercept)
        raise AssertionError("the redrive did not fail")


def dead(stage: Stage) -> None:
    """Activities are dead letters: they failed while the board refused to write."""
    for player in ("ann", "bob", "ann"):
        stage.write(player, *(9,) * len(stage.rules.orders))
    stage.aws.queue(DEAD_LETTERS).extend(stage.aws.queue())
    stage.aws.queue().clear()


def redrive_again(stage: Stage, step: Step, answer: Any) -> None:
    """The operator starts it again, at once, before and after the processor has worked."""
    for _ in range(2):
        stage.run(step)
        check_any_time(stage)
    stage.process_queue()
    check_any_time(stage)
    stage.run(step)
    check_any_time(stage)
    stage.now += 2 * SECOND
    for _ in range(2):
        stage.process_queue()
        stage.now += HIDDEN_SECONDS * SECOND
        stage.run(step)
        check_any_time(stage)
    stage.process_queue()
    check_settled(stage)
    stage.now += MINUTE
    stage.rebuild()
    check_shown(stage)


def process_at_once(stage: Stage, step: Step, answer: Any) -> None:
    """The processor works before the operator starts it again."""
    stage.process_queue()
    check_any_time(stage)
    redrive_again(stage, step, answer)


def redrive_too(stage: Stage, step: Step) -> None:
    """Another operator does the same."""
    stage.run_other(step)


def process(stage: Stage, step: Step) -> None:
    """The processor has what is in the queue."""
    batch = stage.batch()
    if batch.event:
        stage.acknowledge(batch, stage.run_other(batch))


def redrive_and_process(stage: Stage, step: Step) -> None:
    """Another operator does the same, and the processor is quick."""
    redrive_too(stage, step)
    process(stage, step)


def write_again(stage: Stage, step: Step) -> None:
    """The producer writes everything again, the same."""
    for image in list(stage.aws.table("activities").values()):
        stage.put(dict(image))


MEANWHILE = {
    "another redrive": redrive_too,
    "the processor works": process,
    "another redrive, and the processor works": redrive_and_process,
    "the producer writes again": write_again,
}


def simulate_again(stage: Stage, step: Step, answer: Any) -> None:
    """What the simulator wrote before it failed counts, and what it writes when it is called again."""
    stage.carry()
    stage.run(step)
    stage.carry()
    stage.process_queue()
    check_settled(stage)
    stage.now += MINUTE
    stage.rebuild()
    check_shown(stage)


def find() -> Iterator[Scenario]:
    """All scenarios of operations."""
    for name, board in BOARDS.items():
        yield Scenario(f"redrive, {name}", board, rejected, lambda stage: REDRIVE, redrive_again, MEANWHILE)
        yield Scenario(
            f"redrive of yesterday, {name}",
            board,
            rejected_yesterday,
            lambda stage: REDRIVE,
            process_at_once,
            MEANWHILE,
        )
    for name in ("sum", "best run"):
        yield Scenario(
            f"dead letters, {name}", BOARDS[name], dead, lambda stage: REDRIVE_DEAD, redrive_again, MEANWHILE
        )
        yield Scenario(f"unmarked, {name}", BOARDS[name], unmarked, lambda stage: REDRIVE, redrive_again, MEANWHILE)
        yield Scenario(
            f"counted since, {name}", BOARDS[name], counted_since, lambda stage: REDRIVE, redrive_again, MEANWHILE
        )
    simulate = Step("simulator", {"activities": 6, "seconds": 0, "seed": 3})
    yield Scenario("simulator", UNLIMITED, lambda stage: None, lambda stage: simulate, simulate_again)
