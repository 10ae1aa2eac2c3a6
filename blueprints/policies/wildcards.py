"""CKV_LB_3: no policy statement allows an action or a resource by the wildcard `*` instead of its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_checks import ScannedBlock, register_policy
from policy_statements import DOCUMENT, Statement, find_allowed, find_unreadable

READS_OF_THE_ACCOUNT = frozenset(
    {
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "dynamodb:DescribeLimits",
        "lambda:GetAccountSettings",
    }
)
"""Actions that only read, and that a policy can limit to no resource: composite alarms are told only to those who may
describe all alarms (Amazon CloudWatch API reference, "DescribeAlarms"), and metrics, an account's limits and settings
have no ARN (Service Authorization Reference, "Actions, resources, and condition keys for Amazon CloudWatch", "for
Amazon DynamoDB" and "for AWS Lambda")."""

_INTERPOLATION = re.compile(r"\$\{[^}]*\}")
_WILDCARD = re.compile(r"[*?]")
_TYPE_ALONE = re.compile(r"[\w-]+[/:]+")
"""The last part of an ARN that has a type of resource and no name: `table/`."""


def find_faults(block: ScannedBlock) -> Iterator[str]:
    """Say which actions and resources a policy allows without naming them."""
    yield from find_unreadable(block)
    for statement in find_allowed(block):
        yield from _find_in_statement(statement)


def _find_in_statement(statement: Statement) -> Iterator[str]:
    for key in statement.exceptions:
        yield f"{key} allows all but what it names: name what is allowed"
    if statement.is_key_policy:
        # In a key's own policy the resource * is that key, and the account has to be able to manage it: see
        # "Default key policy" in the KMS developer guide.
        return
    for action in statement.actions:
        if "*" in action or "?" in action:
            yield f"the action {action} allows more than it names: name each action"
    reads_the_account = bool(statement.actions) and READS_OF_THE_ACCOUNT.issuperset(statement.actions)
    for resource in statement.resources:
        if _is_wide(resource) and not (resource == "*" and reads_the_account):
            yield f"the resource {resource} allows more than it names: name each resource"


def _is_wide(resource: str) -> bool:
    """Whether a wildcard stands where the resource's own name should begin, or before. Behind that it is fine."""
    before, *behind = _WILDCARD.split(_INTERPOLATION.sub("x", resource), maxsplit=1)
    if not behind:
        return False
    if not before.startswith("arn:"):
        return not before
    # arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME, where NAME may begin with a type.
    parts = before.split(":", 5)
    if len(parts) < 6:
        return True
    service, name = parts[2], parts[5]
    return not name or (service != "s3" and bool(_TYPE_ALONE.fullmatch(name)))


register_policy("CKV_LB_3", "No action and no resource is *", find_faults, resources=("*",), data=(DOCUMENT,))
