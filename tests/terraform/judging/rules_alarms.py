"""Rules over alarms and dashboards: what they watch exists, and CloudWatch can evaluate it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.terraform.judging import syntax
from tests.terraform.judging.plan import Plan, Resource
from tests.terraform.judging.request_rules import judge_period
from tests.terraform.judging.rule import Rule

ALARM, COMPOSITE, DASHBOARD = (
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_dashboard",
)

WATCHED = {
    ("AWS/SQS", "QueueName"): ("aws_sqs_queue", "name"),
    ("AWS/Lambda", "FunctionName"): ("aws_lambda_function", "function_name"),
    ("AWS/DynamoDB", "TableName"): ("aws_dynamodb_table", "name"),
    ("AWS/EventBridge/Pipes", "PipeName"): ("aws_pipes_pipe", "name"),
    ("AWS/CloudFront", "DistributionId"): ("aws_cloudfront_distribution", "id"),
    ("AWS/SNS", "TopicName"): ("aws_sns_topic", "name"),
    ("AWS/S3", "BucketName"): ("aws_s3_bucket", "bucket"),
    ("AWS/States", "StateMachineArn"): ("aws_sfn_state_machine", "arn"),
}
"""Where a dimension's value must stand: the type of resource and its attribute."""

METRICS: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {
    # SQS developer guide, "Available CloudWatch metrics for Amazon SQS".
    "AWS/SQS": {
        ("QueueName",): (
            *("ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesDelayed"),
            *("ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesVisible"),
            *("NumberOfEmptyReceives", "NumberOfMessagesDeleted", "NumberOfMessagesReceived", "NumberOfMessagesSent"),
            "SentMessageSize",
        )
    },
    # Lambda developer guide, "Types of metrics for Lambda functions" and "Monitoring Lambda function URLs".
    "AWS/Lambda": {
        ("FunctionName",): (
            *("Invocations", "Errors", "DeadLetterErrors", "DestinationDeliveryFailures", "Throttles", "Duration"),
            *("IteratorAge", "ConcurrentExecutions", "AsyncEventsReceived", "AsyncEventAge", "AsyncEventsDropped"),
            *("UrlRequestCount", "UrlRequestLatency", "Url4xxCount", "Url5xxCount", "RecursiveInvocationsDropped"),
        )
    },
    # AWS Step Functions developer guide, "Monitoring Step Functions metrics using Amazon CloudWatch".
    "AWS/States": {
        ("StateMachineArn",): (
            *("ExecutionTime", "ExecutionThrottled", "ExecutionsAborted", "ExecutionsFailed", "ExecutionsRedriven"),
            *("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsTimedOut"),
        )
    },
    # DynamoDB developer guide, "DynamoDB metrics and dimensions".
    "AWS/DynamoDB": {
        ("TableName",): (
            *("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"),
            *("TimeToLiveDeletedItemCount", "TransactionConflict", "ConditionalCheckFailedRequests"),
            *("OnDemandMaxReadRequestUnits", "OnDemandMaxWriteRequestUnits"),
        ),
        ("Operation", "TableName"): (
            *("SuccessfulRequestLatency", "ThrottledRequests", "SystemErrors", "ReturnedItemCount"),
            "ReturnedBytes",
        ),
    },
    # EventBridge user guide, "Monitoring Amazon EventBridge": a rule of a bus of one's own has both dimensions.
    "AWS/Events": {
        ("EventBusName", "RuleName"): (
            *("FailedInvocations", "Invocations", "InvocationsFailedToBeSentToDlq", "InvocationsSentToDlq"),
            "MatchedEvents",
        )
    },
    # EventBridge user guide, "Logging and monitoring Amazon EventBridge Pipes".
    "AWS/EventBridge/Pipes": {
        ("PipeName",): (
            *("ExecutionFailed", "ExecutionPartiallyFailed", "ExecutionThrottled", "ExecutionTimeout", "Invocations"),
            *("TargetStageDuration", "TargetStageFailed", "TargetStagePartiallyFailed", "TargetStageSkipped"),
            *("Duration", "EventCount", "EventSize"),
        )
    },
    # CloudFront developer guide, "Use the CloudWatch API to view CloudFront metrics".
    "AWS/CloudFront": {
        ("DistributionId", "Region"): (
            *("Requests", "BytesDownloaded", "BytesUploaded", "4xxErrorRate", "5xxErrorRate", "TotalErrorRate"),
        )
    },
}
"""Metrics of AWS by namespace and by the dimensions with which they are published."""

