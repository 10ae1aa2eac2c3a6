"""The role that deploys may do what Terraform asks for, as docs/deploying-role.json says; what it lacks is found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.terraform.judging import policies
from tests.terraform.permissions.deploying import ROLE, find_forbidden

TAGS = [{"TagKey": "project", "TagValue": "arcade"}]
ALLOWED: list[tuple[str, str, dict[str, Any]]] = [
    ("dynamodb", "CreateTable", {"TableName": "arcade-kills-marks"}),
    ("dynamodb", "TagResource", {"ResourceArn": "arn:aws:dynamodb:eu-central-1:111111111111:table/arcade-kills-marks"}),
    ("iam", "PutRolePolicy", {"RoleName": "arcade-kills-api", "PolicyName": "api"}),
    ("kms", "CreateKey", {"Tags": TAGS}),
    ("kms", "DescribeKey", {"KeyId": "1234"}),
    ("sqs", "SetQueueAttributes", {"QueueUrl": "http://127.0.0.1:5/000000000000/arcade-kills-activities"}),
    ("logs", "CreateLogGroup", {"logGroupName": "/aws/lambda/arcade-kills-api"}),
    ("cloudfront", "CreateDistribution", {"DistributionConfig": {}}),
    ("events", "CreateEventBus", {"Name": "arcade-feed-matches-activities"}),
    ("events", "ListEventBuses", {"NamePrefix": "arcade-feed-matches-activities"}),
    ("events", "PutRule", {"Name": "arcade-kills-activities", "EventBusName": "arcade-feed-matches-activities"}),
    ("events", "PutTargets", {"Rule": "arcade-kills-activities", "EventBusName": "arcade-feed-matches-activities"}),
]
FORBIDDEN: list[tuple[str, str, dict[str, Any]]] = [
    ("iam", "AttachRolePolicy", {"RoleName": "arcade-kills-api", "PolicyArn": "arn:aws:iam::aws:policy/x"}),
    ("iam", "CreateUser", {"UserName": "arcade-x"}),
    ("kms", "CreateKey", {"Tags": []}),
    ("logs", "CreateLogGroup", {"logGroupName": "/aws/other/x"}),
    ("cloudfront", "CreateCachePolicy", {}),
    ("ec2", "RunInstances", {}),
    ("events", "DeleteEventBus", {"Name": "theirs"}),
    ("events", "PutRule", {"Name": "x", "EventBusName": "theirs"}),
]


@pytest.mark.parametrize(("service", "operation", "parameters"), ALLOWED)
def test_it_may(service: str, operation: str, parameters: dict[str, Any]) -> None:
    assert list(find_forbidden(service, operation, parameters)) == []


@pytest.mark.parametrize(("service", "operation", "parameters"), FORBIDDEN)
def test_it_may_not(service: str, operation: str, parameters: dict[str, Any]) -> None:
    [fault] = find_forbidden(service, operation, parameters)
    assert f"{service}:{operation}" in fault


def test_it_is_a_policy_that_aws_takes() -> None:
    policy = policies.read_policy(ROLE.read_text(encoding="utf-8"), "identity")
    assert not [fault for fault in policies.find_faults(policy) if "parliament" in fault]


def test_it_fits_into_one_policy() -> None:
    """A managed policy has 6,144 characters, white space not counted (IAM user guide, "IAM and AWS STS quotas")."""
    assert len(json.dumps(json.loads(ROLE.read_text(encoding="utf-8")), separators=(",", ":"))) <= 6144
