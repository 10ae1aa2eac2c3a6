"""Stream records as a pipe passes them on, and the dead letters of those that it could not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from generator.local.deploy.deployment import PipeSettings

BATCH_MESSAGES, BATCH_BYTES = 10, 1_048_576
"""Limits of one SendMessageBatch (SQS developer guide, "Amazon SQS message quotas"), and of one PutEvents (EventBridge
API reference, "PutEvents")."""


def make_dead_letter(settings: PipeSettings, shard: str, record: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The dead letter for a record that could not be delivered: its position in the stream."""
    change = record["dynamodb"]
    arrival = _format_second(datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC))
    return {
        "context": {"partnerResourceArn": settings.arn, "condition": "RetryAttemptsExhausted"},
        "version": "1.0",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "DDBStreamBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": change["SequenceNumber"],
            "endSequenceNumber": change["SequenceNumber"],
            "approximateArrivalOfFirstRecord": arrival,
            "approximateArrivalOfLastRecord": arrival,
            "batchSize": 1,
            "streamArn": settings.stream_arn,
        },
    }


def _format_second(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def make_batches(records: list[dict[str, Any]]) -> list[list[tuple[dict[str, Any], str]]]:
    """Split records, each with the JSON text that is sent, into as few batches as SQS's limits allow."""
    batches: list[list[tuple[dict[str, Any], str]]] = []
    size = 0
    for record in records:
        body = json.dumps(record, separators=(",", ":"))
        length = len(body)
        if not batches or len(batches[-1]) == BATCH_MESSAGES or size + length > BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append((record, body))
        size += length
    return batches
