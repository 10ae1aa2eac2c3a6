"""Makes a board's openapi.yaml, and checks JSON against its schemas: strictly, and only for keywords that it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from generator.board.board import Board
from generator.rendering import text_files
from generator.source.tree import LOADER
from runtime.config import BoardConfig
from tests.support.bundles import generated
from tests.support.paths import GOLDEN

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
NOTES = {"description", "example", "examples", "default", "nullable"}
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
"""How every answer writes a time."""


class Schemas:
    """The schemas of one openapi.yaml."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def resolve(self, node: Any) -> Any:
        """Replace a `$ref` by what it refers to, and keep the notes beside it."""
        if not isinstance(node, dict) or "$ref" not in node:
            return node
        found = self.document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/")]
        beside = {key: value for key, value in node.items() if key != "$ref"}
        assert set(beside) <= NOTES, node
        return {**self.resolve(found), **beside}

    def find_faults(self, value: Any, schema: Any, at: str = "$") -> Iterator[str]:
        """Say what is wrong with a value. A property that the schema does not name is wrong too."""
        schema = self.resolve(schema)
        if value is None and schema.get("nullable"):
            return
        for keyword, wanted in schema.items():
            if keyword not in NOTES:
                yield from getattr(self, f"_{keyword.replace('-', '_')}")(value, wanted, at)

    def _type(self, value: Any, wanted: str, at: str) -> Iterator[str]:
        if not isinstance(value, TYPES[wanted]) or (wanted != "boolean" and value is True):
            yield f"{at}: {value!r} is no {wanted}"

    def _properties(self, value: Any, wanted: dict[str, Any], at: str) -> Iterator[str]:
        if isinstance(value, dict):
            for name in value.keys() - wanted.keys():
                yield f"{at}.{name}: is not in the schema"
            for name in value.keys() & wanted.keys():
                yield from self.find_faults(value[name], wanted[name], f"{at}.{name}")

    def _additionalProperties(self, value: Any, wanted: Any, at: str) -> Iterator[str]:  # noqa: N802
        if isinstance(value, dict):
            for name in value:
                yield from self.find_faults(value[name], wanted, f"{at}.{name}")

    def _required(self, value: Any, wanted: list[str], at: str) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (f"{at}.{name}: is missing" for name in wanted if name not in value)

    def _items(self, value: Any, wanted: Any, at: str) -> Iterator[str]:
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.find_faults(item, wanted, f"{at}[{index}]")

    def _maxItems(self, value: Any, wanted: int, at: str) -> Iterator[str]:  # noqa: N802
        if isinstance(value, list) and len(value) > wanted:
            yield f"{at}: {len(value)} items"

    def _minItems(self, value: Any, wanted: int, at: str) -> Iterator[str]:  # noqa: N802
        if isinstance(value, list) and len(value) < wanted:
            yield f"{at}: {len(value)} items"

    def _x_extensible_enum(self, value: Any, wanted: list[Any], at: str) -> Iterator[str]:
        if value not in wanted:
            yield f"{at}: {value!r} is not among {wanted!r}"

    def _pattern(self, value: Any, wanted: str, at: str) -> Iterator[str]:
        if isinstance(value, str) and not re.search(wanted.replace("$", r"\Z"), value):
            yield f"{at}: {value!r} does not match {wanted}"

    def _minimum(self, value: Any, wanted: float, at: str) -> Iterator[str]:
        if isinstance(value, int | float) and value < wanted:
            yield f"{at}: {value} is under {wanted}"

    def _maximum(self, value: Any, wanted: float, at: str) -> Iterator[str]:
        if isinstance(value, int | float) and value > wanted:
            yield f"{at}: {value} is over {wanted}"

    def _format(self, value: Any, wanted: str, at: str) -> Iterator[str]:
        if wanted in ("int32", "int64"):
            if isinstance(value, int) and not -(2 ** (int(wanted[3:]) - 1)) <= value < 2 ** (int(wanted[3:]) - 1):
                yield f"{at}: {value} is no {wanted}"
        elif wanted == "date-time" and isinstance(value, str):
            try:
                assert TIME.fullmatch(value)
                datetime.fromisoformat(value)
            except (ValueError, AssertionError):
                yield f"{at}: {value!r} is no time as answers give it"
        else:
            assert wanted in ("double", "date-time")


def board_of(config: BoardConfig) -> Board:
    """The Board of the smallest bundle, with another config."""
    return replace(generated(GOLDEN / "smallest").boards[0], name=config.name, config=config)


@cache
def document(config: BoardConfig) -> dict[str, Any]:
    """The openapi.yaml of a board with that config."""
    found: dict[str, Any] = yaml.load(text_files.render_text_files(board_of(config))["openapi.yaml"], LOADER)
    return found
