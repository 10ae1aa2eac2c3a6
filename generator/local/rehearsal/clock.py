"""Sets the clock of a local run, and moves it ahead."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path

from generator.local.rehearsal.shifted_clock import shift
from generator.output.replace_file import write_whole

REMEMBERED = 3_600_000
"""For how many milliseconds a step is kept after the next one: a stream's records are carried on long before."""

_SECOND = 1000
_NOTICE = 100
"""Milliseconds before a step takes effect, so that every process has read of it by then."""


class LocalClock:
    """The clock of one run. Functions, streams, schedules, the API and the page go by it.

    It goes on as the machine's clock does, and it never goes back. It is ahead of the machine's clock, or behind it, by
    whole seconds, and it moves when a second of the machine's clock begins: a stream record, which has whole seconds,
    is then of one side or the other.
    """

    def __init__(self, file: Path, begins: int | None = None, steps: list[tuple[int, int]] | None = None) -> None:
        """`file`: where it is kept, made if it is missing. `begins`: what it shows now; None for the machine's time.

        `steps`: those of a clock that this one goes on for.
        """
        self.file = file
        self.before_move: Callable[[], None] = lambda: None
        """What is called before each move."""
        self.on_move: Callable[[], None] = lambda: None
        """What is called after each move."""
        # In memory too: whoever is asked while a run ends, whose files go first, still knows the time.
        self._steps: list[tuple[int, int]] = []
        if steps is not None:
            self._write(steps)
        elif file.exists():
            self._steps = json.loads(file.read_bytes())
        else:
            self._write([(0, 0 if begins is None else _whole_seconds(begins - _machine_now()))])

    def now(self) -> int:
        """The present instant, in milliseconds since 1970 in UTC."""
        return self.at(_machine_now())

    def at(self, instant: int) -> int:
        """What the clock showed at an instant of the machine's clock, both in milliseconds."""
        return shift(self._steps, instant)

    @property
    def steps(self) -> list[tuple[int, int]]:
        """When it was moved, and how far ahead it is since: what another clock needs to go on for it."""
        return [*self._steps]

    @property
    def ahead_seconds(self) -> int:
        """How many seconds it is ahead of the machine's clock; below 0 where it is behind."""
        machine = _machine_now()
        return (self.at(machine) - machine) // _SECOND

    def move(self, to: int) -> None:
        """Move ahead to an instant, or up to a second past it, and return when the clock shows that.

        Does nothing if the clock is there already.
        """
        if to > self.now():
            self.before_move()
        while (left := to - self.now()) > 0:
            machine = _machine_now()
            since = _whole_seconds(machine + _NOTICE)
            if left > since - machine:
                self._write([*self.steps, (since, _whole_seconds(to - since))])
            time.sleep(max(0, since - _machine_now()) / _SECOND)
            self.on_move()

    def _write(self, steps: list[tuple[int, int]]) -> None:
        forgotten = _machine_now() - REMEMBERED
        over = sum(since < forgotten for since, _ in steps[1:])
        write_whole(self.file, json.dumps(steps[over:]).encode())
        self._steps = steps[over:]


def _whole_seconds(milliseconds: int) -> int:
    """Milliseconds, rounded up to whole seconds."""
    return math.ceil(milliseconds / _SECOND) * _SECOND


def _machine_now() -> int:
    return time.time_ns() // 1_000_000
