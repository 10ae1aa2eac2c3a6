"""What reaches a run that listens elsewhere: a game server's writes, the pages and the APIs, and nothing else.

From another loopback address, as from another container, the embedded AWS and the control channel are not there, and
the operator's keys are good for nothing.
"""

from __future__ import annotations

import http.client
import json
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from generator.aws.sessions import make_clean_session
from generator.local.stack import Stack
from tests.end_to_end.elsewhere import AHEAD, ELSEWHERE, open_door
from tests.end_to_end.game import Game, activity
from tests.support.signing import sign

NAME = "leaderboards"
"""The name that the other container has for the run."""

PATHS = (
    *("//", "/.", "/x/..", "/?x=1", "/%2f", "/_ministack/reset", "/_leaderboards/state", "/_ministack/health"),
    *("http://127.0.0.1/_ministack/reset", "/2015-03-31/functions/", "/advance"),
)
"""Paths that are none of the door's, some of them of the embedded AWS."""


class Door:
    """The run as it is seen from elsewhere. `url`: by its name."""

    def __init__(self, stack: Stack, port: int) -> None:
        self.stack = stack
        self.port = port
        self.url = f"http://{NAME}:{port}"
        self.key = (stack.game_server.access_key_id, stack.game_server.secret_access_key)
        self._session = make_clean_session()

    def client(self, service: str, key: tuple[str, str] | None = None) -> Any:
        """A boto3 client for another container, with the key of a game server unless another is given."""
        identifier, secret = key or self.key
        config = Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return self._session.client(
            service,
            region_name=self.stack.aws.region,
            endpoint_url=self.url,
            aws_access_key_id=identifier,
            aws_secret_access_key=secret,
            config=config,
        )

    def send(self, body: bytes, headers: dict[str, str], method: str = "POST", target: str = "/") -> tuple[int, str]:
        """Send a request as it is. Returns the status, and what kind of error it is."""
        connection = http.client.HTTPConnection(ELSEWHERE, self.port, timeout=30)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in ({"content-length": str(len(body))} | headers).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read().decode()
        connection.close()
        return answer.status, content

    def sign(self, body: bytes, **more: Any) -> dict[str, str]:
        """The headers of a signed PutItem."""
        return sign(body, self.key, self.stack.aws.region, **more)


@pytest.fixture
def door(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A second port of the run, with what `--host 0.0.0.0` opens. Its name leads there, as Docker's names do."""
    look_up: Callable[..., Any] = socket.getaddrinfo
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda host, *rest, **more: look_up(ELSEWHERE if host == NAME else host, *rest, **more)
    )
    with open_door(stack) as port:
        yield Door(stack, port)


