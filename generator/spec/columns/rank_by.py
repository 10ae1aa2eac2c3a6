"""The model of `scoring.rank_by`: the columns of a score."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from generator.aws import limits
from generator.spec.base import Model, computed
from generator.spec.columns import reading
from generator.spec.columns.reading import Title, Unit
from generator.spec.values import COLUMN, ColumnName, Maybe, value_error
from runtime.config import ColumnFormat

Aggregate = Literal["sum", "count", "average", "best", "last"]
Decimals = Annotated[int, Field(ge=0, le=limits.MAX_DECIMALS)]


class RankBy(Model):
    """One column of a score."""

    name: ColumnName = Field(
        description="The column's name, which is its key in rules and in the API's answers.",
        examples=["score"],
    )
    order: Literal["ascending", "descending"] = Field(
        default="descending", description="`descending`: more is better. `ascending`: less is better."
    )
    aggregate: Maybe[Aggregate] = Field(
        default=None,
        description="How a player's activities become one value of this column, in the words of `scoring.aggregate`. "
        "Rules give nothing to a column that counts. Not on a `best` or `last` board, which keeps a run as a whole.",
        examples=["best"],
        json_schema_extra=computed("the board's"),
    )
    decimals: Maybe[Decimals] = Field(
        default=None,
        description="Digits of this column after the point.",
        examples=[2],
        json_schema_extra=computed("the board's; where it has none either, by this column's aggregate and numbers"),
    )
    title: Maybe[Title] = Field(
        default=None,
        description="What people call the column.",
        examples=["Time"],
        json_schema_extra=computed("the column's name in words"),
    )
    format: ColumnFormat = reading.format_field("How people read its numbers")
    unit: Maybe[Unit] = reading.unit_field()

    @property
    def shown_title(self) -> str:
        """What people call the column: `time_ms` is "Time ms" where no title is given."""
        return self.title or reading.make_title(self.name)


def _check_rank_by(value: Any) -> Any:
    if isinstance(value, str):
        column = value if re.fullmatch(COLUMN, value) else "time_ms"
        hint = f"Write `rank_by: [{{name: {column}, order: ascending}}]`, with its order."
        raise value_error("type", "must be a list of columns", hint)
    return value


Columns = Annotated[list[RankBy], BeforeValidator(_check_rank_by), Field(min_length=1, max_length=8)]
