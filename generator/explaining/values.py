"""Lists every effective value of a board, and where each comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator.board.board import Board
from generator.source.nodes import Node
from generator.spec.base import Model
from generator.spec.scoring import RuleSpec
from generator.spec.windows import SeasonSpec
from generator.validation.loading import Loaded
from generator.validation.merging import MergedBoard
from runtime.config import Column

DEFAULT = "default"
"""The origin of a value that no file gives."""

SHOWN_AS_WRITTEN = (RuleSpec, SeasonSpec)
"""Models that are shown as one value, as written in the file: the keys that they leave out have no effect."""


@dataclass(frozen=True)
class Value:
    """One value of a board, as JSON can hold it, with its key and its origin."""

    key: str
    """The path of the key, as in error messages: a key of the board, or of its project, team or environment."""
    value: Any
    origin: str
    """`default` or `follows from KEY` if no file gives it; `defaults`, `enforce` or `environment NAME` if that part of
    a file does; empty if another part does: the board itself, its team or the project."""
    file: str = ""
    line: int = 0
    """The line that gives it; 0 if none does."""


FOLLOWS: Mapping[str, Callable[[Board], tuple[str, Any]]] = {
    "title": lambda board: ("name", board.config.title),
    "scoring.rank_by": lambda board: (
        "scoring.order",
        [{"name": column.name, "order": column.order} for column in board.config.columns],
    ),
    "scoring.decimals": lambda board: _decide_decimals(board.config.columns),
    "api.max_concurrency": lambda board: ("traffic.reads_per_second", board.api_max_concurrency),
    "alarms.snapshot_age_seconds": lambda board: ("rebuild", board.snapshot_age_seconds),
}
"""Keys that, if left out, take their value from another key. Each function returns the other key, and the value."""

_COLUMN_KEY = re.compile(r"(scoring\.rank_by\[([0-9])\])\.(aggregate|decimals|title|unit)")
_SEGMENT_KEY = re.compile(r"(segments\[([0-9])\])\.(field|title)")
_ATTACHED_TITLE = re.compile(r"(scoring\.attach\[([0-9])\])\.title")


def list_values(loaded: Loaded, merged: MergedBoard, board: Board) -> Iterator[Value]:
    """List the values of a board in one environment, in the order of the models."""
    assert loaded.root is not None
    assert loaded.project is not None
    assert merged.spec is not None
    root, project = loaded.root, loaded.project
    environment = project.environments[merged.environment] if merged.environment else None
    environments = root.get("environments")
    node = environments.get(merged.environment) if environments and merged.environment else None
    for key in ("project", "region"):
        own = node.get(key) if node else None
        yield _make_value(key, getattr(board, key), own or root.get(key))
    if environment:
        below = f"environments.{merged.environment}."
        yield from _walk(environment, node, below, skip=("region", "enforce", "defaults", "boards"))
    team = root.get("teams")
    of_team = team and team.get(board.team)
    yield from _walk(project.teams[board.team], of_team, f"teams.{board.team}.", skip=("code_owners", "limits"))
    for value in _walk(merged.spec, merged.node, ""):
        followed = _follow(value.key, board) if value.origin == DEFAULT and value.value is None else None
        if followed:
            source, decided = followed
            yield Value(value.key, decided, f"follows from {source}")
        else:
            yield value


def _follow(key: str, board: Board) -> tuple[str, Any] | None:
    """The key that a key takes its value from where it is left out, and the value; None if there is none."""
    if key in FOLLOWS:
        return FOLLOWS[key](board)
    if match := _SEGMENT_KEY.fullmatch(key):
        segment = board.config.segments[int(match[2])]
        return f"{match[1]}.name", segment.field if match[3] == "field" else segment.title
    if match := _ATTACHED_TITLE.fullmatch(key):
        return f"{match[1]}.field", board.attached[int(match[2])].shown_title
    if not (match := _COLUMN_KEY.fullmatch(key)):
        return None
    above, column = match[1], board.config.columns[int(match[2])]
    match match[3]:
        case "aggregate":
            return "scoring.aggregate", column.aggregate
        case "decimals":
            return "scoring.decimals", column.decimals
        case "title":
            return f"{above}.name", column.title
    return (f"{above}.format", column.unit) if column.unit else None


def _decide_decimals(columns: Sequence[Column]) -> tuple[str, Any]:
    """Where decimals come from that the board does not say, and what they are: of each column, if they differ."""
    digits, kinds = [column.decimals for column in columns], {column.aggregate for column in columns}
    source = "scoring.aggregate" if kinds <= {"average", "count"} else "scoring.rules"
    return source, digits[0] if len(set(digits)) == 1 else digits


def _walk(model: Model, node: Node | None, above: str, skip: tuple[str, ...] = ()) -> Iterator[Value]:
    """List the values of a model and of the models in it. `node`: where it is written; `above`: prefix of its keys."""
    for name in type(model).model_fields:
        if name in skip:
            continue
        value, key, child = getattr(model, name), above + name, node.get(name) if node else None
        if isinstance(value, Model):
            yield from _walk(value, child, f"{key}.")
        elif isinstance(value, list) and any(isinstance(item, Model) for item in value):
            items = (child.sequence() or [child]) if child else []
            for index, (item, inner) in enumerate(zip(value, items, strict=True)):
                # An attached field may be a name alone beside one that is a mapping.
                if isinstance(item, SHOWN_AS_WRITTEN) or not isinstance(item, Model):
                    yield _make_value(f"{key}[{index}]", inner.plain(), inner)
                else:
                    yield from _walk(item, inner, f"{key}[{index}].")
        else:
            yield _make_value(key, value, child)


def _make_value(key: str, value: Any, node: Node | None) -> Value:
    """A value with the origin that its node shows; without a node it is a default."""
    if node is None:
        return Value(key, _to_json(value), DEFAULT)
    line = node.key_line if isinstance(node.key, str) else node.line
    return Value(key, _to_json(value), _find_origin(node), node.file, line)


def _find_origin(node: Node) -> str:
    """The part of the files that a node is in, by its topmost keys: an environment, `defaults`, `enforce`, or none of
    these (empty)."""
    top = node.steps
    if top[0] == "environments" and len(top) > 2 and top[2] in ("defaults", "boards", "enforce"):
        return f"environment {top[1]}"
    return str(top[0]) if top[0] in ("defaults", "enforce") else ""


def _to_json(value: Any) -> Any:
    """A value as JSON can hold it. A number that a float would change becomes a text."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, Mapping):
        return {key: _to_json(each) for key, each in value.items()}
    return [_to_json(each) for each in value] if isinstance(value, list) else value
