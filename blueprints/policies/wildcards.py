"""CKV_LB_3: no action and no resource is `*`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from judging import Block, judge
from policy_statements import DOCUMENT, Statement, allowed, unreadable

_INTERPOLATION = re.compile(r"\$\{[^}]*\}")
_WHOLE_TYPE = re.compile(r"[\w-]+[/:]\*")
"""All resources of one type, as an ARN ends: `table/*`."""


def faults(block: Block) -> Iterator[str]:
    """What is allowed without being named."""
    yield from unreadable(block)
    for statement in allowed(block):
        yield from _wide(statement)


def _wide(statement: Statement) -> Iterator[str]:
    for key in statement.all_but:
        yield f"{key} allows all but what it names: name what is allowed"
    if statement.of_key:
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
    """Whether a pattern stands where the resource's own name has to. Below a name, as in `bucket/*`, it may."""
    text = _INTERPOLATION.sub("x", resource)
    if not text.startswith("arn:"):
        return text.startswith(("*", "?"))
    *before, own = text.split(":", 5)
    bucket = before[2:3] == ["s3"]
    return any("*" in part for part in before) or own[:1] in "*?" or (not bucket and bool(_WHOLE_TYPE.fullmatch(own)))


judge("CKV_LB_3", "No action and no resource is *", faults, resources=("*",), data=(DOCUMENT,))
