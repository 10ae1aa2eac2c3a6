"""What every model of leaderboards.yaml is."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """What every model here is: immutable, no unknown keys, no coercion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def nested() -> Any:
    """A model that may be left out: all of its keys have defaults."""
    return Field(default={}, validate_default=True)
