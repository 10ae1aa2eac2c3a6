"""Activities, parsed from the activities table's stream, with the checks that are the same for every board."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from runtime.config import Scalar
from runtime.domain.instants import DAY, MINUTE
from runtime.domain.rejection import Rejection
from runtime.domain.texts.visibility import is_seen_line

PLAYER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}")
"""The pattern of a whole player id."""
ACTIVITY_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""A lowercase UUID of version 7 (RFC 9562, section 5.7): its first 48 bits are milliseconds since 1970."""

MAX_NAME = 64
"""Characters of a display name."""

MAX_AHEAD = 5 * MINUTE
"""How far an activity's time may be ahead of when it was written, in milliseconds."""
MAX_BEHIND = 30 * DAY
"""How far an activity's time may be behind when it was written, in milliseconds; and how long its record may wait to be
processed."""
MIN_TTL = 31 * DAY
"""How long an activity's item must live at least, in milliseconds from the activity's time: one day longer than
MAX_BEHIND. An activity that is written again after its item has expired looks new, so it must be too old by then."""
MARK_LIFE = 62 * DAY
"""How long after an activity's time its mark must live, in milliseconds: MAX_BEHIND until the activity is written,
MAX_BEHIND until it is processed, and two days to spare."""
MAX_BACKFILLED = 365 * DAY
"""How far the time of an activity that an operator loads may be behind when it was written, in milliseconds. It has an
end, as marks and the tombstones of erased players have: what is accepted must still be known to them."""
CLAIM_LIFE = MAX_BACKFILLED + MARK_LIFE - MAX_BEHIND
"""How long after an activity's time its mark must live where it claims a grant, in milliseconds: as MARK_LIFE says."""

CLAIM = "#backfill"
"""The attribute in which an item claims an operator's grant: the grant's id, ":" and a proof. No rule can name it: the
name of a field begins with a letter or "_"."""
_CLAIM = re.compile("([0-9a-f]{32}):([0-9a-f]{64})")

MAX_PLAYER_ID_BYTES, MAX_ACTIVITY_ID_BYTES = 2048, 1024
"""The longest partition key and sort key that DynamoDB has (Amazon DynamoDB developer guide, "Constraints in Amazon
DynamoDB")."""
MAX_LEVELS = 32
"""How deep DynamoDB nests attributes (same page)."""
_TEXTS = frozenset(("S", "N", "B"))
"""DynamoDB's types whose value is one text in JSON."""
MAX_WRITTEN = 253_402_300_799
"""The last second of the year 9999, in seconds since 1970: a later time has no RFC 3339."""


class StreamRecord(NamedTuple):
    """One new item of the activities table, as the table's stream recorded it."""

    player_id: str
    activity_id: str
    written: int
    """When the item was written, in milliseconds: the end of the second that the stream recorded."""
    image: Mapping[str, Mapping[str, Any]]
    """The item in DynamoDB's JSON: {"type": {"S": "kill"}, ...}."""
    is_granted: bool = False
    """Whether an operator's grant lets its time be behind by MAX_BACKFILLED; whoever sets it has checked the claim."""

    @property
    def claim(self) -> tuple[str, str] | None:
        """The id of the grant that the item claims, and its proof; None for all that game servers write."""
        if CLAIM not in self.image:
            return None
        found = _CLAIM.fullmatch(str(self.image[CLAIM].get("S", "")))
        return None if found is None else (found[1], found[2])


class Activity(NamedTuple):
    """A well-formed activity. Times are in milliseconds since 1970."""

    player_id: str
    activity_id: str
    type: str
    at: int
    written: int
    name: str | None
    fields: Mapping[str, Scalar]


def parse_stream_record(message: Mapping[str, Any]) -> StreamRecord:
    """Read a DynamoDB stream record, which is what the pipe puts on the queue. Raises ValueError for anything else.

    All that DynamoDB cannot have written is refused here, where a message fails alone. Later it would be refused by
    DynamoDB, together with all records of the same player.
    """
    try:
        change = message["dynamodb"]
        keys, image = change["Keys"], change["NewImage"]
        player_id = _check_key(keys["player_id"]["S"], MAX_PLAYER_ID_BYTES)
        activity_id = _check_key(keys["activity_id"]["S"], MAX_ACTIVITY_ID_BYTES)
        seconds = int(change["ApproximateCreationDateTime"])
        if not 0 <= seconds <= MAX_WRITTEN:
            raise ValueError("its time is outside of the calendar")
        _check_map(image, MAX_LEVELS)
        return StreamRecord(player_id, activity_id, seconds * 1000 + 999, image)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a stream record of the activities table: {error!r}") from None


