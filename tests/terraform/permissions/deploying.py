"""Judges whether the role that deploys, docs/deploying-role.json, may make a request that Terraform makes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from tests.support.paths import REPOSITORY

ROLE = REPOSITORY / "docs/deploying-role.json"

NAMES = {
    "cloudwatch": {
        "AlarmName": "alarm:{}",
        "AlarmNames": "alarm:{}",
        "DashboardName": "dashboard/{}",
        "DashboardNames": "dashboard/{}",
    },
    "dynamodb": {"TableName": "table/{}", "ResourceArn": "{}"},
    "events": {"Name": "event-bus/{}"},
    "iam": {"RoleName": "role/{}", "PolicyName": "policy/{}", "PolicyArn": "{}"},
    "lambda": {"FunctionName": "function:{}", "LayerName": "layer:{}"},
    "logs": {"logGroupName": "log-group:{}"},
    "pipes": {"Name": "pipe/{}"},
    "s3": {"Bucket": "{}"},
    "scheduler": {"Name": "schedule/default/{}"},
    "sns": {"Name": "{}", "TopicArn": "{}"},
    "states": {"name": "stateMachine:{}", "stateMachineArn": "{}"},
    "sqs": {"QueueName": "{}", "QueueUrl": "{}"},
}
"""The end of the ARN that a request's parameter names, by service (Service Authorization Reference)."""

ARNS = ("ResourceArn", "ResourceARN", "resourceArn", "Resource")
"""Parameters that are ARNs in every service."""

WITHOUT_NAME = ("CreateEventSourceMapping", "DescribeAlarms", "DescribeLogGroups", "ListEventBuses")
"""Operations whose actions take any resource only, though a parameter names one (Service Authorization Reference)."""

PREFIXES = {"stepfunctions": "states"}
"""What actions of a service begin with, where that is not boto3's name of it."""

OTHER_ACTIONS = {
    # Amazon S3 user guide, "Required permissions for Amazon S3 API operations".
    "s3.HeadBucket": "s3:ListBucket",
    "s3.HeadObject": "s3:GetObject",
}
"""Operations whose action has another name, where the policy lists actions."""


def find_forbidden(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """Say what of a request the role may not do."""
    service = PREFIXES.get(service, service)
    action = OTHER_ACTIONS.get(f"{service}.{operation}", f"{service}:{operation}")
    name = None if operation in WITHOUT_NAME else _find_name(service, parameters)
    if not any(_allows(statement, action, name, parameters) for statement in _read_statements()):
        yield f"docs/deploying-role.json does not allow {action} on {name or '*'}"


def _find_name(service: str, parameters: Mapping[str, Any]) -> str | None:
    """The end of the ARN of what a request is about; None if no parameter names it."""
    if service == "events" and "EventBusName" in parameters:  # a rule's name is unique on its bus only
        return f"rule/{parameters['EventBusName']}/{parameters.get('Rule') or parameters['Name']}"
    for key, form in {**NAMES.get(service, {}), **dict.fromkeys(ARNS, "{}")}.items():
        value = parameters.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str):
            own = re.split(r"^arn:aws:[a-z0-9]+:[a-z0-9-]*:\d*:|^https?://.*/", value)[-1]
            return own if value.startswith("arn:") else form.format(own)
    return None


@cache
def _read_statements() -> tuple[Mapping[str, Any], ...]:
    return tuple(json.loads(ROLE.read_text(encoding="utf-8"))["Statement"])


def _allows(statement: Mapping[str, Any], action: str, name: str | None, parameters: Mapping[str, Any]) -> bool:
    """Whether a statement allows an action. The project may have any name, as in ARNs of the policy it is `arcade`."""
    actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
    resources = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
    if not any(fnmatchcase(action, each) for each in actions):
        return False
    keys = [key for test in statement.get("Condition", {}).values() for key in test]
    if "aws:RequestTag/project" in keys:
        # KMS API reference, "CreateKey": Tags is a list of TagKey and TagValue.
        return any(tag.get("TagKey") == "project" for tag in parameters.get("Tags", []))
    if "aws:ResourceTag/project" in keys and action.split(":")[1] == "CreateKey":
        return False  # there is no key yet that could have a tag
    if name is None:
        return resources == ["*"] or "aws:ResourceTag/project" in keys or any(":alias/" in each for each in resources)
    parts = [each.split(":", 5) for each in resources if each != "*"]
    ends = [part[5].replace("arcade", "*") for part in parts if part[2] == action.split(":")[0]]
    return resources == ["*"] or any(fnmatchcase(name, end) for end in ends)
