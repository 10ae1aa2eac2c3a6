"""Makes what starts functions and tells of them: log groups, schedules, state machines, topics."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from generator.local.deploy.target import Target, Values


def make_log_group(target: Target, arguments: Values) -> Values:
    """Create a log group, with its retention."""
    logs, name = target.aws.client("logs"), arguments.pop("name")
    # Where a function is deleted while it runs, what it writes at its end makes its log group anew.
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=arguments.pop("retention_in_days"))
    return {"id": name, "arn": target.arn("logs", f"log-group:{name}")}


def update_log_group(target: Target, arguments: Values, old: Values) -> Values:
    """Change how long a log group keeps its events."""
    target.aws.client("logs").put_retention_policy(
        logGroupName=arguments.pop("name"), retentionInDays=arguments.pop("retention_in_days")
    )
    return old


def delete_log_group(target: Target, old: Values) -> None:
    """Delete a log group with its events."""
    target.aws.client("logs").delete_log_group(logGroupName=old["name"])


def make_schedule(target: Target, arguments: Values) -> Values:
    """Create an EventBridge schedule with its target, retries and dead-letter queue."""
    answer = target.aws.client("scheduler").create_schedule(**_take_schedule(arguments))
    return {"arn": answer["ScheduleArn"]}


def update_schedule(target: Target, arguments: Values, old: Values) -> Values:
    """Change when an EventBridge schedule fires, and what it starts."""
    target.aws.client("scheduler").update_schedule(**_take_schedule(arguments))
    return old


def delete_schedule(target: Target, old: Values) -> None:
    """Delete an EventBridge schedule."""
    target.aws.client("scheduler").delete_schedule(Name=old["name"])


def _take_schedule(arguments: Values) -> dict[str, Any]:
    [invoked], [window] = arguments.pop("target"), arguments.pop("flexible_time_window")
    [retry], [dead_letters] = invoked["retry_policy"], invoked["dead_letter_config"]
    return {
        "Name": arguments.pop("name"),
        "ScheduleExpression": arguments.pop("schedule_expression"),
        "FlexibleTimeWindow": {"Mode": window["mode"]},
        "Target": {
            "Arn": invoked["arn"],
            "RoleArn": invoked["role_arn"],
            "Input": invoked["input"],
            "RetryPolicy": {
                "MaximumEventAgeInSeconds": retry["maximum_event_age_in_seconds"],
                "MaximumRetryAttempts": retry["maximum_retry_attempts"],
            },
            "DeadLetterConfig": {"Arn": dead_letters["arn"]},
        },
    }


def make_state_machine(target: Target, arguments: Values) -> Values:
    """Create a state machine."""
    answer = target.aws.client("stepfunctions").create_state_machine(
        name=arguments.pop("name"), roleArn=arguments.pop("role_arn"), definition=arguments.pop("definition")
    )
    return {"id": answer["stateMachineArn"], "arn": answer["stateMachineArn"]}


def update_state_machine(target: Target, arguments: Values, old: Values) -> Values:
    """Change what a state machine does. An execution under way goes on as it began."""
    del arguments["name"]
    target.aws.client("stepfunctions").update_state_machine(
        stateMachineArn=old["arn"], roleArn=arguments.pop("role_arn"), definition=arguments.pop("definition")
    )
    return old


def delete_state_machine(target: Target, old: Values) -> None:
    """Delete a state machine with its executions."""
    target.aws.client("stepfunctions").delete_state_machine(stateMachineArn=old["arn"])


def make_topic(target: Target, arguments: Values) -> Values:
    """Create an SNS topic."""
    arn = target.aws.client("sns").create_topic(Name=arguments.pop("name"))["TopicArn"]
    return {"id": arn, "arn": arn}


def delete_topic(target: Target, old: Values) -> None:
    """Delete an SNS topic."""
    target.aws.client("sns").delete_topic(TopicArn=old["arn"])


def make_bus(target: Target, arguments: Values) -> Values:
    """Create an event bus. It stays as long as the embedded AWS runs."""
    name = arguments.pop("name")
    return {"id": name, "arn": target.aws.client("events").create_event_bus(Name=name)["EventBusArn"]}


def make_rule(target: Target, arguments: Values) -> Values:
    """Create a rule on an event bus, or change its pattern."""
    name = arguments.pop("name")
    answer = target.aws.client("events").put_rule(
        Name=name, EventBusName=arguments.pop("event_bus_name"), EventPattern=arguments.pop("event_pattern")
    )
    return {"id": name, "arn": answer["RuleArn"]}


def delete_rule(target: Target, old: Values) -> None:
    """Delete a rule, which has no target any more."""
    target.aws.client("events").delete_rule(Name=old["name"], EventBusName=old["event_bus_name"])


TARGET = "queue"
"""The id of the one target that a rule has."""


def make_rule_target(target: Target, arguments: Values) -> Values:
    """Let a rule send to a queue."""
    [dead_letters], [retry] = arguments.pop("dead_letter_config"), arguments.pop("retry_policy")
    answer = target.aws.client("events").put_targets(
        Rule=arguments.pop("rule"),
        EventBusName=arguments.pop("event_bus_name"),
        Targets=[
            {
                "Id": TARGET,
                "Arn": arguments.pop("arn"),
                "InputPath": arguments.pop("input_path"),
                "DeadLetterConfig": {"Arn": dead_letters["arn"]},
                "RetryPolicy": {
                    "MaximumEventAgeInSeconds": retry["maximum_event_age_in_seconds"],
                    "MaximumRetryAttempts": retry["maximum_retry_attempts"],
                },
            }
        ],
    )
    assert not answer["FailedEntryCount"], answer["FailedEntries"]
    return {"id": TARGET}


def delete_rule_target(target: Target, old: Values) -> None:
    """Let a rule send to its queue no more."""
    target.aws.client("events").remove_targets(Rule=old["rule"], EventBusName=old["event_bus_name"], Ids=[TARGET])
