"""Every bundle is judged by what AWS publishes, and the judge sees what it is there for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import botocore.loaders
import pytest

from tests.support.bundles import everything
from tests.terraform.judging import Plan, Resource, judge, judge_plan, read_module, read_show
from tests.terraform.judging.patterns import UNTRANSLATABLE, compile_pattern, matches
from tests.terraform.judging.plan_rules import PLAN_RULES
from tests.terraform.judging.policies import NEWER_ACTIONS, NEWER_CONDITIONS, find_action
from tests.terraform.judging.policy_rules import POLICY_RULES
from tests.terraform.judging.request_rules import REQUEST_RULES
from tests.terraform.judging.rule import Rule

BUNDLES = sorted({path.partition("/terraform/")[0] for path in everything().files if "/terraform/" in path})
SERVICES = (
    *("cloudfront", "cloudwatch", "dynamodb", "dynamodbstreams", "events", "iam", "kms", "lambda", "logs", "pipes"),
    *("s3", "scheduler", "sns", "sqs", "sts"),
)
"""The services that a bundle uses."""


def read_bundle(bundle: str) -> Plan:
    """The plan of a bundle, without Terraform."""
    start = f"{bundle}/"
    return read_module(
        {path.removeprefix(start): data for path, data in everything().files.items() if path.startswith(start)}
    )


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


QUEUE = {"QueueName": "arcade-jobs", "Attributes": {"VisibilityTimeout": "360"}}
ROLE = {
    "RoleName": "arcade-pipe",
    "AssumeRolePolicyDocument": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "pipes.amazonaws.com"},
                    "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}},
                }
            ],
        }
    ),
}


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "words"),
    [
        ("sqs", "CreateQueue", {}, "QueueName: is required"),
        ("sqs", "CreateQueue", {"QueueName": "a.b"}, "no name of a queue"),
        ("sqs", "CreateQueue", {"QueueName": "a", "Attributes": {"VisibilityTimeout": "99999"}}, "between 0 and 43200"),
        ("sqs", "CreateQueue", {"QueueName": "a", "Attribute": {}}, "Attribute: is unknown to AWS"),
        ("sqs", "SetQueueAttributes", {"QueueUrl": "u", "Attributes": {"Policy": "{"}}, "parliament: MALFORMED"),
        ("iam", "CreateRole", {**ROLE, "RoleName": "a b"}, "'a b' does not match"),
        ("iam", "CreateRole", {**ROLE, "RoleName": "a" * 65}, "65 characters, but at most 64"),
        ("iam", "CreateRole", {**ROLE, "MaxSessionDuration": 1}, "1, but at least 3600"),
        ("iam", "CreateRole", {**ROLE, "Tags": [{"Key": "a", "Value": "b "}]}, "ends with white space"),
        ("iam", "CreateRole", {**ROLE, "Tags": [{"Key": f"k{n}", "Value": ""} for n in range(51)]}, "51 elements"),
        ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Runtime": "python9"}, "'python9' is none of"),
        (
            "lambda",
            "UpdateFunctionConfiguration",
            {"FunctionName": "f", "Environment": {"Variables": {"AWS_REGION": "x"}}},
            "AWS_REGION is reserved",
        ),
        (
            "lambda",
            "UpdateFunctionConfiguration",
            {"FunctionName": "f", "Environment": {"Variables": {"A1": "x" * 4096}}},
            "at most 4096",
        ),
        (
            "lambda",
            "PutFunctionEventInvokeConfig",
            {"FunctionName": "f", "MaximumRetryAttempts": 3},
            "3, but at most 2",
        ),
        ("cloudwatch", "PutCompositeAlarm", {"AlarmName": "a", "AlarmRule": "ALARM(b)\n"}, "ends with white space"),
        ("cloudwatch", "PutCompositeAlarm", {"AlarmName": "a", "AlarmRule": "ALARM(b) OR"}, "breaks off"),
        (
            "cloudwatch",
            "PutMetricAlarm",
            {"AlarmName": "a", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Period": 90},
            "period of 90 s",
        ),
        (
            "cloudwatch",
            "PutMetricAlarm",
            {"AlarmName": "a", "EvaluationPeriods": 1, "ComparisonOperator": "MoreThan"},
            "'MoreThan' is none of",
        ),
        ("logs", "CreateLogGroup", {"logGroupName": "a b"}, "'a b' does not match"),
        ("kms", "CreateKey", {"Description": "x" * 8193}, "at most 8192"),
        (
            "scheduler",
            "CreateSchedule",
            {
                "Name": "a",
                "ScheduleExpression": "rate(1 minutes)",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {"Arn": "arn:x", "RoleArn": "arn:aws:iam::111111111111:role/r"},
            },
            "singular",
        ),
        (
            "pipes",
            "UpdatePipe",
            {
                "Name": "a",
                "RoleArn": "arn:aws:iam::111111111111:role/r",
                "SourceParameters": {"DynamoDBStreamParameters": {"MaximumRecordAgeInSeconds": 30}},
            },
            "neither -1 nor between 60 and 604800",
        ),
    ],
)
def test_a_request_that_aws_refuses_is_refused(
    service: str, operation: str, parameters: Mapping[str, Any], words: str
) -> None:
    assert any(words in fault for fault in judge(service, operation, parameters)), judge(service, operation, parameters)


def test_a_request_that_aws_takes_is_not_refused() -> None:
    assert judge("sqs", "CreateQueue", QUEUE) == []
    assert judge("iam", "CreateRole", ROLE) == []
    assert judge("scheduler", "GetSchedule", {"Name": "a"}) == []
    assert (
        judge("cloudwatch", "PutCompositeAlarm", {"AlarmName": "a", "AlarmRule": 'ALARM("b c") AND NOT (OK(d))'}) == []
    )


TABLE = "arn:aws:dynamodb:eu-central-1:111111111111:table/arcade-activities"


def statement(**changes: Any) -> dict[str, Any]:
    """A statement that lets a role put items, with changes."""
    return {"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": [TABLE], **changes}


def policy(**changes: Any) -> Mapping[str, Any]:
    """The request that gives a role this statement."""
    document = {"Version": "2012-10-17", "Statement": [statement(**changes)]}
    return {"RoleName": "r", "PolicyName": "p", "PolicyDocument": json.dumps(document)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Action": ["dynamodb:PutItems"]}, "UNKNOWN_ACTION"),
        ({"Condition": {"StringEquals": {"dynamodb:LeadingKey": "x"}}}, "no condition key dynamodb:LeadingKey"),
        ({"Condition": {"StringIs": {"aws:SourceAccount": "x"}}}, "UNKNOWN_OPERATOR"),
        ({"Condition": {"StringEquals": {"s3:prefix": "x"}}}, "no condition key s3:prefix"),
        ({"Action": ["dynamodb:ListStreams"], "Resource": [f"{TABLE}/stream/1"]}, "takes no such resource, only *"),
        ({"Action": ["dynamodb:GetRecords"]}, "dynamodb:GetRecords takes no such resource"),
        ({"Resource": [f"{TABLE}/stream/1"]}, "dynamodb:PutItem takes no such resource"),
        (
            {"Resource": [TABLE, "arn:aws:sqs:eu-central-1:111111111111:q"]},
            "nothing that dynamodb:PutItem could act on",
        ),
        ({"Resource": ["*"]}, "can be limited to a resource, but has *"),
        ({"Action": ["dynamodb:*"]}, "the action dynamodb:* is wide"),
        ({"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::bucket"]}, "s3:GetObject takes no such resource"),
        ({"Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::bucket/*"]}, "s3:ListBucket takes no such resource"),
        ({"Effect": "Permit"}, "MALFORMED"),
        (
            {
                "Action": ["logs:CreateLogGroup"],
                "Resource": ["arn:aws:logs:eu-central-1:111111111111:log-group:/aws/lambda/f"],
            },
            "may make a log group anew",
        ),
        ({"Principals": "*"}, "MALFORMED"),
        ({"Resource": ["table"]}, "INVALID_ARN"),
    ],
)
def test_a_grant_that_iam_refuses_or_that_does_nothing_is_found(changes: Mapping[str, Any], words: str) -> None:
    assert judge("iam", "PutRolePolicy", policy()) == []
    faults = judge("iam", "PutRolePolicy", policy(**changes))
    assert any(words in fault for fault in faults), faults


def test_a_service_that_says_for_whom_it_acts_is_held_to_it() -> None:
    document = json.loads(ROLE["AssumeRolePolicyDocument"])
    del document["Statement"][0]["Condition"]
    faults = judge("iam", "CreateRole", {**ROLE, "AssumeRolePolicyDocument": json.dumps(document)})
    assert [fault for fault in faults if "pipes.amazonaws.com may act for anybody's account" in fault]
    faults = judge("iam", "UpdateAssumeRolePolicy", {"RoleName": "r", "PolicyDocument": json.dumps(document)})
    assert [fault for fault in faults if "pipes.amazonaws.com may act for anybody's account" in fault]


def test_a_resource_is_not_everybodys() -> None:
    queue = "arn:aws:sqs:eu-central-1:111111111111:arcade-jobs"
    everybody = statement(Principal="*", Action=["sqs:SendMessage"], Resource=[queue])
    document = {"Version": "2012-10-17", "Statement": [everybody]}
    request = {"QueueUrl": "u", "Attributes": {"Policy": json.dumps(document)}}
    assert [fault for fault in judge("sqs", "SetQueueAttributes", request) if "allows everybody" in fault]


def test_what_is_newer_than_the_data_is_not_in_them() -> None:
    """An entry that parliament knows by now is to be deleted."""
    for key, actions in NEWER_CONDITIONS.items():
        for action in actions:
            info = find_action(action)
            assert info is not None
            assert key not in info["conditions"], f"{action} has {key} by now"
    assert not [action for action in NEWER_ACTIONS if action in NEWER_CONDITIONS]


P = "arcade-weekly-kills"
Change = Callable[[dict[str, dict[str, Any]]], None]


def put(address: str, *path: str | int, value: Any) -> Change:
    """A change that sets one attribute, which may be in a nested block."""

    def change(resources: dict[str, dict[str, Any]]) -> None:
        place: Any = resources[address]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def remove(address: str) -> Change:
    """A change that takes a resource out of the plan."""

    def change(resources: dict[str, dict[str, Any]]) -> None:
        del resources[address]

    return change


def add(address: str, **values: Any) -> Change:
    """A change that adds a resource to the plan."""
    return lambda resources: resources.update({address: values})


def add_permissions(resources: dict[str, dict[str, Any]]) -> None:
    """A change that gives the API more callers than its policy holds."""
    for number in range(80):
        add(
            f"aws_lambda_permission.x{number}",
            function_name=f"{P}-api",
            statement_id=f"x{number}",
            action="lambda:InvokeFunction",
            principal="arn:aws:iam::111111111111:role/" + "r" * 64,
        )(resources)


def rewrite(address: str, attribute: str, old: str, new: str) -> Change:
    """A change in a text."""

    def change(resources: dict[str, dict[str, Any]]) -> None:
        text = resources[address][attribute]
        assert old in text
        resources[address][attribute] = text.replace(old, new)

    return change


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


@pytest.mark.parametrize(("rule", "change", "words"), SPOILED, ids=[f"{rule}-{words}" for rule, _, words in SPOILED])
def test_a_rule_finds_the_mistake_that_it_is_about(rule: str, change: Change, words: str) -> None:
    plan = read_bundle("sample/nebula/weekly-kills")
    resources = {each.address: json.loads(json.dumps(each.values)) for each in plan.resources}
    change(resources)
    spoiled = Plan((Resource(address, address.split(".")[0], values) for address, values in resources.items()))
    faults = [fault for fault in judge_plan(spoiled) if f"[{rule}: " in fault]
    assert any(words in fault for fault in faults), judge_plan(spoiled)


def test_every_rule_has_a_source_and_a_mistake() -> None:
    names = [rule.name for rule in PLAN_RULES]
    assert set(names) == {rule for rule, _, _ in SPOILED}
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
