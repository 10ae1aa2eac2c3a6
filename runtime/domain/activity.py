"""An activity, as it arrives from the activities table's stream: read, and judged as far as that needs no state."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from runtime.config import Scalar

Reason = Literal[
    "unknown_type",
    "bad_field",
    "bad_player_id",
    "bad_activity_id",
    "expires_too_soon",
    "in_future",
    "too_old",
    "late",
    "sealed",
    "no_window",
    "over_limit",
    "over_bound",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Every reason for which an activity is rejected."""

PLAYER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}")
ACTIVITY_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""A lowercase UUID of version 7 (RFC 9562, section 5.7): its first 48 bits are milliseconds since 1970."""

DAY = 86_400_000
MAX_AHEAD = 5 * 60_000
"""How far an activity's time may be ahead of when it was written, in milliseconds."""
MAX_BEHIND = 30 * DAY
"""How far it may be behind, and how long its record may wait to be processed."""
MIN_TTL = 31 * DAY
"""The least life of an activity's item: a re-write of one that TTL has removed would look new."""
MARK_LIFE = 62 * DAY
"""How long after an activity's time its mark must live: MAX_BEHIND to be written, MAX_BEHIND to wait, and slack."""


@dataclass(frozen=True)
class Record:
    """One new item of the activities table."""

    player_id: str
    activity_id: str
    written: int
    """The end of the second in which the stream recorded it, in milliseconds: the stream has whole seconds."""
    image: Mapping[str, Mapping[str, Any]]
    """The item in DynamoDB's JSON: {"type": {"S": "kill"}, ...}."""


@dataclass(frozen=True)
class Activity:
    """A well-formed activity. Times are milliseconds since 1970."""

    player_id: str
    activity_id: str
    type: str
    at: int
    written: int
    name: str | None
    fields: Mapping[str, Scalar]


@dataclass(frozen=True)
class Rejection:
    """Why an activity does not count: a fixed reason, and a sentence for a person."""

    reason: Reason
    detail: str


def record(message: Mapping[str, Any]) -> Record:
    """What the pipe put on the queue: a DynamoDB stream record. Raises ValueError for anything else."""
    try:
        change = message["dynamodb"]
        keys = change["Keys"]
        seconds = int(change["ApproximateCreationDateTime"])
        return Record(keys["player_id"]["S"], keys["activity_id"]["S"], seconds * 1000 + 999, change["NewImage"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"not a stream record of the activities table: {error!r}") from None


def parse(record: Record, now: int) -> Activity | Rejection:
    """The activity of a record, or why it is rejected.

    `now` (milliseconds) only refuses a record whose marks may be gone by now; everything else is judged by when the
    record was written, so that every redelivery is judged alike.
    """
    image = record.image
    if not PLAYER_ID.fullmatch(record.player_id):
        return Rejection("bad_player_id", "player_id must match ^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$")
    if not ACTIVITY_ID.fullmatch(record.activity_id):
        return Rejection("bad_activity_id", "activity_id must be a lowercase UUID of version 7")
    at = time_of(record.activity_id)
    if at > record.written + MAX_AHEAD:
        return Rejection("in_future", "the activity's time is over 5 minutes ahead of when it was written")
    if at < record.written - MAX_BEHIND:
        return Rejection("too_old", "the activity's time is over 30 days behind when it was written")
    if record.written < now - MAX_BEHIND:
        return Rejection("too_old", "the activity waited over 30 days to be processed")
    if "expires_at" in image:
        expires_at = _value(image["expires_at"])
        if not isinstance(expires_at, Decimal) or expires_at * 1000 < at + MIN_TTL:
            return Rejection("expires_too_soon", "expires_at must be epoch seconds, 31 days after the activity's time")
    kind = image.get("type", {}).get("S")
    if not isinstance(kind, str):
        return Rejection("unknown_type", "type is missing or not a text")
    fields = {field: value for field, raw in image.items() if (value := _value(raw)) is not None}
    return Activity(record.player_id, record.activity_id, kind, at, record.written, _name(image), fields)


def time_of(activity_id: str) -> int:
    """The time that a well-formed activity id carries, in milliseconds since 1970."""
    return int(activity_id[:8] + activity_id[9:13], 16)


def time_prefix(at: int) -> str:
    """What the ids of all activities of that millisecond begin with; in the order of texts, which is that of time."""
    digits = f"{at:012x}"
    return f"{digits[:8]}-{digits[8:]}"


def make_id(at: int, random_bits: int) -> str:
    """A UUID of version 7 for an activity at that time; `random_bits` gives the 74 bits that are random."""
    value = (at << 80) | (7 << 76) | ((random_bits >> 62 & 0xFFF) << 64) | (2 << 62) | (random_bits & (1 << 62) - 1)
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _value(raw: Mapping[str, Any]) -> Scalar | None:
    """A text, a number or a boolean; None for DynamoDB's other types, which no rule can name."""
    if "S" in raw:
        return str(raw["S"])
    if "N" in raw:
        return Decimal(raw["N"])
    if "BOOL" in raw:
        return bool(raw["BOOL"])
    return None


def _name(image: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The display name, or None where there is none or it breaks the rules: the points count all the same."""
    name = image.get("name", {}).get("S")
    if not isinstance(name, str) or not 1 <= len(name) <= 64 or not name.strip():
        return None
    # Control characters and lone surrogates; format characters (Cf) shape many scripts and are the page's to isolate.
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        return None
    return name
