"""The items of the aggregates and marks tables, in DynamoDB's JSON.

    aggregates  partition "WINDOW#SHARD", player_id      columns, at, name, named_by, counted, reached, run, version;
                                                         still, newest, times: where they say more (`Aggregate`);
                                                         attached, attached_by: on a board that attaches;
                                                         segments: on a board that has some;
                                                         since: where an operator has set the best run;
                                                         recounted, recounted_run, recount: after a replay, see
                                                         `recounting`
                partition "#windows",     window id      a window that was opened and its state, see `window_store`
                partition "#changes",     "aggregates"   when aggregates last changed, see `changes`
                partition "#identity",    "board" | kind what the stored numbers mean, see `domain.identity`
                partition "#watch",       "heartbeats"   heartbeats that were sent and have arrived, see `heartbeats`
                partition "#lease",       "rebuild"      which rebuild is under way, see `lease`
                partition "#fence#N",     "rebuild"      token: of the last read of the stream, see `streaming`
                partition "#players",     player or hash what operators have decided about a player, see `decisions`
                partition "#outbox#SHARD", event id      events to be sent; the id is that of the first
    marks       player_id, activity_id                   outcome: counted | rejected; decided: when, where it claims
                                                         a grant
                "#minutes#PLAYER", minute                counted: of a player's activities, where a minute is limited
                "#rejected#DAY#SHARD", id                a rejected activity with the reason, for a person to read
                "#grants", id                            secret, until: a grant of a backfill, see `grants`
                "#audit", instant and a random text      what a person did to the board by a command; no function reads
                                                         or writes it, nor the next
                "#corrections", player and a hash        a score that a person has corrected by a command

The attribute names are what running boards have stored: they never change. No player id starts with "#", so the items
of players and the board's own items have different keys.
"""

from __future__ import annotations

import json
import secrets
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from runtime.domain.activity import ACTIVITY_ID, CLAIM_LIFE, MARK_LIFE, PLAYER_ID, StreamRecord, time_of
from runtime.domain.instants import DAY
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Aggregate
from runtime.dynamodb.table import Item, Key

REJECTED_DAYS = 14
"""For how many days a rejected activity is kept."""
REJECTED_SHARDS = 16
"""How many partitions a day's rejected activities are spread over: a broken producer must not throttle the marks."""
OUTBOX_SHARDS = 8
"""How many partitions the events of the outbox are spread over."""
MAX_IMAGE_CHARACTERS = 8_192
"""The longest image of a rejected activity that is kept with the reason. Of a longer one only a hash is kept, by which
a redrive recognises it in the activities table."""
_OF_RUNS = ("name", "named_by", "attached", "segments", "counted", "version")
"""What the item of a player may have where one run is kept, beside what every run has and what the player reached."""
_SETS = ("SS", "NS", "BS")
"""DynamoDB's types of sets, whose order means nothing."""


def aggregate_key(window_id: str, shards: int, player_id: str) -> Key:
    """The key of a player's aggregate in a window whose aggregates are spread over `shards` partitions."""
    return f"{window_id}#{zlib.crc32(player_id.encode()) % shards}", player_id


def aggregate_item(key: Key, aggregate: Aggregate, version: int | None) -> Item:
    """Make the item of a player's aggregate; `version` is None where one conditional write decides what is kept."""
    item: Item = {
        "partition": {"S": key[0]},
        "player_id": {"S": key[1]},
        "columns": {"L": [{"N": str(column)} for column in aggregate.columns]},
        "at": {"N": str(aggregate.at)},
    }
    if aggregate.name is not None:
        item |= {"name": {"S": aggregate.name}, "named_by": {"S": aggregate.named_by}}
    if aggregate.run:
        item["run"] = {"S": aggregate.run}
    if aggregate.attached:
        item["attached"] = {"M": {name: {"S": text} for name, text in aggregate.attached}}
    if aggregate.attached_by:
        item["attached_by"] = {"S": aggregate.attached_by}
    if aggregate.since:
        item["since"] = {"S": aggregate.since}
    if aggregate.segments:
        given = {name: {"L": [{"S": value}, {"S": by}]} for name, value, by in aggregate.segments}
        item["segments"] = {"M": given}
    if version is not None:
        item |= {"counted": {"N": str(aggregate.counted)}, "version": {"S": str(version)}}
        if aggregate.reached is not None:
            item["reached"] = {"N": str(aggregate.reached)}
    # Most boards have none of these, and then pay for none of them.
    if aggregate.still:
        item["still"] = {"BOOL": True}
    if aggregate.newest:
        item["newest"] = {"S": aggregate.newest}
    if aggregate.times:
        item["times"] = {"L": [{"N": str(time)} for time in aggregate.times]}
    return item


