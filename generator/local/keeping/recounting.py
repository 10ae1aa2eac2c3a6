"""Lets a board begin anew where its rules changed so much that its scores mean something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from generator.local.deploy.applying import Resources
from generator.local.deploy.deployment import Deployment
from generator.local.emulator.process import Emulator
from generator.local.local_board import take_batches, take_no_batch, wait_for_batches
from generator.local.services.records import make_batches
from generator.operations.redrives.positions import make_event
from runtime.config import BoardConfig
from runtime.domain.activity import ACTIVITY_ID
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import IdentityError, WindowStore

SNAPSHOTS = "snapshots/"
"""What the keys of a board's snapshots begin with in its bucket."""

_HALF = "something of which only a part was counted again"
"""What the numbers of a board mean while it begins anew."""


def find_refusal(aws: Emulator, deployment: Deployment, config: BoardConfig) -> IdentityError | None:
    """Why the functions refuse the data of a board that was deployed as `config` says; None if they take it."""
    table = Table(aws.client("dynamodb"), deployment.aggregates_table, ("partition", "player_id"))
    try:
        WindowStore(table, config).check_identity()
    except IdentityError as error:
        return error
    return None


def begin_anew(aws: Emulator, resources: Resources, deployment: Deployment) -> int:
    """Forget what was counted, and count the activities again that are still there. Returns how many.

    Whatever ends it in between, the functions refuse the data, and nothing is processed, until a later attempt is over.
    """
    take_no_batch(aws, deployment)
    wait_for_batches(aws, deployment)
    key = {"partition": {"S": "#identity"}, "player_id": {"S": "board"}}
    aws.client("dynamodb").put_item(TableName=deployment.aggregates_table, Item={**key, "is": {"S": _HALF}})
    again = count_again(aws, deployment)
    forget_results(aws, resources, deployment)
    take_batches(aws, deployment)
    return again


def forget_results(aws: Emulator, resources: Resources, deployment: Deployment) -> None:
    """Delete the snapshots, and empty the tables of what was rejected and counted. Nobody may use them meanwhile."""
    s3 = aws.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=deployment.bucket, Prefix=SNAPSHOTS):
        for found in page.get("Contents", []):
            s3.delete_object(Bucket=deployment.bucket, Key=found["Key"])
    resources.empty_tables()


def count_again(aws: Emulator, deployment: Deployment) -> int:
    """Put every activity of the activities table on the board's queue, as when it was written. Returns how many.

    When that was is read from the activity's id: the table does not tell, and a game server makes the id when it
    writes. What the table has forgotten, by its `expires_at`, is not counted again.
    """
    records = sorted(_read_records(aws, deployment), key=lambda each: each["dynamodb"]["ApproximateCreationDateTime"])
    filters = deployment.filters
    passing = [each for each in records if not filters or any(matches(each) for matches in filters)]
    for batch in make_batches(passing):
        aws.client("sqs").send_message_batch(
            QueueUrl=deployment.queue_url,
            Entries=[{"Id": str(index), "MessageBody": body} for index, (_, body) in enumerate(batch)],
        )
    return len(passing)


def _read_records(aws: Emulator, deployment: Deployment) -> Iterator[dict[str, Any]]:
    """The record of each item in the activities table, as the stream had it; not of the board's own probes."""
    now = aws.clock.now()
    pages = aws.client("dynamodb").get_paginator("scan").paginate(TableName=deployment.activities_table)
    for item in (item for page in pages for item in page["Items"]):
        if item.get("type", {}).get("S", "").startswith("#"):
            continue
        identifier = item["activity_id"]["S"]
        known = ACTIVITY_ID.fullmatch(identifier)
        written = min(now, int(identifier.replace("-", "")[:12], 16)) if known else now
        yield make_event(
            {
                "eventID": identifier,
                "eventName": "INSERT",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "dynamodb": {
                    "ApproximateCreationDateTime": datetime.fromtimestamp(written / 1000, UTC),
                    "Keys": {name: item[name] for name in ("player_id", "activity_id")},
                    "NewImage": item,
                    "SequenceNumber": "0",
                    "SizeBytes": len(json.dumps(item, default=str)),
                    "StreamViewType": "NEW_IMAGE",
                },
            },
            deployment.pipe.stream_arn if deployment.pipe else deployment.activities_table,
            aws.region,
        )
