"""Writes docs/reference.md from the schema of the models: a section for each object, a row for each key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.diagnostics.wording import join_words, plural
from generator.source.scalars import to_yaml
from generator.spec.base import COMPUTED, Schema
from generator.spec.documents.json_schema import REF, schema_objects
from generator.spec.values import DIGITS_AFTER, DIGITS_BEFORE

_HEAD = f"""\
# Reference: every key of leaderboards.yaml

`leaderboards schema --format markdown` writes this page from the models that `leaderboards validate` checks a file
with. What boards do with these keys, and examples with ranks: [boards.md](boards.md).

Files are read as YAML 1.2: `on` and `yes` are text, as is `04:00`, and a number does not start with 0. There are no
anchors, aliases or tags, no key appears twice, and no key is without a value. Numbers have up to \
{DIGITS_BEFORE} digits before
the point and {DIGITS_AFTER} after it.

**required** marks a key that cannot be left out. `defaults` and environments can give the required keys of a board, but
not its name and team. Every other key has the default that is named, or *none*.

"""

_SECTIONS = {
    "Project": "leaderboards.yaml",
    "Environment": "Environment",
    "Backend": "Backend",
    "S3Backend": "Backend in S3",
    "IndexPage": "Page of all boards",
    "Enforcement": "Enforced",
    "EnforcedApi": "Enforced of the API",
    "Team": "Team",
    "TeamLimits": "Limits of a team",
    "Feed": "Feed",
    "FeedAlarms": "Alarms of a feed",
    "Board": "Board",
    "Scoring": "Scoring",
    "RankBy": "Column",
    "Rule": "Rule",
    "Per": "Points per unit",
    "FromField": "Column from a field",
    "Limits": "Limits",
    "AttachedField": "Attached field",
    "PointsLimit": "Limits of points",
    "Segment": "Segment",
    "Window": "Window",
    "Season": "Season",
    "Traffic": "Traffic",
    "Rates": "Rates",
    "Alarms": "Alarms",
    "Dashboard": "Dashboard",
    "Theme": "Theme",
    "Api": "API",
    "TeamFile": "Team file",
}
"""The title of each object's section. Kinds of windows share one; other objects are described where they are used."""


def reference_page() -> str:
    """Write the page as Markdown."""
    made = schema_objects()
    kinds = [option["$ref"].removeprefix(REF) for option in made["Window"]["oneOf"]]
    left_out = set(made) - set(_SECTIONS) - {*kinds, "BoardKeys", "TimeZone"}
    assert not left_out, left_out
    assert set(_SECTIONS) <= set(made), set(_SECTIONS) - set(made)
    names = [name for name in made if name in _SECTIONS]
    parts = [_HEAD, "Contents: ", " ·\n".join(_link(name) for name in names), "\n"]
    for name in names:
        parts.append(f"\n## {_SECTIONS[name]}\n\n")
        parts.extend(_windows(made, kinds) if name == "Window" else _object(name, made))
    return "".join(parts)


def _object(name: str, made: dict[str, Schema]) -> Iterator[str]:
    schema = made[name]
    yield f"{schema['description']}{_list_homes(name, made)}\n\n"
    yield _table(("key", "type", "default", "meaning"), _rows(schema, made))


def _rows(schema: Schema, made: dict[str, Schema]) -> Iterator[tuple[str, ...]]:
    required = schema.get("required", ())
    for key, value in schema["properties"].items():
        yield _row(key, value, key in required, made)
    if isinstance(others := schema["additionalProperties"], dict):
        meaning = "Where `rank_by` names columns, one key for each: a number, or the field that it is read from."
        example = "<br>Example: `time_ms: {field: duration_ms}`"
        yield "*a column's name*", _type(others), "**required** with `rank_by`", meaning + example


def _row(key: str, schema: Schema, required: bool, made: dict[str, Schema]) -> tuple[str, str, str, str]:
    meaning = schema.get("description") or made[schema["$ref"].removeprefix(REF)]["description"]
    if "examples" in schema:
        meaning += f"<br>Example: `{key}: {to_yaml(schema['examples'][0])}`"
    return f"`{key}`", _type(schema), "**required**" if required else _default(schema), meaning


