"""Numbers as people read them: the runtime and the page write each of them alike, to the byte, and lose no digit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.rendering.text_files import describe_column
from generator.spec.columns.reading import CURRENCIES, UNITS
from runtime.config import BOUND, Column, ColumnFormat
from runtime.domain.texts.numbers import SYMBOLS, has_reading, json_number, write_number, write_numbers
from tests.support.effort import examples
from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "blueprints" / "standard" / "dashboard"
SCRIPT = """
import { makeScoreFormat } from %s;
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TransformStream({
  start() { this.rest = ""; },
  transform(text, lines) {
    const parts = (this.rest + text).split("\\n");
    this.rest = parts.pop();
    for (const part of parts) lines.enqueue(part);
  },
}))) {
  const { column, scores } = JSON.parse(chunk);
  console.log(JSON.stringify(scores.map(makeScoreFormat(column))));
}
"""

MOST = BOUND
CASES: tuple[tuple[ColumnFormat, str, int, int, str], ...] = (
    ("number", "", 0, 0, "0"),
    ("number", "", 0, 30, "30"),
    ("number", "", 2, 3000, "30.00"),
    ("number", "", 0, -1234567, "-1,234,567"),
    ("number", "", 6, 1, "0.000001"),
    ("number", "", 6, MOST, "999,999,999.999999"),
    ("number", "", 0, -MOST, "-999,999,999,999,999"),
    ("number", "kg", 2, 9940, "99.40 kg"),
    ("number", "kg", 2, -5, "-0.05 kg"),
    ("number", "🐟", 0, 3, "3 🐟"),
    ("percent", "", 1, 125, "12.5%"),
    ("percent", "", 0, -100, "-100%"),
    ("distance", "km", 2, 520, "5.20 km"),
    ("distance", "mi", 0, 26219, "26,219 mi"),
    ("currency", "EUR", 2, 500, "€5.00"),
    ("currency", "GBP", 2, -500, "-£5.00"),
    ("currency", "USD", 0, 1000, "US$1,000"),
    ("currency", "CHF", 2, -123456, "-CHF 1,234.56"),
    ("ordinal", "", 0, 1, "1st"),
    ("ordinal", "", 0, 2, "2nd"),
    ("ordinal", "", 0, 3, "3rd"),
    ("ordinal", "", 0, 4, "4th"),
    ("ordinal", "", 0, 0, "0th"),
    ("ordinal", "", 0, 11, "11th"),
    ("ordinal", "", 0, 112, "112th"),
    ("ordinal", "", 0, 1013, "1,013th"),
    ("ordinal", "", 0, 21, "21st"),
    ("ordinal", "", 0, 1022, "1,022nd"),
    ("ordinal", "", 0, -3, "-3rd"),
    ("duration", "ms", 0, 0, "0.000 s"),
    ("duration", "ms", 0, 54460, "54.460 s"),
    ("duration", "ms", 0, 59999, "59.999 s"),
    ("duration", "ms", 0, 60000, "1:00.000"),
    ("duration", "ms", 0, 92417, "1:32.417"),
    ("duration", "ms", 0, -92417, "-1:32.417"),
    ("duration", "ms", 0, 3599999, "59:59.999"),
    ("duration", "ms", 0, 3723004, "1:02:03.004"),
    ("duration", "ms", 2, 5446012, "54.46012 s"),
    ("duration", "ms", 0, MOST, "277,777,777:46:39.999"),
    ("duration", "ms", 6, MOST, "277:46:39.999999999"),
    ("duration", "s", 0, 54, "54 s"),
    ("duration", "s", 3, 92417, "1:32.417"),
    ("duration", "s", 0, -1, "-1 s"),
    ("duration", "min", 0, 0, "0 s"),
    ("duration", "min", 0, 5, "5:00"),
    ("duration", "min", 1, 15, "1:30"),
    ("duration", "min", 2, 125, "1:15.0"),
    ("duration", "min", 2, 1, "0.6 s"),
    ("duration", "min", 0, MOST, "16,666,666,666,666:39:00"),
    ("duration", "h", 0, 36, "36:00:00"),
    ("duration", "h", 1, 15, "1:30:00"),
    ("duration", "h", 2, 1, "36 s"),
    ("duration", "h", 3, 1, "3.6 s"),
    ("duration", "h", 0, -MOST, "-999,999,999,999,999:00:00"),
)
"""Format, unit, decimals, number x 10^decimals, text."""

Write = Callable[[Column, list[int] | list[None]], list[str]]


@pytest.fixture(scope="module")
def page_writes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Write]:
    """What the page writes for numbers that the API gives: one process for all of them."""
    folder = tmp_path_factory.mktemp("numbers")
    script = folder / "numbers.js"
    script.write_text(SCRIPT % json.dumps((PAGE / "numbers.js").as_uri()))
    deno = Path(sysconfig.get_path("scripts")) / "deno"
    quiet = {"DENO_DIR": str(folder), "DENO_NO_UPDATE_CHECK": "1"}
    with subprocess.Popen(
        [deno, "run", "--quiet", "--no-config", str(script)],
        env=os.environ | quiet, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout

        def write(column: Column, numbers: list[int] | list[None]) -> list[str]:
            assert process.stdin
            assert process.stdout
            scores = [None if number is None else json_number(number, column.decimals) for number in numbers]
            process.stdin.write(json.dumps({"column": describe_column(column), "scores": scores}) + "\n")
            process.stdin.flush()
            texts: list[str] = json.loads(process.stdout.readline())
            return texts

        yield write
        process.stdin.close()


def make_column(form: ColumnFormat, unit: str, decimals: int) -> Column:
    return Column("score", "descending", decimals=decimals, title="Score", format=form, unit=unit)


def test_both_write_what_the_table_says(page_writes: Write) -> None:
    for form, unit, decimals, number, text in CASES:
        column = make_column(form, unit, decimals)
        assert write_number(column, number) == text
        assert page_writes(column, [number]) == [text], (form, unit, decimals, number)
    assert {form for form, *_ in CASES} == set(get_args(ColumnFormat))
    assert {unit for form, unit, *_ in CASES if form == "duration"} == set(UNITS["duration"])


@st.composite
def columns(draw: st.DrawFn) -> Column:
    form: ColumnFormat = draw(st.sampled_from(get_args(ColumnFormat)))
    units = UNITS.get(form, ("", "kg", "pts", "é星🎉"))
    decimals = 0 if form == "ordinal" else draw(st.integers(0, 6))
    return make_column(form, draw(st.sampled_from(units)) if units else "", decimals)


numbers = st.one_of(
    st.integers(-MOST, MOST),
    st.integers(-100_000, 100_000),
    st.builds(lambda digits, nines: int(f"{digits}{'9' * nines}"), st.integers(0, 99), st.integers(0, 13)),
    st.builds(lambda digit, zeros: digit * 10**zeros, st.integers(-9, 9), st.integers(0, 14)),
)


@examples(100)
@given(columns(), st.lists(numbers, min_size=1, max_size=20))
def test_both_write_any_number_alike(page_writes: Write, column: Column, values: list[int]) -> None:
    texts = [write_number(column, value) for value in values]
    assert page_writes(column, values) == texts
    for value, text in zip(values, texts, strict=True):
        assert read_back(column, text) == Fraction(value, 10**column.decimals), (value, text)


SECONDS = {"ms": Fraction(1, 1000), "s": Fraction(1), "min": Fraction(60), "h": Fraction(3600)}


def read_back(column: Column, text: str) -> Fraction:
    """The number that a text says, read as a person would."""
    sign = -1 if text.startswith("-") else 1
    text = text.removeprefix("-")
    if column.format == "duration":
        parts = re.fullmatch(r"(?:(?:([1-9][0-9,]*):)?([0-9]+):)?([0-9.]+)( s)?", text)
        assert parts
        hours, minutes, seconds, unit = parts.groups()
        assert bool(unit) == (minutes is None)
        assert len(seconds.partition(".")[0]) == 2 or minutes is None
        assert hours is None or len(minutes) == 2
        total = 3600 * int((hours or "0").replace(",", "")) + 60 * int(minutes or 0) + Fraction(seconds)
        assert Fraction(seconds) < 60
        assert int(minutes or 0) < 60
        return sign * total / SECONDS[column.unit]
    for part in (column.unit, SYMBOLS.get(column.unit, ""), "%"):
        text = text.replace(part, "", 1) if part else text
    digits = re.fullmatch(r"\s*([0-9]{1,3}(?:,[0-9]{3})*)(\.[0-9]+)?(st|nd|rd|th)?\s*", text)
    assert digits, text
    assert len((digits[2] or ".")[1:]) == column.decimals
    assert bool(digits[3]) == (column.format == "ordinal")
    return sign * Fraction(digits[1].replace(",", "") + (digits[2] or ""))


def test_a_missing_score_is_a_dash(page_writes: Write) -> None:
    assert page_writes(make_column("number", "kg", 0), [None]) == ["–"]


def test_only_columns_that_say_how_have_texts() -> None:
    plain, timed = make_column("number", "", 2), make_column("duration", "ms", 0)
    assert not has_reading(plain)
    assert write_numbers([plain, timed], [1, 1500]) == {"score": "1.500 s"}
    assert write_numbers([plain], [1]) == {}


def test_the_page_is_told_no_more_than_it_needs() -> None:
    assert describe_column(make_column("number", "", 2)) == {
        "name": "score", "title": "Score", "order": "descending", "decimals": 2,
    }  # fmt: skip
    told = [describe_column(make_column(*case)) for case in (("duration", "min", 2), ("ordinal", "", 0))]
    assert told[0] | {"digits": 1, "seconds": 6} == told[0]
    assert told[1] | {"ordinal": True} == told[1]


def test_currencies_are_codes() -> None:
    assert len(set(CURRENCIES)) == len(CURRENCIES) == 155
    assert list(CURRENCIES) == sorted(CURRENCIES)
    assert set(SYMBOLS) <= set(CURRENCIES)
