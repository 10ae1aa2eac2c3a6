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
_RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


def to_datetime(instant: int) -> datetime:
    """The instant as a datetime in UTC. Raises OverflowError for an instant that is outside of the calendar."""
    return _EPOCH + timedelta(milliseconds=instant)


def from_datetime(moment: datetime) -> int:
    """The instant of a datetime that knows its offset, rounded down to the millisecond."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def rfc3339(instant: int) -> str:
    """The instant's text by RFC 3339, in UTC with milliseconds: `2026-11-22T04:00:00.000Z`."""
    return to_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_rfc3339(text: str) -> int:
    """The instant of a text that `rfc3339` made. Raises ValueError for any other text."""
    if not _RFC3339.fullmatch(text):
        raise ValueError(text)
    return from_datetime(datetime.fromisoformat(text))
