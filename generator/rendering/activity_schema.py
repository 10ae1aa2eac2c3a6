"""The JSON Schema of a board's activities (`activity.schema.json`), with an example for each rule."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from generator.board.board import Board
from generator.board.feed import Feed
from generator.diagnostics.wording import join_words
from generator.rendering import escaping
from generator.rendering.column_texts import name_unit
from runtime.config import BoardConfig, Rule, Scalar
from runtime.domain import activity
from runtime.domain.rules.points import score_activity
from runtime.domain.texts import attached, visibility
from runtime.domain.texts.attached import make_value
from runtime.domain.texts.segments import MAX_CHARACTERS, make_segment_value

Json = str | bool | int | float
"""A value of an activity's field in JSON."""

_FIRST_OF_2026 = 1_767_225_600_000
"""2026-01-01T00:00:00Z, in milliseconds since 1970."""
_RANDOM_BITS = 0x3A7_5C19_2D4E_8B60_F1A3
"""The random part of the examples' activity id: any 74 bits."""

EXAMPLE_LIFE_DAYS = 40
"""How long the examples' item lives: the 31 days that it must, and nine in which it may be written late."""


def activity_schema(board: Board) -> str:
    """Render `activity.schema.json`: an activity of this board as plain JSON (JSON Schema 2020-12)."""
    rules = board.config.rules
    conditions = [condition for rule in rules if (condition := _require_fields(board.config, rule))]
    examples = [example_activity(board.config, rule) for rule in rules]
    return _render_schema(board.config.title, _properties(board.config), conditions, examples)


def feed_schema(feed: Feed) -> str:
    """Render `activity.schema.json` of a feed: what all activities have. Which fields boards read, their own say."""
    kind = {"description": "What the player did.", "enum": list(feed.types)}
    return _render_schema(f"the feed {feed.feed}", _common(kind), [], [_common_example(each) for each in feed.types])


def _render_schema(
    title: str, properties: dict[str, Any], conditions: list[dict[str, Any]], examples: list[dict[str, Json]]
) -> str:
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Activity for {title}",
        "description": "What a game server puts into the activities table, one item for each. More fields than these "
        "do no harm. A number in a string is not a number.",
        "type": "object",
        "required": ["player_id", "activity_id", "type"],
        "properties": properties,
        "allOf": conditions,
        "examples": examples,
    }
    if not conditions:
        del document["allOf"]
    return escaping.to_json_file(document)


def example_activity(config: BoardConfig, rule: Rule) -> dict[str, Json]:
    """Make an activity that the rule gives points for, within the board's limits, at the first instant of 2026."""
    examples = [_example(config, rule, amount) for amount in _amounts(config, rule)]
    return next((each for each in examples if _scores(config, each)), examples[0])


def _properties(config: BoardConfig) -> dict[str, Any]:
    """The fields that every activity of the board may have."""
    types = list(dict.fromkeys([*(rule.activity for rule in config.rules), *config.ignore]))
    ignored = f" Not for this board: {', '.join(config.ignore)}." if config.ignore else ""
    return {
        **_common({"description": f"What the player did.{ignored}", "enum": types}),
        **{field: _describe_attached() for field in config.attach},
        **{segment.field: _describe_segment(config, segment.field) for segment in config.segments},
    }


def _common(kind: dict[str, Any]) -> dict[str, Any]:
    """The fields that every activity may have. `kind`: what is said of its type."""
    return {
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
        "type": kind,
        "name": {
            "description": "The player's display name, of any language, with at least one character that can be seen. "
            "One that breaks the rules is left out; the points count.",
            "type": "string",
            "minLength": 1,
            "maxLength": activity.MAX_NAME,
            "pattern": rf"^(?=[\s\S]*[^{visibility.INVISIBLE}])[^{visibility.CONTROLS}]*$",
        },
        "expires_at": {
            "description": "When the table may forget the item: epoch seconds, at least 31 days after the "
            "activity's time. Without it, the item stays for ever.",
            "type": "number",
        },
    }


def _describe_attached() -> dict[str, Any]:
    """What is said of an attached field. It refuses nothing: whatever the field holds, the activity counts."""
    return {
        "description": "Shown beside the score: a text on one line that can be seen, or a number. All attached fields "
        f"together fit into {attached.MAX_BYTES:,} bytes as JSON; what does not fit, or is anything else, is left out, "
        "and the points count."
    }


