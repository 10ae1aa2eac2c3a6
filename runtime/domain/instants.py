"""Instants: milliseconds since 1970-01-01T00:00:00Z, as whole numbers, and their text in RFC 3339."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

MINUTE = 60_000
"""Milliseconds of a minute."""
HOUR = 60 * MINUTE
"""Milliseconds of an hour."""
DAY = 24 * HOUR
"""Milliseconds of a day of 24 hours."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|( ?[+-]| )([0-9]{2}:?[0-9]{2}))"
)
"""Date, hour and minute, second, fraction, sign and offset. A space between date and time is what RFC 3339 lets
programs agree on (section 5.6), and Python's `str` writes. Clients have their own ways with the offset: one that does
not encode its + sends a space, Rust's chrono puts a space before it, Python's `strftime` leaves out the colon (%z)."""


class FractionError(ValueError):
    """The time lies between two milliseconds, so it is no instant here."""


def to_datetime(instant: int) -> datetime:
    """The instant as a datetime in UTC. Raises OverflowError for an instant that is outside of the calendar."""
    return _EPOCH + timedelta(milliseconds=instant)


def from_datetime(moment: datetime) -> int:
    """The instant of a datetime that knows its offset, rounded down to the millisecond."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def rfc3339(instant: int) -> str:
    """The instant's text by RFC 3339, in UTC with milliseconds: `2026-11-22T04:00:00.000Z`."""
    return to_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def rfc3339_or_none(instant: int | None) -> str | None:
    """The instant's text by RFC 3339; None for None."""
    return None if instant is None else rfc3339(instant)


def parse_rfc3339(text: str) -> int:
    """The instant of a text by RFC 3339, however a client spells it: any offset, any number of digits.

    Raises ValueError for any other text, FractionError where the time is more exact than a millisecond.
    """
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, minute, second, fraction, sign, offset = found.groups(default="")
    # datetime knows no leap second: the second 60 is the instant at which the next minute begins.
    leap = 1000 if second == "60" else 0
    whole = datetime.fromisoformat(f"{day}T{minute}:{'59' if leap else second}{sign.strip() or '+'}{offset or '00:00'}")
    instant = from_datetime(whole) + leap + int(fraction[:3].ljust(3, "0"))
    if leap and instant // 1000 * 1000 % DAY:
        raise ValueError(text)
    if fraction[3:].strip("0"):
        raise FractionError(text)
    return instant
