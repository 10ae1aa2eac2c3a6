"""The stand-in answers as the AWS in memory does, on boards small enough for both."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runtime.domain.activity import ACTIVITY_ID
from runtime.dynamodb.items import aggregate_item, aggregate_key, read_aggregate
from tests.benchmarks.rebuilding.world import World, open_world
from tests.benchmarks.stand_in import rendering
from tests.benchmarks.stand_in.players import SHOWN, WINDOW, Change, Population, player_id
from tests.benchmarks.stand_in.stream import ARN
from tests.support.memory_aws import MemoryAws
from tests.support.memory_aws.values import item_bytes

PLAYERS, SHARDS = 300, 3
CHANGES = (Change(50, 7), Change(7, 0))
ITEM = {"partition": {"S": "#own"}, "player_id": {"S": "é"}, "n": {"N": "1"}}
KEY = {name: ITEM[name] for name in ("partition", "player_id")}
NAMED: dict[str, Any] = {"ExpressionAttributeNames": {"#n": "n"}, "ExpressionAttributeValues": {":n": {"N": "2"}}}
NOT_THERE = {"ConditionExpression": "attribute_not_exists(#n)", "ExpressionAttributeNames": {"#n": "n"}}
OWN = {"TableName": "aggregates", "Key": KEY}


@pytest.fixture(scope="module", name="world")
def _world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "PAGE_BYTES", 4096)
        patch.setattr(rendering, "PER_GET_RECORDS", 4)
        with open_world(PLAYERS, SHARDS, workers=1) as world:
            for change in CHANGES:
                world.change(change)
            yield world


@pytest.fixture(scope="module", name="memory")
def _memory(world: World) -> MemoryAws:
    """The AWS in memory with the same players."""
    aws = MemoryAws()
    aws.set_page_items(10_000)
    for item in items(world.population):
        aws.tables["aggregates"][item["partition"]["S"], item["player_id"]["S"]] = item
    return aws


def items(population: Population) -> list[dict[str, Any]]:
    """The items of all players."""
    return [json.loads(population.item(number)[0]) for number in range(population.players)]


@pytest.mark.parametrize("is_split", [False, True])
def test_items_are_those_that_a_processor_writes(world: World, is_split: bool) -> None:
    population = replace(world.population, is_split=is_split)
    for number, item in enumerate(items(population)):
        key = aggregate_key(WINDOW, SHARDS, player_id(number))
        aggregate = read_aggregate(item)
        assert item == aggregate_item(key, aggregate, int(item["version"]["S"]))
        assert ACTIVITY_ID.fullmatch(aggregate.named_by)
        assert population.item(number)[1] == item_bytes(item)


CALLS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "dynamodb": [
        ("get_item", {**OWN, "ConsistentRead": True}),
        ("put_item", {"TableName": "aggregates", "Item": ITEM}),
        ("get_item", {**OWN, "ConsistentRead": True}),
        ("put_item", {"TableName": "aggregates", "Item": ITEM, **NOT_THERE}),
        ("update_item", {**OWN, "UpdateExpression": "SET #n = :n", **NAMED}),
        (
            "update_item",
            {
                **OWN,
                "UpdateExpression": "SET #n = :n",
                "ConditionExpression": "#n < :n",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                **NAMED,
            },
        ),
        (
            "transact_write_items",
            {
                "ClientRequestToken": "token",
                "TransactItems": [
                    {"Put": {"TableName": "aggregates", "Item": {**ITEM, "player_id": {"S": "b"}}}},
                    {"Delete": {**OWN, **NOT_THERE}},
                ],
            },
        ),
        ("delete_item", {**OWN, "ConditionExpression": "#n = :n", **NAMED}),
        ("get_item", {**OWN, "ConsistentRead": True}),
    ],
    "s3": [
        ("get_object", {"Key": "a/none"}),
        ("put_object", {"Key": "a/b c", "Body": b"0123456789", "IfNoneMatch": "*"}),
        ("put_object", {"Key": "a/b c", "Body": b"other", "IfNoneMatch": "*"}),
        ("put_object", {"Key": "a/b c", "Body": b"other", "IfMatch": '"wrong"'}),
        ("put_object", {"Key": "none", "Body": b"other", "IfMatch": '"wrong"'}),
        ("put_object", {"Key": "a/ü", "Body": b""}),
        ("get_object", {"Key": "a/b c"}),
        ("list_objects_v2", {"Prefix": "a/"}),
        ("list_objects_v2", {"Prefix": "a/", "StartAfter": "a/b c"}),
        ("list_objects_v2", {"Prefix": "a/", "MaxKeys": 1}),
        ("delete_objects", {"Delete": {"Objects": [{"Key": "a/b c"}], "Quiet": True}}),
        ("list_objects_v2", {"Prefix": "a/"}),
    ],
}
"""Calls by service, which follow one another."""
SAID = ("Item", "Contents", "KeyCount", "IsTruncated", "Body", "CancellationReasons", "Error")
"""What is compared of an answer: an ETag is each time another one."""


@pytest.mark.parametrize("service", CALLS)
def test_both_answer_alike(world: World, memory: MemoryAws, service: str) -> None:
    clients = world.client(service), memory.client(service)
    for operation, request in CALLS[service]:
        bucket = {"Bucket": "bucket"} if service == "s3" else {}
        first, second = (call(client, operation, {**bucket, **request}) for client in clients)
        assert first == second, (operation, request)


def call(client: Any, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """What a client is answered, or the error that it raises."""
    try:
        answer = getattr(client, operation)(**request)
    except ClientError as error:
        answer = error.response
    said = {name: answer[name] for name in SAID if name in answer}
    if "Body" in said:
        said["Body"] = said["Body"].read()
    if "Contents" in said:
        said["Contents"] = [(each["Key"], each["Size"]) for each in said["Contents"]]
    if "Error" in said:
        said["Error"] = said["Error"]["Code"]
    return said


@pytest.mark.parametrize("attributes", [(), sorted(SHOWN), ("player_id", "version")])
@pytest.mark.parametrize("limit", [None, 7])
def test_queries_find_the_same_players(
    world: World, memory: MemoryAws, limit: int | None, attributes: Sequence[str]
) -> None:
    for shard in range(SHARDS):
        expected = list(query(memory.client("dynamodb"), shard))
        if attributes:
            expected = [{name: item[name] for name in attributes} for item in expected]
        assert list(query(world.client("dynamodb"), shard, limit, attributes)) == expected
        assert len(expected) > 50


def query(
    client: Any, shard: int, limit: int | None = None, attributes: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Read a shard's players."""
    more: dict[str, Any] = {"PaginationConfig": {"PageSize": limit}} if limit else {}
    if attributes:
        more["ProjectionExpression"] = ", ".join(f"#{name}" for name in attributes)
    pages = client.get_paginator("query").paginate(
        TableName="aggregates",
        KeyConditionExpression="#p = :p",
        ExpressionAttributeNames={"#p": "partition", **{f"#{name}": name for name in attributes}},
        ExpressionAttributeValues={":p": {"S": f"{WINDOW}#{shard}"}},
        ConsistentRead=True,
        **more,
    )
    return (item for page in pages for item in page["Items"])


