"""Lets IAM judge every table, and the stream, that a call of DynamoDB names, as AWS does, in the embedded AWS.

ministack looks at `RequestItems`, the tables of a batch, only where the call has no `TableName`. A batch needs none and
may all the same have one: with that, whoever may write one table could write all. At the streams of tables it does not
look at all, and refuses whoever may not read every one.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any


def judge_every_table() -> None:
    """Let IAM look at both, from now on."""
    from ministack.core import iam_actions

    find = iam_actions.dynamodb_resource_arns

    def find_all(body: bytes, region: str, account_id: str) -> list[str]:
        try:
            items = json.loads(body or b"{}").get("RequestItems")
        except (ValueError, AttributeError):
            items = None
        batch = json.dumps({"RequestItems": items}).encode()
        return list(dict.fromkeys([*find(body, region, account_id), *find(batch, region, account_id)]))

    iam_actions.dynamodb_resource_arns = find_all


def judge_streams() -> None:
    """Let IAM look at the stream of a call, from now on."""
    from ministack.core import iam_actions

    find = iam_actions.extract_resource_arn

    def find_stream(service: str, method: str, path: str, headers: Any, body: bytes, *more: Any, **named: Any) -> str:
        found = _read_stream(body) if service == "dynamodbstreams" else None
        return found or str(find(service, method, path, headers, body, *more, **named))

    iam_actions.extract_resource_arn = find_stream


def _read_stream(body: bytes) -> str | None:
    """The ARN of the stream that a request names, or that its place in a shard is in: ministack writes it there."""
    try:
        request = json.loads(body or b"{}")
        if "ShardIterator" in request:
            request = {"StreamArn": json.loads(urlsafe_b64decode(request["ShardIterator"])).get("arn")}
        arn = request.get("StreamArn")
    except (ValueError, TypeError, AttributeError):
        return None
    return arn if isinstance(arn, str) else None
