"""Every bundle is judged by what AWS publishes, and the judge sees what it is there for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import botocore.loaders
import pytest

from tests.terraform.judged import BUNDLES, read_bundle
from tests.terraform.judging import Plan, Resource, judge_plan, read_show
from tests.terraform.judging.patterns import UNTRANSLATABLE, compile_pattern, matches
from tests.terraform.judging.plan_rules import PLAN_RULES
from tests.terraform.judging.policy_rules import POLICY_RULES
from tests.terraform.judging.request_rules import REQUEST_RULES
from tests.terraform.judging.rule import Rule
from tests.terraform.spoiling import Change, P, add, add_permissions, put, remove, rewrite

SERVICES = (
    *("cloudfront", "cloudwatch", "dynamodb", "dynamodbstreams", "events", "iam", "kms", "lambda", "logs", "pipes"),
    *("s3", "scheduler", "sns", "sqs", "sts"),
)
"""The services that a bundle uses."""


@pytest.mark.parametrize("bundle", BUNDLES)
def test_nothing_is_known_against_a_bundle(bundle: str) -> None:
    assert judge_plan(read_bundle(bundle)) == []


def test_every_pattern_of_the_models_is_translated() -> None:
    loader = botocore.loaders.Loader()
    patterns = {
        shape["pattern"]
        for service in SERVICES
        for shape in loader.load_service_model(service, "service-2")["shapes"].values()
        if "pattern" in shape
    }
    assert len(patterns) > 200
    assert {pattern for pattern in patterns if compile_pattern(pattern) is None} <= set(UNTRANSLATABLE)


def test_patterns_mean_what_they_mean_in_java() -> None:
    assert matches(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", "é 星 42")
    assert not matches(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", "a,b")
    assert matches(r"[\w-_]*", "a-b")
    # In Java \w is ASCII, and $ is no newline's neighbour where the whole text has to match.
    assert not matches(r"\w+", "é")
    assert not matches(r"^[a-z]+$", "a\n")


SPOILED: list[tuple[str, Change, str]] = [
    ("watched", remove("aws_sqs_queue.pipe_dead_letters"), f"watches QueueName {P}-pipe-dead-letters, which is not"),
    ("watched", remove("aws_lambda_function.api"), "aws_cloudwatch_dashboard.board: watches FunctionName"),
    ("metric", put("aws_cloudwatch_metric_alarm.api_latency", "metric_name", value="UrlLatency"), "has no UrlLatency"),
    (
        "region",
        rewrite("aws_cloudwatch_dashboard.board", "dashboard_body", '"AWS/SQS"', '"AWS/CloudFront"'),
        "metrics of CloudFront are in us-east-1",
    ),
    ("composite", put("aws_cloudwatch_composite_alarm.unhealthy", "alarm_rule", value="ALARM(x)\n"), "white space"),
    ("composite", remove("aws_cloudwatch_metric_alarm.rejected"), "rejected is not in the plan"),
    ("period", put("aws_cloudwatch_metric_alarm.api_latency", "period", value=90), "a period of 90 s"),
    (
        "math",
        put("aws_cloudwatch_metric_alarm.api_errors", "metric_query", 0, "expression", value="100 * error / requests"),
        "uses error, which no query has",
    ),
    (
        "sticky",
        put("aws_cloudwatch_metric_alarm.api_latency", "namespace", value="AWS/DynamoDB"),
        "stays as it is while the table has no data",
    ),
    ("silent", add("aws_cloudwatch_metric_alarm.x", alarm_name="x", evaluation_periods=1), "tells nobody"),
    (
        "percentile",
        put("aws_cloudwatch_metric_alarm.api_latency", "extended_statistic", value=None),
        "for percentiles only",
    ),
    ("dashboard", rewrite("aws_cloudwatch_dashboard.board", "dashboard_body", '"width"', '"width": 99, "w"'), "wider"),
    (
        "environment",
        put("aws_lambda_function.api", "environment", 0, "variables", "AWS_REGION", value="x"),
        "AWS_REGION is reserved",
    ),
    ("size", put("aws_lambda_function.api", "timeout", value=1000), "a timeout of 1000 s"),
    ("visibility", put("aws_lambda_function.processor", "timeout", value=300), "six times the timeout"),
    (
        "mapping",
        put("aws_lambda_event_source_mapping.processor", "scaling_config", 0, "maximum_concurrency", value=1),
        "but 2 to 1000",
    ),
    ("source", put("aws_pipes_pipe.activities", "target", value="arn:aws:sqs:x:1:y"), "is not in the plan"),
    (
        "function policy",
        add_permissions,
        "a function's policy holds 20480",
    ),
    (
        "permission",
        add(
            "aws_lambda_permission.x", function_name="f", principal="sns.amazonaws.com", action="lambda:InvokeFunction"
        ),
        "may act for anybody's account",
    ),
    ("function URL", remove("aws_lambda_permission.distribution_function"), "needs both permissions"),
    ("schedule", put("aws_scheduler_schedule.rebuild", "schedule_expression", value="rate(1 minutes)"), "singular"),
    ("asynchronous", add("aws_lambda_function_event_invoke_config.x", maximum_retry_attempts=3), "is 0 to 2"),
    ("retention", put("aws_sqs_queue.activities_dead_letters", "message_retention_seconds", value=60), "for 60 s"),
    (
        "redrive",
        put(
            "aws_sqs_queue_redrive_allow_policy.activities_dead_letters",
            "redrive_allow_policy",
            value='{"redrivePermission": "denyAll"}',
        ),
        "takes nobody's dead letters",
    ),
    ("pipe", put("aws_pipes_pipe.activities", "log_configuration", value=[]), "every later plan has a difference"),
    (
        "logged data",
        put("aws_pipes_pipe.activities", "log_configuration", value=[{"include_execution_data": ["ALL"]}]),
        "names of players",
    ),
    ("table", put("aws_dynamodb_table.marks", "range_key", value="id"), "its attributes are"),
    ("logs", put("aws_cloudwatch_log_group.api", "retention_in_days", value=100), "cannot keep for 100 days"),
    (
        "behaviour",
        put("aws_cloudfront_distribution.board", "default_cache_behavior", 0, "target_origin_id", value="x"),
        "goes to the origin x",
    ),
    (
        "origin",
        put("aws_cloudfront_origin_access_control.api", "origin_access_control_origin_type", value="s3"),
        "is of lambda, its access control is not",
    ),
    ("edge function", add("aws_cloudfront_function.x", code="", publish=False), "only a function that is published"),
    ("edge function", add("aws_cloudfront_function.x", code="x" * 10_241, publish=True), "more than 10240 bytes"),
    ("edge function", add("aws_cloudfront_function.x", code="", publish=True, arn="arn"), "no distribution runs it"),
    (
        "edge function",
        put(
            "aws_cloudfront_distribution.board",
            "default_cache_behavior",
            0,
            "function_association",
            value=[{"event_type": "origin-response"}],
        ),
        "run once on each viewer-request",
    ),
    (
        "error response",
        put("aws_cloudfront_distribution.board", "custom_error_response", 0, "error_code", value=429),
        "no custom response for 429",
    ),
    ("distribution", put("aws_cloudfront_distribution.board", "default_root_object", value="/index.html"), "slash"),
    ("topic's key", put("aws_sns_topic.alarms", "kms_master_key_id", value="alias/aws/sns"), "does not let alarms"),
    ("topic's policy", rewrite("aws_sns_topic_policy.alarms", "policy", "cloudwatch.", "events."), "let it publish"),
    ("logs' key", rewrite("aws_kms_key.board", "policy", "/aws/lambda/", "/aws/x/"), "its key does not let logs"),
    ("page's key", rewrite("aws_kms_key.board", "policy", "distribution/*", "distribution/x"), "decrypt the page"),
    ("policy size", rewrite("aws_iam_role_policy.api", "policy", "WriteLogs", "W" * 10_240), "but at most 10240"),
    ("open bucket", put("aws_s3_bucket_public_access_block.board", "block_public_acls", value=False), "not all public"),
    ("open URL", put("aws_lambda_function_url.api", "authorization_type", value="NONE"), "anybody may call it"),
    (
        "redrive permission",
        put(
            "aws_sqs_queue_redrive_allow_policy.pipe_dead_letters",
            "redrive_allow_policy",
            value='{"redrivePermission": "denyAll", "sourceQueueArns": null}',
        ),
        "goes with byQueue",
    ),
    ("key reuse", add("aws_sqs_queue.x", name="x", kms_data_key_reuse_period_seconds=300), "hangs the apply"),
    (
        "log levels",
        put("aws_lambda_function.api", "logging_config", 0, "system_log_level", value="WARN"),
        "log levels go with JSON",
    ),
    (
        "asynchronous numbers",
        add("aws_lambda_function_event_invoke_config.x", maximum_retry_attempts=0),
        "names one of its two numbers only",
    ),
    ("subscription", add("aws_sns_topic_subscription.x", protocol="Email", endpoint="a@b.c"), "in lower case"),
    ("users of a key", rewrite("aws_kms_key.board", "policy", ":root", ":role/x"), "AWS stores its id"),
    ("table block", put("aws_dynamodb_table.marks", "stream_view_type", value="KEYS_ONLY"), "goes with a stream"),
    ("object's hash", add("aws_s3_object.x", etag="x", kms_key_id="k"), "an ETag is no hash"),
    ("trigger", add("time_sleep.x", triggers={"policy": '{"Version": 1}'}), "not known when it is planned"),
    (
        "scheduler's source",
        rewrite("aws_iam_role.schedule", "assume_role_policy", ":schedule-group/default", ":schedule/default/x"),
        "names the group of the schedule",
    ),
    ("name", put("aws_lambda_function.api", "function_name", value="a b"), "the name 'a b' does not match"),
    ("twice", put("aws_sqs_queue.activities", "name", value=f"{P}-pipe-dead-letters"), "has the same name"),
    ("description", put("aws_lambda_function.api", "description", value="x" * 257), "more than 256 characters"),
    ("tags", put("aws_sqs_queue.activities", "tags", value={"a": "b "}), "ends with white space"),
]
"""A mistake for each rule over plans: the rule's name, the mistake, and words of the fault."""

