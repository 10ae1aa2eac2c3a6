"""Each effective value of a board, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator.board.board import Board
from generator.source.tree import Node
from generator.spec.base import Model
from generator.spec.scoring import RuleSpec
from generator.spec.windows import SeasonSpec
from generator.validation.loading import Loaded
from generator.validation.merging import Merged

DEFAULT = "default"
AS_WRITTEN = (RuleSpec, SeasonSpec)
"""What is told whole, as it stands in the file: what is left out of it means nothing."""


@dataclass(frozen=True)
class Value:
    """One value: its key, itself as JSON has it, and where it comes from."""

    key: str
    """As errors name it, from the board down; beside the board's own keys, those of its project, team, environment."""
    value: Any
    origin: str
    """`default`, `follows from KEY`, `defaults`, `environment NAME`; empty where a file says it of just this."""
    file: str = ""
    line: int = 0
    """0 where no line says it."""


FOLLOWS: Mapping[str, Callable[[Board], tuple[str, Any]]] = {
    "title": lambda board: ("name", board.config.title),
    "scoring.rank_by": lambda board: ("scoring.order", [vars(column) for column in board.config.columns]),
    "scoring.decimals": lambda board: (
        "scoring.aggregate" if board.config.aggregate in ("average", "count") else "scoring.rules",
        board.config.decimals,
    ),
    "alarms.snapshot_age_seconds": lambda board: ("rebuild", board.snapshot_age_seconds),
}
"""Values that a board decides by another where they are left out: the key of that other, and the value."""


def of(loaded: Loaded, merged: Merged, board: Board) -> Iterator[Value]:
    """The values of a board in one environment, in the order of the models."""
    assert loaded.root is not None
    assert loaded.project is not None
    assert merged.spec is not None
    root, project = loaded.root, loaded.project
    environment = project.environments[merged.environment] if merged.environment else None
    place = root.get("environments")
    place = place.get(merged.environment) if place and merged.environment else None
    for key in ("project", "region"):
        own = place.get(key) if place else None
        yield _given(key, getattr(board, key), own or root.get(key))
    if environment:
        below = f"environments.{merged.environment}."
        yield from _walk(environment, place, below, skip=("region", "defaults", "boards"))
    team = root.get("teams")
    yield from _walk(project.teams[board.team], team and team.get(board.team), f"teams.{board.team}.")
    for value in _walk(merged.spec, merged.node, ""):
        if value.origin == DEFAULT and value.value is None and value.key in FOLLOWS:
            source, decided = FOLLOWS[value.key](board)
            yield Value(value.key, decided, f"follows from {source}")
        else:
            yield value


def _walk(model: Model, node: Node | None, above: str, skip: tuple[str, ...] = ()) -> Iterator[Value]:
    for name in type(model).model_fields:
        if name in skip:
            continue
        value, key, child = getattr(model, name), above + name, node.get(name) if node else None
        if isinstance(value, Model):
            yield from _walk(value, child, f"{key}.")
        elif isinstance(value, list) and value and isinstance(value[0], Model):
            items = (child.sequence() or [child]) if child else []
            for index, (item, inner) in enumerate(zip(value, items, strict=True)):
                if isinstance(item, AS_WRITTEN):
                    yield _given(f"{key}[{index}]", inner.plain(), inner)
                else:
                    yield from _walk(item, inner, f"{key}[{index}].")
        else:
            yield _given(key, value, child)


def _given(key: str, value: Any, node: Node | None) -> Value:
    if node is None:
        return Value(key, _plain(value), DEFAULT)
    line = node.key_line if isinstance(node.key, str) else node.line
    return Value(key, _plain(value), _origin(node), node.file, line)


def _origin(node: Node) -> str:
    """Which part of the files the node stands in, from its topmost keys; the others' have no name."""
    keys: list[str | int | None] = []
    while node.parent is not None:
        keys.append(node.key)
        node = node.parent
    top = keys[::-1]
    if top[0] == "environments" and len(top) > 2 and top[2] in ("defaults", "boards"):
        return f"environment {top[1]}"
    return "defaults" if top[0] == "defaults" else ""


def _plain(value: Any) -> Any:
    """A value as JSON has it. A number that a float would change is a text."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
