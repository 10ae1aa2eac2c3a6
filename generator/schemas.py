"""The JSON Schema of an activity, as the board's own rules have it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from generator.board import Board
from runtime import activity
from runtime.config import Rule, Scalar


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
        "examples": [example(rule) for rule in rules],
    }
    if not document["allOf"]:
        del document["allOf"]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def example(rule: Rule) -> dict[str, str | bool | int | float]:
    """An activity that the rule gives points for, from the first second of 2026."""
    fields = {points.field: 100 for points in rule.points if points.field}
    return {
        "player_id": "p-1001",
        "activity_id": activity.make_id(1_767_225_600_000, 0x3A7_5C19_2D4E_8B60_F1A3),
        "type": rule.activity,
        "name": "Nova",
        **{field: _json(values[0]) for field, values in rule.when},
        **{field: value for field, value in fields.items() if field not in dict(rule.when)},
    }


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
