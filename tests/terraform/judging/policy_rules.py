"""Rules over single policies, beyond what IAM itself refuses: least privilege, and the confused deputy."""

from __future__ import annotations

from collections.abc import Iterator

from tests.terraform.judging.policies import Policy
from tests.terraform.judging.rule import Rule

PASSES_SOURCE = {
    "cloudfront.amazonaws.com": 'CloudFront developer guide, "Restrict access to an Amazon S3 origin"',
    "cloudwatch.amazonaws.com": 'SNS developer guide, "Example cases for Amazon SNS access control"',
    "pipes.amazonaws.com": 'EventBridge user guide, "Cross-service confused deputy prevention in Amazon EventBridge"',
    "scheduler.amazonaws.com": 'EventBridge Scheduler user guide, "Confused deputy prevention"',
    "delivery.logs.amazonaws.com": 'CloudWatch Logs user guide, "Cross-service confused deputy prevention"',
}
"""Services that say for whom they act when they use a policy, with the page that says so."""

OTHERWISE_LIMITED = {
    "lambda": "by iam:PassRole, which nobody has across accounts: no page says that Lambda names the account when it "
    'assumes an execution role (prowler-cloud/prowler#2810; IAM user guide, "Pass a role to an AWS service")',
    "logs": 'by kms:EncryptionContext:aws:logs:arn: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs '
    'using AWS Key Management Service"',
}
"""Services that are limited otherwise, and by what: the first part of their names."""

SOURCE_KEYS = ("aws:sourceaccount", "aws:sourcearn")


def _find_confused_deputies(policy: Policy) -> Iterator[str]:
    for statement in policy.statements:
        principal = statement.get("Principal")
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        for service in [services] if isinstance(services, str) else services:
            keys = {key.lower() for keys in statement.get("Condition", {}).values() for key in keys}
            limited = keys & set(SOURCE_KEYS)
            if statement.get("Effect") != "Allow" or limited:
                continue
            if service in PASSES_SOURCE:
                yield f"{statement.get('Sid', 'a statement')}: {service} may act for anybody's account"
            elif service.split(".")[0] not in OTHERWISE_LIMITED or not (keys or policy.kind == "trust"):
                yield f"{statement.get('Sid', 'a statement')}: nothing limits for whom {service} acts"


def _find_wide_grants(policy: Policy) -> Iterator[str]:
    for statement in policy.statements:
        if statement.get("Effect") != "Allow":
            continue
        name = statement.get("Sid", "a statement")
        if "NotAction" in statement or "NotResource" in statement or "NotPrincipal" in statement:
            yield f"{name}: allows all but what it names"
        if policy.kind == "key":
            continue
        yield from (f"{name}: the action {each} is wide" for each in statement.get("Action", []) if "*" in each)


def _find_everybody(policy: Policy) -> Iterator[str]:
    for statement in policy.statements:
        principal = statement.get("Principal")
        everybody = principal == "*" or (isinstance(principal, dict) and "*" in _flatten(principal))
        if everybody and statement.get("Effect") == "Allow" and not statement.get("Condition"):
            yield f"{statement.get('Sid', 'a statement')}: allows everybody"


def _flatten(principal: dict[str, str | list[str]]) -> list[str]:
    return [text for value in principal.values() for text in ([value] if isinstance(value, str) else value)]


def _find_undying_logs(policy: Policy) -> Iterator[str]:
    for statement in policy.statements:
        if statement.get("Effect") == "Allow" and "logs:CreateLogGroup" in statement.get("Action", []):
            yield f"{statement.get('Sid', 'a statement')}: may make a log group anew after it was destroyed"


POLICY_RULES = (
    Rule("undying logs", "terraform-provider-aws#29247", _find_undying_logs),
    Rule("confused deputy", 'IAM user guide, "The confused deputy problem"', _find_confused_deputies),
    Rule("wide grant", 'IAM user guide, "Grant least privilege"', _find_wide_grants),
    Rule("everybody", 'IAM user guide, "AWS JSON policy elements: Principal"', _find_everybody),
)
