"""The judge sees requests that AWS would refuse, and grants that do nothing or too much."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.terraform.judging import judge
from tests.terraform.judging.policies import NEWER_ACTIONS, NEWER_CONDITIONS, find_action

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
