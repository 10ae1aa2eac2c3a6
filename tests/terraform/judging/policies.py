"""Judges IAM policies by what AWS publishes of its actions, resource types and condition keys.

parliament says what is malformed. Its data, of the Service Authorization Reference, say what goes together: parliament
itself is content if one resource of a statement fits, and passes grants that can never take effect.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

with warnings.catch_warnings():
    # parliament's own code: pkg_resources, and escapes in its patterns.
    warnings.simplefilter("ignore")
    import parliament  # type: ignore[import-untyped]
    import parliament.statement  # type: ignore[import-untyped]

Statement = Mapping[str, Any]

NEWER_CONDITIONS = {
    # Lambda developer guide, "Control access to Lambda function URLs", since October 2025.
    "lambda:InvokedViaFunctionUrl": ("lambda:InvokeFunction",),
}
"""Condition keys that parliament's data lack, with the actions that take them."""

NEWER_ACTIONS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}
"""Actions that parliament's data lack: the formats of the ARNs that they take, and their condition keys. Each entry
names its page of the Service Authorization Reference."""

WITHOUT_LIMIT = {
    # CloudWatch API reference, "DescribeAlarms": with a narrower scope it tells nothing of composite alarms.
    "cloudwatch:DescribeAlarms",
}
"""Actions that take a resource by AWS's data, and do not do all of what is needed where one is named."""

WITHOUT_CONTEXT = {
    "MISMATCHED_TYPE": "AWS's own example uses ArnLike with kms:EncryptionContext:aws:logs:arn, a text: CloudWatch "
    "Logs user guide, 'Encrypt log data in CloudWatch Logs using AWS Key Management Service'",
    "RESOURCE_STAR": "is judged below, where the kind of the policy is known",
    "RESOURCE_MISMATCH": "is judged below, resource by resource",
    "UNKNOWN_CONDITION_FOR_ACTION": "is judged below, by newer data",
}
"""What parliament finds and is not taken over, with the reason."""


@dataclass(frozen=True)
class Policy:
    """A policy document and what it is attached to."""

    document: Mapping[str, Any]
    kind: str
    """identity, trust (who may assume a role), or the resource's type: queue, topic, bucket, key."""

    @property
    def statements(self) -> list[Statement]:
        """Its statements, each with lists where AWS takes a value or a list."""
        return [_widen(each) for each in _as_list(self.document.get("Statement"))]


def read_policy(text: str, kind: str) -> Policy:
    """Read a policy's JSON. Raises ValueError if it is none."""
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("a policy is a JSON object")
    return Policy(document, kind)


def find_faults(policy: Policy) -> Iterator[str]:
    """Say what AWS would refuse of a policy, and which of its grants can never take effect."""
    yield from _find_malformed(policy)
    for number, statement in enumerate(policy.statements):
        for fault in _judge_statement(statement, policy.kind):
            yield f"statement {statement.get('Sid', number)}: {fault}"


def _find_malformed(policy: Policy) -> Iterator[str]:
    document = {**policy.document, "Statement": [_narrow(each) for each in map(_leave_newer_out, policy.statements)]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = parliament.analyze_policy_string(json.dumps(document), ignore_private_auditors=True)
    for finding in found.findings:
        if finding.issue not in WITHOUT_CONTEXT:
            yield f"parliament: {finding.issue} {finding.detail}".strip()


def _leave_newer_out(statement: Statement) -> Statement:
    known = [action for action in statement.get("Action", []) if action not in NEWER_ACTIONS]
    return {**statement, "Action": known} if known else statement


def _judge_statement(statement: Statement, kind: str) -> Iterator[str]:
    actions = [each for each in statement.get("Action", []) if "*" not in each]
    known = {action: info for action in actions if (info := find_action(action))}
    known |= {action: {**info, "formats": ()} for action, info in known.items() if action in WITHOUT_LIMIT}
    if statement.get("Effect") == "Allow":
        yield from _judge_resources(statement, known, kind)
        for pattern in statement.get("Action", []):
            for key in _find_keys(statement):
                if not any(takes_condition(action, key) for action in expand(pattern)):
                    yield f"{pattern} has no condition key {key}, so this allows nothing"


def _judge_resources(statement: Statement, known: Mapping[str, Any], kind: str) -> Iterator[str]:
    if kind in ("trust", "key"):
        return
    resources = statement.get("Resource", [])
    for action, info in known.items():
        formats = list(info["formats"])
        if not formats and resources != ["*"]:
            yield f"{action} takes no such resource, only *: the grant is dead weight"
        if formats and resources == ["*"]:
            yield f"{action} can be limited to a resource, but has *"
    for resource in resources:
        if resource != "*" and not any(fits(resource, each) for info in known.values() for each in info["formats"]):
            yield f"{resource} is nothing that {', '.join(known)} could act on"
    for action, info in known.items():
        if info["formats"] and not any(fits(resource, each) for resource in resources for each in info["formats"]):
            yield f"{action} takes no such resource: {', '.join(resources)}"


@cache
def expand(pattern: str) -> tuple[str, ...]:
    """Every action that a pattern such as kms:GenerateDataKey* stands for."""
    expression = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.IGNORECASE)
    known = (
        f"{service['prefix']}:{privilege['privilege']}"
        for service in parliament.iam_definition
        for privilege in service["privileges"]
    )
    return tuple(action for action in (*known, *NEWER_ACTIONS) if expression.fullmatch(action))


