"""The executions of the state machine that assembles: each calls functions, again where one has failed."""

from __future__ import annotations

from functools import partial

from tests.runtime.assembled.assembler import list_calls
from tests.simulation.functions import Functions
from tests.simulation.scheduler import Scheduler
from tests.support.memory_aws import Call
from tests.support.memory_aws.executions import MemoryStepFunctions

ATTEMPTS, PAUSE = 3, 2000
"""How often a function is called that fails, and how many milliseconds lie between."""


class Executions:
    """Carries out what was started."""

    def __init__(self, scheduler: Scheduler, machine: MemoryStepFunctions, functions: Functions) -> None:
        self._scheduler = scheduler
        self._machine = machine
        self._functions = functions
        self._begun: set[str] = set()

    def observe(self, call: Call) -> None:
        """Begin what a call has started, unless it runs already."""
        name = call.request["name"]
        if name not in self._begun:
            self._begun.add(name)
            self._scheduler.spawn(partial(self._execute, name))

    def _execute(self, name: str) -> None:
        calls = list_calls(self._machine.executions[name].input)
        if all(self._call(name, step, number) for step, number in calls):
            self._scheduler.sleep(PAUSE)
        self._machine.end(name)

    def _call(self, name: str, step: str, number: int) -> bool:
        for _ in range(ATTEMPTS):
            process = self._scheduler.wait_for(self._functions.assemble(name, step, number))
            if process.error is None and not process.dead:
                return True
            self._scheduler.sleep(PAUSE)
        return False
