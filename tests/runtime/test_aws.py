"""The AWS clients that a function's threads share."""

from __future__ import annotations

import threading
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from runtime import aws, config, simulator
from tests.runtime.boards import BOARD
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import MemoryAws


@pytest.mark.parametrize("make", [aws.dynamodb, aws.streams, aws.s3, aws.events])
def test_a_client_has_its_exceptions_before_threads_share_it(monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    """It makes them when they are first asked for: two threads at once would each get classes of their own."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    make.cache_clear()
    client = make()
    make.cache_clear()

    def load_again(self: object) -> None:
        pytest.fail("they are made when they are asked for")

    monkeypatch.setattr(type(client), "_load_exceptions", load_again)
    assert client.exceptions.ClientError


def test_requests_to_dynamodb_are_checked_by_dynamodb_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore's own check takes as long as all else that it does with a transaction."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    client: Any = aws.dynamodb.__wrapped__()
    answer = SimpleNamespace(status_code=200), {"Item": {"a": {"S": "b"}}}
    client.meta.events.register("before-call.dynamodb.GetItem", lambda **_: answer)
    assert client.get_item(TableName="any", Key={"a": {"S": 5}}) == answer[1]


def test_the_simulator_makes_its_client_before_its_threads_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 makes clients in no two threads at once: one may find that the other has taken a part of its session."""
    memory, made_in = MemoryAws(lambda: 0), list[threading.Thread]()

    def make() -> Any:
        made_in.append(threading.current_thread())
        return memory.client("dynamodb")

    monkeypatch.setattr(aws, "dynamodb", cache(make))
    monkeypatch.setattr(config, "load_board", lambda: BOARD)
    monkeypatch.setenv("ACTIVITIES_TABLE", "activities")
    assert simulator.handler({"activities": 20, "seconds": 0}, CONTEXT) == {"written": 20}
    assert made_in == [threading.current_thread()]