def read_aggregate(item: Item) -> Aggregate:
    """Read an item that `aggregate_item` made."""
    return Aggregate(
        columns=tuple(int(column["N"]) for column in item["columns"]["L"]),
        at=int(item["at"]["N"]),
        name=get_text(item, "name"),
        named_by=get_text(item, "named_by") or "",
        counted=get_number(item, "counted"),
        reached=get_number(item, "reached") if "reached" in item else None,
        run=get_text(item, "run") or "",
        still="still" in item,
        newest=get_text(item, "newest") or "",
        times=tuple(int(time["N"]) for time in item["times"]["L"]) if "times" in item else (),
        attached=tuple(sorted((name, value["S"]) for name, value in item.get("attached", {"M": {}})["M"].items())),
        attached_by=get_text(item, "attached_by") or "",
        since=get_text(item, "since") or "",
        segments=tuple(
            (name, given["L"][0]["S"], given["L"][1]["S"])
            for name, given in sorted(item.get("segments", {"M": {}})["M"].items())
        ),
    )


def keep_run(aggregate: Aggregate) -> tuple[str, dict[str, Any]]:
    """The update that makes a player's item that of another run, and its values by name.

    What the player has reached stays: a board may have milestones again one day. So does `since`. An update takes as
    many write units as a new item would: those of the larger of what stood there and what stands there then (DynamoDB
    developer guide, "DynamoDB read and write operations").
    """
    item = aggregate_item(("", ""), aggregate, version=None)
    values = {name: value for name, value in item.items() if name not in ("partition", "player_id")}
    assignments = ", ".join(f"#{name} = :{name}" for name in values)
    left = ", ".join(f"#{name}" for name in _OF_RUNS if name not in values)
    return f"SET {assignments} REMOVE {left}", values


def outbox_item(detail_type: str, details: Sequence[dict[str, Any]]) -> Item:
    """Make the item of one or more events that are written together. Each detail has an `id` of its own."""
    first_id = details[0]["id"]
    return {
        "partition": {"S": f"#outbox#{zlib.crc32(first_id.encode()) % OUTBOX_SHARDS}"},
        "player_id": {"S": first_id},
        "type": {"S": detail_type},
        "details": {"L": [{"S": json.dumps(detail, ensure_ascii=False)} for detail in details]},
    }


def mark_key(record: StreamRecord) -> Key:
    """The key of an activity's mark.

    A player id that breaks the rules is hashed: it could be the key of one of the board's own items.
    """
    if PLAYER_ID.fullmatch(record.player_id):
        return record.player_id, record.activity_id
    record_hash = _hash_ids(record)
    return f"#invalid#{record_hash[:2]}", record_hash


