"""Finds the policy documents in requests and in planned resources, and what each is attached to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.terraform.judging.plan import Plan
from tests.terraform.judging.policies import Policy, read_policy

IN_REQUESTS = {
    ("iam", "AssumeRolePolicyDocument"): "trust",
    ("iam", "PolicyDocument"): "identity",
    ("kms", "Policy"): "key",
    ("s3", "Policy"): "bucket",
    ("sns", "Policy"): "topic",
    ("sqs", "Policy"): "queue",
}
"""The members of requests that hold a policy, with its kind."""

IN_RESOURCES = {
    ("aws_iam_role", "assume_role_policy"): "trust",
    ("aws_iam_role_policy", "policy"): "identity",
    ("aws_iam_policy", "policy"): "identity",
    ("aws_kms_key", "policy"): "key",
    ("aws_s3_bucket_policy", "policy"): "bucket",
    ("aws_sns_topic_policy", "policy"): "topic",
    ("aws_sqs_queue_policy", "policy"): "queue",
    ("aws_cloudwatch_log_resource_policy", "policy_document"): "logs",
}
"""The attributes of resources that hold a policy, with its kind."""


def find_documents(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, Policy]]:
    """Every policy in a request, with its place."""
    found = dict(parameters)
    attributes = parameters.get("Attributes")
    if isinstance(attributes, Mapping):
        found |= attributes
    # SNS sets one attribute at a time.
    if parameters.get("AttributeName"):
        found[parameters["AttributeName"]] = parameters.get("AttributeValue")
    if operation == "UpdateAssumeRolePolicy":
        found["AssumeRolePolicyDocument"] = found.pop("PolicyDocument", None)
    for name, text in found.items():
        kind = IN_REQUESTS.get((service, name))
        if kind and isinstance(text, str) and text:
            yield name, _read(text, kind)


def find_planned_documents(plan: Plan) -> Iterator[tuple[str, Policy]]:
    """Every policy of a plan that is known before apply, with the address of its resource."""
    for resource in plan.resources:
        for (kind, attribute), means in IN_RESOURCES.items():
            text = resource[attribute] if resource.type == kind else None
            if text:
                yield f"{resource.address}.{attribute}", _read(text, means)


def _read(text: str, kind: str) -> Policy:
    try:
        return read_policy(text, kind)
    except ValueError as error:
        # parliament finds an unknown element, and so reports it.
        return Policy({"NotJson": str(error)}, kind)


def measure(text: str) -> int:
    """The size of a policy as IAM counts it, without white space (IAM user guide, "IAM and AWS STS quotas")."""
    return len(json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False))
