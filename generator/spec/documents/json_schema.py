"""Makes the JSON Schema of leaderboards.yaml and of team files from the models that validate them.

A schema sees one file, and each board before `defaults` and environments are merged into it. So it requires a
key of a board only if nothing else in the file can give that key, and never refuses what the generator accepts.

Three keywords are not JSON Schema's own. Editors show `errorMessage` and `patternErrorMessage` to a person instead of a
list or a pattern, and `deprecationMessage` as a warning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from generator.spec.base import COMPUTED, Schema
from generator.spec.board import IDENTITY, BoardSpec
from generator.spec.project import Project, TeamFile
from generator.spec.values import PATTERNS, RULE_KEYS

REF = "#/$defs/"
_REFERENCE = re.compile(rf"'{re.escape(REF)}(\w+)'")

_FIRST = ("description", "$ref", "type", "required", "propertyNames")
"""The keywords that stand first in a schema, so that people can read it. The others follow in pydantic's order."""


class _Generator(GenerateJsonSchema):
    """Makes schemas as pydantic does, but without null, because no key may be empty, without titles, and unsorted."""

    def nullable_schema(self, schema: Any) -> Schema:
        """Leave out the null: a key without a value is refused."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> Schema:
        """Leave out defaults that are empty."""
        made = super().default_schema(schema)
        if made.get("default") in (None, [], {}):
            made.pop("default", None)
        return made

    def str_schema(self, schema: Any) -> Schema:
        """Add what a pattern means in words, which editors show."""
        made = super().str_schema(schema)
        words = PATTERNS.get(made.get("pattern", ""))
        return made | {"patternErrorMessage": words} if words else made

    def tagged_union_schema(self, schema: Any) -> Schema:
        """Leave out the discriminator, which is OpenAPI's keyword."""
        return {"oneOf": super().tagged_union_schema(schema)["oneOf"]}

    def dict_schema(self, schema: Any) -> Schema:
        """Refuse keys that do not match their pattern: pydantic's schema allows any value under them."""
        made = super().dict_schema(schema)
        for values in made.pop("patternProperties", {}).values():
            names = self.generate_inner(schema["keys_schema"])
            made |= {"propertyNames": names, "additionalProperties": values}
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles, which only repeat names."""
        return False

    def sort(self, value: Any, parent_key: str | None = None) -> Any:
        """Keep keys in the order of the models."""
        return value


def schema_objects() -> dict[str, Schema]:
    """Make the schema of each object, by name: `Project` first, each followed by those that it refers to.

    The schema of a board describes a merged board. `COMPUTED` says in words which default follows from other keys.
    """
    _, document = models_json_schema(
        [(model, "validation") for model in (Project, TeamFile, BoardSpec)], schema_generator=_Generator
    )
    made: dict[str, Schema] = {_name(name): _tidy(schema) for name, schema in document["$defs"].items()}
    board, environment = made["Board"]["properties"], made["Environment"]["properties"]
    made["BoardKeys"] = {
        "description": "Any key of a board but its name and team.",
        "type": "object",
        "properties": {key: value for key, value in board.items() if key not in IDENTITY},
        "additionalProperties": False,
    }
    # Boards and defaults are raw in the models, because they are validated after they are merged.
    for file in ("Project", "TeamFile"):
        made[file]["properties"]["boards"]["items"] = {"$ref": f"{REF}Board"}
    for holder in (made["Project"]["properties"], environment):
        keys = {key: value for key, value in holder["defaults"].items() if key not in ("type", "additionalProperties")}
        holder["defaults"] = _sort_keywords(keys | {"$ref": f"{REF}BoardKeys"})
    environment["boards"]["additionalProperties"] = {"$ref": f"{REF}BoardKeys"}
    # Large parts that are needed in several places are written once.
    made["Window"] = board["window"]["anyOf"][0]
    for holder, key in ((board["window"]["anyOf"], 0), (board["window"]["anyOf"][1], "items")):
        holder[key] = {"$ref": f"{REF}Window"}
    zones = [schema["properties"]["timezone"] for schema in made.values() if "timezone" in schema.get("properties", ())]
    for zone in zones:
        made["TimeZone"] = {key: zone.pop(key) for key in ("errorMessage", "enum")}
        zone["$ref"] = f"{REF}TimeZone"
    return {name: made[name] for name in _list_names(made)}


def schema_document() -> Schema:
    """Make the whole schema: a file with a key `team` is a team file, any other is leaderboards.yaml."""
    made = schema_objects()
    for schema in made.values():
        for key in schema.get("properties", {}).values():
            if words := key.pop(COMPUTED, None):
                key["description"] += f" Left out: {words}."
    _unmerge(made)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "leaderboards.yaml, and the team files that it includes. Written by `leaderboards schema`.",
        "if": {"required": ["team"]},
        "then": {"$ref": f"{REF}TeamFile"},
        "else": {"$ref": f"{REF}Project"},
        "$defs": made,
    }


def schema_text() -> str:
    """Write the whole schema as JSON."""
    return json.dumps(schema_document(), indent=2, ensure_ascii=False) + "\n"


def _unmerge(made: dict[str, Schema]) -> None:
    """Require a key of a board only if nothing else in its file can give it: the board is not merged yet."""
    made["Board"]["required"] = ["name"]
    del made["Scoring"]["required"]
    made["Project"]["properties"]["boards"]["items"]["required"] = list(IDENTITY)
    window = {"required": ["window"]}
    rules = {"required": ["scoring"], "properties": {"scoring": {"required": ["rules"]}}}
    misspelt = {"deprecationMessage": "no `rank_by` here has a column of that name; is the key misspelt?"}
    made["Project"]["allOf"] = [
        {"if": _nothing_gives("window"), "then": _boards(window)},
        {"if": _nothing_gives("scoring", "rules"), "then": _boards(rules)},
        {
            "if": _nothing_gives("scoring", "rank_by"),
            "then": _boards(_other_keys_of_rules(False)),
            "else": _boards(_other_keys_of_rules(misspelt)),
        },
    ]
    # The `defaults` of a team file's boards are in another file.
    made["TeamFile"]["allOf"] = [_boards(_other_keys_of_rules(misspelt))]


def _boards(schema: Schema) -> Schema:
    return {"properties": {"boards": {"items": schema}}}


def _other_keys_of_rules(schema: Schema | bool) -> Schema:
    """Apply a schema to every key of a rule that may be a column, in boards whose own `scoring` names no columns."""
    rule = {"properties": dict.fromkeys(RULE_KEYS, True), "additionalProperties": schema}
    unnamed = {"if": {"not": {"required": ["rank_by"]}}, "then": {"properties": {"rules": {"items": rule}}}}
    return {"properties": {"scoring": unnamed}}


def _nothing_gives(*path: str) -> Schema:
    """Make a schema that holds if neither `defaults` nor an environment gives that key of a board."""
    has: Schema = {"required": [path[-1]]}
    for key in reversed(path[:-1]):
        has = {"required": [key], "properties": {key: has}}
    lacks = {"not": has}
    places = {"defaults": lacks, "boards": {"additionalProperties": lacks}}
    return {"properties": {"defaults": lacks, "environments": {"additionalProperties": {"properties": places}}}}


def _name(name: str) -> str:
    return name.removesuffix("Spec")


def _tidy(schema: Any) -> Any:
    """Drop titles and the `Spec` of names, put sentences on one line, and put the keywords in a readable order."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            made[key] = {name: _tidy(inner) for name, inner in value.items()}
        elif key in ("description", "$ref"):
            made[key] = _name(" ".join(value.split()))
        elif key in ("examples", "default", "enum"):
            made[key] = value
        elif key != "title":
            made[key] = _tidy(value)
    return _sort_keywords(made)


def _sort_keywords(schema: Schema) -> Schema:
    return {key: schema[key] for key in _FIRST if key in schema} | schema


def _list_names(made: Mapping[str, Schema]) -> Iterator[str]:
    """List names: `Project`, then each object that it refers to, depth first; then the same for a team file."""
    seen: set[str] = set()
    left = ["Project", "TeamFile", "BoardKeys"]
    while left:
        name = left.pop(0)
        if name not in seen:
            seen.add(name)
            yield name
            # A board's keys come last, because they are described with the board.
            left[:0] = [found for found in _REFERENCE.findall(str(made[name])) if found != "BoardKeys"]
