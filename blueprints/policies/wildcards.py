"""CKV_LB_3: no policy statement allows an action or a resource by the wildcard `*` instead of its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_checks import ScannedBlock, register_policy
from policy_statements import DOCUMENT, Statement, find_allowed, find_unreadable

_INTERPOLATION = re.compile(r"\$\{[^}]*\}")
_WHOLE_TYPE = re.compile(r"[\w-]+[/:]\*")
"""The last part of an ARN that means all resources of one type: `table/*`."""


def find_faults(block: ScannedBlock) -> Iterator[str]:
    """Say what is allowed without being named."""
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
    for resource in statement.resources:
        if _is_wide(resource):
            yield f"the resource {resource} is not of this board: name it"


def _is_wide(resource: str) -> bool:
    """Whether a wildcard takes the place of the resource's own name. Behind the name, as in `bucket/*`, it is fine."""
    text = _INTERPOLATION.sub("x", resource)
    if not text.startswith("arn:"):
        return text.startswith(("*", "?"))
    *before, name = text.split(":", 5)
    is_bucket = before[2:3] == ["s3"]
    return (
        any("*" in part for part in before) or name[:1] in "*?" or (not is_bucket and bool(_WHOLE_TYPE.fullmatch(name)))
    )


register_policy("CKV_LB_3", "No action and no resource is *", find_faults, resources=("*",), data=(DOCUMENT,))
