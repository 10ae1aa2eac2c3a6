"""The scheduler: simulated time, and tasks of which one at a time goes on. Chance decides how long each waits.

A task is a greenlet: it goes on until it waits, and everything in between is one step that nothing interrupts. A
process is one invocation of a function: its tasks, its clock, and its death, after which none of it goes on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from heapq import heappop, heappush
from typing import Any

from greenlet import getcurrent, greenlet


class ProcessDiedError(BaseException):
    """A process is dead. It is no Exception, so that no code of the process goes on by catching it."""


class Task:
    """One thread of a process, or of the world around the processes."""

    __slots__ = ("greenlet", "on_wire", "process", "turn")

    def __init__(self, process: Process | None) -> None:
        self.process = process
        self.turn = 0
        """Which of its waits it is in: an appointment for an earlier one is void."""
        self.on_wire: Callable[[], None] | None = None
        """The request that it has sent and that AWS has not carried out yet."""
        self.greenlet: greenlet


class Process:
    """One invocation of a function, or one run of a command."""

    def __init__(self, name: str, chance: random.Random, skew: int, deadline: int | None, instance: Any) -> None:
        self.name = name
        self.chance = chance
        self.skew = skew
        """By how many milliseconds its clock is ahead."""
        self.deadline = deadline
        """When AWS stops it, in milliseconds."""
        self.instance = instance
        """What it keeps in memory from one invocation to the next."""
        self.tasks: list[Task] = []
        self.dead = False
        self.faults = 0
        """How many of its calls have failed."""
        self.result: Any = None
        self.error: Exception | None = None
        self.waiting: Task | None = None


class Scheduler:
    """Runs tasks, one at a time, each at its moment in simulated milliseconds."""

    def __init__(self, seed: str, now: int) -> None:
        self.chance = random.Random(f"{seed}/schedule")
        self.now = now
        self.current: Task | None = None
        self.stopped = False
        self._seed = seed
        self._hub = getcurrent()
        self._appointments: list[tuple[int, float, int, int, Task]] = []
        self._number = 0
        self._dying: list[Process] = []
        self._tasks: set[Task] = set()

    @property
    def process(self) -> Process | None:
        """The process whose step this is; None for a step of the world."""
        return self.current.process if self.current else None

    def chance_of(self, name: str) -> random.Random:
        """A source of chance of its own, so that others do not change it by drawing more or less."""
        return random.Random(f"{self._seed}/{name}")

    def spawn(self, work: Callable[[], None], delay: int = 0, process: Process | None = None) -> Task:
        """Begin a task after `delay` milliseconds."""
        task = Task(process)

        def run() -> None:
            try:
                work()
            except ProcessDiedError:
                pass
            finally:
                self._tasks.discard(task)

        task.greenlet = greenlet(run, parent=self._hub)
        self._tasks.add(task)
        if process is not None:
            process.tasks.append(task)
        self._appoint(task, delay)
        return task

    def start(
        self, name: str, work: Callable[[], Any], skew: int = 0, seconds: int | None = None, instance: Any = None
    ) -> Process:
        """Begin a process that does `work`, and that AWS stops after `seconds`."""
        deadline = None if seconds is None else self.now + seconds * 1000
        process = Process(name, self.chance_of(name), skew, deadline, instance)

        def run() -> None:
            try:
                process.result = work()
            except Exception as error:
                process.error = error
            self._end(process)

        self.spawn(run, process=process)
        return process

    def wait_for(self, process: Process) -> Process:
        """Wait until a process has ended, by itself or by its death."""
        if process.tasks:
            process.waiting = self.current
            self._switch()
        return process

    def sleep(self, milliseconds: int) -> None:
        """Let others go on for so long."""
        assert self.current is not None
        self._appoint(self.current, milliseconds)
        self._switch()

    def pause(self) -> None:
        """Wait until somebody wakes this task."""
        self._switch()

    def wake(self, task: Task, delay: int = 0) -> None:
        """Let a task that waits go on after `delay` milliseconds, or earlier where it has another appointment."""
        self._appoint(task, delay)

    def die(self) -> None:
        """End the process whose step this is, here and now."""
        assert self.process is not None
        self._kill(self.process)
        raise ProcessDiedError

    def run(self, until: int, after_step: Callable[[], None] = lambda: None) -> None:
        """Go on until a moment, or until `stopped` is set."""
        appointments = self._appointments
        while appointments and not self.stopped and appointments[0][0] <= until:
            at, _, _, turn, task = heappop(appointments)
            if turn != task.turn or task.greenlet.dead:
                continue
            self.now = max(self.now, at)
            process = task.process
            if process is not None and process.deadline is not None and self.now >= process.deadline:
                self._kill(process)
            else:
                task.turn += 1
                self.current = task
                task.greenlet.switch()
                self.current = None
            while self._dying:
                self._bury(self._dying.pop())
            after_step()
        self.now = max(self.now, until) if not self.stopped else self.now

    def close(self) -> None:
        """End everything."""
        for task in list(self._tasks):
            if task.process is not None:
                task.process.dead = True
        for task in list(self._tasks):
            self._throw(task)

    def _switch(self) -> None:
        task = self.current
        assert task is not None
        if task.process is not None and task.process.dead:
            raise ProcessDiedError
        self._hub.switch()

    def _appoint(self, task: Task, delay: int) -> None:
        self._number += 1
        heappush(self._appointments, (self.now + delay, self.chance.random(), self._number, task.turn, task))

    def _kill(self, process: Process) -> None:
        if not process.dead:
            process.dead = True
            self._dying.append(process)

    def _bury(self, process: Process) -> None:
        """Throw a dead process's tasks away. What it has sent already may still arrive."""
        for task in list(process.tasks):
            if task.on_wire is not None and process.chance.random() < 0.3:
                self.spawn(task.on_wire, process.chance.randint(0, 300))
            self._throw(task)
        process.faults += 1
        self._end(process)

    def _throw(self, task: Task) -> None:
        if task.greenlet:
            self.current = task
            task.greenlet.throw(ProcessDiedError)
            self.current = None
        self._tasks.discard(task)
        # One that has not begun never does.
        task.turn = -1

    def _end(self, process: Process) -> None:
        process.tasks.clear()
        if process.waiting is not None:
            self._appoint(process.waiting, 0)
            process.waiting = None


