"""Reads the statements of IAM policies (who may do what with what), in every form in which a bundle may have them.

Like `policy_checks` it keeps no state.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policy_checks import Conf, ScannedBlock, flatten_texts

DOCUMENT = "aws_iam_policy_document"
"""The type of data source that has a policy as blocks."""
_POLICY_ATTRIBUTES = ("policy", "assume_role_policy")
"""The attributes that hold a policy, in every resource that has one."""


@dataclass(frozen=True)
class Statement:
    """One statement that allows something."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    """The kind and the identifier of each principal; none in the policy of a role or a user."""
    exceptions: tuple[str, ...]
    """The keys by which it names what it does not allow, such as NotAction."""

    @property
    def is_key_policy(self) -> bool:
        """Whether it can only stand in a key's own policy: it has principals, and every action is on keys."""
        return bool(self.principals) and all(action.lower().startswith("kms:") for action in self.actions)


def find_allowed(block: ScannedBlock) -> Iterator[Statement]:
    """Every statement in a block that allows something."""
    if block.type == DOCUMENT:
        for conf in block.conf.get("statement", []):
            if flatten_texts(conf.get("effect")) != ["Deny"]:
                yield _read_block(conf)
    for document in _find_documents(block.conf):
        statements = document["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            if statement.get("Effect") != "Deny":
                yield _read_json(statement)


def find_unreadable(block: ScannedBlock) -> Iterator[str]:
    """Say which policies in a block cannot be read here, and so cannot be judged."""
    if block.type == DOCUMENT:
        if "dynamic" in block.conf:
            yield "its statements are dynamic, so they cannot be judged: write out each one"
        for key in ("source_policy_documents", "override_policy_documents"):
            if any(not _is_reference(text) for text in flatten_texts(block.conf.get(key))):
                yield f"{key} is not a policy document of this bundle, so it cannot be judged"
        return
    for key in _POLICY_ATTRIBUTES:
        value = block.conf.get(key)
        if value and not _has_document(value) and not all(_is_reference(text) for text in flatten_texts(value)):
            yield f"{key} is neither JSON nor a policy document of this bundle, so it cannot be judged"
    for text in (*flatten_texts(block.conf.get("policy_arn")), *flatten_texts(block.conf.get("managed_policy_arns"))):
        if not text.removeprefix("${").startswith("aws_iam_policy."):
            yield f"{text} is a policy outside of this bundle, so it cannot be judged"


def _is_reference(text: str) -> bool:
    """Whether a text is a reference to a policy document of the bundle, which is judged where it stands."""
    return text.removeprefix("${").startswith(f"data.{DOCUMENT}.")


def _read_block(conf: Conf) -> Statement:
    principals = [
        (kind, identifier)
        for each in (*conf.get("principals", []), *conf.get("not_principals", []))
        for kind in flatten_texts(each.get("type"))
        for identifier in flatten_texts(each.get("identifiers"))
    ]
    return Statement(
        tuple(flatten_texts(conf.get("actions"))),
        tuple(flatten_texts(conf.get("resources"))),
        tuple(principals),
        tuple(key for key in ("not_actions", "not_resources", "not_principals") if conf.get(key)),
    )


def _read_json(statement: dict[str, Any]) -> Statement:
    principal = statement.get("Principal", statement.get("NotPrincipal", {}))
    by_kind = principal if isinstance(principal, dict) else {"*": principal}
    return Statement(
        tuple(flatten_texts(statement.get("Action"))),
        tuple(flatten_texts(statement.get("Resource"))),
        tuple((kind, identifier) for kind, values in by_kind.items() for identifier in flatten_texts(values)),
        tuple(key for key in ("NotAction", "NotResource", "NotPrincipal") if key in statement),
    )


def _find_documents(value: Any) -> Iterator[dict[str, Any]]:
    """Every policy document in a value, whether checkov has parsed it or it is JSON in a text."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        for child in value.values():
            yield from _find_documents(child)
    elif isinstance(value, list):
        for child in value:
            yield from _find_documents(child)
    elif isinstance(value, str) and '"Statement"' in value:
        try:
            yield from _find_documents(json.loads(value))
        except ValueError:
            return


def _has_document(value: Any) -> bool:
    return next(_find_documents(value), None) is not None