def _check_key(value: str, most: int) -> str:
    """Return a key's text. Raises ValueError or another error where DynamoDB has no such key."""
    if not 1 <= len(value.encode()) <= most:
        raise ValueError(f"a key has no bytes, or over {most}")
    return value


def _check_map(attributes: Mapping[str, Any], levels: int) -> None:
    """Raise ValueError or another error for what is no DynamoDB's JSON: names, each with a value of one type."""
    for name, value in attributes.items():
        # A half of a surrogate pair, which JSON can hold and UTF-8 cannot, is an error too.
        name.encode()
        ((kind, content),) = value.items()
        if kind in _TEXTS:
            content.encode()
        else:
            _check_more(kind, content, levels)


def _check_more(kind: str, content: Any, levels: int) -> None:
    """As `_check_map` for a value that is no single text."""
    match kind:
        case "SS" | "NS" | "BS":
            for each in content:
                each.encode()
        case "M" | "L" if levels == 0:
            raise ValueError(f"nested deeper than {MAX_LEVELS} levels")
        case "M":
            _check_map(content, levels - 1)
        case "L":
            _check_map({str(number): each for number, each in enumerate(content)}, levels - 1)
        case "BOOL" | "NULL" if isinstance(content, bool):
            pass
        case _:
            raise ValueError(f"no type of DynamoDB: {kind}")


def parse_activity(record: StreamRecord, now: int) -> Activity | Rejection:
    """Read the activity of a record, or say why it is rejected.

    `now` (milliseconds) serves only to reject a record that has waited over MAX_BEHIND: its mark may have expired.
    Every other check of a time uses the time at which the record was written, so that each redelivery gets the same
    verdict.
    """
    image = record.image
    if not PLAYER_ID.fullmatch(record.player_id):
        return Rejection("bad_player_id", f"player_id must match ^{PLAYER_ID.pattern}$")
    if not ACTIVITY_ID.fullmatch(record.activity_id):
        return Rejection("bad_activity_id", "activity_id must be a lowercase UUID of version 7")
    at = time_of(record.activity_id)
    if at > record.written + MAX_AHEAD:
        return Rejection("in_future", "the activity's time is over 5 minutes ahead of when it was written")
    most = MAX_BACKFILLED if record.is_granted else MAX_BEHIND
    if at < record.written - most:
        return Rejection("too_old", f"the activity's time is over {most // DAY} days behind when it was written")
    if record.written < now - MAX_BEHIND:
        return Rejection("too_old", "the activity waited over 30 days to be processed")
    if "expires_at" in image:
        expires_at = image["expires_at"]
        if "S" in expires_at or "N" not in expires_at or Decimal(expires_at["N"]) * 1000 < at + MIN_TTL:
            return Rejection("expires_too_soon", "expires_at must be epoch seconds, 31 days after the activity's time")
    type_ = image.get("type", {}).get("S")
    if not isinstance(type_, str):
        return Rejection("unknown_type", "type is missing or not a text")
    name = _display_name(image)
    return Activity(record.player_id, record.activity_id, type_, at, record.written, name, _scalars(image))


def time_of(activity_id: str) -> int:
    """The time in a well-formed activity id, in milliseconds since 1970."""
    return int(activity_id[:8] + activity_id[9:13], 16)


def make_id(at: int, random_bits: int) -> str:
    """Make an activity id: a UUID of version 7 with that time in milliseconds and 74 random bits."""
    value = (at << 80) | (7 << 76) | ((random_bits >> 62 & 0xFFF) << 64) | (2 << 62) | (random_bits & (1 << 62) - 1)
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _scalars(image: Mapping[str, Mapping[str, Any]]) -> dict[str, Scalar]:
    """The texts, numbers and booleans of an item; without its values of other types, which no rule can read."""
    fields: dict[str, Scalar] = {}
    for name, raw in image.items():
        if "S" in raw:
            fields[name] = raw["S"]
        elif "N" in raw:
            fields[name] = Decimal(raw["N"])
        elif "BOOL" in raw:
            fields[name] = raw["BOOL"]
    return fields


def _display_name(image: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The player's display name; None where it is missing or breaks the rules, which does not stop the points.

    Format characters that shape many scripts are part of names. They may not be all of one, and the page isolates them.
    """
    name = image.get("name", {}).get("S")
    return name if isinstance(name, str) and len(name) <= MAX_NAME and is_seen_line(name) else None
