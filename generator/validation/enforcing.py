"""Puts what `enforce:` says over every other layer of a board.

A value that is enforced holds where a board says nothing, whatever `defaults:` say. That a board says otherwise is
found by `generator/validation/rules/teams/enforced.py`; here the enforced value holds all the same, so that no bundle
could ever have another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.aws.schedules import ScheduleError, parse_schedule
from generator.source.nodes import Node
from generator.spec.board import Api, BoardSpec

Path = tuple[str, ...]
"""The keys that lead to a value of a board."""

SCHEDULE = ("rebuild",)
"""The value that only must not be faster than what is enforced."""
_VALUES: dict[Path, type] = {("protect",): bool, ("simulator",): bool, ("api", "access"): str}
_WEB_ACL = ("api", "web_acl_arn")


def read_enforced(root: Node, environment: Node | None) -> Node | None:
    """What an environment enforces: what the project does, under what the environment does, key by key. None if
    neither enforces anything."""
    layers = [node.get("enforce") for node in (root, environment) if node]
    found = [layer for layer in layers if layer and isinstance(layer.value, dict)]
    if not found:
        return None
    merged = {key: node for layer in found for key, node in layer.mapping().items()}
    apis = [api for layer in found if (api := layer.get("api")) and isinstance(api.value, dict)]
    if apis:
        merged["api"] = apis[-1].copy({key: node for api in apis for key, node in api.mapping().items()})
    return found[-1].copy(merged)


def list_enforced(enforced: Node, access: str | None) -> Iterator[tuple[Path, Node]]:
    """Yield each value that is enforced on a board, with its path in the board. `access`: the board's own, where none
    is enforced; a board without a page has no web ACL."""
    for path, kind in _VALUES.items():
        node = find(enforced, path)
        if node and isinstance(node.value, kind):  # the model says so of any other
            access = node.text() if path[-1] == "access" else access
            yield path, node
    node = find(enforced, _WEB_ACL)
    if node and node.text() and (access or Api.model_fields["access"].default) == "public":
        yield _WEB_ACL, node


def enforce(board: Node, own: Sequence[Node], enforced: Node) -> Node:
    """Put what is enforced over a merged board. `own`: the layers that are the board's own, the stronger first."""
    for path, node in list_enforced(enforced, _text_at(board, ("api", "access"))):
        board = _put(board, path, node)
    fastest = enforced.get("fastest_rebuild")
    if fastest and not any(layer.get("rebuild") for layer in own):
        present = _text_at(board, SCHEDULE) or BoardSpec.model_fields["rebuild"].default
        if is_faster(present, fastest.text() or ""):
            board = _put(board, SCHEDULE, fastest)
    return board


def is_faster(schedule: str, fastest: str) -> bool:
    """Whether the shortest gap of a schedule is shorter than that of another. False if either is no schedule."""
    try:
        return parse_schedule(schedule).shortest_gap_seconds < parse_schedule(fastest).shortest_gap_seconds
    except ScheduleError:
        return False


def find(tree: Node | None, path: Path) -> Node | None:
    """The value at a path; None if there is none."""
    for key in path:
        tree = tree.get(key) if tree else None
    return tree


def _text_at(tree: Node, path: Path) -> str | None:
    node = find(tree, path)
    return node.text() if node else None


def _put(tree: Node, path: Path, node: Node) -> Node:
    """Make a tree with another value at a path. Something that is no mapping on the way stays, and is reported."""
    key, *rest = path
    if rest:
        below = tree.get(key)
        if below is None:  # stands nowhere: whatever it lacks is told where the board stands
            below = tree.copy({})
            below.parent, below.key = tree, key
        if not isinstance(below.value, dict):
            return tree
        node = _put(below, tuple(rest), node)
    return tree.copy({**tree.mapping(), key: node})
