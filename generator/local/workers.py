"""What keeps a local board moving: rebuilds every two seconds, and simulated activity."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from generator.aws.invoke import invoke
from generator.errors import FunctionError

REBUILD_SECONDS = 2.0
SIMULATED_SECONDS = 5
"""How long one run of the simulator lasts. It is the most that is lost when local mode ends."""


class Worker(threading.Thread):
    """Does something again and again until it is stopped; a failure is told and does not end it."""

    def __init__(self, name: str, every: float, task: Callable[[], None], on_trouble: Callable[[str], None]) -> None:
        """`every`: seconds from one start of `task` to the next; a task that takes longer has the next follow it."""
        super().__init__(name=name, daemon=True)
        self._every = every
        self._task = task
        self._on_trouble = on_trouble
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Start the task no more. One under way is not waited for."""
        self._stopped.set()

    def run(self) -> None:
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                self._task()
            except FunctionError as error:
                if not self._stopped.is_set():
                    self._on_trouble(str(error))
            self._stopped.wait(max(0.05, self._every - (time.monotonic() - began)))


def rebuilds(functions: Any, name: str, on_trouble: Callable[[str], None]) -> Worker:
    """Runs a rebuilder, by its ARN, far more often than AWS would."""
    return Worker(f"rebuild {name}", REBUILD_SECONDS, lambda: invoke(functions, name, {}) and None, on_trouble)


def simulation(functions: Any, name: str, rate: float, on_trouble: Callable[[str], None]) -> Worker:
    """Runs a simulator, by its ARN, so that it writes `rate` activities a second."""
    due = 0.0

    def task() -> None:
        nonlocal due
        due += rate * SIMULATED_SECONDS
        count, due = int(due), due % 1
        if count:
            invoke(functions, name, {"activities": count, "seconds": SIMULATED_SECONDS})

    return Worker(f"simulate {name}", SIMULATED_SECONDS, task, on_trouble)
