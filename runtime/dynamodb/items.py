"""What lies in the aggregates and marks tables, as DynamoDB's JSON.

    aggregates  partition "WINDOW#SHARD", player_id      columns, at, name, named_by, counted, reached, run, version
                partition "#windows",     window id      a window that was opened, its shard count and its state
                partition "#identity",    "board" | kind what the stored numbers mean
                partition "#outbox#SHARD", event id      events to be sent, under the first one's id
    marks       player_id, activity_id                   outcome: counted | rejected
                "#rejected#DAY#SHARD", id                a rejected activity and why, for a person to read

No player id starts with "#", so players and the project's own items never meet.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from runtime.config import BoardConfig, WindowKind
from runtime.domain.activity import DAY, MARK_LIFE, PLAYER_ID, Record, Rejection
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window
from runtime.dynamodb.table import Item, Key

REJECTED_DAYS = 14
"""How long a rejected activity is kept."""
REJECTED_SHARDS = 16
"""Partitions that a day's rejected activities are spread over: a broken producer must not throttle the marks."""
OUTBOX_SHARDS = 8
IMAGE_KEPT = 8_192
"""Characters of a rejected activity that are kept with its reason. A larger one is in the activities table."""
OPEN, PROBING, SEALING, SEALED = "open", "probing", "sealing", "sealed"


@dataclass(frozen=True)
class WindowState:
    """A window that has been opened, and how far it is on its way to being sealed. Times are milliseconds."""

    span: Window
    shards: int
    state: str = OPEN
    token: str = ""
    """What a probe of this window carries, so that nobody else can make one."""
    probed_at: int = 0
    probes: frozenset[str] = frozenset()
    """Those that came through the processor."""
    arrived: str = ""
    """The probes that came through and the ranks, and since when they have been so."""
    changed_at: int = 0
    sealing_at: int = 0
    final: dict[str, Any] | None = None
    """Where the sealed ranks lie."""


def place(span_id: str, shards: int, player_id: str) -> Key:
    """The key of a player's aggregate in a window."""
    return f"{span_id}#{zlib.crc32(player_id.encode()) % shards}", player_id


def aggregate(key: Key, value: Aggregate, version: int | None) -> Item:
    """A player's aggregate; without a version where it is written by one write."""
    item: Item = {
        "partition": {"S": key[0]},
        "player_id": {"S": key[1]},
        "columns": {"L": [{"N": str(column)} for column in value.columns]},
        "at": {"N": str(value.at)},
    }
    if value.name is not None:
        item |= {"name": {"S": value.name}, "named_by": {"S": value.named_by}}
    if value.run:
        item["run"] = {"S": value.run}
    if version is not None:
        item |= {"counted": {"N": str(value.counted)}, "version": {"S": str(version)}}
        if value.reached is not None:
            item["reached"] = {"N": str(value.reached)}
    return item


def read_aggregate(item: Item) -> Aggregate:
    """The aggregate of an item that `aggregate` made."""
    return Aggregate(
        columns=tuple(int(column["N"]) for column in item["columns"]["L"]),
        at=int(item["at"]["N"]),
        name=_text(item, "name"),
        named_by=_text(item, "named_by") or "",
        counted=_number(item, "counted"),
        reached=_number(item, "reached") if "reached" in item else None,
        run=_text(item, "run") or "",
    )


def opened(span: Window, shards: int) -> Item:
    """A window that opens now."""
    window = {"every": span.every, "starts_at": span.starts_at, "ends_at": span.ends_at, "shards": shards}
    return {"partition": {"S": "#windows"}, "player_id": {"S": span.id}, "window": {"S": json.dumps(window)}}


def read_opened(item: Item) -> WindowState:
    """The window of an item that `opened` made and sealing changed."""
    window = json.loads(item["window"]["S"])
    shards = window.pop("shards")
    final = _text(item, "final")
    return WindowState(
        span=Window(id=item["player_id"]["S"], **window),
        shards=shards,
        state=_text(item, "state") or OPEN,
        token=_text(item, "token") or "",
        probed_at=_number(item, "probed_at"),
        probes=frozenset(item["probes"]["SS"] if "probes" in item else []),
        arrived=_text(item, "arrived") or "",
        changed_at=_number(item, "changed_at"),
        sealing_at=_number(item, "sealing_at"),
        final=json.loads(final) if final else None,
    )