MATH = re.compile(r'"[^"]*"|\b[a-z][A-Za-z0-9_]*\b(?!\()')


@dataclass(frozen=True)
class Metric:
    """A metric that an alarm or a dashboard reads, and where."""

    place: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    region: str | None = None


def find_metrics(plan: Plan) -> Iterator[Metric]:
    """Every metric that an alarm or a dashboard of the plan reads."""
    for alarm in plan.of(ALARM):
        if alarm["metric_name"]:
            yield Metric(alarm.address, alarm["namespace"], alarm["metric_name"], alarm["dimensions"] or {})
        for metric in alarm.blocks("metric_query", "metric"):
            yield Metric(alarm.address, metric["namespace"], metric["metric_name"], metric.get("dimensions") or {})
    for dashboard in plan.of(DASHBOARD):
        for widget in json.loads(dashboard["dashboard_body"] or "{}").get("widgets", []):
            yield from _read_widget(dashboard.address, widget.get("properties", {}))


def _read_widget(address: str, properties: Mapping[str, Any]) -> Iterator[Metric]:
    """The metrics of a widget, in which `.` repeats a value of the row above and `...` several."""
    above: list[str] = []
    for row in properties.get("metrics", []):
        texts = [each for each in row if isinstance(each, str)]
        if not texts:
            continue
        if "..." in texts:
            place = texts.index("...")
            texts = [*above[: len(above) - (len(texts) - place - 1)], *texts[place + 1 :]]
        above = [above[number] if text == "." else text for number, text in enumerate(texts)]
        namespace, name, *rest = above
        dimensions = dict(zip(rest[::2], rest[1::2], strict=True))
        yield Metric(address, namespace, name, dimensions, properties.get("region"))


def _find_nothing_watched(plan: Plan) -> Iterator[str]:
    for metric in find_metrics(plan):
        for dimension, value in metric.dimensions.items():
            kind, attribute = WATCHED.get((metric.namespace, dimension), ("", ""))
            if kind and value is not None and value not in plan.names(kind, attribute):
                yield f"{metric.place}: watches {dimension} {value}, which is not in the plan"


def _find_unknown_metrics(plan: Plan) -> Iterator[str]:
    for metric in find_metrics(plan):
        known = METRICS.get(metric.namespace)
        if known is None:
            if metric.namespace.startswith("AWS/"):
                yield f"{metric.place}: the namespace {metric.namespace} is not in METRICS: add it, with its source"
            continue
        dimensions = tuple(sorted(metric.dimensions))
        if metric.name not in known.get(dimensions, ()):
            yield f"{metric.place}: {metric.namespace} has no {metric.name} with {', '.join(dimensions)}"


def _find_other_regions(plan: Plan) -> Iterator[str]:
    for metric in find_metrics(plan):
        if metric.namespace == "AWS/CloudFront" and metric.region != "us-east-1":
            yield f"{metric.place}: metrics of CloudFront are in us-east-1"


def _find_bad_children(plan: Plan) -> Iterator[str]:
    names = plan.names(ALARM, "alarm_name") | plan.names(COMPOSITE, "alarm_name")
    for composite in plan.of(COMPOSITE):
        rule = composite["alarm_rule"] or ""
        yield from (f"{composite.address}: {fault}" for fault in syntax.judge_alarm_rule(rule))
        for name in syntax.list_children(rule):
            if name not in names:
                yield f"{composite.address}: the alarm {name} is not in the plan"


def _find_bad_periods(plan: Plan) -> Iterator[str]:
    for alarm in plan.of(ALARM):
        periods = [alarm["period"], *(each.get("period") for each in alarm.blocks("metric_query", "metric"))]
        for period in {each for each in periods if each}:
            yield from (f"{alarm.address}: {fault}" for fault in judge_period(period, alarm["evaluation_periods"]))


def _find_bad_math(plan: Plan) -> Iterator[str]:
    for alarm in plan.of(ALARM):
        queries = list(alarm.blocks("metric_query"))
        ids = {query["id"] for query in queries}
        returned = [query["id"] for query in queries if str(query.get("return_data")).lower() == "true"]
        if queries and len(returned) != 1:
            yield f"{alarm.address}: {len(returned)} queries return data, but exactly one must"
        if len(ids) != len(queries) or not all(re.fullmatch(r"[a-z][a-zA-Z0-9_]{0,254}", each) for each in ids):
            yield f"{alarm.address}: the ids of its queries are not distinct names"
        if len(queries) > 10 + len([query for query in queries if query.get("expression")]):
            yield f"{alarm.address}: reads more than 10 metrics"
        used = {name for query in queries for name in MATH.findall(query.get("expression") or "")}
        for name in sorted(each for each in used - ids if not each.startswith('"')):
            yield f"{alarm.address}: its expression uses {name}, which no query has as its id"
        for name in sorted(ids - used - set(returned)):
            yield f"{alarm.address}: nothing uses the query {name}"