TARGET = "aws_cloudwatch_event_target.activities"
ON_FEED: list[tuple[str, Change, str]] = [
    ("target", put(TARGET, "dead_letter_config", value=[]), "what cannot be delivered is lost"),
    ("target", put(TARGET, "arn", value="arn:aws:sqs:x:1:y"), "its queue arn:aws:sqs:x:1:y is not in the plan"),
    ("target", put(TARGET, "rule", value="x"), "its rule x is not in the plan"),
    ("target", put(TARGET, "retry_policy", 0, "maximum_event_age_in_seconds", value=30), "is 60 to 86400"),
    ("target", rewrite("aws_sqs_queue_policy.activities", "policy", ":rule/", ":rule/x-"), "does not let its rule"),
    ("target", rewrite("aws_sqs_queue_policy.feed_dead_letters", "policy", ":rule/", ":rule/x-"), "does not let its"),
    ("target", remove(TARGET), "aws_cloudwatch_event_rule.activities: has no target"),
    ("target", put("aws_cloudwatch_event_rule.activities", "event_pattern", value="x" * 2049), "more than 2048"),
    (
        "watched",
        rewrite("aws_cloudwatch_dashboard.board", "dashboard_body", '"fleet-feed-matches-activities"', '"fleet-x"'),
        "watches PipeName fleet-x, which is not",
    ),
]
"""Mistakes in the bundle of a board that counts a feed."""
MISTAKES = [
    *(("sample/nebula/weekly-kills", *each) for each in SPOILED),
    *(("shared-feed/nebula/kills", *each) for each in ON_FEED),
]


