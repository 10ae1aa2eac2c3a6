"""Instants and durations on the command line, as people write them."""

from __future__ import annotations

import re
from datetime import datetime

import click

from generator.diagnostics.wording import quote
from generator.errors import InputError
from runtime.domain.instants import DAY, HOUR, MINUTE, from_datetime

# No zone is further from UTC than 14 hours.
_INSTANT = re.compile(
    r"(?P<year>[0-9]{4})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{3})?)?"
    r"(?P<zone>Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?"
)
"""To the minute, to the second, or to the millisecond: as every output of ours has it."""
_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?", re.ASCII)
_YEARS = range(2000, 2100)
"""Years that an instant may be in: a guard against slips."""


def parse_instant(option: str, text: str) -> int:
    """The instant of a text such as 2026-11-27T18:00-03:00, in milliseconds since 1970. Raises InputError."""
    parts = _INSTANT.fullmatch(text)
    if parts and not parts["zone"]:
        raise InputError(f"{option}: {quote(text)} does not say in which zone: write {text}-03:00, or {text}Z for UTC.")
    if parts and int(parts["year"]) not in _YEARS:
        raise InputError(f"{option}: the year is to be from {_YEARS[0]} to {_YEARS[-1]}.")
    try:
        if parts:
            return from_datetime(datetime.fromisoformat(text))
    except ValueError as error:
        raise InputError(f"{option}: there is no time {quote(text)}: {error}.") from None
    raise InputError(f"{option}: {quote(text)} is no time: write one as 2026-11-27T18:00-03:00, or 2026-11-27T21:00Z.")


def parse_duration(text: str) -> int:
    """The milliseconds of a text such as 2d6h, 90m or 30s. Raises InputError."""
    parts = _DURATION.fullmatch(text)
    amounts = [int(part or 0) for part in parts.groups()] if parts else []
    milliseconds = sum(amount * unit for amount, unit in zip(amounts, (DAY, HOUR, MINUTE, 1000), strict=False))
    if not milliseconds:
        raise InputError(f"{quote(text)} is no duration: write one as 30s, 90m, 2h or 2d6h.")
    return milliseconds


def check_instant(_context: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    """Read an option that is an instant. Raises InputError."""
    return None if text is None else parse_instant(parameter.opts[0], text)