def _find_sticky(plan: Plan) -> Iterator[str]:
    """An alarm on DynamoDB keeps its state where data are missing, so it must be given data always."""
    for alarm in plan.of(ALARM):
        if alarm["namespace"] == "AWS/DynamoDB":
            yield f"{alarm.address}: stays as it is while the table has no data: use FILL(metric, 0) in an expression"
        for query in alarm.blocks("metric_query"):
            metrics = query.get("metric") or []
            if any(metric["namespace"] == "AWS/DynamoDB" for metric in metrics):
                filled = any(
                    re.search(rf"FILL\(\s*{query['id']}\s*,", other.get("expression") or "")
                    or re.search(rf"FILL\(\s*\[[^]]*\b{query['id']}\b", other.get("expression") or "")
                    for other in alarm.blocks("metric_query")
                )
                if not filled:
                    yield f"{alarm.address}: {query['id']} is of DynamoDB and not filled, so the alarm may never clear"


def _find_silent(plan: Plan) -> Iterator[str]:
    """An alarm that tells nobody, neither itself nor through a composite."""
    told = {
        name for each in plan.of(COMPOSITE) if each["alarm_rule"] for name in syntax.list_children(each["alarm_rule"])
    }
    for alarm in plan.of(ALARM):
        if not alarm["alarm_actions"] and alarm["alarm_name"] not in told:
            yield f"{alarm.address}: tells nobody"


def _find_low_samples(plan: Plan) -> Iterator[str]:
    for alarm in plan.of(ALARM):
        if alarm["evaluate_low_sample_count_percentiles"] and not _is_percentile(alarm):
            yield f"{alarm.address}: evaluate_low_sample_count_percentiles is for percentiles only"


def _is_percentile(alarm: Resource) -> bool:
    return re.fullmatch(r"p\d{1,2}(\.\d+)?", str(alarm["extended_statistic"])) is not None


def _find_bad_widgets(plan: Plan) -> Iterator[str]:
    for dashboard in plan.of(DASHBOARD):
        widgets = json.loads(dashboard["dashboard_body"] or "{}").get("widgets", [])
        if len(widgets) > 500:
            yield f"{dashboard.address}: {len(widgets)} widgets, but at most 500"
        for widget in widgets:
            if widget.get("x", 0) + widget.get("width", 6) > 24 or not 1 <= widget.get("height", 6) <= 1000:
                yield f"{dashboard.address}: a widget is wider than the dashboard's 24 columns, or too high"
            for each in widget.get("properties", {}).get("alarms", []):
                if each.split(":alarm:")[-1] not in plan.names(ALARM, "alarm_name") | plan.names(
                    COMPOSITE, "alarm_name"
                ):
                    yield f"{dashboard.address}: shows the alarm {each}, which is not in the plan"


_PUT_METRIC_ALARM = 'CloudWatch API reference, "PutMetricAlarm"'
ALARM_RULES = (
    Rule("watched", 'CloudWatch user guide, "Using Amazon CloudWatch alarms"', _find_nothing_watched),
    Rule("metric", "the pages named at METRICS", _find_unknown_metrics),
    Rule(
        "region", 'CloudFront developer guide, "Use the CloudWatch API to view CloudFront metrics"', _find_other_regions
    ),
    Rule(
        "composite", 'terraform-provider-aws#19575; CloudWatch API reference, "PutCompositeAlarm"', _find_bad_children
    ),
    Rule("period", _PUT_METRIC_ALARM, _find_bad_periods),
    Rule("math", 'CloudWatch user guide, "Using metric math"', _find_bad_math),
    Rule("sticky", _PUT_METRIC_ALARM, _find_sticky),
    Rule("silent", 'CloudWatch user guide, "Alarm actions"', _find_silent),
    Rule("percentile", 'CloudWatch user guide, "Percentile-based alarms and low data samples"', _find_low_samples),
    Rule("dashboard", 'CloudWatch API reference, "Dashboard body structure and syntax"', _find_bad_widgets),
)