def _describe_segment(config: BoardConfig, field: str) -> dict[str, Any]:
    """What is said of a segment's field. It refuses nothing either, so the values that count are examples."""
    kept = f" {_describe_attached()['description']}" if field in config.attach else ""
    own = [segment for segment in config.segments if segment.field == field]
    named = join_words([segment.name for segment in own], "and")
    listed = [value for segment in own for value in segment.values]
    values = list(dict.fromkeys(listed)) if all(segment.values for segment in own) else []
    allowed = "one of the examples" if values else f"a text of up to {MAX_CHARACTERS} characters, or a number"
    return {
        "description": f"The player's {named}, for ranks within each value: {allowed}. Anything else leaves the player "
        f"where he is, and the points count.{kept}",
        **({"examples": values} if values else {}),
    }


def _example(config: BoardConfig, rule: Rule, amount: Decimal) -> dict[str, Json]:
    """An activity that the rule applies to, with `amount` in every field that needs a number."""
    # Other rules for the same type may apply too, so the fields that they read are filled as well.
    fields = [points.field for each in config.rules if each.activity == rule.activity for points in each.points]
    return {
        **_common_example(rule.activity),
        **{field: _json(values[0]) for field, values in rule.when},
        **{field: _json(amount) for field in fields if field and field not in dict(rule.when)},
        **{field: text for field, text in _example_texts(config).items() if field not in (*fields, *dict(rule.when))},
    }


def _common_example(kind: str) -> dict[str, Json]:
    return {
        "player_id": "p-1001",
        "activity_id": activity.make_id(_FIRST_OF_2026, _RANDOM_BITS),
        "type": kind,
        "name": "Nova",
        "expires_at": _FIRST_OF_2026 // 1000 + EXAMPLE_LIFE_DAYS * 86_400,
    }


def _example_texts(config: BoardConfig) -> dict[str, str]:
    """A text for each field that is kept beside a score or puts a player into a segment."""
    segments = {segment.field: make_segment_value(segment, 0) for segment in config.segments}
    return {field: make_value(field) for field in config.attach} | segments


def _amounts(config: BoardConfig, rule: Rule) -> Iterator[Decimal]:
    """Numbers to try in the fields: round ones, then those that make the first column reach its limits."""
    yield from map(Decimal, (100, 10, 1, 0))
    first = rule.points[0]
    for limit in (config.limits.max_points, config.limits.min_points):
        if limit is not None and first.field and first.factor:
            yield (Decimal(limit).scaleb(-config.columns[0].decimals) - first.constant) / first.factor


def _scores(config: BoardConfig, item: dict[str, Json]) -> bool:
    """Whether the board gives points for an activity."""
    fields = {
        field: value if isinstance(value, str | bool) else Decimal(str(value))
        for field, value in item.items()
        if field not in ("player_id", "activity_id", "type")
    }
    candidate = activity.Activity("", "", str(item["type"]), 0, 0, None, fields)
    return isinstance(score_activity(config, candidate), tuple)


def _require_fields(config: BoardConfig, rule: Rule) -> dict[str, Any] | None:
    """Make the schema's condition: if the rule applies, the fields that it reads are numbers. None if it reads none."""
    fields = sorted({points.field for points in rule.points if points.field})
    if not fields:
        return None
    when = {field: {"enum": [_json(value) for value in values]} for field, values in rule.when}
    return {
        "if": {"required": ["type", *when], "properties": {"type": {"const": rule.activity}, **when}},
        "then": {"required": fields, "properties": {field: _describe_number(config, rule, field) for field in fields}},
    }


def _describe_number(config: BoardConfig, rule: Rule, field: str) -> dict[str, Any]:
    """What is said of a field that a rule reads: its unit, where it is what a column has."""
    fed = [
        column
        for column, points in zip(config.columns, rule.points, strict=True)
        if points.field == field and points.factor == 1
    ]
    units = {name_unit(column) for column in fed} - {""}
    return {"type": "number", **({"description": f"In {units.pop()}."} if len(units) == 1 else {})}


def _json(value: Scalar) -> Json:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
