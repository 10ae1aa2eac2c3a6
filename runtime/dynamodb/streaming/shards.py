"""The shards of a table's stream, their lineage, and where in them to read on.

A shard is closed after some hours, or when many items are written, and others take its place: each names it as its
parent. So the changes of one item lie in several shards, and "an application must always process a parent shard before
it processes a child shard" (Amazon DynamoDB developer guide, "Change data capture for DynamoDB Streams").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from runtime.dynamodb.streaming.positions import StreamBehindError, StreamGapError

TRIMMED = ("TrimmedDataAccessException", "ResourceNotFoundException")
"""What DynamoDB says of records that are older than 24 hours, and of a shard whose records all are (Amazon DynamoDB API
reference, "GetShardIterator")."""

BUSY = (
    *("LimitExceededException", "ProvisionedThroughputExceededException", "ThrottlingException"),
    *("RequestLimitExceeded", "InternalServerError", "ExpiredIteratorException"),
)
"""What DynamoDB says where the same may be asked for again later: "No more than two processes at most should be reading
from the same stream's shard at the same time" (Amazon DynamoDB developer guide, "Change data capture for DynamoDB
Streams"), and two rebuilds may be at it while a third begins. A place in a shard is good for 15 minutes."""


@dataclass(frozen=True)
class StreamShard:
    """One shard of a stream."""

    id: str
    parent: str | None
    """The shard whose place it took, which may be gone."""
    last: str | None
    """The sequence number of its last record; None of a shard that is open."""


@contextmanager
def as_errors_of_streams() -> Iterator[None]:
    """Raise StreamGapError and StreamBehindError for what AWS says where it means one of these."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in TRIMMED:
            raise StreamGapError(f"the stream says {code}") from error
        if code in BUSY:
            raise StreamBehindError(f"the stream says {code}") from error
        raise


def list_shards(streams: Any, arn: str) -> dict[str, StreamShard]:
    """List the shards of a stream by their ids. `streams`: a boto3 client.

    Raises ClientError, with one of TRIMMED where there is no such stream. AWS tells up to 100 shards at once (Amazon
    DynamoDB API reference, "DescribeStream").
    """
    found: dict[str, StreamShard] = {}
    start: dict[str, str] = {}
    while True:
        told = streams.describe_stream(StreamArn=arn, **start)["StreamDescription"]
        for shard in told["Shards"]:
            last = shard.get("SequenceNumberRange", {}).get("EndingSequenceNumber")
            found[shard["ShardId"]] = StreamShard(shard["ShardId"], shard.get("ParentShardId"), last)
        if not told.get("LastEvaluatedShardId"):
            return found
        start = {"ExclusiveStartShardId": told["LastEvaluatedShardId"]}


def find_newest(shards: Mapping[str, StreamShard]) -> list[StreamShard]:
    """Find the shards whose place no other has taken."""
    parents = {shard.parent for shard in shards.values()}
    return [shard for shard in shards.values() if shard.id not in parents]


def find_unread(shards: Mapping[str, StreamShard], read: Iterable[str]) -> list[str]:
    """Find the shards that have come after some that were read, wholly or in part: their children, and theirs.

    Raises StreamGapError where one that was read is gone, and where another's records may have come before or after.
    """
    known = set(read)
    if not known <= shards.keys():
        raise StreamGapError("a shard that was read is not in the stream any more")
    passed = _find_ancestors(shards, known)
    unread = []
    for shard in shards.values():
        if shard.id not in known and shard.id not in passed:
            if not _find_ancestors(shards, [shard.id]) & (known | passed):
                raise StreamGapError("the stream has a shard of unknown descent")
            unread.append(shard.id)
    return unread


def _find_ancestors(shards: Mapping[str, StreamShard], ids: Iterable[str]) -> set[str]:
    """The ids of the parents of some shards, and of theirs, also of those that are gone."""
    found: set[str] = set()
    for each in ids:
        shard = shards.get(each)
        while shard and shard.parent and shard.parent not in found:
            found.add(shard.parent)
            shard = shards.get(shard.parent)
    return found
