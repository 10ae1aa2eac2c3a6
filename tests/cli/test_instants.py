"""Instants and durations on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from generator.cli.instants import parse_duration, parse_instant
from generator.errors import InputError
from runtime.domain.instants import DAY, HOUR, MINUTE, from_datetime, rfc3339

FRIDAY = from_datetime(datetime(2026, 11, 27, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27T18:00-03:00",
        "2026-11-27T21:00Z",
        "2026-11-27T21:00:00Z",
        "2026-11-28T02:45:00+05:45",
        "2026-11-27T21:00:00.000Z",
    ],
)
def test_an_instant_is_read_in_any_zone(text: str) -> None:
    assert parse_instant("--clock", text) == FRIDAY


def test_an_instant_that_the_api_or_a_command_has_shown_is_read() -> None:
    shown = rfc3339(FRIDAY + 377)
    assert shown == "2026-11-27T21:00:00.377Z"
    assert parse_instant("--at", shown) == FRIDAY + 377


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-11-27T18:00", '"2026-11-27T18:00" does not say in which zone: write 2026-11-27T18:00-03:00, or'),
        ("2026-02-30T18:00Z", 'there is no time "2026-02-30T18:00Z"'),
        ("2026-11-27T24:10Z", 'there is no time "2026-11-27T24:10Z"'),
        ("2026-11-27T18:00+99:00", '"2026-11-27T18:00+99:00" is no time: write one as'),
        ("1969-11-27T18:00Z", "the year is to be from 2000 to 2099"),
        ("Friday", '"Friday" is no time: write one as 2026-11-27T18:00-03:00'),
        ("2026-11-27 18:00-03:00", "is no time: write one as"),
        ("2026-11-27T18:00:00.1234Z", "is no time: write one as"),
        ("2026-11-27T18:00:00.377", "write 2026-11-27T18:00:00.377-03:00, or"),
        ("20261127T1800Z", "is no time: write one as"),
        ("2026-W48-5", "is no time: write one as"),
        ("now", "is no time: write one as"),
        ("\x1b[2J", '"\\x1b[2J" is no time'),
        ("٢٠٢٦-11-27T18:00Z", "is no time"),
        ("", '"" is no time'),
    ],
)
def test_what_is_wrong_with_an_instant_is_said(text: str, problem: str) -> None:
    with pytest.raises(InputError) as error:
        parse_instant("--clock", text)
    assert str(error.value).startswith("--clock: ")
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("30s", 30_000), ("90m", 90 * MINUTE), ("2h", 2 * HOUR), ("2d6h", 2 * DAY + 6 * HOUR), ("1d1s", DAY + 1000)],
)
def test_a_duration_is_read(text: str, milliseconds: int) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "2", "0s", "h", "-2h", "2h30", "1.5h", "99999d", "2H", "6h2d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no duration: write one as 30s, 90m, 2h or 2d6h"):
        parse_duration(text)