def read(url: str, **headers: str) -> tuple[int, bytes]:
    """Ask for a page. Returns the status and the content."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


def has(stack: Stack, table: str, player: str) -> bool:
    """Whether a table has an item of a player, anywhere in it. Other tests of the same run may write bytes."""
    return f'"{player}"' in json.dumps(stack.aws.client("dynamodb").scan(TableName=table)["Items"], default=repr)


def test_a_game_server_writes_and_reads_by_the_name_of_the_container(door: Door, wins: Game) -> None:
    dynamodb = door.client("dynamodb")
    dynamodb.put_item(TableName=wins.table, Item=activity("dora", "win"))
    many = [{"PutRequest": {"Item": activity("dora", "win")}} for _ in range(2)]
    assert not dynamodb.batch_write_item(RequestItems={wins.table: many})["UnprocessedItems"]
    arn = wins.stack.aws.client("dynamodb").describe_table(TableName=wins.table)["Table"]["TableArn"]
    dynamodb.put_item(TableName=arn, Item=activity("dora", "win"))
    wins.settle()
    path = urlsplit(wins.api_url).path
    status, body = read(f"{door.url}{path}/v1/players/dora")
    assert (status, json.loads(body)["entry"]["score"]) == (200, 4)
    assert read(f"{door.url}{path}/")[0] == read(f"{door.url}/")[0] == 200
    # Whoever may not have a name of that kind is not shown anything.
    assert read(f"http://{ELSEWHERE}:{door.port}{path}/", Host="evil.example")[0] == 421


def test_what_the_client_gets_is_what_dynamodb_says(door: Door, wins: Game) -> None:
    with pytest.raises(ClientError) as error:
        door.client("dynamodb").put_item(TableName=wins.table, Item={"player_id": {"S": "ada"}})
    assert error.value.response["Error"]["Code"] == "ValidationException"


def test_nothing_else_can_be_called(door: Door, stack: Stack, wins: Game) -> None:
    place, table = stack.boards["wins"].deployment, wins.table
    item, key = activity("bad-1", "win"), {"player_id": {"S": "ada"}, "activity_id": {"S": "x"}}
    put = {"TableName": table, "Item": item}
    operator = (stack.aws.access_key_id, stack.aws.secret_access_key)
    server = door.key
    calls: list[tuple[str, tuple[str, str], str, dict[str, Any]]] = [
        *(("dynamodb", server, name, {"TableName": table, "Key": key}) for name in ("get_item", "delete_item")),
        ("dynamodb", server, "scan", {"TableName": table}),
        ("dynamodb", server, "list_tables", {}),
        ("dynamodb", server, "delete_table", {"TableName": table}),
        ("dynamodb", server, "transact_write_items", {"TransactItems": [{"Put": put}]}),
        ("dynamodb", server, "batch_get_item", {"RequestItems": {table: {"Keys": [key]}}}),
        ("dynamodb", server, "execute_statement", {"Statement": f'SELECT * FROM "{table}"'}),
        ("dynamodb", server, "put_item", {"TableName": place.aggregates_table, "Item": item}),
        ("dynamodb", server, "put_item", {"TableName": f"{table}x", "Item": item}),
        ("dynamodb", server, "put_item", {"TableName": f"arn:aws:dynamodb:eu-west-1:1:table/{table}", "Item": item}),
        (
            *("dynamodb", server, "batch_write_item"),
            {"RequestItems": {name: [{"PutRequest": {"Item": item}}] for name in (table, place.aggregates_table)}},
        ),
        # The operator's keys are good for nothing here, with their secret and without.
        ("dynamodb", operator, "put_item", put),
        ("dynamodb", operator, "scan", {"TableName": table}),
        ("dynamodb", (operator[0], "wrong"), "put_item", put),
        ("dynamodb", (server[0], "wrong"), "put_item", put),
        ("dynamodb", ("AKIA0000000000000000", server[1]), "put_item", put),
        *(
            call
            for who in (server, operator)
            for call in (
                ("s3", who, "get_object", {"Bucket": place.bucket, "Key": "snapshots/current.json"}),
                ("s3", who, "put_object", {"Bucket": place.bucket, "Key": "x", "Body": b"x"}),
                ("sqs", who, "receive_message", {"QueueUrl": place.queue_url.replace("127.0.0.1", NAME)}),
                ("lambda", who, "invoke", {"FunctionName": place.functions["rebuilder"], "Payload": b"{}"}),
                ("iam", who, "create_user", {"UserName": "more"}),
                ("sts", who, "get_caller_identity", {}),
                ("kms", who, "list_keys", {}),
                ("logs", who, "describe_log_groups", {}),
            )
        ),
    ]
    clients = {(service, who): door.client(service, who) for service, who, _, _ in calls}
    for service, who, name, arguments in calls:
        # The pages refuse calls of the older protocols, in words that are not AWS's.
        with pytest.raises((ClientError, ResponseParserError)) as error:
            getattr(clients[service, who], name)(**arguments)
        answer: Any = getattr(error.value, "response", None)
        assert answer is None or 400 <= answer["ResponseMetadata"]["HTTPStatusCode"] < 500, (service, name)
    wins.settle()
    assert not has(stack, table, "bad-1")
    assert not has(stack, place.aggregates_table, "bad-1")
    with pytest.raises(ClientError):
        stack.aws.client("iam").get_user(UserName="more")


def test_a_batch_cannot_name_another_table_beside(door: Door, stack: Stack, wins: Game) -> None:
    """The embedded AWS judges a call by its `TableName`, also one that has none: what is not its own is left out."""
    aggregates = stack.boards["wins"].deployment.aggregates_table
    requests = {aggregates: [{"PutRequest": {"Item": {"pk": {"S": "bad-2"}, "sk": {"S": "x"}}}}]}
    item = activity("bad-2", "win")
    bodies = {
        "BatchWriteItem": {"TableName": wins.table, "RequestItems": requests},
        "PutItem": {"TableName": aggregates, "Item": item, "RequestItems": {wins.table: []}},
    }
    for operation, parameters in bodies.items():
        body = json.dumps(parameters).encode()
        status, content = door.send(body, door.sign(body, target=f"DynamoDB_20120810.{operation}"))
        assert (status, "AccessDeniedException" in content) == (400, True), content
    twice = json.dumps({"TableName": aggregates, "Item": item})[:-1] + f', "TableName": "{wins.table}"}}'
    assert door.send(twice.encode(), door.sign(twice.encode()))[0] == 200  # what was read last is what is written
    assert not has(stack, aggregates, "bad-2")


def test_a_request_that_is_not_just_as_it_was_signed_is_refused(door: Door, stack: Stack, wins: Game) -> None:
    body = json.dumps({"TableName": wins.table, "Item": activity("bad-3", "win")}).encode()
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    good, scan = door.sign(body), door.sign(body, target="DynamoDB_20120810.Scan")
    unsigned = {name: value for name, value in good.items() if name != "authorization"}
    tries: list[tuple[bytes, dict[str, str], str, str]] = [
        (body, unsigned, "POST", "/"),
        (body, {"host": NAME}, "POST", "/"),
        (body.replace(b"bad-3", b"bad-4"), good, "POST", "/"),
        (body + b" ", good, "POST", "/"),
        (body, good | {"x-amz-target": "DynamoDB_20120810.BatchWriteItem"}, "POST", "/"),
        (body, good | {"x-amz-target": "DynamoDB_20120810.putitem"}, "POST", "/"),
        (body, good | {"host": "evil.example"}, "POST", "/"),
        (body, good | {"origin": f"http://{NAME}"}, "POST", "/"),
        (body, good | {"sec-fetch-site": "same-origin"}, "POST", "/"),
        (body, good | {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}, "POST", "/"),
        (body, door.sign(body, at=time.time() - 3600), "POST", "/"),
        (chunked, good | {"transfer-encoding": "chunked"}, "POST", "/"),
        (b"", good | {"content-length": str(16 * 1024**2 + 1)}, "POST", "/"),
        (body, scan, "POST", "/"),
        (body, scan | {"x-amz-target": good["x-amz-target"]}, "POST", "/"),
        *((body, good, method, "/") for method in ("GET", "PUT", "DELETE", "OPTIONS", "post")),
        *((body, good, "POST", path) for path in PATHS),
        (body, good, "POST", f"{stack.aws.endpoint}/?x"),
        # Without the header that makes it a call, it is for the pages, and those take no POST.
        (b"Action=CreateUser&UserName=more&Version=2010-05-08", {"host": NAME}, "POST", "/"),
        (b"", {"host": NAME}, "GET", "/_ministack/health"),
        (b"", {"host": NAME}, "GET", "/_leaderboards/state"),
        (b"", {"host": NAME}, "GET", f"{stack.aws.endpoint}/_leaderboards/state"),
    ]
    for content, headers, method, path in tries:
        status, answer = door.send(content, headers, method, path)
        assert 400 <= status < 500, (method, path, headers, answer)
    for text in (b"[]", b"x", b"\xff", b"[" * 100_000, b"null", b'{"TableName": 1}', b"{}"):
        assert 400 <= door.send(text, door.sign(text))[0] < 500, text
    wins.settle()
    assert not has(stack, wins.table, "bad-3")
    assert not has(stack, wins.table, "bad-4")
    assert door.send(body, good)[0] == 200  # it was all else that was wrong
    assert has(stack, wins.table, "bad-3")


def test_a_recorded_request_counts_once(door: Door, wins: Game) -> None:
    body = json.dumps({"TableName": wins.table, "Item": activity("rec", "win")}).encode()
    headers = door.sign(body)
    assert [door.send(body, headers)[0] for _ in range(3)] == [200] * 3
    wins.settle()
    assert wins.score("rec") == 1


def test_the_date_of_an_answer_is_the_one_to_sign_with(door: Door, wins: Game) -> None:
    """The SDK for JavaScript signs with the time of the answer before, which must not be the time of a rehearsal."""
    answer = door.client("dynamodb").put_item(TableName=wins.table, Item=activity("now", "win"))
    dates = [answer["ResponseMetadata"]["HTTPHeaders"]["date"]]
    with pytest.raises(ClientError) as error:
        door.client("dynamodb").list_tables()
    dates.append(error.value.response["ResponseMetadata"]["HTTPHeaders"]["date"])
    connection = http.client.HTTPConnection(ELSEWHERE, door.port, timeout=30)
    connection.request("GET", "/")
    dates.append(connection.getresponse().getheader("date"))
    connection.close()
    shown = [parsedate_to_datetime(date).timestamp() - time.time() for date in dates]
    assert [round(seconds / 86_400) for seconds in shown] == [0, 0, AHEAD / 86_400]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has 127.0.0.2 without being told")
def test_the_rest_of_the_run_is_not_there(door: Door, stack: Stack) -> None:
    for url in (stack.aws.endpoint, stack.control.url, stack.url):
        port = urlsplit(url).port
        socket.create_connection(("127.0.0.1", port), 5).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((ELSEWHERE, port), 5)
    socket.create_connection((ELSEWHERE, door.port), 5).close()


def test_without_a_host_there_is_no_door(stack: Stack, wins: Game) -> None:
    key = (stack.game_server.access_key_id, stack.game_server.secret_access_key)
    body = json.dumps({"TableName": wins.table, "Item": activity("bad-5", "win")}).encode()
    address = urlsplit(stack.url)
    connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=30)
    connection.request("POST", "/", body, sign(body, key, stack.aws.region, host=address.netloc))
    assert connection.getresponse().status == 403
    connection.close()
    assert not has(stack, wins.table, "bad-5")
