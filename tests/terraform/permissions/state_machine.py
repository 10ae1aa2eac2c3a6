"""What the state machine of a plan does, by its definition: each call of the function, in an order that it may have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3

from tests.terraform.judging.plan import Plan


def make_state_machines(plan: Plan) -> None:
    """Make those of a plan in the AWS in memory, which starts executions and runs none."""
    for machine in plan.of("aws_sfn_state_machine"):
        boto3.client("stepfunctions").create_state_machine(
            name=machine["name"], definition=machine["definition"], roleArn=machine["role_arn"]
        )


def list_calls(plan: Plan, text: str) -> Iterator[dict[str, Any]]:
    """The events that the function gets in an execution. `text`: the execution's input."""
    [machine] = plan.of("aws_sfn_state_machine")
    definition, given = json.loads(machine["definition"]), json.loads(text)
    name = definition["StartAt"]
    while True:
        state = definition["States"][name]
        if state["Type"] == "Map":
            for item in given[state["ItemsPath"].removeprefix("$.")]:
                yield _fill(state["ItemSelector"], given, item)
        else:
            yield _fill(state["Parameters"], given, None)
        if state.get("End"):
            return
        name = state["Next"]


def _fill(template: Mapping[str, Any], given: Mapping[str, Any], item: Any) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for key, value in template.items():
        if key.endswith(".$"):
            found = item if value == "$$.Map.Item.Value" else given[value.removeprefix("$.")]
            filled[key.removesuffix(".$")] = found
        else:
            filled[key] = value
    return filled
