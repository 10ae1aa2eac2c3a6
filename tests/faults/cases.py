"""Finds the calls of a scenario by recording them, and lets each kind of fault happen at each of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from runtime.config import BoardConfig
from tests.faults.checks import check_any_time
from tests.faults.forks import Mother
from tests.faults.kinds import KINDS, Kind, Struck
from tests.faults.processes import Step
from tests.faults.stage import Stage, StepFailedError
from tests.runtime.naive_rules import Rules
from tests.support.memory_aws import Call, Recorder
from tests.support.memory_aws.calls import Client

DIES_BEFORE, DIES_AFTER = "dies before", "dies after"
"""The names of the two ways in which a process dies at a call."""
MOST_DIFFERENT = ("fails before", "fails after", "is repeated", "transaction conflicts", "leaves keys")
"""The kinds of fault after which the runtime does the most different things."""


@dataclass(frozen=True)
class Scenario:
    """A step that is done to a board, and how the board's life goes on after it failed."""

    name: str
    rules: Rules
    prepare: Callable[[Stage], None]
    """What happened before the step."""
    step: Callable[[Stage], Step]
    recover: Callable[[Stage, Step, Any], None]
    """What AWS and people do after it, given what the step answered (None where it failed); checks what must hold."""
    meanwhile: Mapping[str, Callable[[Stage, Step], Any]] = field(default_factory=dict)
    """What another process may do, as a whole, between any two calls of the step."""


class CaseFailedError(AssertionError):
    """A case failed. The message says which, and how to run just that one again."""


@dataclass
class Prepared:
    """A scenario, ready to be run again and again."""

    scenario: Scenario
    stage: Stage
    state: tuple[Any, ...]
    step: Step
    calls: list[Call]
    """The calls of the step where nothing fails."""
    answer: Any
    """What it answers then."""
    passed: set[Any] = field(default_factory=set)
    """The states from which the board was seen to recover."""


def record(scenario: Scenario) -> Prepared:
    """Set a scenario up, run its step without a fault, and record the calls."""
    stage = Stage.of(scenario.rules)
    scenario.prepare(stage)
    state = stage.save()
    stage.restore(state)
    step = scenario.step(stage)
    recorder = Recorder()
    answer = stage.run(step, recorder)
    return Prepared(scenario, stage, state, step, recorder.calls, answer)


def prepare(scenario: Scenario) -> Prepared:
    """Record a scenario, and see that all is well where nothing fails."""
    prepared = record(scenario)
    check_any_time(prepared.stage)
    scenario.recover(prepared.stage, prepared.step, prepared.answer)
    return prepared


def kinds(prepared: Prepared) -> Iterator[Kind]:
    """The kinds of fault, and what others may do in between."""
    yield from KINDS
    for name, work in prepared.scenario.meanwhile.items():
        yield _meanwhile(prepared, name, work)


def cases(prepared: Prepared, *, every: bool = True) -> Iterator[tuple[int, Kind]]:
    """Every call of a scenario with every kind of fault that can happen to it; else with the most different kinds."""
    chosen = [kind for kind in kinds(prepared) if every or kind not in KINDS or kind.name in MOST_DIFFERENT]
    for number, call in enumerate(prepared.calls):
        for kind in chosen:
            if kind.strikes(call):
                yield number, kind


def deaths(prepared: Prepared, *, every: bool = True) -> Iterator[tuple[int, bool]]:
    """The calls at which the process dies, before and after each takes effect; else those that leave different states.

    One that dies at a read leaves the same as one that dies before the next write, and so does one that dies after the
    write before it.
    """
    writes = [number for number, call in enumerate(prepared.calls) if call.is_write]
    for number in range(len(prepared.calls)) if every else writes:
        yield number, False
        if number in writes[-1:] or (every and number in writes):
            yield number, True


def _meanwhile(prepared: Prepared, name: str, work: Callable[[Stage, Step], Any]) -> Kind:
    def happen(call: Call, send: Callable[[], Any]) -> Any:
        prepared.stage.disturbed = True
        work(prepared.stage, prepared.step)
        return send()

    return Kind(name, lambda call: True, happen)


def run_case(prepared: Prepared, number: int, kind: Kind) -> None:
    """Run a scenario with one fault. Raises CaseFailedError."""
    stage = prepared.stage
    stage.restore(prepared.state)
    struck = Struck(number, kind)
    with _described(prepared, number, kind.name):
        try:
            answer = stage.run(prepared.step, struck)
        except StepFailedError:
            answer = None
        assert len(struck.calls) > number, "the call did not come: the step is not the same each time"
        recover(prepared, answer)


def run_death(prepared: Prepared, mother: Mother, number: int, *, after: bool) -> None:
    """Run a scenario in which the process dies at a call. Raises CaseFailedError."""
    stage = prepared.stage
    stage.restore(prepared.state)
    with _described(prepared, number, DIES_AFTER if after else DIES_BEFORE):
        assert mother.die(stage, prepared.step, number, after=after), "the call did not come"
        recover(prepared, None)


def recover(prepared: Prepared, answer: Any) -> None:
    """Let the board go on after a step, unless it was seen to go on from the same state before."""
    stage = prepared.stage
    memory = tuple((role, _fingerprint(process.memory)) for role, process in sorted(stage.warm.items()))
    seen = (stage.changes(), memory, repr(answer))
    if seen in prepared.passed:
        return
    check_any_time(stage)
    prepared.scenario.recover(stage, prepared.step, answer)
    prepared.passed.add(seen)


@contextmanager
def _described(prepared: Prepared, number: int, kind: str) -> Iterator[None]:
    """Say of what fails inside which case it was, and how to run it again."""
    call, name = prepared.calls[number], prepared.scenario.name
    case = (
        f"scenario {name!r}, call {number} of {len(prepared.calls)} ({call.service}.{call.operation}), {kind}\n"
        f"  again: python -m tests.faults {name!r} {number} {kind!r}"
    )
    try:
        yield
    except AssertionError as error:
        raise CaseFailedError(f"{error}\n  {case}") from error
    except StepFailedError as error:
        raise CaseFailedError(f"a later step failed: {error}\n  {case}") from error


def _fingerprint(value: Any) -> Any:
    """What a process remembers, as something that can be compared; its clients are left out."""
    if isinstance(value, OrderedDict):
        # The files in memory never change.
        return tuple(value)
    if isinstance(value, dict):
        return tuple(
            (str(key), _fingerprint(each)) for key, each in sorted(value.items(), key=lambda pair: str(pair[0]))
        )
    if isinstance(value, tuple | list):
        return tuple(map(_fingerprint, value))
    if isinstance(value, Client | BoardConfig) or callable(value):
        return None
    if hasattr(value, "__dict__") and type(value).__module__.startswith("runtime."):
        return type(value).__name__, _fingerprint(vars(value))
    return repr(value) if not type(value).__module__.startswith("_thread") else None