def events(detail_type: str, details: Sequence[dict[str, Any]]) -> Item:
    """Events of the outbox that one write tells of: at least one. Each detail has an `id` that no other event has."""
    first = details[0]["id"]
    return {
        "partition": {"S": f"#outbox#{zlib.crc32(first.encode()) % OUTBOX_SHARDS}"},
        "player_id": {"S": first},
        "type": {"S": detail_type},
        "details": {"L": [{"S": json.dumps(detail, ensure_ascii=False)} for detail in details]},
    }


def mark_key(record: Record) -> Key:
    """The key of an activity's mark. A player id that no player can have might collide with other keys: hashed."""
    if PLAYER_ID.fullmatch(record.player_id):
        return record.player_id, record.activity_id
    digest = _digest(record)
    return f"#invalid#{digest[:2]}", digest


def mark(record: Record, outcome: str, now: int) -> Item:
    """The mark that an activity leaves once it is counted or rejected. It outlives every redelivery."""
    player_id, activity_id = mark_key(record)
    return {
        "player_id": {"S": player_id},
        "activity_id": {"S": activity_id},
        "outcome": {"S": outcome},
        "expires_at": {"N": str((now + MARK_LIFE) // 1000)},
    }


def rejected(record: Record, rejection: Rejection, now: int) -> Item:
    """A rejected activity with its reason."""
    digest = _digest(record)
    image = json.dumps(record.image, ensure_ascii=False, sort_keys=True)
    item: Item = {
        "player_id": {"S": rejected_partition(_day(now), int(digest, 16) % REJECTED_SHARDS)},
        "activity_id": {"S": f"{record.written:015}#{digest}"},
        "reason": {"S": rejection.reason},
        "detail": {"S": rejection.detail},
        "by": {"S": record.player_id},
        "activity": {"S": record.activity_id},
        "written": {"N": str(record.written)},
        "expires_at": {"N": str((now + REJECTED_DAYS * DAY) // 1000)},
    }
    if len(image) <= IMAGE_KEPT:
        item["image"] = {"S": image}
    return item


def rejected_partition(day: date, shard: int) -> str:
    """The partition of the activities that were rejected on a UTC day."""
    return f"#rejected#{day.isoformat()}#{shard}"


def rejected_partitions(now: int) -> list[str]:
    """Every partition that may hold a rejected activity now, the newest day first."""
    today = _day(now)
    days = [today - timedelta(days=back) for back in range(REJECTED_DAYS + 1)]
    return [rejected_partition(day, shard) for day in days for shard in range(REJECTED_SHARDS)]


def identity(config: BoardConfig) -> dict[str, str]:
    """What the stored numbers mean: for the board, and for each kind of window where it starts."""
    columns = ", ".join(f"{column.name} {column.order}" for column in config.columns)
    meaning = {"board": f"{config.aggregate} of {columns} with {config.decimals} decimals"}
    return meaning | {window.every: _window_identity(window) for window in config.windows}


def _window_identity(window: WindowKind) -> str:
    if window.every in ("all_time", "hour"):
        return window.every
    start = f"{window.at_minutes // 60:02}:{window.at_minutes % 60:02} in {window.timezone}"
    if window.every == "week":
        return f"day {window.starts} at {start}"
    return f"{window.days} days from {start}" if window.every == "rolling" else start


def _day(now: int) -> date:
    return datetime.fromtimestamp(now // 1000, UTC).date()


def _text(item: Item, name: str) -> str | None:
    return str(item[name]["S"]) if name in item else None


def _number(item: Item, name: str) -> int:
    return int(item[name]["N"]) if name in item else 0


def _digest(record: Record) -> str:
    return sha256(json.dumps([record.player_id, record.activity_id]).encode()).hexdigest()[:32]
