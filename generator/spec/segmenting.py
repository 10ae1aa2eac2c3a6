"""The model of `segments`: fields by whose values players are ranked among themselves too."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from generator.spec.base import Model, Shape, computed
from generator.spec.columns.reading import make_title
from generator.spec.values import FieldName, Maybe, matches, value_error
from generator.spec.values_text import Text
from runtime.config import Segment
from runtime.domain.texts.segments import MAX_CHARACTERS, MAX_VALUES, read_value

MAX_SEGMENTS = 3
"""The most segments of a board. Each takes as many files of a rebuild again as blocks of the board's players do."""

SEGMENT = r"^[a-z][_a-z0-9]{0,31}$"
"""Spelt otherwise than `COLUMN`: what a pattern means is said by its text."""
SegmentName = Annotated[
    str,
    matches(SEGMENT, "must be a segment's name: up to 32 lower-case letters, digits and _, the first a letter"),
]


def _check_value(value: Any) -> Any:
    """Return the text of a value, which a number is written as. Raises a value error for what can be none."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        hint = f'Write "{str(value).lower()}" in quotes.' if isinstance(value, bool) else "Write one text for each."
        raise value_error("type", "must be text or a number", hint)
    number = value if isinstance(value, str) else Decimal(value)
    text = read_value(Segment("", "", ""), number)
    if text is None:
        message = f"must be 1 to {MAX_CHARACTERS} characters on one line, of which one can be seen"
        raise value_error("segment-value", message, "Write it as the game writes it.")
    return text


SegmentValue = Annotated[
    str,
    BeforeValidator(_check_value),
    Shape(lambda _: {"type": ["string", "number"], "minLength": 1, "maxLength": MAX_CHARACTERS}),
]


class SegmentSpec(Model):
    """A field by whose values players are ranked among themselves too, beside the ranks of all."""

    name: SegmentName = Field(
        description="Its name in the API: `segment=country:BR`. Unique in the board.", examples=["country"]
    )
    field: Maybe[FieldName] = Field(
        default=None,
        description="The activity's field: a text or a number. A player is in the value of the newest counted activity "
        "that has one.",
        examples=["country_code"],
        json_schema_extra=computed("the name"),
    )
    title: Maybe[Text] = Field(
        default=None,
        description="What the page calls it.",
        examples=["Country"],
        json_schema_extra=computed("the name in words"),
    )
    values: Annotated[list[SegmentValue], Field(max_length=MAX_VALUES)] = Field(
        default=[],
        description="The texts that count as a value; a number is written as its text. Without them any text or number "
        f"of at most {MAX_CHARACTERS} characters is one, and the {MAX_VALUES} values with the most players have ranks. "
        "While there are more, a rebuild writes all ranks of a window in which one has changed.",
        examples=[["BR", "DE"]],
    )


def _check_one(value: Any) -> Any:
    if isinstance(value, str):
        name = value if re.fullmatch(SEGMENT, value) else "country"
        raise value_error("type", "must be a mapping", f"Write `{{name: {name}}}`.")
    return value


def _check_list(value: Any) -> Any:
    if isinstance(value, str):
        name = value if re.fullmatch(SEGMENT, value) else "country"
        raise value_error("type", "must be a list of segments", f"Write `segments: [{{name: {name}}}]`.")
    return value


SegmentList = Annotated[
    list[Annotated[SegmentSpec, BeforeValidator(_check_one)]],
    BeforeValidator(_check_list),
    Field(max_length=MAX_SEGMENTS),
]


def make_segment(spec: SegmentSpec) -> Segment:
    """A segment with all that its spec leaves out: `home_region` is "Home region" where no title is given."""
    return Segment(spec.name, spec.field or spec.name, spec.title or make_title(spec.name), tuple(spec.values))
