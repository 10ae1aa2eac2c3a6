"""The models of `scoring`: rules, columns, limits."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from generator.aws import limits
from generator.diagnostics.wording import quote
from generator.spec.attaching import AttachedList
from generator.spec.base import Model, Schema, Shape, computed, nested, one_or_list
from generator.spec.columns import reading
from generator.spec.columns.rank_by import Aggregate, Columns, Decimals
from generator.spec.columns.reading import Title, Unit
from generator.spec.values import (
    COLUMN,
    PATTERNS,
    RULE_KEYS,
    ActivityType,
    FieldName,
    FieldValue,
    Maybe,
    Number,
    value_error,
)
from runtime.config import ColumnFormat

SCORE = "score"
"""The column of a board without `rank_by`; `points` and `per` are short for it."""


def _make_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class Per(Model):
    """Points for each unit of a number that the activity carries."""

    field: FieldName = Field(
        description="The activity's field. It must be there and be a number, or the activity is rejected.",
        examples=["damage"],
    )
    points: Number = Field(description="Points for each unit of the field.", examples=[0.01])


class FromField(Model):
    """A column that is read from the activity."""

    field: FieldName = Field(
        description="The activity's field. It must be there and be a number, or the activity is rejected.",
        examples=["duration_ms"],
    )


class RuleColumns(dict[str, Any]):
    """The values that a rule gives to the columns of `rank_by`. `Scoring` separates them from the rule's own keys."""


def _check_points(value: Any) -> Any:
    field: Any = value
    while isinstance(field, dict):  # {field: size}, or {per: {field: size}}
        field = field.get("field", field.get("per"))
    # Other languages mark a variable: ${size}, {size}, event.size.
    field = re.sub(r"^(\$?\{|\$)|\}$", "", field.strip()).rpartition(".")[2] if isinstance(field, str) else None
    if field and re.fullmatch(COLUMN, field):
        written = "a mapping" if isinstance(value, dict) else quote(value)
        hint = f"For what a field says, write `per: {{field: {field}, points: 1}}`, with the points for each unit."
        raise value_error("type", f"must be a number, not {written}", hint)
    return value


