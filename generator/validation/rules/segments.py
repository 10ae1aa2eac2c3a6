"""Rules of a board's segments: their names, their fields, their values."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import quote
from generator.spec.values import RESERVED_FIELDS
from generator.validation.field_place import FieldPlace, find_repeated
from generator.validation.merging import MergedBoard
from runtime.domain.texts.attached import write_value


def check_segments(board: MergedBoard) -> Iterator[Diagnostic]:
    """Check the segments of one board."""
    segments = board["segments"].items()
    for name in find_repeated(segment["name"] for segment in segments if segment.node.mapping()):
        message = f"a second segment is called {name.text}"
        yield name.diagnostic("duplicate-segment", message, "Give it a name of its own.")
    for segment in segments:
        if segment.node.mapping():
            yield from _check_field(segment)
            yield from _check_values(segment["values"])


def _check_field(segment: FieldPlace) -> Iterator[Diagnostic]:
    """Check that a segment named as a part of every activity names the field that it reads."""
    name = segment["name"]
    if name.text in RESERVED_FIELDS and not segment["field"].exists:
        message = f'"{name.text}" is a part of every activity, not a field of your game'
        yield name.diagnostic("segment-field", message, "Name the `field` that it reads.")


def _check_values(values: FieldPlace) -> Iterator[Diagnostic]:
    """Check that no value stands twice: 7 is the same as "7"."""
    seen: set[str] = set()
    for item in values.items():
        text = item.text or write_value(item.number)
        if text is None:
            continue
        if text in seen:
            yield item.diagnostic("twice", f"{quote(text, 100)} is here twice", "Keep one.")
        seen.add(text)
