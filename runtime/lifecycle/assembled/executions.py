"""Executions of the state machine that assembles, in AWS Step Functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StateMachine:
    """The state machine of a board's assemblies."""

    client: Any
    """A boto3 client."""
    arn: str

    def __call__(self, name: str, numbers: str) -> bool:
        """Start the execution of an assembly. True: it runs, also if it was started before. False: it has ended.

        A name is known for 90 days, and to start what runs already, with the same input, is a success (AWS Step
        Functions API reference, "StartExecution").
        """
        try:
            self.client.start_execution(stateMachineArn=self.arn, name=name, input=numbers)
        except self.client.exceptions.ExecutionAlreadyExists:
            return False
        return True