def _check_per(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(COLUMN, value):
        hint = f"Write `per: {{field: {value}, points: 1}}`, with the points for each unit."
        raise value_error("type", f"must be a mapping, not {quote(value)}", hint)
    return value


def _check_constant(value: Any) -> Any:
    if isinstance(value, str):
        message = "must be a number, or the field to read it from"
        raise value_error("column", message, f"Write `{{field: {value}}}`." if re.fullmatch(COLUMN, value) else "")
    return value


def _check_columns(value: Any) -> Any:
    if not isinstance(value, RuleColumns):
        raise value_error("unknown-key", "unknown key", "If it is a column, name it in `rank_by`.")
    return dict(value)


def _kind_of(value: Any) -> str:
    return "field" if isinstance(value, dict | list | FromField) else "constant"


ColumnValue = Annotated[
    Annotated[Number, BeforeValidator(_check_constant), Tag("constant")] | Annotated[FromField, Tag("field")],
    Discriminator(_kind_of),
]


def _show_columns(schema: Schema) -> None:
    columns = schema["properties"].pop("columns")
    schema["additionalProperties"] = columns["additionalProperties"]
    schema["propertyNames"] = {"pattern": COLUMN, "patternErrorMessage": PATTERNS[COLUMN]}


class RuleSpec(Model):
    """Points for activities of one type: `points`, `per` or both. Where `rank_by` names columns, a rule gives every
    column under its name instead."""

    model_config = ConfigDict(json_schema_extra=_show_columns)

    activity: ActivityType = Field(description="The `type` that the game writes.", examples=["kill"])
    points: Annotated[Maybe[Number], BeforeValidator(_check_points)] = Field(
        default=None,
        description="Points for each activity. Short for a column named `score`.",
        examples=[10],
        json_schema_extra=computed("0, where there is a `per`"),
    )
    per: Annotated[Maybe[Per], BeforeValidator(_check_per)] = Field(
        default=None,
        description="Points for each unit of a field, on top of `points`. Short for a column named `score`.",
        examples=[{"field": "damage", "points": 0.01}],
    )
    when: dict[
        FieldName, Annotated[list[FieldValue], Field(min_length=1), BeforeValidator(_make_list), Shape(one_or_list)]
    ] = Field(
        default={},
        description="The rule applies only where each field of the activity has this value, or one of this list.",
        examples=[{"mode": ["ranked", "duel"]}],
    )
    columns: Annotated[dict[str, ColumnValue], BeforeValidator(_check_columns)] = Field(
        default_factory=RuleColumns, validate_default=True
    )
    """Not a key of the file: see `RuleColumns`."""


class PointsLimit(Model):
    """The least and the most that one activity may give to the first column."""

    min: Maybe[Number] = Field(
        default=None, description="The least.", examples=[0], json_schema_extra=computed("no limit")
    )
    max: Maybe[Number] = Field(
        default=None, description="The most.", examples=[5000], json_schema_extra=computed("no limit")
    )


class LimitsSpec(Model):
    """Activities beyond these are rejected."""

    points: PointsLimit = nested()
    activities_per_minute: Maybe[Annotated[int, Field(ge=1, le=1_000_000)]] = Field(
        default=None,
        description="Activities of one player in one minute of UTC. Each counts in the minute of its own time.",
        examples=[120],
        json_schema_extra=computed("no limit"),
    )


class Scoring(Model):
    """How activities become a player's score, and scores become ranks."""

    aggregate: Aggregate = Field(
        default="sum",
        description="How a player's activities become one score: their points added up, how many there were, the mean, "
        "the best single one, or the newest. A column of `rank_by` may have its own.",
    )
    order: Literal["ascending", "descending"] = Field(
        default="descending",
        description="`descending`: the highest score is first. `ascending`: the lowest, as for lap times. Not beside "
        "`rank_by`.",
    )
    title: Title = Field(
        default="Score",
        description="What people call the score. Not beside `rank_by`, whose columns have titles of their own.",
        examples=["Kills"],
    )
    format: ColumnFormat = reading.format_field("How people read the score. Not beside `rank_by`")
    unit: Maybe[Unit] = reading.unit_field()
    rank_by: Maybe[Columns] = Field(
        default=None,
        description="Columns of a score, the most significant first. Rules then give every column under its name.",
        examples=[[{"name": "score"}, {"name": "time_ms", "order": "ascending"}]],
        json_schema_extra=computed("one column, `score`"),
    )
    decimals: Maybe[Decimals] = Field(
        default=None,
        description="Digits of a score after the point. What a rule gives is rounded to it, halves to the even digit.",
        examples=[2],
        json_schema_extra=computed(
            f"{limits.AVERAGE_DECIMALS} for an average, 0 for a count, else the most that any number in the rules has"
        ),
    )
    rules: Annotated[list[RuleSpec], Field(min_length=1, max_length=100)] = Field(
        description="Points for each type of activity. All rules of a type that apply are added up.",
        examples=[[{"activity": "kill", "points": 10}]],
    )
    ignore: Annotated[list[ActivityType], Field(max_length=100)] = Field(
        default=[],
        description="Types of activities that are not for this board. Any other type without a rule is rejected, "
        "visibly.",
        examples=[["chat"]],
    )
    attach: AttachedList = Field(
        default=[],
        description="Fields that are kept beside a score and shown, in this order: texts and numbers of 1,000 bytes "
        "together, of the run that `best` and `last` keep, else of the newest counted activity.",
        examples=[["replay_url", "character"]],
    )
    limits: LimitsSpec = nested()
    ties: Literal["first", "shared", "dense"] = Field(
        default="first",
        description="Ranks of equal scores. `first`: who got there first is ahead. `shared`: 1, 2, 2, 4. `dense`: "
        "1, 2, 2, 3.",
    )

    @model_validator(mode="before")
    @classmethod
    def _separate_columns(cls, value: Any) -> Any:
        names = column_names(value)
        if not names or not isinstance(value.get("rules"), list):
            return value
        rules = [_separate(rule, names) if isinstance(rule, dict) else rule for rule in value["rules"]]
        return {**value, "rules": rules}


def column_names(scoring: Any) -> tuple[str, ...]:
    """List the names in the `rank_by` of a `scoring` that is not validated yet, except names of a rule's own keys."""
    columns = scoring.get("rank_by") if isinstance(scoring, dict) else None
    names = [column.get("name") for column in columns if isinstance(column, dict)] if isinstance(columns, list) else []
    # Eight are allowed. If more are written, 16 are enough to look at: thousands would take too long in each rule.
    return tuple(name for name in names if isinstance(name, str) and name not in RULE_KEYS)[:16]


def _separate(rule: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    own = {key: value for key, value in rule.items() if key not in names}
    # A key `columns` that is not the name of a column stays, and is refused.
    return {"columns": RuleColumns({key: value for key, value in rule.items() if key in names}), **own}
