"""Local time: at which instant the clocks of a time zone show a time of day, with daylight saving time.

A time that the local clock skips becomes the first instant after the gap; a time that it shows twice, the first of the
two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import tzdata

from runtime.domain import instants

_SECOND = timedelta(seconds=1)


@cache
def time_zone(name: str) -> ZoneInfo:
    """Load the time zone of that IANA name. Raises KeyError for an unknown name.

    It comes from the tzdata package and never from the machine, so that windows have the same edges everywhere.
    """
    if name not in time_zone_names():
        raise KeyError(name)
    with (Path(tzdata.__file__).parent / "zoneinfo" / name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@cache
def time_zone_names() -> frozenset[str]:
    """Every IANA name that `time_zone` knows."""
    return frozenset((Path(tzdata.__file__).parent / "zones").read_text(encoding="ascii").split())


def local_date(instant: int, timezone: str) -> date:
    """The date in a time zone at an instant. Raises OverflowError for an instant that is outside of the calendar."""
    return instants.to_datetime(instant).astimezone(time_zone(timezone)).date()


def local_text(instant: int, timezone: str) -> str:
    """What the clocks of a time zone show at an instant, to the minute: `2026-11-22T04:00`."""
    return f"{instants.to_datetime(instant).astimezone(time_zone(timezone)):%Y-%m-%dT%H:%M}"


@lru_cache(maxsize=4096)
def local_instant(timezone: str, day: date, minutes: int) -> int:
    """The instant at which the clocks of a time zone show `minutes` after midnight on a day."""
    zone = time_zone(timezone)
    local = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60)  # noqa: DTZ001
    first = local.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) != local:
        first = _end_of_gap(zone, local)
    return instants.from_datetime(first)


def _end_of_gap(zone: ZoneInfo, local: datetime) -> datetime:
    """Find the instant at which the clocks of a zone jump past the local time `local`, to the second."""
    # With the offset that holds after the jump, `local` is an instant before the jump; with the offset from before the
    # jump, it is one after.
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
