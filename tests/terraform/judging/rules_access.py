"""Rules over who may use what across resources: keys, topics, roles, and how large policies may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.terraform.judging.documents import find_planned_documents, measure
from tests.terraform.judging.plan import Plan, Resource
from tests.terraform.judging.policies import Policy, expand
from tests.terraform.judging.rule import Rule

SIZES = {
    "aws_iam_role.assume_role_policy": (2048, 'IAM user guide, "IAM and AWS STS quotas"'),
    "aws_iam_policy.policy": (6144, 'IAM user guide, "IAM and AWS STS quotas"'),
    "aws_s3_bucket_policy.policy": (20_480, 'S3 user guide, "Policies and permissions in Amazon S3"'),
    "aws_kms_key.policy": (32_768, 'KMS developer guide, "Resource quotas"'),
    "aws_sns_topic_policy.policy": (30_720, 'SNS API reference, "SetTopicAttributes"'),
}
"""How large a policy may be, by its type of resource and attribute."""
ROLE_POLICIES = 10_240
"""All inline policies of a role together (IAM user guide, "IAM and AWS STS quotas")."""


def find_policy(plan: Plan, key: Resource) -> Policy | None:
    """The policy of a key of the plan."""
    for address, policy in find_planned_documents(plan):
        if address == f"{key.address}.policy":
            return policy
    return None


def allows(policy: Policy, service: str, action: str, context: Mapping[str, str]) -> bool:
    """Whether a resource's policy lets a service do something, with these values of condition keys."""
    return any(
        statement.get("Effect") == "Allow"
        and service in _list(statement.get("Principal"), "Service")
        and any(action.lower() in (each.lower() for each in expand(pattern)) for pattern in statement["Action"])
        and _holds(statement.get("Condition", {}), context)
        for statement in policy.statements
    )


def _list(principal: Any, kind: str) -> list[str]:
    found = principal.get(kind, []) if isinstance(principal, dict) else []
    return [found] if isinstance(found, str) else found


def _holds(condition: Mapping[str, Mapping[str, list[str]]], context: Mapping[str, str]) -> bool:
    """Whether conditions hold: only tests for texts and ARNs that are like or equal."""
    return all(
        key in context and any(_is_like(context[key], value) for value in values)
        for keys in condition.values()
        for key, values in keys.items()
    )


