"""Compares what a role may do with what it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.terraform.judging.documents import find_planned_documents
from tests.terraform.judging.plan import Plan
from tests.terraform.permissions.calls import Need


@dataclass(frozen=True)
class Grant:
    """One action on one resource that a role may do, under conditions."""

    action: str
    resource: str
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Test, key and values of each condition."""

    def allows(self, need: Need) -> bool:
        """Whether the grant is enough for what is needed."""
        context = dict(need.context)
        return (
            self.action == need.action
            and _is_like(need.resource, self.resource)
            and all(_holds(test, context.get(key), values) for test, key, values in self.conditions)
        )

    def __str__(self) -> str:
        conditions = "".join(
            f" if {key} is{' not' * ('Not' in test)} {' or '.join(values)}" for test, key, values in self.conditions
        )
        return f"{self.action} on {self.resource}{conditions}"


def read_grants(plan: Plan) -> dict[str, list[Grant]]:
    """What each role of a plan may do, by the last part of the role's name; what `producer` may do is its policy's."""
    found: dict[str, list[Grant]] = {}
    for address, policy in find_planned_documents(plan):
        kind, name = address.split(".")[:2]
        if kind not in ("aws_iam_role_policy", "aws_iam_policy"):
            continue
        for statement in policy.statements:
            assert statement["Effect"] == "Allow", "a role's policy only allows"
            conditions = tuple(
                (test, key, tuple(values))
                for test, keys in statement.get("Condition", {}).items()
                for key, values in keys.items()
            )
            found.setdefault(name, []).extend(
                Grant(action, resource, conditions)
                for action in statement["Action"]
                for resource in statement["Resource"]
            )
    return found


def compare(role: str, grants: Iterable[Grant], needs: Iterable[Need]) -> Iterator[str]:
    """Say what a role needs and may not do, and what it may do and never needs."""
    given, wanted = list(grants), list(needs)
    missing: dict[tuple[str, str, tuple[str, ...]], Need] = {}
    for need in sorted(set(wanted), key=lambda each: (each.action, each.resource, each.context)):
        if not any(grant.allows(need) for grant in given):
            missing.setdefault((need.action, need.resource, tuple(key for key, _ in need.context)), need)
    for need in missing.values():
        context = "".join(f" with {key} = {', '.join(values)}" for key, values in need.context)
        yield f"{role} may not {need.action} on {need.resource}{context}, but does"
    for grant in given:
        if not any(grant.allows(need) for need in wanted):
            yield f"{role} may {grant}, but never does"
        if sum(other == grant for other in given) > 1:
            yield f"{role} may {grant} twice"
    yield from _find_unused_values(role, given, wanted)


def _find_unused_values(role: str, grants: Iterable[Grant], needs: Iterable[Need]) -> Iterator[str]:
    """Conditions may list a value that no request has: what is allowed with it is one too many."""
    for grant in grants:
        used = [dict(need.context) for need in needs if grant.allows(need)]
        for test, key, values in grant.conditions:
            # A condition with IfExists is no grant of its own: it bounds requests that may as well not have the key.
            # One with Not only takes away.
            for value in () if test.endswith(("IfExists", "NotLike", "NotEquals")) else values:
                if not any(_is_like(text, value) for context in used for text in context.get(key, ())):
                    yield f"{role} may {grant.action} on {grant.resource} if {key} is {value}, but never is"


def _holds(test: str, given: tuple[str, ...] | None, values: tuple[str, ...]) -> bool:
    """Whether a condition holds for the values that a request has for its key."""
    if test == "StringLikeIfExists":
        return given is None or all(any(_is_like(text, value) for value in values) for text in given)
    if test in ("ForAllValues:StringNotLike", "ForAllValues:StringNotEquals"):
        return not any(_is_like(text, value) for text in given or () for value in values)
    if test.removeprefix("ForAllValues:") in ("StringEquals", "ArnEquals", "ArnLike", "StringLike"):
        # ForAllValues holds also where the request has no value, but here every request has one.
        return given is not None and all(any(_is_like(text, value) for value in values) for text in given)
    raise ValueError(f"the test {test} is not known here")


def _is_like(text: str, pattern: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


def merge(*groups: Mapping[str, Iterable[Need]]) -> dict[str, set[Need]]:
    """The needs of each role out of several groups."""
    found: dict[str, set[Need]] = {}
    for group in groups:
        for role, needs in group.items():
            found.setdefault(role, set()).update(needs)
    return found
