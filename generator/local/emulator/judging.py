"""Lets IAM judge every table that a call of DynamoDB names, as AWS does, in the program that is the embedded AWS.

ministack looks at `RequestItems`, the tables of a batch, only where the call has no `TableName`. A batch needs none and
may all the same have one: with that, whoever may write one table could write all.
"""

from __future__ import annotations

import json


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