def mark_item(record: StreamRecord, outcome: str, now: int) -> Item:
    """Make the mark of an activity that was counted or rejected. It outlives every redelivery of the activity.

    That of one that claims a grant also outlives every other load of the same file, whether or not the claim is good.
    """
    player_id, activity_id = mark_key(record)
    until, decided = now + MARK_LIFE, {}
    if record.claim is not None and ACTIVITY_ID.fullmatch(record.activity_id):
        until = max(until, min(now, time_of(record.activity_id)) + CLAIM_LIFE)
        decided = {"decided": {"N": str(now // 1000)}}
    return {
        "player_id": {"S": player_id},
        "activity_id": {"S": activity_id},
        "outcome": {"S": outcome},
        "expires_at": {"N": str(until // 1000)},
        **decided,
    }


def decided_at(mark: Item) -> int:
    """When a mark was written, in milliseconds: of most it follows from how long they live."""
    decided = get_number(mark, "decided") if "decided" in mark else get_number(mark, "expires_at") - MARK_LIFE // 1000
    return decided * 1000


def minute_key(player_id: str, minute: int) -> Key:
    """The key of the counter of a player's activities in one UTC minute. `minute` is in minutes since 1970.

    It is apart from the player's marks: an activity id that breaks the rules may be any text.
    """
    return minutes_partition(player_id), f"{minute:012}"


def minutes_partition(player_id: str) -> str:
    """The partition of the counters of a player's activities in minutes."""
    return f"#minutes#{player_id}"


def minute_item(key: Key, counted: int, now: int) -> Item:
    """Make the item that says how many of a player's activities are counted in a minute. It lives as long as marks."""
    return {
        "player_id": {"S": key[0]},
        "activity_id": {"S": key[1]},
        "counted": {"N": str(counted)},
        "expires_at": {"N": str((now + MARK_LIFE) // 1000)},
    }


def rejected_item(record: StreamRecord, rejection: Rejection, now: int) -> Item:
    """Make the item of a rejected activity, by which a person can read what was rejected and why."""
    image = make_image_text(record.image)
    partition, sort = rejected_key(record, _day(now))
    item: Item = {
        "player_id": {"S": partition},
        "activity_id": {"S": sort},
        "reason": {"S": rejection.reason},
        "detail": {"S": rejection.detail},
        "by": {"S": record.player_id},
        "activity": {"S": record.activity_id},
        "written": {"N": str(record.written)},
        # Tells it from a later rejection of the same activity, which has the same key if it is on the same day.
        "rejection": {"S": secrets.token_hex(8)},
        "expires_at": {"N": str((now + REJECTED_DAYS * DAY) // 1000)},
    }
    kept = {"image": image} if len(image) <= MAX_IMAGE_CHARACTERS else {"content": hash_image(image)}
    return item | {name: {"S": text} for name, text in kept.items()}


def rejected_key(record: StreamRecord, day: date) -> Key:
    """The key of the item of an activity that was rejected on a UTC day."""
    record_hash = _hash_ids(record)
    return rejected_partition(day, int(record_hash, 16) % REJECTED_SHARDS), f"{record.written:015}#{record_hash}"


def make_image_text(image: Mapping[str, Any]) -> str:
    """An activity's item as JSON: the same text whether the table's stream gave it or a read of the table.

    The stream has bytes in Base64, boto3 as bytes; and either may give a set in any order.
    """
    return json.dumps(_plain(image), ensure_ascii=False, sort_keys=True)


def hash_image(image_text: str) -> str:
    """A hash by which two texts of `make_image_text` are compared."""
    return sha256(image_text.encode(errors="surrogatepass")).hexdigest()


def rejected_partition(day: date, shard: int) -> str:
    """The partition of the activities that were rejected on a UTC day, one of REJECTED_SHARDS."""
    return f"#rejected#{day.isoformat()}#{shard}"


def rejected_partitions(now: int) -> list[str]:
    """Every partition that may hold a rejected activity now, the newest day first."""
    today = _day(now)
    days = [today - timedelta(days=back) for back in range(REJECTED_DAYS + 1)]
    return [rejected_partition(day, shard) for day in days for shard in range(REJECTED_SHARDS)]


def get_text(item: Item, name: str) -> str | None:
    """The text of an attribute; None where the item does not have it."""
    return str(item[name]["S"]) if name in item else None


def get_number(item: Item, name: str) -> int:
    """The whole number of an attribute; 0 where the item does not have it."""
    return int(item[name]["N"]) if name in item else 0


def _plain(value: Any) -> Any:
    """A value of DynamoDB's JSON with bytes as Base64 and sets in order."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if not isinstance(value, Mapping):
        return value
    # An attribute may be named as a type is: then it is no list.
    return {
        name: sorted(map(_plain, part)) if name in _SETS and isinstance(part, list) else _plain(part)
        for name, part in value.items()
    }


def _day(now: int) -> date:
    return datetime.fromtimestamp(now // 1000, UTC).date()


def _hash_ids(record: StreamRecord) -> str:
    return sha256(json.dumps([record.player_id, record.activity_id]).encode()).hexdigest()[:32]
