"""The JSON Schema of an activity, as the board's own rules have it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from generator.board.board import Board
from generator.rendering import escaping
from runtime.config import BoardConfig, Rule, Scalar
from runtime.domain import activity, scoring

_FIRST_OF_2026 = 1_767_225_600_000


def schema(board: Board) -> str:
    """`activity.schema.json`: an activity of this board as plain JSON (JSON Schema 2020-12)."""
    rules = board.config.rules
    types = list(dict.fromkeys([*(rule.activity for rule in rules), *board.config.ignore]))
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Activity for {board.config.title}",
        "description": "What a game server puts into the activities table, one item for each. More fields than these "
        "do no harm. A number in a string is not a number.",
        "type": "object",
        "required": ["player_id", "activity_id", "type"],
        "properties": {
            "player_id": {
                "description": "The table's partition key.",
                "type": "string",
                "pattern": f"^{activity.PLAYER_ID.pattern}$",
            },
            "activity_id": {
                "description": "The table's sort key: a lowercase UUID of version 7 (RFC 9562), made once for each "
                "activity. Its time is the activity's time; the same one written again changes nothing.",
                "type": "string",
                "pattern": f"^{activity.ACTIVITY_ID.pattern}$",
            },
            "type": {"description": "What the player did." + _ignored(board), "enum": types},
            "name": {
                "description": "The player's display name. One that breaks the rules is left out; the points count.",
                "type": "string",
                "minLength": 1,
                "maxLength": 64,
                "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$",
            },
            "expires_at": {
                "description": "When the table may forget the item: epoch seconds, at least 31 days after the "
                "activity's time.",
                "type": "number",
            },
        },
        "allOf": [condition for rule in rules if (condition := _needs(rule))],
        "examples": [example(board.config, rule) for rule in rules],
    }
    if not document["allOf"]:
        del document["allOf"]
    return escaping.json_file(document)


def example(config: BoardConfig, rule: Rule) -> dict[str, str | bool | int | float]:
    """An activity that the rule gives points for, within the board's limits, from the first second of 2026."""
    examples = [_example(config, rule, amount) for amount in _amounts(config, rule)]
    return next((each for each in examples if _counts(config, each)), examples[0])


def _example(config: BoardConfig, rule: Rule, amount: Decimal) -> dict[str, str | bool | int | float]:
    # Another rule of the type may apply too, and then wants its fields.
    fields = [points.field for each in config.rules if each.activity == rule.activity for points in each.points]
    return {
        "player_id": "p-1001",
        "activity_id": activity.make_id(_FIRST_OF_2026, 0x3A7_5C19_2D4E_8B60_F1A3),
        "type": rule.activity,
        "name": "Nova",
        **{field: _json(values[0]) for field, values in rule.when},
        **{field: _json(amount) for field in fields if field and field not in dict(rule.when)},
    }


def _amounts(config: BoardConfig, rule: Rule) -> Iterator[Decimal]:
    """Numbers for the fields: round ones, and those that come to the limits of the first column."""
    yield from map(Decimal, (100, 10, 1, 0))
    first = rule.points[0]
    for limit in (config.limits.max_points, config.limits.min_points):
        if limit is not None and first.field and first.factor:
            yield (Decimal(limit).scaleb(-config.decimals) - first.constant) / first.factor


def _counts(config: BoardConfig, item: dict[str, str | bool | int | float]) -> bool:
    fields = {
        field: value if isinstance(value, str | bool) else Decimal(str(value))
        for field, value in item.items()
        if field not in ("player_id", "activity_id", "type")
    }
    given = activity.Activity("", "", str(item["type"]), 0, 0, None, fields)
    return isinstance(scoring.score_activity(config, given), tuple)


def _needs(rule: Rule) -> dict[str, Any] | None:
    """Where the rule applies, the fields that it reads are there and are numbers."""
    fields = sorted({points.field for points in rule.points if points.field})
    if not fields:
        return None
    when = {field: {"enum": [_json(value) for value in values]} for field, values in rule.when}
    return {
        "if": {"required": ["type", *when], "properties": {"type": {"const": rule.activity}, **when}},
        "then": {"required": fields, "properties": {field: {"type": "number"} for field in fields}},
    }


def _ignored(board: Board) -> str:
    return f" Not for this board: {', '.join(board.config.ignore)}." if board.config.ignore else ""


def _json(value: Scalar) -> str | bool | int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
