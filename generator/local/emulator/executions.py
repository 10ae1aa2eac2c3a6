"""Lets a state machine's execution be started again while it runs, as AWS does, in the embedded AWS.

AWS answers the same name and input with the execution that runs, and refuses them once it has ended (AWS Step Functions
API reference, "StartExecution"). ministack refuses them at once.
"""

from __future__ import annotations

from typing import Any


def start_again() -> None:
    """Answer as AWS does, from now on."""
    from ministack.core.responses import json_response
    from ministack.services import stepfunctions

    start = stepfunctions._start_execution

    def start_or_find(request: dict[str, Any]) -> Any:
        machine, name = request.get("stateMachineArn", ""), request.get("name", "")
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        found = stepfunctions._executions.get(arn)
        if found and found["status"] == "RUNNING" and found["input"] == request.get("input", "{}"):
            return json_response({"executionArn": arn, "startDate": found["startDate"]})
        return start(request)

    stepfunctions._start_execution = start_or_find
