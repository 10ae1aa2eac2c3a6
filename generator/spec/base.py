"""The base class of every model of leaderboards.yaml, and additions to the JSON Schema that pydantic makes of it."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Schema = dict[str, Any]


class Model(BaseModel):
    """The base class of every model: immutable, without unknown keys, without coercion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Shape:
    """Changes the JSON Schema of a value, for what its validators check in code."""

    def __init__(self, change: Callable[[Schema], Schema]) -> None:
        self.change = change

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Callable[[Any], Schema]) -> Schema:
        return self.change(handler(core_schema))


def one_or_list(schema: Schema) -> Schema:
    """Change the schema of a list so that one item may stand without the list."""
    return {"anyOf": [schema["items"], schema]}


def nested() -> Any:
    """Make a field of a model that may be left out, because all of its keys have defaults."""
    return Field(default={}, validate_default=True)


COMPUTED = "x-default"
"""The keyword under which a schema holds the words of `computed`. It is not one of JSON Schema's."""


def computed(default: str) -> Schema:
    """Describe, in words, the default of a key whose default follows from something else."""
    return {COMPUTED: default}
