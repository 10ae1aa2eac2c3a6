"""Rules over single requests, for what the service models leave open: maps of attributes, and texts in a language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.terraform.judging import syntax
from tests.terraform.judging.rule import Rule


@dataclass(frozen=True)
class Request:
    """A request, by botocore's names."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class RequestRule(Rule[Request]):
    """A rule over the requests of some operations."""

    operations: tuple[str, ...] = ()
    """As "sqs.CreateQueue"."""

    def concerns(self, request: Request) -> bool:
        """Whether the rule is about a request's operation."""
        return f"{request.service}.{request.operation}" in self.operations


QUEUE_NUMBERS = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
}
"""SQS API reference, "SetQueueAttributes"."""

RESERVED_VARIABLES = (
    *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
    *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
    *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
    *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API"),
    *("LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN"),
)
"""Lambda developer guide, "Defined runtime environment variables"."""


def judge_environment(variables: Mapping[str, str]) -> Iterator[str]:
    """Say which environment variables Lambda refuses."""
    for name in variables:
        if name in RESERVED_VARIABLES:
            yield f"the variable {name} is reserved"
        if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", name):
            yield f"the variable {name} is no name: a letter, then letters, digits and _"
    size = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
    if size > 4096:
        yield f"the variables have {size} bytes, but at most 4096"


def judge_period(period: int, evaluation_periods: int) -> Iterator[str]:
    """Say what CloudWatch refuses of an alarm's period and number of periods."""
    if period not in (10, 20, 30) and (period % 60 or period <= 0):
        yield f"a period of {period} s: only 10, 20, 30 and multiples of 60"
    most = 86_400 if period < 3600 else 604_800
    if period * evaluation_periods > most:
        yield f"{evaluation_periods} periods of {period} s are more than {most} s"


def _judge_queue(request: Request) -> Iterator[str]:
    name = request.parameters.get("QueueName")
    if name is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo", name):
        yield f"{name!r} is no name of a queue: 1 to 80 letters, digits, - and _"
    attributes = request.parameters.get("Attributes", {})
    for key, value in attributes.items():
        least, most = QUEUE_NUMBERS.get(key, (None, None))
        if least is not None and most is not None and not (value.isdecimal() and least <= int(value) <= most):
            yield f"{key} {value} is not between {least} and {most}"
    if attributes.get("RedrivePolicy"):
        count = int(json.loads(attributes["RedrivePolicy"]).get("maxReceiveCount", 0))
        if not 1 <= count <= 1000:
            yield f"maxReceiveCount {count} is not between 1 and 1000"


def _judge_variables(request: Request) -> Iterator[str]:
    yield from judge_environment(request.parameters.get("Environment", {}).get("Variables", {}))


def _judge_alarm(request: Request) -> Iterator[str]:
    parameters = request.parameters
    periods = parameters.get("EvaluationPeriods", 1)
    queries = [each["MetricStat"]["Period"] for each in parameters.get("Metrics", []) if "MetricStat" in each]
    for period in {*queries, *([parameters["Period"]] if "Period" in parameters else [])}:
        yield from judge_period(period, periods)
    if parameters.get("DatapointsToAlarm", 1) > periods:
        yield "needs more data points than it has periods"


def _judge_composite(request: Request) -> Iterator[str]:
    yield from syntax.judge_alarm_rule(request.parameters.get("AlarmRule", ""))


def _judge_schedule(request: Request) -> Iterator[str]:
    yield from syntax.judge_schedule(request.parameters.get("ScheduleExpression", ""))


def _judge_ends(request: Request) -> Iterator[str]:
    for key, value in _list_tags(request.parameters):
        if key != key.strip() or value != value.strip():
            yield f"the tag {key!r} = {value!r} begins or ends with white space"
        if key.lower().startswith("aws:"):
            yield f"the tag {key} begins with aws:"


def _list_tags(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("Tags", "tags", "tagging", "Tagging"):
        found = parameters.get(name)
        if isinstance(found, Mapping):
            inner = found.get("Items", found.get("TagSet"))
            yield from _list_pairs(inner) if inner is not None else found.items()
        elif isinstance(found, list):
            yield from _list_pairs(found)


def _list_pairs(tags: list[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for each in tags:
        yield each.get("Key", each.get("TagKey", "")), each.get("Value", each.get("TagValue", ""))


def _judge_stream(request: Request) -> Iterator[str]:
    stream = request.parameters.get("SourceParameters", {}).get("DynamoDBStreamParameters", {})
    age = stream.get("MaximumRecordAgeInSeconds", -1)
    if age != -1 and not 60 <= age <= 604_800:
        yield f"MaximumRecordAgeInSeconds {age} is neither -1 nor between 60 and 604800"
    if age != -1 and stream.get("MaximumBatchingWindowInSeconds", 0) >= age:
        yield "the batching window is not less than the record age"


REQUEST_RULES: tuple[RequestRule, ...] = (
    RequestRule(
        "queue", 'SQS API reference, "CreateQueue"', _judge_queue, ("sqs.CreateQueue", "sqs.SetQueueAttributes")
    ),
    RequestRule(
        "environment",
        'Lambda developer guide, "Working with Lambda environment variables"',
        _judge_variables,
        ("lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"),
    ),
    RequestRule("alarm", 'CloudWatch API reference, "PutMetricAlarm"', _judge_alarm, ("cloudwatch.PutMetricAlarm",)),
    RequestRule(
        "alarm rule",
        'terraform-provider-aws#19575; CloudWatch API reference, "PutCompositeAlarm"',
        _judge_composite,
        ("cloudwatch.PutCompositeAlarm",),
    ),
    RequestRule(
        "schedule",
        'EventBridge Scheduler user guide, "Schedule types in EventBridge Scheduler"',
        _judge_schedule,
        ("scheduler.CreateSchedule", "scheduler.UpdateSchedule"),
    ),
    RequestRule("stream", "terraform-provider-aws#41573", _judge_stream, ("pipes.CreatePipe", "pipes.UpdatePipe")),
    RequestRule(
        "tags",
        'Tagging AWS Resources user guide, "Tag naming limits and requirements"',
        _judge_ends,
        (
            *("dynamodb.CreateTable", "sqs.CreateQueue", "lambda.CreateFunction", "iam.CreateRole", "iam.CreatePolicy"),
            *("pipes.CreatePipe", "sns.CreateTopic", "kms.CreateKey", "cloudwatch.PutMetricAlarm"),
            *("cloudwatch.PutCompositeAlarm", "logs.CreateLogGroup", "s3.PutBucketTagging"),
            *("lambda.CreateEventSourceMapping", "cloudfront.CreateDistributionWithTags"),
        ),
    ),
)
