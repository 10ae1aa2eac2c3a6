"""The models of `scoring`: rules, columns, limits."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from generator.model import Model, nested
from generator.values import COLUMN, RULE_KEYS, ActivityType, ColumnName, FieldName, Number, Scalar, wrong


def _values(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class Per(Model):
    """Points for each unit of a number that the activity carries."""

    field: FieldName = Field(examples=["damage"])
    points: Number = Field(examples=[0.01])


class FromField(Model):
    """A column that is read from the activity."""

    field: FieldName = Field(examples=["duration_ms"])


class Given(dict[str, Any]):
    """What a rule gives the columns of `rank_by`, taken apart from the rule's own keys by `Scoring`."""


def _constant(value: Any) -> Any:
    if isinstance(value, str):
        message = "must be a number, or the field to read it from"
        raise wrong("column", message, f"Write `{{field: {value}}}`." if re.fullmatch(COLUMN, value) else "")
    return value


def _given(value: Any) -> Any:
    if not isinstance(value, Given):
        raise wrong("unknown-key", "unknown key", "A column is named in `rank_by`, and given under its own name.")
    return dict(value)


ColumnValue = Annotated[
    Annotated[Number, BeforeValidator(_constant), Tag("constant")] | Annotated[FromField, Tag("field")],
    Discriminator(lambda value: "field" if isinstance(value, dict | list | FromField) else "constant"),
]


class RuleSpec(Model):
    """Points for activities of one type."""

    activity: ActivityType = Field(examples=["kill"])
    points: Number | None = None
    per: Per | None = None
    when: dict[FieldName, Annotated[list[Scalar], Field(min_length=1), BeforeValidator(_values)]] = {}
    columns: Annotated[dict[str, ColumnValue], BeforeValidator(_given)] = Field(
        default_factory=Given, validate_default=True
    )
    """No key of its own in the file: see `Given`."""


class RankBy(Model):
    """One column of a score."""

    name: ColumnName = Field(examples=["score"])
    order: Literal["ascending", "descending"] = "descending"


def _ranked(value: Any) -> Any:
    if isinstance(value, str):
        column = value if re.fullmatch(COLUMN, value) else "time_ms"
        hint = f"Write `rank_by: [{{name: {column}, order: ascending}}]`, with the order it has."
        raise wrong("type", "must be a list of columns", hint)
    return value


class PointsLimit(Model):
    """The least and the most that one activity may give to the first column."""

    min: Number | None = None
    max: Number | None = None


class LimitsSpec(Model):
    """Activities beyond these are rejected."""

    points: PointsLimit = nested()
    activities_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Scoring(Model):
    """How activities become a player's score, and scores become ranks."""

    aggregate: Literal["sum", "count", "average", "best", "last"] = "sum"
    order: Literal["ascending", "descending"] = "descending"
    rank_by: Annotated[list[RankBy], BeforeValidator(_ranked), Field(min_length=1, max_length=8)] | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    rules: Annotated[list[RuleSpec], Field(min_length=1, max_length=100)] = Field(
        examples=["[{activity: kill, points: 10}]"]
    )
    ignore: Annotated[list[ActivityType], Field(max_length=100)] = []
    limits: LimitsSpec = nested()
    ties: Literal["first", "shared", "dense"] = "first"

    @model_validator(mode="before")
    @classmethod
    def _take_columns_apart(cls, value: Any) -> Any:
        names = column_names(value)
        if not names or not isinstance(value.get("rules"), list):
            return value
        rules = [_apart(rule, names) if isinstance(rule, dict) else rule for rule in value["rules"]]
        return {**value, "rules": rules}


def column_names(scoring: Any) -> tuple[str, ...]:
    """The columns that a raw `scoring` names in its `rank_by`, right or wrong, but for those that a rule has anyway."""
    columns = scoring.get("rank_by") if isinstance(scoring, dict) else None
    names = [column.get("name") for column in columns if isinstance(column, dict)] if isinstance(columns, list) else []
    return tuple(name for name in names if isinstance(name, str) and name not in RULE_KEYS)


def _apart(rule: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    own = {key: value for key, value in rule.items() if key not in names}
    # A `columns` that is none of the columns stays, to be refused.
    return {"columns": Given({key: value for key, value in rule.items() if key in names}), **own}
