"""What lies in the aggregates and marks tables, as DynamoDB's JSON.

    aggregates  partition "WINDOW#SHARD", player_id      columns, at, name, named_by, counted, version
                partition "#windows",     window id      a window that was opened, with its shard count
                partition "#identity",    "board" | kind what the stored numbers mean
    marks       player_id, activity_id                   outcome: counted | rejected
                "#rejected#DAY#SHARD", id                a rejected activity and why, for a person to read

No player id starts with "#", so players and the project's own items never meet.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from runtime.activity import MARK_LIFE, PLAYER_ID, Record, Rejection
from runtime.config import BoardConfig
from runtime.scoring import Aggregate
from runtime.windows import Span

Item = dict[str, Any]

REJECTED_LIFE = 14 * 86_400
"""How long a rejected activity is kept, in seconds."""
REJECTED_SHARDS = 16
"""Partitions that a day's rejected activities are spread over: a broken producer must not throttle the marks."""
IMAGE_KEPT = 8_192
"""Characters of a rejected activity that are kept with its reason. A larger one is in the activities table."""


@dataclass(frozen=True)
class Opened:
    """A window that has taken an activity, as stored when it opened."""

    span: Span
    shards: int


def aggregate(place: str, player_id: str, value: Aggregate, version: int) -> Item:
    """A player's aggregate in the partition `place`."""
    item: Item = {
        "partition": {"S": place},
        "player_id": {"S": player_id},
        "columns": {"L": [{"N": str(column)} for column in value.columns]},
        "at": {"N": str(value.at)},
        "counted": {"N": str(value.counted)},
        "version": {"N": str(version)},
    }
    if value.name is not None:
        item |= {"name": {"S": value.name}, "named_by": {"S": value.named_by}}
    return item


def read_aggregate(item: Item) -> Aggregate:
    """The aggregate of an item that `aggregate` made."""
    return Aggregate(
        columns=tuple(int(column["N"]) for column in item["columns"]["L"]),
        at=int(item["at"]["N"]),
        name=item["name"]["S"] if "name" in item else None,
        named_by=item["named_by"]["S"] if "named_by" in item else "",
        counted=int(item["counted"]["N"]),
    )


def opened(span: Span, shards: int) -> Item:
    """The attributes that tell of an opened window; its id is the key."""
    window = {"every": span.every, "starts_at": span.starts_at, "ends_at": span.ends_at, "shards": shards}
    return {"window": {"S": json.dumps(window)}}


def read_opened(item: Item) -> Opened:
    """The window of an item that holds what `opened` made."""
    window = json.loads(item["window"]["S"])
    shards = window.pop("shards")
    return Opened(Span(id=item["player_id"]["S"], **window), shards)


def mark(record: Record, outcome: str, now: int) -> Item:
    """The mark that an activity leaves once it is counted or rejected. It outlives every redelivery."""
    # A player id that no player can have might collide with other keys: hashed.
    player_id, activity_id = record.player_id, record.activity_id
    if not PLAYER_ID.fullmatch(player_id):
        activity_id = _digest(record)
        player_id = f"#invalid#{activity_id[:2]}"
    return {
        "player_id": {"S": player_id},
        "activity_id": {"S": activity_id},
        "outcome": {"S": outcome},
        "expires_at": {"N": str((now + MARK_LIFE) // 1000)},
    }


def rejected(record: Record, rejection: Rejection, now: int) -> Item:
    """A rejected activity with its reason."""
    day = datetime.fromtimestamp(now // 1000, UTC).date().isoformat()
    digest = _digest(record)
    image = json.dumps(record.image, ensure_ascii=False, sort_keys=True)
    item: Item = {
        "player_id": {"S": f"#rejected#{day}#{int(digest, 16) % REJECTED_SHARDS}"},
        "activity_id": {"S": f"{record.written:015}#{digest}"},
        "reason": {"S": rejection.reason},
        "detail": {"S": rejection.detail},
        "by": {"S": record.player_id},
        "activity": {"S": record.activity_id},
        "written": {"N": str(record.written)},
        "expires_at": {"N": str(now // 1000 + REJECTED_LIFE)},
    }
    if len(image) <= IMAGE_KEPT:
        item["image"] = {"S": image}
    return item


def identity(config: BoardConfig) -> dict[str, str]:
    """What the stored numbers mean: for the board, and for each kind of window where it starts."""
    columns = ", ".join(f"{column.name} {column.order}" for column in config.columns)
    meaning = {"board": f"{config.aggregate} of {columns} with {config.decimals} decimals"}
    for window in config.windows:
        if window.every == "all_time":
            meaning[window.every] = "all time"
        else:
            start = f"{window.at_minutes // 60:02}:{window.at_minutes % 60:02}"
            day = f" on day {window.starts}" if window.every == "week" else ""
            meaning[window.every] = f"{start}{day} in {window.timezone}"
    return meaning


def _digest(record: Record) -> str:
    return sha256(json.dumps([record.player_id, record.activity_id]).encode()).hexdigest()[:32]
