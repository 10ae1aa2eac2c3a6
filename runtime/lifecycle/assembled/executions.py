"""Executions of the state machine that assembles, in AWS Step Functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from runtime import logs

THROTTLED = "ThrottlingException"
"""How Step Functions answers too many requests (AWS Step Functions API reference, "Common Errors")."""


@dataclass(frozen=True)
class StateMachine:
    """The state machine of a board's assemblies."""

    client: Any
    """A boto3 client."""
    arn: str

    def __call__(self, name: str, numbers: str) -> bool:
        """Start the execution of an assembly. True: it runs, also if it was started before. False: it has ended.

        A name is known for 90 days, and to start what runs already, with the same input, is a success (AWS Step
        Functions API reference, "StartExecution"). Where Step Functions is down, nobody knows: the next rebuild starts
        it again, and this one goes on with all that needs no assembly.
        """
        try:
            self.client.start_execution(stateMachineArn=self.arn, name=name, input=numbers)
        except self.client.exceptions.ExecutionAlreadyExists:
            return False
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and not _is_passing(error):
                raise
            logs.fail("nobody knows whether an assembly runs", error)
        return True


def _is_passing(error: ClientError) -> bool:
    """Whether it is no mistake of ours that a request was refused."""
    down: bool = error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
    return down or error.response["Error"]["Code"] == THROTTLED
