"""What every model of leaderboards.yaml is, and what its JSON Schema says beside what pydantic knows."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Schema = dict[str, Any]


class Model(BaseModel):
    """What every model here is: immutable, no unknown keys, no coercion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Shape:
    """Changes the JSON Schema of a value, whose validators say in code what a schema says in keywords."""

    def __init__(self, change: Callable[[Schema], Schema]) -> None:
        self.change = change

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Callable[[Any], Schema]) -> Schema:
        return self.change(handler(core_schema))


def one_or_list(schema: Schema) -> Schema:
    """The schema of a list, where one item may stand without its list."""
    return {"anyOf": [schema["items"], schema]}


def nested() -> Any:
    """A model that may be left out: all of its keys have defaults."""
    return Field(default={}, validate_default=True)


COMPUTED = "x-default"
"""The keyword of `computed` in a schema; none that JSON Schema knows."""


def computed(default: str) -> Schema:
    """What is taken where an optional key is left out, in words: a default that something else decides."""
    return {COMPUTED: default}