@pytest.mark.parametrize(
    ("bundle", "rule", "change", "words"), MISTAKES, ids=[f"{rule}-{words}" for _, rule, _, words in MISTAKES]
)
def test_a_rule_finds_the_mistake_that_it_is_about(bundle: str, rule: str, change: Change, words: str) -> None:
    plan = read_bundle(bundle)
    resources = {each.address: json.loads(json.dumps(each.values)) for each in plan.resources}
    change(resources)
    made = (Resource(address, address.split(".")[0], values) for address, values in resources.items())
    spoiled = Plan(made, beside=plan.beside)
    faults = [fault for fault in judge_plan(spoiled) if f"[{rule}: " in fault]
    assert any(words in fault for fault in faults), judge_plan(spoiled)


def test_every_rule_has_a_source_and_a_mistake() -> None:
    names = [rule.name for rule in PLAN_RULES]
    assert set(names) == {rule for _, rule, _, _ in MISTAKES}
    every: list[Rule[Any]] = [*PLAN_RULES, *POLICY_RULES, *REQUEST_RULES]
    for rule in every:
        assert '"' in rule.source or "#" in rule.source or "named at" in rule.source, rule.name


def shown(resources: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Resources as `terraform show -json` prints them."""
    for address, values in resources.items():
        yield {"address": address, "mode": "managed", "type": address.split(".")[0], "values": values}


def test_terraforms_own_plan_is_read_alike() -> None:
    resources = {"aws_sqs_queue.a": {"name": "a b"}, "aws_sqs_queue.b": {"name": "b"}}
    plan = read_show({"planned_values": {"root_module": {"resources": list(shown(resources))}}})
    assert ["aws_sqs_queue.a: the name 'a b'" in fault for fault in judge_plan(plan)] == [True]
