"""Reads a file of activities row by row: CSV with a header, or JSON lines."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from generator.diagnostics.wording import quote
from generator.errors import InputError
from generator.operations.activity_item import parse_value

JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
"""How the names of files with JSON lines end; any other file is CSV."""
MOST_CHARACTERS = 400 * 1024
"""Characters of one line, and bytes of one row: an item of DynamoDB has 400 kB at most, names and values (Amazon
DynamoDB developer guide, "Constraints in Amazon DynamoDB")."""

NOTE = "#"
"""What the names of columns and keys begin with that are no part of the activity, such as what an export says of it."""


@dataclass(frozen=True)
class Mistake:
    """Something wrong in a file."""

    line: int
    column: int
    """In CSV the number of the cell, in JSON that of the character where its key begins; both counted from 1."""
    text: str


@dataclass(frozen=True)
class Row:
    """One activity as it stands in a file: values in DynamoDB's JSON, by column or key. An empty one is left out."""

    line: int
    values: dict[str, dict[str, Any]]
    columns: dict[str, int]
    """Where each value stands, as in `Mistake.column`."""

    @property
    def size(self) -> int:
        """About how many bytes of an item it takes: those of its names and values."""
        texts = ((name, str(next(iter(value.values())))) for name, value in self.values.items())
        return sum(len(name.encode()) + len(value.encode()) for name, value in texts)


def read_rows(file: Path) -> Iterator[Row | Mistake]:
    """Read a file, also one that is packed by gzip. Yields what is wrong with a row in its place.

    Raises InputError if the file cannot be read.
    """
    is_packed = file.suffix.lower() == ".gz"
    unpacked = file.with_suffix("") if is_packed else file
    read = _read_json if unpacked.suffix.lower() in JSON_ENDINGS else _read_csv
    try:
        with (gzip.open if is_packed else open)(file, "rt", encoding="utf-8-sig", newline="") as stream:
            yield from read(stream)
    except UnicodeDecodeError:
        raise InputError(f"{file} is not UTF-8") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{file} is not what gzip has packed, or a part of it") from None
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from None


def _read_csv(stream: TextIO) -> Iterator[Row | Mistake]:
    csv.field_size_limit(MOST_CHARACTERS)
    reader = csv.reader(stream, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        if wrong := list(_check_header(names)):
            yield from wrong
            return
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                yield _read_cells(line, names, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        yield Mistake(reader.line_num, 1, f"this is no CSV: {error}")


def _check_header(names: list[str]) -> Iterator[Mistake]:
    # Spreadsheets write semicolons where a comma is the sign before decimals, as in Brazil and Germany.
    if len(names) == 1 and (other := next((sign for sign in ";\t" if sign in names[0]), None)):
        yield Mistake(1, 1, f"columns are separated by commas here, not by {'semicolons' if other == ';' else 'tabs'}")
        return
    if not any(names):
        yield Mistake(1, 1, "the first line has no names of columns, such as player_id,type,at")
    for column, name in enumerate(names, 1):
        if not name:
            yield Mistake(1, column, "a column has no name")
        elif name in names[: column - 1]:
            yield Mistake(1, column, f"a second column is called {quote(name)}")
    if any(names) and not {"player_id", "player"} & {*names}:
        yield Mistake(1, 1, "there is no column player_id")
    if any(names) and "type" not in names:
        yield Mistake(1, 1, "there is no column type")


def _read_cells(line: int, names: list[str], cells: list[str]) -> Row | Mistake:
    if len(cells) > len(names):
        return Mistake(line, len(names) + 1, f"has {len(cells)} cells, the first line has {len(names)}")
    values, columns = {}, {}
    for column, (name, cell) in enumerate(zip(names, cells, strict=False), 1):
        if cell and not name.startswith(NOTE):
            try:
                values[name] = parse_value(cell) if name not in TEXTS else {"S": cell}
            except ValueError as error:
                return Mistake(line, column, f"{name}: {error}")
            columns[name] = column
    return Row(line, values, columns)


_DIGITS_OF_TEXTS = 20
"""Digits of a number in place of a text, such as a player's id or a time in milliseconds."""

TEXTS = ("player_id", "player", "activity_id", "type", "name", "at", "board")
"""Columns whose values are texts, whatever they look like: a player may be called 7."""


def _read_json(stream: TextIO) -> Iterator[Row | Mistake]:
    line = 0
    while text := stream.readline(MOST_CHARACTERS):
        line += 1
        if not text.endswith("\n") and len(text) == MOST_CHARACTERS:
            yield Mistake(line, 1, f"a line has over {MOST_CHARACTERS:,} characters")
            return
        if text.strip():
            yield _read_object(line, text)


def _read_object(line: int, text: str) -> Row | Mistake:
    try:
        document = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=Decimal)
    except json.JSONDecodeError as error:
        return Mistake(line, error.colno, f"this is no JSON: {error.msg}")
    except (ValueError, ArithmeticError, RecursionError):
        return Mistake(line, 1, "this is no JSON that an activity can have")
    if not isinstance(document, dict):
        return Mistake(line, 1, 'each line is an object, such as {"player_id": "ann", "type": "win"}')
    values = {}
    for name, value in document.items():
        if value is None or name.startswith(NOTE):
            continue
        found = _to_dynamodb(name, value) if name and _is_unicode(name) else "is no name of a field"
        if isinstance(found, str):
            return Mistake(line, _find_key(text, name), f"{quote(name)[1:-1]}: {found}")
        values[name] = found
    return Row(line, values, {name: _find_key(text, name) for name in values})


def _find_key(text: str, name: str) -> int:
    """The place of a key in the text of an object; 1 where it is written in another way, such as with escapes."""
    return text.find(f'"{name}"') + 1 or 1


def _to_dynamodb(name: str, value: Any) -> dict[str, Any] | str:
    """A value in DynamoDB's JSON; a text says what is wrong with it."""
    if isinstance(value, bool) and name not in TEXTS:
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value} if _is_unicode(value) else "has half of a character"
    if isinstance(value, Decimal):
        if not value.is_finite():
            return "is not a finite number"
        if name in TEXTS:
            return {"S": f"{value:f}"} if abs(value.adjusted()) < _DIGITS_OF_TEXTS else "is too large"
        try:
            found = parse_value(str(value).replace("E+", "E"))
        except ValueError as error:
            return str(error)
        return found if "N" in found else "is too large"
    return "must be a text" if name in TEXTS else "must be a text, a number, true or false"


def _is_unicode(text: str) -> bool:
    """Whether a text can be written as UTF-8: JSON's escapes can write half of a surrogate pair."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