def _is_like(text: str, pattern: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


def _account(plan: Plan) -> str:
    for resource in plan.resources:
        if match := re.match(r"arn:aws:\w+:[\w-]*:(\d{12}):", str(resource["arn"])):
            return match[1]
    return ""


def _find_locked_topics(plan: Plan) -> Iterator[str]:
    """An alarm can only publish to an encrypted topic if the key lets CloudWatch make and open data keys."""
    for topic in plan.of("aws_sns_topic"):
        alarms = [
            alarm
            for kind in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
            for alarm in plan.of(kind)
            if topic["arn"] in [*(alarm["alarm_actions"] or []), *(alarm["ok_actions"] or [])]
        ]
        if alarms and str(topic["kms_master_key_id"]).startswith("alias/aws/"):
            yield f"{topic.address}: AWS's own key does not let alarms publish"
        key = plan.find("aws_kms_key", arn=topic["kms_master_key_id"])
        policy = find_policy(plan, key) if key else None
        for alarm in alarms if policy else []:
            context = {"aws:SourceAccount": _account(plan), "aws:SourceArn": alarm["arn"]}
            for action in ("kms:Decrypt", "kms:GenerateDataKey"):
                if policy and not allows(policy, "cloudwatch.amazonaws.com", action, context):
                    yield f"{topic.address}: its key does not let {alarm.address} {action}"


def _find_unheard_alarms(plan: Plan) -> Iterator[str]:
    """The topic's policy lets each alarm that notifies it publish."""
    policies = {each["arn"]: each for each in plan.of("aws_sns_topic_policy")}
    documents = dict(find_planned_documents(plan))
    for kind in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        for alarm in plan.of(kind):
            for topic in {
                *(alarm["alarm_actions"] or []),
                *(alarm["ok_actions"] or []),
                *(alarm["insufficient_data_actions"] or []),
            }:
                holder = policies.get(topic)
                policy = documents.get(f"{holder.address}.policy") if holder else None
                context = {"aws:SourceAccount": _account(plan), "aws:SourceArn": str(alarm["arn"])}
                if policy and not allows(policy, "cloudwatch.amazonaws.com", "sns:Publish", context):
                    yield f"{alarm.address}: the policy of its topic does not let it publish"


def _find_locked_logs(plan: Plan) -> Iterator[str]:
    for group in plan.of("aws_cloudwatch_log_group"):
        key = plan.find("aws_kms_key", arn=group["kms_key_id"])
        policy = find_policy(plan, key) if key else None
        if policy is None or not group["arn"]:
            continue
        region = group["arn"].split(":")[3]
        context = {"kms:EncryptionContext:aws:logs:arn": group["arn"], "aws:SourceAccount": _account(plan)}
        context["aws:SourceArn"] = group["arn"]
        for action in ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"):
            if not allows(policy, f"logs.{region}.amazonaws.com", action, context):
                yield f"{group.address}: its key does not let logs.{region} {action} for it"


def _find_locked_pages(plan: Plan) -> Iterator[str]:
    """CloudFront reads objects that are encrypted with a key only if the key's policy lets it decrypt."""
    for distribution in plan.of("aws_cloudfront_distribution"):
        for encryption in plan.of("aws_s3_bucket_server_side_encryption_configuration"):
            for rule in encryption.blocks("rule", "apply_server_side_encryption_by_default"):
                key = plan.find("aws_kms_key", arn=rule.get("kms_master_key_id"))
                policy = find_policy(plan, key) if key else None
                context = {"aws:SourceArn": distribution["arn"], "aws:SourceAccount": _account(plan)}
                if policy and not allows(policy, "cloudfront.amazonaws.com", "kms:Decrypt", context):
                    yield f"{distribution.address}: the bucket's key does not let it decrypt the page"


def _find_large_policies(plan: Plan) -> Iterator[str]:
    roles: dict[str, int] = {}
    for resource in plan.resources:
        for attribute in ("assume_role_policy", "policy"):
            text, limit = resource[attribute], SIZES.get(f"{resource.type}.{attribute}")
            if text and limit and measure(text) > limit[0]:
                size, (most, source) = measure(text), limit
                yield f"{resource.address}: its {attribute} has {size} characters, but at most {most}: {source}"
        if resource.type == "aws_iam_role_policy" and resource["policy"]:
            roles[resource["role"]] = roles.get(resource["role"], 0) + measure(resource["policy"])
    for role, size in roles.items():
        if size > ROLE_POLICIES:
            yield f"the role {role}: its policies have {size} characters, but at most {ROLE_POLICIES}"


def _find_open_buckets(plan: Plan) -> Iterator[str]:
    """A bucket's policy and its access block are changed one after the other, and nothing is public."""
    for bucket in plan.of("aws_s3_bucket"):
        block = plan.find("aws_s3_bucket_public_access_block", bucket=bucket["id"])
        wanted = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
        if bucket["id"] and not (block and all(block[name] for name in wanted)):
            yield f"{bucket.address}: not all public access is blocked"


def _find_open_urls(plan: Plan) -> Iterator[str]:
    for url in plan.of("aws_lambda_function_url"):
        if url["authorization_type"] != "AWS_IAM":
            yield f"{url.address}: anybody may call it"


ACCESS_RULES = (
    Rule("topic's key", 'SNS developer guide, "Encrypting messages published to Amazon SNS"', _find_locked_topics),
    Rule("topic's policy", 'SNS developer guide, "Example cases for Amazon SNS access control"', _find_unheard_alarms),
    Rule(
        "logs' key",
        'CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service"',
        _find_locked_logs,
    ),
    Rule("page's key", 'CloudFront developer guide, "Restrict access to an Amazon S3 origin"', _find_locked_pages),
    Rule("policy size", "the pages named at SIZES", _find_large_policies),
    Rule("open bucket", 'S3 user guide, "Blocking public access to your Amazon S3 storage"', _find_open_buckets),
    Rule("open URL", 'Lambda developer guide, "Control access to Lambda function URLs"', _find_open_urls),
)
