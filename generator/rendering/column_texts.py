"""Says in openapi.yaml which columns a board has, and how people read the numbers of each."""

from __future__ import annotations

from decimal import Decimal

from generator.rendering.escaping import escape_markdown, to_code_span
from generator.spec.columns.reading import make_title
from runtime.config import BoardConfig, Column
from runtime.domain.texts.numbers import has_reading, json_number, write_number

_UNITS = {
    "ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours",
    "mm": "millimetres", "cm": "centimetres", "m": "metres", "km": "kilometres",
    "in": "inches", "ft": "feet", "mi": "miles",
}  # fmt: skip
"""The units of durations and distances in words."""
_EXAMPLES = {"percent": "12.5", "ordinal": "3", "duration": "92.417"}
"""A number to show a format with, to be rounded to the column's decimals."""


def describe_columns(config: BoardConfig) -> str:
    """Describe the columns of a board, the most significant first, in Markdown on one line."""
    is_mixed = {column.aggregate for column in config.columns} != {config.aggregate}
    columns = ", then ".join(_describe(column, is_mixed) for column in config.columns)
    return f"Every column by its name. This board has {columns}."


def _describe(column: Column, is_mixed: bool) -> str:
    """A column: its name; its title, unless that is the name in words; how it combines, ranks, and is read."""
    about = [f'"{escape_markdown(column.title)}"'] if column.title != make_title(column.name) else []
    about += [column.aggregate] if is_mixed else []
    about += [column.order, *([_describe_reading(column)] if has_reading(column) else [])]
    return f"`{column.name}` ({', '.join(about)})"


def _describe_reading(column: Column) -> str:
    """The unit of a column's numbers, and one of them as people read it."""
    example = Decimal(92417) if column.unit == "ms" else Decimal(_EXAMPLES.get(column.format, "1234.5"))
    scaled = int(example.scaleb(column.decimals))
    unit = f"in {escape_markdown(name_unit(column))}" if column.format != "ordinal" else "a place"
    return f"{unit}: {json_number(scaled, column.decimals)} is {to_code_span(write_number(column, scaled))}"


def name_unit(column: Column) -> str:
    """The unit of a column's numbers in words; empty where they have none."""
    if column.format == "percent":
        return "percent"
    return _UNITS[column.unit] if column.format in ("duration", "distance") else column.unit
