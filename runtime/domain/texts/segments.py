"""Segments: which value of each of a board's segments a player is in.

That is the value of the newest counted activity that has one, for each segment by itself, in whatever order activities
come. Whatever a game writes there, the activity's points count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from runtime.config import Scalar, Segment
from runtime.domain.texts.attached import write_value

MAX_CHARACTERS = 64
"""The most characters of a value."""
SEGMENT = re.compile(rf"[a-z][a-z0-9_]{{0,31}}:[\s\S]{{1,{MAX_CHARACTERS}}}")
"""What `segment=` may look like: the name of a segment and a value."""
MAX_VALUES = 250
"""The most values of a segment by which players are ranked."""

_COUNTRIES = ("BR", "DE", "JP", "US", "FR", "KR", "PL", "IN")
_PLACES = ("aurora", "basalt", "cinder", "delta", "ember")
"""Values for examples, which hardly look like those of a game."""

Segments = tuple[tuple[str, str, str], ...]
"""A player's value of each segment that he has one of: the segment's name, the value, and the id of the activity that
gave it. Ids sort by time, so the newest value wins in any order."""
Values = tuple[tuple[str, str], ...]
"""The same without the ids."""


def read_segments(segments: Sequence[Segment], fields: Mapping[str, Scalar], activity_id: str) -> Segments:
    """The values that an activity's fields give of a board's segments."""
    found = ((segment, read_value(segment, fields.get(segment.field))) for segment in segments)
    return tuple((segment.name, value, activity_id) for segment, value in found if value is not None)


def read_value(segment: Segment, value: Scalar | None) -> str | None:
    """The text of a value of a segment; None for what is none.

    A value is a text of up to MAX_CHARACTERS that can be seen, or the text of an exact number; and one of those that
    the segment names, if it names any.
    """
    text = write_value(value)
    if text is None or len(text) > MAX_CHARACTERS:
        return None
    return text if not segment.values or text in segment.values else None


def merge_segments(segments: Sequence[Segment], parts: Sequence[Segments]) -> Segments:
    """The newest value of each of a board's segments. Values of segments that it no longer has are left out."""
    newest: dict[str, tuple[str, str, str]] = {}
    for name, value, given_by in (each for part in parts for each in part):
        if name not in newest or given_by > newest[name][2]:
            newest[name] = (name, value, given_by)
    return tuple(newest[segment.name] for segment in segments if segment.name in newest)


def select_values(segments: Sequence[Segment], stored: Segments) -> Values:
    """The values by which a board ranks a player: its segments may have changed since they came."""
    values = {name: value for name, value, _ in stored}
    known = ((segment, values.get(segment.name)) for segment in segments)
    return tuple(
        (segment.name, value)
        for segment, value in known
        if value is not None and (not segment.values or value in segment.values)
    )


def make_segment_value(segment: Segment, number: int) -> str:
    """Make up a value of a segment, for examples and for simulated activities. Few players have the last ones."""
    values = segment.values or (_COUNTRIES if "countr" in segment.field.lower() else _PLACES)
    return values[number % len(values)]
