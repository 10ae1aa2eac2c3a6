"""The model of `scoring.attach`: which fields of an activity are kept beside a score."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from generator.spec.base import Model, computed
from generator.spec.columns.reading import make_title
from generator.spec.values import COLUMN, FieldName, Maybe, value_error
from generator.spec.values_text import Text

MAX_FIELDS = 8
"""The most fields that a board keeps beside a score."""


class AttachedField(Model):
    """A field that is kept beside a score and shown."""

    field: FieldName = Field(description="The activity's field: a text or a number.", examples=["photo"])
    title: Maybe[Text] = Field(
        default=None,
        description="What the page calls it. For a link it is the text to click.",
        examples=["Photo"],
        json_schema_extra=computed("the field's name in words"),
    )
    link: bool = Field(
        default=False,
        description="Whether the page makes a link of it, where it is an address that begins with https://.",
    )

    @property
    def shown_title(self) -> str:
        """What the page calls it: `replay_url` is "Replay url" where no title is given."""
        return self.title or make_title(self.field)


def _check_attach(value: Any) -> Any:
    if isinstance(value, str):
        name = value if re.fullmatch(COLUMN, value) else "replay_url"
        raise value_error("type", "must be a list of fields", f"Write `attach: [{name}]`.")
    return value


def _check_one(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    written = "a list" if isinstance(value, list) else str(value).lower()
    raise value_error(
        "type", f"must be a field's name, not {written}", "Write `photo`, or `{field: photo, link: true}`."
    )


def _kind_of(value: Any) -> str:
    return "field" if isinstance(value, dict | AttachedField) else "name"


AttachedSpec = Annotated[
    Annotated[FieldName, BeforeValidator(_check_one), Tag("name")] | Annotated[AttachedField, Tag("field")],
    Discriminator(_kind_of),
]
"""A field's name alone, or a mapping that says more about it."""

AttachedList = Annotated[list[AttachedSpec], BeforeValidator(_check_attach), Field(max_length=MAX_FIELDS)]


def read_fields(specs: list[str | AttachedField]) -> tuple[AttachedField, ...]:
    """The fields in the order of the file, each with all of its keys."""
    return tuple(each if isinstance(each, AttachedField) else AttachedField(field=each) for each in specs)
