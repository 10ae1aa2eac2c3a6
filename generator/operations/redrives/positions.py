"""Positions in a table's stream: what a pipe leaves of records that it could not deliver, and the records there.

A dead letter of a pipe holds no record, but where its batch lies in the stream: the shard, the first and the last
sequence number, and when the two came (Amazon EventBridge user guide, "Amazon EventBridge Pipes error handling and
troubleshooting"; AWS Lambda developer guide, "Retain discarded batches for DynamoDB event sources", has the same form).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from runtime.domain.instants import parse_rfc3339
from runtime.dynamodb.streaming.shards import TRIMMED

EMPTY_PAGES = 20
"""How many pages of a stream may have no record in a row: one may be empty though records follow (Amazon DynamoDB API
reference, "GetRecords")."""

_NUMBER, _SHARD = re.compile("[0-9]{21,40}"), re.compile("[a-zA-Z0-9-]{28,65}")
"""What sequence numbers and shards look like: boto3 sends no request with another (Amazon DynamoDB API reference,
"GetShardIterator")."""


class TrimmedError(Exception):
    """The stream does not have the records of a position any more, or not all of them."""


@dataclass(frozen=True)
class Position:
    """A batch of records in a stream."""

    stream_arn: str
    shard: str
    first: str
    """The sequence number of its first record."""
    last: str
    arrived_first: int
    """When its first record was written, in seconds since 1970."""
    arrived_last: int
    size: int
    """How many records it has."""


def read_position(body: str, table: str) -> Position | None:
    """Read a dead letter of the pipe on a table. None for any other message."""
    try:
        found = json.loads(body)["DDBStreamBatchInfo"]
        position = Position(
            found["streamArn"],
            found["shardId"],
            found["startSequenceNumber"],
            found["endSequenceNumber"],
            parse_rfc3339(found["approximateArrivalOfFirstRecord"]) // 1000,
            parse_rfc3339(found["approximateArrivalOfLastRecord"]) // 1000,
            int(found["batchSize"]),
        )
        is_place = all(map(_NUMBER.fullmatch, (position.first, position.last))) and _SHARD.fullmatch(position.shard)
        is_ours = f":table/{table}/stream/" in position.stream_arn
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return position if is_place and is_ours else None


def read_records(streams: Any, position: Position) -> Iterator[list[dict[str, Any]]]:
    """Read the records of a position page by page, as the pipe passes them on. `streams`: a boto3 client.

    Raises TrimmedError, also after some pages, if the stream does not have all of them, ClientError where AWS refuses.
    """
    place = {"StreamArn": position.stream_arn, "ShardId": position.shard}
    try:
        iterator = streams.get_shard_iterator(
            **place, ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=position.first
        )["ShardIterator"]
        empty, expected = 0, position.first
        while iterator and empty < EMPTY_PAGES:
            page = streams.get_records(ShardIterator=iterator)
            numbers = [record["dynamodb"]["SequenceNumber"] for record in page["Records"]]
            if expected and numbers and int(numbers[0]) > int(expected):
                break
            within = [number for number in numbers if int(number) <= int(position.last)]
            if within:
                yield [_make_event(record, position) for record in page["Records"][: len(within)]]
            if numbers and int(numbers[-1]) >= int(position.last):
                return
            empty, expected = (0, "") if numbers else (empty + 1, expected)
            iterator = page.get("NextShardIterator")
    except ClientError as error:
        if error.response["Error"]["Code"] not in TRIMMED:
            raise
    raise TrimmedError


def make_event(record: Mapping[str, Any], stream_arn: str, region: str) -> dict[str, Any]:
    """Turn a record, as boto3 reads it from the stream, into the JSON object that a pipe filters and passes on.

    Its creation time is in whole seconds since 1970, and binary values are base64 (EventBridge user guide, "Amazon
    DynamoDB stream as a source").
    """
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = int(change["ApproximateCreationDateTime"].timestamp())
    for image in ("Keys", "NewImage", "OldImage"):
        if image in change:
            change[image] = _encode_binary(change[image])
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record["eventVersion"],
        "eventSource": record["eventSource"],
        "awsRegion": record.get("awsRegion", region),
        "dynamodb": change,
        "eventSourceARN": stream_arn,
    }


def _make_event(record: Mapping[str, Any], position: Position) -> dict[str, Any]:
    """A record with a time within those of its batch: on a local run these are by the run's clock, and the stream's by
    the machine's."""
    event = make_event(record, position.stream_arn, position.stream_arn.split(":")[3])
    change = event["dynamodb"]
    written = max(position.arrived_first, min(position.arrived_last, change["ApproximateCreationDateTime"]))
    change["ApproximateCreationDateTime"] = written
    return event


def _encode_binary(value: Any) -> Any:
    """A value as JSON can hold it: binary values at any depth become base64."""
    if isinstance(value, Mapping):
        return {key: _encode_binary(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_encode_binary(inner) for inner in value]
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes | bytearray) else value
