"""The formats of an export: exact numbers, and no cell that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.operations.ranks.formats import FORMATS, Document, Field, guard

FIELDS = [Field(("rank",), 0), Field(("name",)), Field(("columns", "score"), 2), Field(("segments", "country"))]
DOCUMENTS: list[Document] = [
    {"rank": 1, "name": 'Zoë, "=1+1"', "columns": {"score": Decimal("12.50")}, "segments": {"country": "DE"}},
    {"rank": 2, "name": None, "columns": {"score": Decimal("-9999999999999.99")}, "segments": {"country": None}},
]


def export(name: str) -> bytes:
    output = io.BytesIO()
    writer = FORMATS[name](output, FIELDS)
    for each in DOCUMENTS:
        writer.write([each])
    writer.end()
    return output.getvalue()


def test_json_lines_have_documents_as_they_are() -> None:
    first, second, rest = export("jsonl").decode().split("\n")
    assert first == (
        '{"rank": 1, "name": "Zoë, \\"=1+1\\"", "columns": {"score": 12.50}, "segments": {"country": "DE"}}'
    )
    assert json.loads(second, parse_float=Decimal) == DOCUMENTS[1]
    assert rest == ""


def test_json_lines_are_safe_to_print() -> None:
    output = io.BytesIO()
    FORMATS["jsonl"](output, []).write([{"name": "a\x1b\x9b\u202e\u2028é"}])
    assert output.getvalue().decode() == '{"name": "a\\u001b\\u009b\\u202e\\u2028é"}\n'


def test_csv_has_the_same_names_as_pandas_gives_the_json_lines() -> None:
    assert export("csv").decode() == (
        'rank,name,columns.score,segments.country\r\n1,"Zoë, ""\'=1+1""",12.50,DE\r\n2,,-9999999999999.99,\r\n'
    )


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1dcmd", "'\uff1dcmd"),
        (" \u2003=1", "' \u2003=1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("a;=1", "a;'=1"),
        ('a",=1', "a\",'=1"),
        ("a, -b", "a,' -b"),
        ("'=1", "'=1"),
        ("Mr. -X", "Mr. -X"),
        ("a=b@c", "a=b@c"),
        ("", ""),
        ("\x1b[2J\x9b\0=1", "\ufffd[2J\ufffd\ufffd=1"),
    ],
)
def test_no_text_begins_a_formula(text: str, cell: str) -> None:
    assert guard(text) == cell


@given(st.text(alphabet='=+-@\uff1d\uff0b\uff0d\uff20,;\t\r\n" a1', max_size=12), st.sampled_from(",;\t"))
def test_no_cell_begins_a_formula_wherever_a_spreadsheet_splits(text: str, sign: str) -> None:
    """Cells by commas, and by the other signs as spreadsheets of other countries split lines: with their quotes, and as
    if quotes meant nothing."""
    output = io.BytesIO()
    FORMATS["csv"](output, [Field(("a",)), Field(("b",))]).write([{"a": "x", "b": text}])
    whole = output.getvalue().decode()
    assert [*csv.reader(io.StringIO(whole, newline=""))][1] == ["x", guard(text)]
    for cells in (*csv.reader(io.StringIO(whole, newline=""), delimiter=sign), re.split(f'[{sign}\r\n"]', whole)):
        for cell in cells:
            assert not re.match(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]", cell), (cell, whole)


class Arrow(ModuleType):
    """As much of pyarrow as is used: what it is given."""

    def __init__(self) -> None:
        super().__init__("pyarrow")
        self.written: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *given, **named: (name, *given, *named.values())

    def ParquetWriter(self, output: Any, schema: Any) -> Any:  # noqa: N802
        self.written.append(schema)
        return self

    def write_table(self, table: Any) -> None:
        self.written.append(table[1])

    def close(self) -> None:
        self.written.append("closed")


def test_parquet_has_decimals(monkeypatch: pytest.MonkeyPatch) -> None:
    arrow = Arrow()
    monkeypatch.setitem(sys.modules, "pyarrow", arrow)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", arrow)
    export("parquet")
    schema, first, second, end = arrow.written
    assert schema == (
        "schema",
        [
            ("rank", ("int64",)),
            ("name", ("string",)),
            ("columns.score", ("decimal128", 18, 2)),
            ("segments.country", ("string",)),
        ],
    )
    assert first["columns.score"] == [Decimal("12.50")]
    assert (second["rank"], second["name"], end) == ([2], [None], "closed")
