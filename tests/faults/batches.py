"""Scenarios of the processor: a batch comes, the processor fails somewhere, and the batch comes again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runtime.domain.activity import CLAIM
from tests.faults.boards import BOARDS, UNLIMITED
from tests.faults.cases import Scenario
from tests.faults.checks import check_any_time, check_settled, check_shown
from tests.faults.processes import Step
from tests.faults.rebuilds import finish_hour, probes_on_their_way
from tests.faults.stage import DAY, MINUTE, SECOND, Stage, Written
from tests.runtime.boards import item

NONSENSE = "{"
"""The body of a message that is no stream record."""


def all_waiting(stage: Stage) -> Step:
    """All that waits in the queue."""
    return stage.batch()


def play_before(stage: Stage) -> Written:
    """One activity is counted, and there is a snapshot."""
    old = stage.write("ann", *_points(stage, 7), name="Ann")
    stage.process_queue()
    stage.now += 30 * SECOND
    stage.rebuild()
    stage.now += 3 * MINUTE
    return old


def two_thirds(stage: Stage) -> Step:
    """Some of what waits in the queue: other activities of the same players wait as well."""
    return Step("processor", [each for number, each in enumerate(stage.batch().event) if number % 3 != 0])


def mixed(stage: Stage) -> None:
    """New, rejected, ignored, repeated and late activities of several players wait, and what is no activity."""
    old = play_before(stage)
    again = stage.write("ann", *_points(stage, 11), name="Anna")
    stage.put(dict(stage.aws.table("activities")[_key(again)]))
    for _ in range(3):
        stage.write("ann", *_points(stage, 8), at=stage.now - 2 * MINUTE)
    stage.send(old)
    stage.write("bob", *_points(stage, 9), at=stage.now - 40 * MINUTE)
    stage.write("cat", kind="jump")
    if stage.rules.most:
        stage.write("cat", *_points(stage, 500))
    stage.write("dan", kind="chat")
    stage.send(stage.write("eve", *_points(stage, 12)))
    # Who claims a grant that nobody has made is judged like others, once all grants were read.
    claim: dict[str, Any] = {CLAIM: f"{'0' * 32}:{'0' * 64}"}
    stage.write("fay", *_points(stage, 5), **claim)
    stage.put(item("#windows", at=stage.now, number=99))
    nonsense = Written(None, "chat", NONSENSE)
    stage.written.append(nonsense)
    stage.send(nonsense)
    stage.now += SECOND


def twice_and_backwards(stage: Stage) -> None:
    """The stream's records came twice and in the wrong order; the producer wrote other content meanwhile."""
    play_before(stage)
    for player in ("ann", "bob", "ann"):
        written = stage.write(player, *_points(stage, 11), at=stage.now - len(stage.written) * MINUTE)
        stage.put({**stage.aws.table("activities")[_key(written)], "c0": {"N": "19"}})
        stage.send(written)
    stage.aws.queue().reverse()


def expired(stage: Stage) -> None:
    """A producer writes activities again, the same and with other content, after their items have expired."""
    old = play_before(stage)
    other = stage.write("bob", *_points(stage, 9))
    stage.process_queue()
    images = [dict(stage.aws.table("activities")[_key(each)]) for each in (old, other)]
    stage.now += 32 * DAY
    stage.aws.memory.expire()
    stage.put(images[0])
    stage.put({**images[1], "c0": {"N": "18"}})


def many(stage: Stage) -> None:
    """More activities of one player than fit into one transaction."""
    play_before(stage)
    for number in range(14):
        stage.write("ann", 6, at=stage.now - number)


def probes_and_heartbeats(stage: Stage) -> None:
    """The board's own items wait: probes of a window that has ended, and a heartbeat."""
    probes_on_their_way(stage)
    stage.run(Step("rebuilder", {"task": "watch"}))
    stage.carry()


def redeliver(stage: Stage, step: Step, answer: Any) -> None:
    """What was not acknowledged comes again; then the whole batch does, five times."""
    stage.acknowledge(step, answer)
    check_any_time(stage)
    stage.process_queue()
    check_settled(stage)
    for _ in range(5):
        write_again(stage, step)
        stage.run(step)
    stage.process_queue()
    check_settled(stage)
    stage.now += MINUTE
    stage.rebuild()
    check_shown(stage)


def deliver_too(stage: Stage, step: Step) -> None:
    """Another processor has the same batch."""
    stage.run_other(step)


def deliver_overlapping(stage: Stage, step: Step) -> None:
    """Another processor has some of the same messages and others of the same players, in another order."""
    waiting = stage.batch().event
    batch = Step("processor", [each for number, each in enumerate(waiting) if number % 3 != 1][::-1])
    stage.acknowledge(batch, stage.run_other(batch))


def deliver_rest(stage: Stage, step: Step) -> None:
    """Another processor has all other messages: other activities of the same players."""
    batch = Step("processor", [each for each in stage.batch().event if each not in step.event])
    if batch.event:
        stage.acknowledge(batch, stage.run_other(batch))


def write_again(stage: Stage, step: Step) -> None:
    """The producer writes everything again, with other content: of what others added to its items it knows nothing."""
    for image in list(stage.aws.table("activities").values()):
        stage.put({**{name: value for name, value in image.items() if name != "outcome"}, "c0": {"N": "18"}})


def rebuild_meanwhile(stage: Stage, step: Step) -> None:
    """A snapshot is made."""
    stage.run_other(Step("rebuilder", {"task": "rebuild"}))


MEANWHILE = {
    "another processor has the same batch": deliver_too,
    "another processor has an overlapping batch": deliver_overlapping,
    "another processor has the rest": deliver_rest,
    "the producer writes again": write_again,
    "a snapshot is made": rebuild_meanwhile,
}


def redeliver_own(stage: Stage, step: Step, answer: Any) -> None:
    """The board's own items come again, and the window is sealed in the end."""
    stage.acknowledge(step, answer)
    check_any_time(stage)
    stage.process_queue()
    stage.run(step)
    finish_hour(stage)


def _points(stage: Stage, value: int) -> tuple[int, ...]:
    return (value,) * len(stage.rules.orders)


def _key(written: Written) -> tuple[str, str]:
    assert written.run is not None
    return written.run.player, written.run.id


def find() -> Iterator[Scenario]:
    """All scenarios of the processor."""
    for name, board in BOARDS.items():
        yield Scenario(f"batch, {name}", board, mixed, all_waiting, redeliver, MEANWHILE)
        yield Scenario(f"overlapping batches, {name}", board, mixed, two_thirds, redeliver, MEANWHILE)
        yield Scenario(f"twice and backwards, {name}", board, twice_and_backwards, all_waiting, redeliver, MEANWHILE)
        yield Scenario(f"written again after it expired, {name}", board, expired, all_waiting, redeliver, MEANWHILE)
    yield Scenario("split batch", UNLIMITED, many, all_waiting, redeliver, MEANWHILE)
    yield Scenario("own items", BOARDS["sum"], probes_and_heartbeats, all_waiting, redeliver_own, MEANWHILE)