@cache
def find_action(action: str) -> dict[str, Any] | None:
    """The formats of the ARNs that an action takes, and its condition keys. None if there is no such action."""
    if action in NEWER_ACTIONS:
        formats, conditions = NEWER_ACTIONS[action]
        return {"formats": formats, "conditions": conditions}
    prefix, _, name = action.partition(":")
    for service in parliament.iam_definition:
        for privilege in service["privileges"] if service["prefix"] == prefix.lower() else ():
            if privilege["privilege"].lower() == name.lower():
                types = privilege["resource_types"]
                wanted = {each["resource_type"].rstrip("*") for each in types} - {""}
                return {
                    "formats": tuple(each["arn"] for each in service["resources"] if each["resource"] in wanted),
                    "conditions": {
                        key
                        for each in types
                        for key in (*each["condition_keys"], *_keys_of_type(service, each["resource_type"]))
                    },
                }
    return None


def _keys_of_type(service: Mapping[str, Any], resource_type: str) -> list[str]:
    return [
        key
        for each in service["resources"]
        if each["resource"] == resource_type.rstrip("*")
        for key in each["condition_keys"]
    ]


def takes_condition(action: str, key: str) -> bool:
    """Whether a request of an action can have a condition key: one that AWS has for all, or one of the action's own."""
    if parliament.statement.get_global_key_type(key) or action in NEWER_CONDITIONS.get(key, ()):
        return True
    info = find_action(action)
    return info is not None and any(
        parliament.statement.is_condition_key_match(each, key) for each in info["conditions"]
    )


def fits(resource: str, arn_format: str) -> bool:
    """Whether a resource of a policy, which may have wildcards, can be of a type, by the format of the type's ARNs."""
    ours, theirs = resource.split(":", 5), re.sub(r"\$\{\w+\}", "*", arn_format).split(":", 5)
    if len(ours) < 6:
        return False
    head = all(one == other or other == "*" or one == "*" for one, other in zip(ours[1:5], theirs[1:5], strict=True))
    # The name of a bucket has no slash, so BUCKET/* is an object. A stream's ARN is no table's.
    if theirs[2] in ("s3", "dynamodb", "sqs", "sns", "kms") and ours[5].count("/") != theirs[5].count("/"):
        return head and theirs[2] == "s3" and "/" in theirs[5] and "/" in ours[5]
    return head and parliament.is_glob_match(theirs[5], ours[5])


def _find_keys(statement: Statement) -> Iterator[str]:
    for keys in statement.get("Condition", {}).values():
        yield from keys


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _widen(statement: Statement) -> dict[str, Any]:
    lists = {
        key: _as_list(statement[key]) for key in ("Action", "Resource", "NotAction", "NotResource") if key in statement
    }
    condition = {
        test: {key: _as_list(values) for key, values in keys.items()}
        for test, keys in statement.get("Condition", {}).items()
    }
    return {**statement, **lists, **({"Condition": condition} if condition else {})}


def _narrow(statement: Statement) -> dict[str, Any]:
    """A statement as parliament reads it: no list of one value, and a resource also where AWS wants none."""

    def narrow(value: Any) -> Any:
        if isinstance(value, list) and len(value) == 1:
            return value[0]
        return {key: narrow(inner) for key, inner in value.items()} if isinstance(value, dict) else value

    resource = {} if "NotResource" in statement or "Resource" in statement else {"Resource": "*"}
    return {**{key: narrow(value) for key, value in statement.items()}, **resource}