def test_units_are_counted_by_the_rules_of_aws(world: World, memory: MemoryAws) -> None:
    client, population = world.client("dynamodb"), world.population
    world.stand_in.take_counts()
    key = {name: items(population)[5][name] for name in KEY}
    request: dict[str, Any] = {"RequestItems": {"aggregates": {"Keys": [key], "ConsistentRead": True}}}
    first, second = (each.batch_get_item(**request) for each in (client, memory.client("dynamodb")))
    assert first["Responses"] == second["Responses"]
    assert world.stand_in.take_counts()[0] == {"BatchGetItem": 1, "items_read": 1, "read_units": 1}
    sizes = [population.item(number)[1] for number in range(PLAYERS) if population.shard_of(number) == 1]
    pages = client.get_paginator("query").paginate(
        TableName="aggregates",
        KeyConditionExpression="#p = :p",
        ExpressionAttributeNames={"#p": "partition"},
        ExpressionAttributeValues={":p": {"S": f"{WINDOW}#1"}},
        ConsistentRead=True,
    )
    counts = [page["Count"] for page in pages]
    # Each page has just over one unit of 4 KB, but the last one.
    assert world.stand_in.take_counts()[0]["read_units"] == 2 * (len(counts) - 1) + 1
    assert sum(counts) == len(sizes)
    assert sum(sizes[: counts[0] - 1]) < 4096 <= sum(sizes[: counts[0]])
    client.put_item(TableName="aggregates", Item={**ITEM, "text": {"S": "x" * 1100}})
    client.delete_item(**OWN)
    assert world.stand_in.take_counts()[0] == {"DeleteItem": 1, "PutItem": 1, "write_units": 4}


@pytest.mark.parametrize("limit", [1000, 3])
def test_the_stream_has_every_change_in_order(world: World, limit: int) -> None:
    own = {**KEY, "player_id": {"S": f"limit-{limit}"}}
    world.client("dynamodb").put_item(TableName="aggregates", Item=own)
    client = world.client("dynamodbstreams")
    before = Population(PLAYERS, SHARDS)
    expected = {player_id(number): [json.loads(before.item(number)[0])] for number in range(PLAYERS)}
    for change in CHANGES:
        before = before.change(change)
        for number in filter(change.covers, range(PLAYERS)):
            expected[player_id(number)].append(json.loads(before.item(number)[0]))
    found = {player: [images[0]] for player, images in expected.items()}
    others: list[dict[str, Any]] = []
    for shard in client.describe_stream(StreamArn=ARN)["StreamDescription"]["Shards"]:
        numbers = []
        for record in read_shard(client, shard["ShardId"], limit):
            numbers.append(record["SequenceNumber"])
            player = record["Keys"]["player_id"]["S"]
            if player not in found:
                others.append(record.get("NewImage", {}))
                continue
            assert record["OldImage"] == found[player][-1]
            found[player].append(record["NewImage"])
        assert numbers == sorted(set(numbers))
        middle = numbers[len(numbers) // 2]
        after = [each["SequenceNumber"] for each in read_shard(client, shard["ShardId"], 1000, middle)]
        assert after == [each for each in numbers if each > middle]
    assert found == expected
    assert own in others


def read_shard(client: Any, shard_id: str, limit: int, after: str = "") -> Iterator[dict[str, Any]]:
    """The changes in a shard, behind a sequence number."""
    where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
    start = where if after else {"ShardIteratorType": "TRIM_HORIZON"}
    iterator = client.get_shard_iterator(StreamArn=ARN, ShardId=shard_id, **start)["ShardIterator"]
    while records := (answer := client.get_records(ShardIterator=iterator, Limit=limit))["Records"]:
        assert len(records) <= limit
        yield from (record["dynamodb"] for record in records)
        iterator = answer["NextShardIterator"]
