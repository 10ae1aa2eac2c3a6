"""Processes that stand still before each call of AWS, so that a test decides what happens between two calls."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from greenlet import getcurrent, greenlet

from runtime.rebuilder import Rebuilder
from tests.runtime.world import World
from tests.support.memory_aws import Call, HookedAws, Interceptor


class DiedError(BaseException):
    """The process is dead. It is no Exception, so that nothing in the process goes on by catching it."""


@dataclass
class Clock:
    """The time in milliseconds, which a test moves on."""

    now: int

    def __call__(self) -> int:
        return self.now


class Process:
    """One invocation of a function, which does `work` with the functions of a board.

    It stands before its first call, and then before each: a call is carried out when the process goes on from it.
    """

    def __init__(self, world: World, work: Callable[[World], Any]) -> None:
        self.calls: list[Call] = []
        """The calls before which it stood, and the one before which it stands."""
        self.result: Any = None
        self.error: Exception | None = None
        self._is_dead = False
        own = with_clients(world, self._intercept)
        self._greenlet = greenlet(lambda: self._work(own, work))
        self._greenlet.switch()

    @property
    def is_over(self) -> bool:
        """Whether it has done its work, or is dead."""
        return bool(self._greenlet.dead)

    def step(self, calls: int = 1) -> Process:
        """Carry out so many calls, fewer where it ends before that."""
        for _ in range(calls):
            if not self.is_over:
                self._greenlet.switch()
        return self

    def step_to(self, is_there: Callable[[Call], bool]) -> Process:
        """Go on until it stands before a call for which `is_there` holds. Fails where it ends before that."""
        while not is_there(self.calls[-1]):
            assert not self.is_over, "it never came to that call"
            self.step()
        return self

    def finish(self) -> Any:
        """Go on to the end, and return what the work returned, or raise what it raised."""
        while not self.is_over:
            self._greenlet.switch()
        if self.error is not None:
            raise self.error
        return self.result

    def kill(self) -> None:
        """Let it die where it stands: the call before which it stands is not carried out."""
        self._is_dead = True
        if not self.is_over:
            self._greenlet.throw(DiedError)
        assert self.is_over

    def _work(self, world: World, work: Callable[[World], Any]) -> None:
        with suppress(DiedError):
            try:
                self.result = work(world)
            except Exception as error:
                self.error = error

    def _intercept(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        if self._is_dead:
            raise DiedError
        self.calls.append(call)
        parent = getcurrent().parent
        assert parent is not None
        parent.switch()
        return carry_out()


def with_clients(world: World, intercept: Interceptor) -> World:
    """The functions of a board as another process has them: nothing in memory, and its own clients."""
    other = copy(world)
    other.aws = _Clients(world.aws, intercept)  # type: ignore[assignment]
    other.deploy(world.config)
    return other


def rebuilder_of(world: World, clock: Callable[[], int]) -> Rebuilder:
    """A rebuilder that reads a clock."""
    return replace(world.rebuilder(0), clock=clock)


def record(world: World, work: Callable[[World], Any]) -> list[Call]:
    """Do the work in a process, to the end, and return its calls."""
    process = Process(world, work)
    process.finish()
    return process.calls


def fork(world: World) -> World:
    """Another world with the same content, and functions that have nothing in memory."""
    other = World(world.config)
    for name, table in world.aws.tables.items():
        other.aws.tables[name].replace_all(dict(table))
    other.aws.stream.restore(world.aws.stream.save())
    other.aws.bucket.objects = dict(world.aws.bucket.objects)
    other.aws.events.sent = list(world.aws.events.sent)
    other.aws.step_functions.executions = dict(world.aws.step_functions.executions)
    other.number = world.number
    return other


class _Clients:
    """A board's AWS as one process sees it."""

    def __init__(self, aws: HookedAws, intercept: Interceptor) -> None:
        self.tables, self.stream, self.clock = aws.tables, aws.stream, aws.clock
        self.client = partial(aws.client, intercept=intercept)