class Job:
    """What an executor was asked to do, as a future: done by a task of the same process."""

    def __init__(self) -> None:
        self.done = False
        self.waiting: Task | None = None
        self.value: Any = None
        self.error: Exception | None = None


class SimulatedExecutor(Executor):
    """A pool of threads whose threads are tasks of the process that makes it."""

    def __init__(self, scheduler: Scheduler, max_workers: int) -> None:
        self._scheduler = scheduler
        self._jobs: list[_Future] = []

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        """Begin a task, and return its future."""
        future = _Future(self._scheduler)

        def run() -> None:
            try:
                future.job.value = work(*arguments, **named)
            except Exception as error:
                future.job.error = error
            future.job.done = True
            if future.job.waiting is not None:
                self._scheduler.wake(future.job.waiting)

        self._jobs.append(future)
        self._scheduler.spawn(run, process=self._scheduler.process)
        return future

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any], **_: Any) -> Iterator[Any]:
        """The results of the work for each argument, in the arguments' order."""
        futures = [self.submit(fn, *arguments) for arguments in zip(*iterables, strict=False)]
        return (future.result() for future in futures)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for every task."""
        for future in self._jobs:
            future.wait()


class _Future:
    """The part of concurrent.futures.Future that the runtime uses."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.job = Job()
        self._scheduler = scheduler

    def wait(self) -> None:
        """Wait until the task has ended."""
        while not self.job.done:
            self.job.waiting = self._scheduler.current
            self._scheduler.pause()

    def result(self) -> Any:
        """What the work returned; raises what it raised."""
        self.wait()
        if self.job.error is not None:
            raise self.job.error
        return self.job.value

    def exception(self) -> Exception | None:
        """What the work raised; None where it returned."""
        self.wait()
        return self.job.error
