"""Step Functions in memory: it knows which executions were started, and a test says when one ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.support.memory_aws.errors import error

MOST_CHARACTERS = 80
"""The most characters of an execution's name (AWS Step Functions API reference, "StartExecution")."""


@dataclass(frozen=True)
class Execution:
    """An execution that was started."""

    input: str
    is_open: bool = True


class MemoryStepFunctions:
    """One state machine of the type STANDARD."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.executions: dict[str, Execution] = {}
        """By their names, in the order in which they were started."""
        self._now = now

    def end(self, name: str) -> None:
        """Let an execution end, whatever has come of it."""
        self.executions[name] = replace(self.executions[name], is_open=False)

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:  # noqa: A002
        """Start an execution; one that runs already with the same input is answered as if it were started now.

        (AWS Step Functions API reference, "StartExecution".)
        """
        assert 0 < len(name) <= MOST_CHARACTERS
        known = self.executions.get(name)
        if known is not None and not (known.is_open and known.input == input):
            raise error("ExecutionAlreadyExists", "StartExecution")
        self.executions.setdefault(name, Execution(input))
        return {"executionArn": f"{stateMachineArn}:{name}", "startDate": self._now() / 1000}
