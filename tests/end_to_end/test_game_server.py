"""The keys of a game server: they write activities, and may do nothing else."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from generator.local.stack import Stack
from generator.operations.local_run import LocalRun, read_local_run
from tests.end_to_end.deployed import write_ready_file
from tests.end_to_end.game import Game, activity
from tests.support.signing import sign

KEY = {"player_id": {"S": "ann"}, "activity_id": {"S": "x"}}


@pytest.fixture
def server(stack: Stack, tmp_path: Path) -> LocalRun:
    """The run, as the program of a game server finds it in the ready file."""
    return read_local_run(write_ready_file(stack, tmp_path))


def test_it_writes_one_activity_and_many(server: LocalRun, wins: Game) -> None:
    dynamodb = server.client("dynamodb", server.game_server)
    dynamodb.put_item(TableName=wins.table, Item=activity("gil", "win"))
    many = [{"PutRequest": {"Item": activity("gil", "win")}} for _ in range(2)]
    assert not dynamodb.batch_write_item(RequestItems={wins.table: many})["UnprocessedItems"]
    wins.settle()
    assert wins.score("gil") == 3


def test_it_may_do_nothing_else(server: LocalRun, stack: Stack, wins: Game) -> None:
    place = stack.boards["wins"].deployment
    dynamodb = server.client("dynamodb", server.game_server)
    marks = wins.table.replace("activities", "marks")
    refused: dict[str, Any] = {
        "GetItem": lambda: dynamodb.get_item(TableName=wins.table, Key=KEY),
        "DeleteItem": lambda: dynamodb.delete_item(TableName=wins.table, Key=KEY),
        "UpdateItem": lambda: dynamodb.update_item(TableName=wins.table, Key=KEY),
        "Scan": lambda: dynamodb.scan(TableName=wins.table),
        "DeleteTable": lambda: dynamodb.delete_table(TableName=wins.table),
        "ListTables": lambda: dynamodb.list_tables(),
        "TransactWriteItems": lambda: dynamodb.transact_write_items(
            TransactItems=[{"Delete": {"TableName": wins.table, "Key": KEY}}]
        ),
        "PutItem": lambda: dynamodb.put_item(TableName=marks, Item=KEY),
        "BatchWriteItem": lambda: dynamodb.batch_write_item(
            RequestItems={
                wins.table: [{"PutRequest": {"Item": activity("bad", "win")}}],
                place.aggregates_table: [{"PutRequest": {"Item": activity("bad", "win")}}],
            }
        ),
    }
    for operation, call in refused.items():
        with pytest.raises(ClientError) as error:
            call()
        assert error.value.response["Error"]["Code"] == "AccessDeniedException", operation
    # The rest of AWS does not even hear it.
    others: dict[str, Any] = {
        "s3": lambda client: client.get_object(Bucket=place.bucket, Key="x"),
        "lambda": lambda client: client.invoke(FunctionName=place.functions["rebuilder"], Payload=b"{}"),
        "iam": lambda client: client.create_user(UserName="more"),
        "sqs": lambda client: client.receive_message(QueueUrl=place.queue_url),
        "sts": lambda client: client.get_caller_identity(),
    }
    for service, ask in others.items():
        with pytest.raises(ClientError) as error:
            ask(server.client(service, server.game_server))
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403, service


def test_a_batch_cannot_name_another_table_beside(server: LocalRun, stack: Stack, wins: Game) -> None:
    """By hand: boto3 sends no parameter that a call does not have."""
    aggregates, address = stack.boards["wins"].deployment.aggregates_table, urlsplit(server.endpoint)
    requests = {aggregates: [{"PutRequest": {"Item": {"pk": {"S": "beside"}, "sk": {"S": "x"}}}}]}
    body = json.dumps({"TableName": wins.table, "RequestItems": requests}).encode()
    target = "DynamoDB_20120810.BatchWriteItem"
    headers = sign(body, server.game_server, server.region, target=target, host=address.netloc)
    with closing(http.client.HTTPConnection(address.netloc, timeout=30)) as connection:
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        assert answer.status in (400, 403)
        assert b"AccessDeniedException" in answer.read()
    found = stack.aws.client("dynamodb").scan(TableName=aggregates)["Items"]
    assert not [item for item in found if "beside" in json.dumps(item)]


def test_a_batch_may_delete_an_activity_and_it_has_counted_all_the_same(server: LocalRun, wins: Game) -> None:
    # IAM has no word for a batch that only puts: docs/security.md says what that means.
    dynamodb, item = server.client("dynamodb", server.game_server), activity("del", "win")
    dynamodb.put_item(TableName=wins.table, Item=item)
    wins.settle()
    key = {name: item[name] for name in KEY}
    dynamodb.batch_write_item(RequestItems={wins.table: [{"DeleteRequest": {"Key": key}}]})
    wins.settle()
    assert wins.score("del") == 1


def test_a_wrong_secret_is_refused(server: LocalRun, wins: Game) -> None:
    for credentials in ((server.game_server[0], "wrong"), ("AKIA0000000000000000", server.game_server[1])):
        with pytest.raises(ClientError) as error:
            server.client("dynamodb", credentials).put_item(TableName=wins.table, Item=activity("bad", "win"))
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
