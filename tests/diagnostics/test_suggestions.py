"""The spelling that was probably meant: it is always one that is accepted, and the search never raises."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter

from generator.aws import schedules
from generator.diagnostics.suggestions import suggest_choice, suggest_value
from generator.spec.values import Colour, Name, Number
from generator.spec.values_aws import AccountId, Address, Domain, Email, Origin
from generator.spec.values_time import Clock, Day, Grace
from tests.support.effort import examples

TYPES: dict[str, Any] = {
    "bool": bool,
    "int": int,
    "number": Number,
    "numbers": list[Number],
    "text": str,
    "name": Name,
    "day": Day,
    "clock": Clock,
    "grace": Grace,
    "colour": Colour,
    "account": AccountId,
    "address": Address,
    "domain": Domain,
    "origin": Origin,
    "e-mail": Email,
}


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        ("bool", "Off", False),
        ("bool", 1, True),
        ("bool", 2, None),
        ("int", Decimal("1e3"), 1000),
        ("int", Decimal("1.5"), None),
        ("int", "10,000", 10_000),
        ("int", "50k", 50_000),
        ("int", "1.5k", 1500),
        ("number", "1,5", Decimal("1.5")),
        ("number", "-2_000", Decimal(-2000)),
        ("numbers", Decimal(5), [Decimal(5)]),
        ("numbers", "5", [Decimal(5)]),
        ("text", 12, "12"),
        ("text", True, "true"),
        ("text", ["x"], "x"),
        ("text", ["x", "y"], None),
        ("name", "Red Team!", "red-team"),
        ("name", "1st", None),
        ("day", "2026-3-1", "2026-03-01"),
        ("day", "2026/03/01", "2026-03-01"),
        ("day", "2026-03-01T00:00:00Z", "2026-03-01"),
        ("day", "2026.2.30", None),
        ("day", "1 Mar 2026", None),
        ("day", "31.12.2026", None),
        ("clock", "12am", "00:00"),
        ("clock", "12:05 pm", "12:05"),
        ("clock", "noon", "12:00"),
        ("clock", "25:00", None),
        ("grace", "1h 30min", "90m"),
        ("grace", "PT5M", "5m"),
        ("grace", "2 days", None),
        ("colour", "ABC", "#aabbcc"),
        ("account", 12345678901, "012345678901"),
        ("account", "1234-5678-9012", "123456789012"),
        ("address", "a@example.com", "mailto:a@example.com"),
        ("domain", "https://A.example.com/x", "a.example.com"),
        ("origin", "http://a.example.com/", "https://a.example.com"),
        ("e-mail", "A <a@example.com>", "a@example.com"),
        ("e-mail", "x" * 100_000, None),
    ],
)
def test_what_was_meant(kind: str, value: Any, meant: Any) -> None:
    got = suggest_value(TYPES[kind], value)
    assert got == meant
    assert type(got) is type(meant) or isinstance(meant, Decimal)


texts = st.one_of(
    st.text(max_size=30),
    st.text("0123456789:.,-/ aphmskd%#@_TZ", max_size=20),
    st.from_regex(r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}", fullmatch=True),
)
numbers = st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False))
anything = st.one_of(
    texts, numbers, st.booleans(), st.lists(texts, max_size=2), st.dictionaries(texts, texts, max_size=2)
)


@examples(400)
@given(st.sampled_from(sorted(TYPES)), anything)
def test_what_is_suggested_is_accepted(kind: str, value: Any) -> None:
    meant = suggest_value(TYPES[kind], value)
    if meant is not None:
        TypeAdapter(TYPES[kind], config=ConfigDict(strict=True)).validate_python(meant)


@examples(400)
@given(
    st.one_of(
        st.text(max_size=40),
        st.text("rateconevyminuthsdb 0123456789*?/,-()LW#", max_size=40),
        st.lists(st.sampled_from(["*", "?", "0", "5", "*/5", "MON", "MONDAY", "L", "7", "JANUARY"]), max_size=7).map(
            lambda fields: f"cron({' '.join(fields)})"
        ),
    )
)
def test_a_schedule_that_is_suggested_is_one(text: str) -> None:
    hint = "."
    try:
        schedules.parse_schedule(text)
    except schedules.ScheduleError as error:
        hint = error.hint
    assert hint.endswith(".")
    for expression in re.findall(r"(?:rate|cron)\([^)]*\)", hint):
        if expression != "cron(minutes hours day-of-month month day-of-week year)":
            schedules.parse_schedule(expression)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Mean", "average"), ("avrage", "average"), ("lowest", "best"), ("b", None), ("median", None), ("", None)],
)
def test_the_choice_that_was_meant(text: str, meant: str | None) -> None:
    assert suggest_choice(text, ("sum", "count", "average", "best", "last")) == meant
