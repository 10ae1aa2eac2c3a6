"""Attached fields: small texts and numbers of an activity that a board keeps beside a score and shows.

Whatever a game writes there, the activity's points count: what cannot be kept is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from runtime.config import Scalar
from runtime.domain.texts.visibility import is_seen_line

MAX_BYTES = 1_000
"""The most bytes of what one entry has attached, as JSON in UTF-8 without spaces. A write of a player's aggregate then
takes at most one more unit, of 1 kB (Amazon DynamoDB developer guide, "DynamoDB read and write operations")."""
MAX_DIGITS = 38
"""The most digits of an attached number, written out: those of a DynamoDB number (Amazon DynamoDB developer guide,
"Supported data types and naming rules in Amazon DynamoDB")."""

Attached = tuple[tuple[str, str], ...]
"""Each attached field with its value as text, by the field's name. A number is the text that has its exact value."""

_ADDRESSES = ("url", "link", "photo", "replay", "image", "video", "clip", "screenshot")
"""Words in the names of fields that hold addresses."""
_WORDS = ("Falcon", "Ember", "Ōkami", "Sable", "Дарья", "Rook", "Wren")


def attach(names: Sequence[str], fields: Mapping[str, Scalar]) -> Attached:
    """Attach those of an activity's fields that a board keeps. Where not all fit, the first of `names` do."""
    kept: dict[str, str] = {}
    for name in names:
        text = write_value(fields.get(name))
        if text is not None and count_bytes({**kept, name: text}) <= MAX_BYTES:
            kept[name] = text
    return tuple(sorted(kept.items()))


def select(names: Sequence[str], attached: Attached) -> dict[str, str]:
    """The attached fields that a board shows, in its order: the list in the YAML may have changed since they came."""
    values = dict(attached)
    return {name: values[name] for name in names if name in values}


def write_value(value: Scalar | None) -> str | None:
    """The text of a value that can be attached; None for any other.

    A text must be one line with a character that can be seen, a number of at most MAX_DIGITS digits. A boolean is
    neither.
    """
    if isinstance(value, str):
        return value if is_seen_line(value) else None
    return _write_number(value) if isinstance(value, Decimal) else None


def count_bytes(values: Mapping[str, str]) -> int:
    """The bytes of some attached fields as MAX_BYTES counts them."""
    return len(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode())


def _write_number(number: Decimal) -> str | None:
    """A number without an exponent, and without the zeros that say nothing."""
    if not number:
        return "0"
    # This comes before writing, so that 1E+125 is left out without writing out its 126 digits.
    if not number.is_finite() or abs(number.adjusted()) >= MAX_DIGITS:
        return None
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if sum(character.isdigit() for character in text) <= MAX_DIGITS else None


def make_value(name: str, number: int = 0) -> str:
    """Make up a text for an attached field, for examples and for simulated activities."""
    if any(word in name.lower() for word in _ADDRESSES):
        return f"https://example.com/{name}/{number:04}"
    return _WORDS[number % len(_WORDS)]
