"""The base class of every model of leaderboards.yaml, and additions to the JSON Schema that pydantic makes of it."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Schema = dict[str, Any]


class Model(BaseModel):
    """The base class of every model: immutable, without unknown keys, without coercion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Shape:
    """Changes the JSON Schema of a value, so that it also says what the value's validators check in code."""

    def __init__(self, change: Callable[[Schema], Schema]) -> None:
        self.change = change

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Callable[[Any], Schema]) -> Schema:
        return self.change(handler(core_schema))


def one_or_list(schema: Schema) -> Schema:
    """Change the schema of a list so that one item may stand without the list."""
    return {"anyOf": [schema["items"], schema]}


def nested() -> Any:
    """Make a field whose value is a model. It may be left out, because all keys of that model have defaults."""
    return Field(default={}, validate_default=True)


COMPUTED = "x-default"
"""A keyword of our own in a schema: a default in words, which `computed` puts there."""


def computed(default: str) -> Schema:
    """Describe in words a default that follows from something else."""
    return {COMPUTED: default}
