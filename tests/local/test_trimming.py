"""What the embedded AWS keeps is bounded: a burst of everything that grows, trimmed, in a process of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.local.emulator import trimming
from runtime.domain.activity import StreamRecord, make_id
from runtime.domain.rejection import Rejection
from runtime.dynamodb.items import mark_item, minute_item, minute_key, rejected_item
from runtime.simulator import SIMULATED_ID
from tests.runtime.boards import NOW, item
from tests.support.paths import REPOSITORY
from tests.support.processes import finish, start_python

BURST, KEPT = 20, 5
"""How much of each thing is written, and how much of it is kept here."""

PROGRAM = """
import asyncio, json, sys
from generator.local.emulator import trimming
from ministack.services import cloudwatch, cloudwatch_logs, dynamodb, eventbridge

trimming.KEPT_SIMULATED = trimming.KEPT_LOG_STREAMS = trimming.KEPT_DATAPOINTS = trimming.KEPT_EVENTS = int(sys.argv[1])
tables = json.load(sys.stdin)

async def call(action, request):
    headers = {"x-amz-target": f"DynamoDB_20120810.{action}"}
    status, _, body = await dynamodb.handle_request("POST", "/", headers, json.dumps(request).encode(), {})
    assert status == 200, body
    return json.loads(body)

async def run():
    for name, (hash_key, range_key, items) in tables.items():
        keys = [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]
        types = [{"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in keys]
        await call("CreateTable", {"TableName": name, "KeySchema": keys, "AttributeDefinitions": types,
                                   "BillingMode": "PAY_PER_REQUEST"})
        for one in items:
            await call("PutItem", {"TableName": name, "Item": one})
    for number in range(int(sys.argv[2])):
        cloudwatch_logs._log_groups.setdefault("functions", {"streams": {}})["streams"][str(number)] = {}
        cloudwatch._metrics.setdefault(("AWS/Lambda", "Duration", ()), []).append({"Value": number})
        eventbridge._events_log_list().append({"EventId": str(number)})
    trimming.trim()
    print(json.dumps({
        "streams": list(cloudwatch_logs._log_groups["functions"]["streams"]),
        "points": [point["Value"] for [points] in [cloudwatch._metrics.values()] for point in points],
        "events": [event["EventId"] for event in eventbridge._events_log_list()],
        **{name: [list(key) for key in await keys_of(name)] for name in tables},
    }))

async def keys_of(name):
    hash_key, range_key, _ = tables[name]
    found = (await call("Scan", {"TableName": name}))["Items"]
    return sorted((one[hash_key]["S"], one[range_key]["S"]) for one in found)

asyncio.run(run())
"""


def record_of(player: str, number: int) -> StreamRecord:
    """The record of an activity, one of a burst in which each is written a quarter of an hour after the one before."""
    at = NOW + number * 1000 * trimming.DELIVERY_SECONDS
    return StreamRecord(
        player, make_id(at, number), at, item(player, at=at, number=number, expires_at=at // 1000 + 40 * 86_400)
    )


def burst_of(player: str) -> dict[str, list[dict[str, Any]]]:
    """The items of each kind that a burst of a player's activities leaves, oldest first."""
    records = [record_of(player, number) for number in range(BURST)]
    return {
        "activities": [dict(one.image) for one in records],
        "marks": [mark_item(one, "counted", one.written) for one in records],
        "minutes": [minute_item(minute_key(player, one.written // 60_000), 1, one.written) for one in records],
        "rejected": [rejected_item(one, Rejection("late", "by a day"), one.written) for one in records],
    }


def trim(tables: dict[str, tuple[str, str, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Write items into tables of ministack, and as many logs, data points and events; trim. Returns what is left."""
    process = start_python("-c", PROGRAM, str(KEPT), str(BURST), cwd=REPOSITORY)
    assert process.stdin
    process.stdin.write(json.dumps(tables))
    out, err = finish(process)
    assert out, err
    return dict(json.loads(out))


def keys(items: list[dict[str, Any]]) -> list[list[str]]:
    """The keys of items of an activities or marks table, in order."""
    return sorted([one["player_id"]["S"], one["activity_id"]["S"]] for one in items)


@pytest.fixture(scope="module")
def left() -> dict[str, Any]:
    """What is left of two bursts, one simulated and one of a game server, and of a table of aggregates."""
    bursts = burst_of("sim-007"), burst_of("ann")
    return trim(
        {
            **{
                kind: ("player_id", "activity_id", [one for burst in bursts for one in burst[kind]])
                for kind in ("activities", "marks", "minutes", "rejected")
            },
            "aggregates": (
                "partition",
                "player_id",
                [{"partition": {"S": "w"}, "player_id": {"S": f"sim-{number:03}"}} for number in range(BURST)],
            ),
        }
    )


@pytest.mark.parametrize("kind", ["activities", "marks", "minutes", "rejected"])
def test_of_what_is_simulated_the_newest_stays_and_what_a_game_server_wrote_stays_whole(
    left: dict[str, Any], kind: str
) -> None:
    simulated, real = burst_of("sim-007")[kind], burst_of("ann")[kind]
    assert [key for key in left[kind] if key in keys(real)] == keys(real)
    assert [key for key in left[kind] if key in keys(simulated)] == keys(simulated[-KEPT:])


def test_aggregates_stay(left: dict[str, Any]) -> None:
    assert len(left["aggregates"]) == BURST


@pytest.mark.parametrize("store", ["streams", "points", "events"])
def test_of_what_nobody_reads_the_newest_stays(left: dict[str, Any], store: str) -> None:
    assert left[store] == [kind(number) for kind in [type(left[store][0])] for number in range(BURST - KEPT, BURST)]


def test_what_may_be_delivered_again_keeps_its_mark() -> None:
    at_once = [mark_item(record_of("sim-007", 0), "counted", NOW + number * 1000) for number in range(BURST)]
    for number, one in enumerate(at_once):
        one["activity_id"] = {"S": make_id(NOW, number)}
    found = trim({"marks": ("player_id", "activity_id", at_once)})
    assert len(found["marks"]) == BURST


def test_an_activity_that_nothing_has_judged_does_not_stop_the_trimming() -> None:
    """A player may be called as a partition of marks, and attributes may be of any type: it is only rejected later."""
    simulated = burst_of("sim-007")["activities"]
    hostile: list[dict[str, Any]] = [
        {"player_id": {"S": "#rejected#2026-11-24#0"}, "activity_id": {"S": "a"}},
        {"player_id": {"S": "#rejected#2026-11-24#0"}, "activity_id": {"S": "b"}, "by": {"N": "7"}},
        {"player_id": {"S": "#minutes#sim-1"}, "activity_id": {"S": "a"}, "expires_at": {"S": "soon"}},
        {"player_id": {"S": "sim-1"}, "activity_id": {"S": "b"}, "expires_at": {"NULL": True}},
        {"player_id": {"S": "#minutes#sim-1"}, "activity_id": {"S": "c"}, "expires_at": {"N": "1.5"}},
    ]
    found = trim({"activities": ("player_id", "activity_id", [*hostile, *simulated])})
    assert found["activities"] == sorted([*keys(hostile), *keys(simulated[-KEPT:])])


def test_the_ids_of_simulated_players_begin_as_those_that_are_forgotten() -> None:
    assert SIMULATED_ID == trimming.SIMULATED
    assert minute_key(SIMULATED_ID, 0)[0].removeprefix(trimming.MINUTES) == SIMULATED_ID