def _windows(made: dict[str, Schema], kinds: list[str]) -> Iterator[str]:
    """Write two tables: the kinds of windows, and their keys. A key of several kinds means the same in each."""
    rows: dict[str, tuple[str, str, str, str]] = {}
    having: dict[str, list[str]] = {}
    table = []
    for kind in kinds:
        schema = made[kind]
        every = schema["properties"]["every"]["const"]
        others = {key: value for key, value in schema["properties"].items() if key != "every"}
        for key, value in others.items():
            row = _row(key, value, key in schema["required"], made)
            assert rows.setdefault(key, row) == row, key
            having.setdefault(key, []).append(every)
        table.append((f"`{every}`", schema["description"], ", ".join(f"`{key}`" for key in others) or "none"))
    yield f"The kind of window stands under `every`, which is required.{_list_homes('Window', made)}\n\n"
    yield _table(("every", "meaning", "other keys"), table)
    yield "\n"
    yield _table(("key", "type", "default", "meaning"), rows.values())


def _list_homes(name: str, made: dict[str, Schema]) -> str:
    """Name the keys whose value is this object, with links to their sections."""
    homes = []
    for holder, schema in made.items():
        keys = {f"`{key}`": value for key, value in schema.get("properties", {}).items()}
        keys["a column's name"] = schema.get("additionalProperties")
        title = _SECTIONS.get(holder, _SECTIONS["Window"])
        if holder != "BoardKeys":
            homes += [f"{key} of [{title}]({_anchor(holder)})" for key in keys if f"'{REF}{name}'" in str(keys[key])]
    return f" Stands under {join_words(homes)}." if homes else ""


def _default(schema: Schema) -> str:
    if COMPUTED in schema:
        return str(schema[COMPUTED])
    if "default" in schema:
        return f"`{to_yaml(schema['default'])}`"
    if schema.get("$ref", "").removeprefix(REF) in _SECTIONS and "examples" not in schema:
        return "those of its keys"
    return "none"


def _type(schema: Schema) -> str:
    """Describe the type of a value and its bounds."""
    if name := schema.get("$ref", "").removeprefix(REF):
        return _named(name)
    if "const" in schema:
        return f"`{to_yaml(schema['const'])}`"
    if "enum" in schema:
        return join_words(f"`{to_yaml(value)}`" for value in schema["enum"])
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        one, other = options
        return f"{_type(one)}, or a list of them" if other.get("items") == one else f"{_type(one)} or {_type(other)}"
    kind = schema["type"]
    if kind == "array":
        return f"list{_most(schema, 'maxItems')}: {_type(schema['items'])}"
    if kind == "object":
        names = _type(schema["propertyNames"]) if "propertyNames" in schema else "name"
        return f"mapping{_most(schema, 'maxProperties')}: {names} → {_type(schema['additionalProperties'])}"
    if kind == "string":
        return _text(schema)
    if kind == "integer":
        return f"whole number, {schema['minimum']:,} to {schema['maximum']:,}"
    return {"number": "number", "boolean": "true or false"}.get(str(kind), "text, number, true or false")


def _most(schema: Schema, keyword: str) -> str:
    return f" of at most {schema[keyword]}" if keyword in schema else ""


def _text(schema: Schema) -> str:
    words = schema.get("patternErrorMessage", "must be text").removeprefix("must be ")
    most = f", at most {plural(schema['maxLength'], 'character')}" if "maxLength" in schema else ""
    return f"{words}{most}"


def _named(name: str) -> str:
    if name == "TimeZone":
        return "IANA time zone"
    if name == "BoardKeys":
        return f"keys of a [board]({_anchor('Board')}) but `name` and `team`"
    return _link(name)


def _link(name: str) -> str:
    return f"[{_SECTIONS[name]}]({_anchor(name)})"


def _anchor(name: str) -> str:
    """The anchor that GitHub gives a section."""
    title = _SECTIONS.get(name, _SECTIONS["Window"])
    return "#" + title.lower().replace(".", "").replace(" ", "-")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("-" * 3 for _ in head), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    """Escape text so that it stays in its cell of a table."""
    return text.replace("|", "\\|")
