"""The AWS clients that a function's threads share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from runtime import aws


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
