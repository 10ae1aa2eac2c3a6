"""Who may do what with what: the statements of IAM policies, however a bundle writes them down. Keeps no state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from judging import Block, Conf, texts

DOCUMENT = "aws_iam_policy_document"
_POLICIES = ("policy", "assume_role_policy")
"""Attributes that hold a policy in every resource that has them."""


@dataclass(frozen=True)
class Statement:
    """One statement that allows something."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    """Kind and identifier; empty in a policy of an identity."""
    all_but: tuple[str, ...]
    """What it names by exception: keys such as NotAction."""

    @property
    def of_key(self) -> bool:
        """Whether it can stand in a key's own policy only: it has principals, and every action is on keys."""
        return bool(self.principals) and all(action.lower().startswith("kms:") for action in self.actions)


def allowed(block: Block) -> Iterator[Statement]:
    """Every statement in a block that allows something."""
    if block.kind == DOCUMENT:
        for conf in block.conf.get("statement", []):
            if texts(conf.get("effect")) != ["Deny"]:
                yield _of_block(conf)
    for document in _documents(block.conf):
        statements = document["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            if statement.get("Effect") != "Deny":
                yield _of_json(statement)


def unreadable(block: Block) -> Iterator[str]:
    """What in a block is a policy that cannot be judged here, in words."""
    if block.kind == DOCUMENT:
        if "dynamic" in block.conf:
            yield "its statements are dynamic, so they cannot be judged: write each"
        for key in ("source_policy_documents", "override_policy_documents"):
            if any(not _is_reference(text) for text in texts(block.conf.get(key))):
                yield f"{key} is not a policy document of this bundle, so it cannot be judged"
        return
    for key in _POLICIES:
        value = block.conf.get(key)
        if value and not _parsed(value) and not all(_is_reference(text) for text in texts(value)):
            yield f"{key} is neither JSON nor a policy document of this bundle, so it cannot be judged"
    for text in (*texts(block.conf.get("policy_arn")), *texts(block.conf.get("managed_policy_arns"))):
        if not text.removeprefix("${").startswith("aws_iam_policy."):
            yield f"{text} is a policy outside of this bundle, so it cannot be judged"


def _is_reference(text: str) -> bool:
    return text.removeprefix("${").startswith(f"data.{DOCUMENT}.")


def _of_block(conf: Conf) -> Statement:
    principals = [
        (kind, identifier)
        for each in (*conf.get("principals", []), *conf.get("not_principals", []))
        for kind in texts(each.get("type"))
        for identifier in texts(each.get("identifiers"))
    ]
    return Statement(
        tuple(texts(conf.get("actions"))),
        tuple(texts(conf.get("resources"))),
        tuple(principals),
        tuple(key for key in ("not_actions", "not_resources", "not_principals") if conf.get(key)),
    )


def _of_json(statement: dict[str, Any]) -> Statement:
    principal = statement.get("Principal", statement.get("NotPrincipal", {}))
    of_kind = principal if isinstance(principal, dict) else {"*": principal}
    return Statement(
        tuple(texts(statement.get("Action"))),
        tuple(texts(statement.get("Resource"))),
        tuple((kind, identifier) for kind, identifiers in of_kind.items() for identifier in texts(identifiers)),
        tuple(key for key in ("NotAction", "NotResource", "NotPrincipal") if key in statement),
    )


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    """Every policy document in a value, as checkov has read it or as JSON in a text."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        for child in value.values():
            yield from _documents(child)
    elif isinstance(value, list):
        for child in value:
            yield from _documents(child)
    elif isinstance(value, str) and '"Statement"' in value:
        try:
            yield from _documents(json.loads(value))
        except ValueError:
            return


def _parsed(value: Any) -> bool:
    return next(_documents(value), None) is not None
