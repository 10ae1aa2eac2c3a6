"""The data source aws_iam_policy_document: from its blocks to the JSON of a policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_LISTS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_PRINCIPALS = (("principals", "Principal"), ("not_principals", "NotPrincipal"))


def make_policy(config: Mapping[str, Any]) -> str:
    """The policy as the provider writes it."""
    policy: dict[str, Any] = {"Version": config.get("version") or "2012-10-17"}
    if config.get("policy_id"):
        policy["Id"] = config["policy_id"]
    policy["Statement"] = [_make_statement(each) for each in config.get("statement") or []]
    return json.dumps(policy, indent=2)


def _make_statement(block: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": block["sid"]} if block.get("sid") else {}
    statement["Effect"] = block.get("effect") or "Allow"
    for attribute, name in _LISTS:
        if block.get(attribute):
            statement[name] = _one_or_list(block[attribute])
    for attribute, name in _PRINCIPALS:
        if block.get(attribute):
            statement[name] = _make_principals(block[attribute])
    for condition in block.get("condition") or []:
        variables = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        variables[condition["variable"]] = _one_or_list(condition["values"])
    return statement


def _make_principals(blocks: list[Mapping[str, Any]]) -> Any:
    if any(each["type"] == "*" for each in blocks):
        return "*"
    return {each["type"]: _one_or_list(each["identifiers"]) for each in blocks}


def _one_or_list(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else sorted(values)
