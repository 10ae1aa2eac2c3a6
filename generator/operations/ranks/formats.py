"""Writes documents as CSV, JSON lines or Parquet, a few at a time, with every number exact.

A document is an object of JSON, in which numbers are whole ones or decimals. CSV and Parquet have columns: their names
are the paths in the document with dots between, as `pandas.json_normalize` makes them of the JSON lines.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from generator.diagnostics.wording import escape_invisible

Document = Mapping[str, Any]


class Output(Protocol):
    """What takes bytes: a file or a stream."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


@dataclass(frozen=True)
class Field:
    """One column: where it stands in a document, and what it holds."""

    path: tuple[str, ...]
    decimals: int | None = None
    """Digits after the point of a number; None for a text."""

    @property
    def name(self) -> str:
        """The column's name."""
        return ".".join(self.path)

    def read(self, document: Document) -> Any:
        """The field's value in a document; None where it has none."""
        value: Any = document
        for name in self.path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


class Writer(Protocol):
    """Writes documents in one format."""

    def write(self, documents: Sequence[Document]) -> None:
        """Write some documents."""

    def end(self) -> None:
        """Write what stands behind the last one."""


class JsonLines:
    """Writes each document on a line, in UTF-8. It has all of them, also what is no field."""

    def __init__(self, output: Output, fields: Sequence[Field]) -> None:
        self._output = output

    def write(self, documents: Sequence[Document]) -> None:
        """Write some documents."""
        self._output.write("".join(f"{to_json(each)}\n" for each in documents).encode())

    def end(self) -> None:
        """Nothing stands behind the last one."""


class Csv:
    """Writes a line of cells for each document (RFC 4180), in UTF-8, below a line of names.

    No cell is a formula for a spreadsheet, see `guard`.
    """

    def __init__(self, output: Output, fields: Sequence[Field]) -> None:
        self._output, self._fields = output, fields
        self._write([[guard(field.name) for field in fields]])

    def write(self, documents: Sequence[Document]) -> None:
        """Write some documents."""
        self._write([[_to_cell(field.read(each)) for field in self._fields] for each in documents])

    def end(self) -> None:
        """Nothing stands behind the last line."""

    def _write(self, lines: Sequence[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(lines)
        self._output.write(text.getvalue().encode())


class Parquet:
    """Writes columns, by pyarrow. Numbers are whole ones or decimals, everything else is text."""

    def __init__(self, output: Output, fields: Sequence[Field]) -> None:
        self._fields = fields
        self._arrow = arrow = import_module("pyarrow")
        kinds = [(field.name, _to_arrow(arrow, field)) for field in fields]
        self._schema = arrow.schema(kinds)
        self._writer = import_module("pyarrow.parquet").ParquetWriter(output, self._schema)

    def write(self, documents: Sequence[Document]) -> None:
        """Write some documents, as a row group."""
        columns = {
            field.name: [_to_arrow_value(field, field.read(each)) for each in documents] for field in self._fields
        }
        self._writer.write_table(self._arrow.table(columns, schema=self._schema))

    def end(self) -> None:
        """Write where everything stands."""
        self._writer.close()


FORMATS: Mapping[str, Callable[[Output, Sequence[Field]], Writer]] = {
    "csv": Csv,
    "jsonl": JsonLines,
    "parquet": Parquet,
}
"""The formats by their names, which are also how the names of such files end."""


def has_parquet() -> bool:
    """Whether pyarrow is installed, which is none of our dependencies."""
    return find_spec("pyarrow") is not None


_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BEGINS = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_BEGINS_BEHIND = re.compile(r"(?<=[,;\t\r\n\"])(?=\s*[=+\-@＝＋－＠])")


def guard(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before what would begin one.

    That is = + - @, also in full width, a tab or a line break at the beginning of a cell. A spreadsheet that separates
    cells by another sign may begin one in the middle of a text, so an apostrophe also stands before such a character
    behind a comma, semicolon, tab, line break or quote (OWASP, "CSV Injection"). Numbers are not texts: -5 stays.
    Control characters, which a terminal may obey, are replaced.
    """
    inside = _BEGINS_BEHIND.sub("'", _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text))
    return f"'{inside}" if _BEGINS.match(text) else inside


def to_json(value: Any) -> str:
    """A value as JSON, with decimals as they are, and escapes for what cannot be seen."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{to_json(name)}: {to_json(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, Decimal):
        return _write_decimal(value)
    return escape_invisible(json.dumps(value, ensure_ascii=False), lambda character: json.dumps(character)[1:-1])


def _write_decimal(value: Decimal) -> str:
    # Of a number that a game wrote the exponent may be in the hundreds.
    return f"{value:f}" if abs(value.adjusted()) < 40 else str(value)


def _to_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guard(value)
    return to_json(value)


def _to_arrow(arrow: Any, field: Field) -> Any:
    if field.decimals is None:
        return arrow.string()
    # A column has 15 digits at the most.
    return arrow.decimal128(18, field.decimals) if field.decimals else arrow.int64()


def _to_arrow_value(field: Field, value: Any) -> Any:
    if field.decimals is not None or value is None or isinstance(value, str):
        return value
    return to_json(value)
