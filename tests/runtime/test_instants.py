"""The texts of instants: what answers write, and every spelling of the same time that clients make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.domain import instants
from runtime.domain.instants import FractionError, parse_rfc3339, rfc3339, to_datetime

INSTANT = instants.from_datetime(datetime(2026, 11, 22, 4, 0, 7, 460_000, UTC))
SPELLINGS = (
    "2026-11-22T04:00:07.460Z",
    "2026-11-22T04:00:07.46Z",  # Go
    "2026-11-22T04:00:07.460000Z",
    "2026-11-22T04:00:07.460000+00:00",  # Python's isoformat
    "2026-11-22 04:00:07.460000+00:00",  # Python's str
    "2026-11-22T04:00:07.4600000Z",  # C#
    "2026-11-22T04:00:07.460000000Z",
    "2026-11-22T04:00:07.46" + "0" * 60 + "Z",
    "2026-11-22T04:00:07.460+00:00",
    "2026-11-22T04:00:07.460 00:00",
    "2026-11-22T04:00:07.460-00:00",
    "2026-11-22T04:00:07.460000+0000",  # openapi-generator's Python clients
    "2026-11-22T09:30:07.460 0530",
    "2026-11-22 04:00:07.460 +00:00",  # Rust's chrono
    "2026-11-21 20:00:07.460 -08:00",
    "2026-11-22T09:30:07.460+05:30",
    "2026-11-22T09:30:07.460 05:30",
    "2026-11-21T20:00:07.460-08:00",
    "2026-11-22t04:00:07.460z",
)
NO_TIMES = (
    *("", "yesterday", "1795320007460", "2026-11-22", "2026-11-22T04:00:07.460", "2026-11-22T04:00:07,460Z"),
    *("2026-11-22T04:00Z", "20261122T040007Z", "2026-11-22T04:00:07.Z", "2026-11-22T04:00:07.460+000"),
    *("2026-11-22T04:00:07.460+00", "2026-11-22T04:00:07.460+24:00", "2026-11-22T24:00:00Z", "2026-02-29T00:00:00Z"),
    *("2026-11-22T04:60:00Z", "2026-11-22T04:00:61Z", "2026-11-22T04:00:60Z", "0000-01-01T00:00:00Z"),
    *(" 2026-11-22T04:00:07.460Z", "2026-11-22T04:00:07.460Z\n", "2026-11-22T04:00:07.460  00:00"),
    *("\u0662026-11-22T04:00:07.460Z", "2026-11-22_04:00:07.460Z", "2026-W47-7T04:00:07Z", "+2026-11-22T04:00:07Z"),
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_each_spelling_of_a_time_is_one_instant(text: str) -> None:
    assert parse_rfc3339(text) == INSTANT


def test_a_time_without_a_fraction() -> None:
    assert parse_rfc3339("2026-11-22T04:00:07Z") == parse_rfc3339("2026-11-22T04:00:07.000Z") == INSTANT - 460


def test_a_leap_second_begins_the_next_minute() -> None:
    assert parse_rfc3339("2016-12-31T23:59:60.250Z") == parse_rfc3339("2017-01-01T00:00:00.250Z")
    assert parse_rfc3339("2017-01-01T01:59:60+02:00") == parse_rfc3339("2017-01-01T00:00:00Z")


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_rfc3339(text)
    assert not isinstance(refused.value, FractionError)


@pytest.mark.parametrize("fraction", ["4601", "460000001", "0000001", "460" + "0" * 50 + "1"])
def test_a_time_between_two_milliseconds_is_no_instant(fraction: str) -> None:
    with pytest.raises(FractionError):
        parse_rfc3339(f"2026-11-22T04:00:07.{fraction}Z")


@given(
    instant=st.integers(-62_000_000_000_000, 253_000_000_000_000),
    minutes=st.integers(-23 * 60 - 59, 23 * 60 + 59),
    zeros=st.integers(0, 9),
)
def test_whatever_answers_write_is_read_back_from_any_zone(instant: int, minutes: int, zeros: int) -> None:
    assert parse_rfc3339(rfc3339(instant)) == instant
    there = to_datetime(instant).astimezone(timezone(timedelta(minutes=minutes)))
    text = there.isoformat(timespec="milliseconds")
    assert parse_rfc3339(text) == instant
    assert parse_rfc3339(text[:23] + "0" * zeros + text[23:]) == instant
    shorter = text[:23].rstrip("0").rstrip(".") if "." in text[:23] else text[:23]
    assert parse_rfc3339(shorter + text[23:]) == instant
