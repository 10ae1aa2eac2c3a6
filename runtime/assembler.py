"""The assembler's Lambda handler: one part of one step of an assembly.

The board's state machine calls it. What parts pass on to one another lies in the bucket, so the answer says nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, config, logs
from runtime.dynamodb.streaming.raw_json import read_raw
from runtime.dynamodb.table import Table
from runtime.lifecycle.assembling.steps import run_step
from runtime.lifecycle.sorted_reading import collect_seldom
from runtime.s3.bucket import Bucket


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Carry out the part `number` of the event's `step` of its `assembly`."""
    logs.begin(context)
    table, bucket = _stores()
    run_step(config.load_board(), table, bucket, event["assembly"], event["step"], event["number"])
    return {}


@cache
def _stores() -> tuple[Table, Bucket]:
    collect_seldom()
    client = aws.dynamodb()
    read_raw(client, "Query")
    table = Table(client, aws.setting("AGGREGATES_TABLE"), ("partition", "player_id"))
    return table, Bucket(aws.s3(), aws.setting("BUCKET"), aws.setting("KEY_ARN"))
