"""The embedded AWS beside the one in memory: every call is carried out on both, and both must answer alike."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, NoReturn

from botocore.exceptions import ClientError

from generator.local.emulator.process import Emulator
from tests.memory_aws.differences import find, settle
from tests.support.memory_aws import Call, MemoryAws
from tests.support.memory_aws.values import to_json

OPAQUE = frozenset(
    (
        *("ETag", "IfMatch", "ReceiptHandle", "ContinuationToken", "NextContinuationToken", "QueueUrl"),
        *("StreamArn", "ShardId", "ShardIterator", "NextShardIterator", "SequenceNumber", "StartingSequenceNumber"),
        "stateMachineArn",
    )
)
"""What AWS makes up and callers only give back: each side has its own."""
UNREAD = frozenset(
    (
        *("ResponseMetadata", "MessageId", "MD5OfBody", "MD5OfMessageBody", "EventId", "ErrorMessage", "Message"),
        *("LastModified", "AcceptRanges", "ContentType", "Metadata", "StorageClass", "ChecksumType", "RequestCharged"),
        *("Name", "Prefix", "MaxKeys", "StartAfter", "EncodingType", "ContinuationToken", "SentTimestamp"),
        *("ChecksumCRC32", "ChecksumCRC64NVME", "CopySourceVersionId", "VersionId", "ItemCollectionMetrics"),
        *("ConsumedCapacity", "ServerSideEncryption", "BucketKeyEnabled", "SSEKMSKeyId"),
        *("StreamStatus", "StreamLabel", "TableName", "KeySchema", "CreationRequestDateTime", "SizeBytes"),
        *("eventID", "eventVersion", "awsRegion", "ApproximateCreationDateTime", "executionArn", "startDate"),
    )
)
"""Parts of answers that differ each time, or that the AWS in memory leaves out, as nobody here reads them."""


HIDDEN_SECONDS = 43_200
"""How long a received message is hidden: as long as SQS allows, so that no test depends on how fast the machine is."""
_NUMBERS = count()


class UnlikeError(AssertionError):
    """The two answered differently."""


class Twin:
    """An interceptor of the AWS in memory that carries every call out on the embedded AWS too."""

    def __init__(self, emulator: Emulator, memory: MemoryAws) -> None:
        """Make the tables, the bucket and the queues of `memory` on the embedded AWS, empty."""
        self._emulator = emulator
        self._memory = memory
        self._number = next(_NUMBERS)
        self._theirs: dict[str, str] = {}
        self.compared: list[Call] = []
        self.unlike: list[UnlikeError] = []
        memory.set_page_items(1000)
        for table in memory.tables.values():
            shards = table.shards
            stream = {"StreamEnabled": True, "StreamViewType": shards.view} if shards else None
            made = emulator.client("dynamodb").create_table(
                TableName=table.name,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": name, "KeyType": kind}
                    for name, kind in zip(table.keys_of_items, ("HASH", "RANGE"), strict=True)
                ],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in table.keys_of_items],
                **({"StreamSpecification": stream} if stream else {}),
            )
            if shards:
                # The embedded AWS goes by the machine's clock, by which no record becomes old here.
                shards.retention = 10**9
                self._theirs[shards.arn] = made["TableDescription"]["LatestStreamArn"]
        emulator.client("s3").create_bucket(
            Bucket=memory.bucket.name, CreateBucketConfiguration={"LocationConstraint": emulator.region}
        )
        self._make_queues()
        self._make_state_machine(f"assembly-{self._number}")

    def __call__(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        """Carry a call out on both, and compare their answers."""
        mine, my_error = _attempt(carry_out)
        client = self._emulator.client(call.service)
        request = self._translate(call.request)
        theirs, their_error = _attempt(lambda: getattr(client, call.operation)(**request))
        self.compared.append(call)
        if my_error is not None or their_error is not None:
            self._judge_errors(call, my_error, their_error)
            if my_error is not None:
                raise my_error
            return mine
        self._learn(mine, theirs)
        if difference := compare(settle(call, mine), settle(call, theirs)):
            self._tell(call, difference, mine, theirs)
        return mine

    def check_content(self) -> None:
        """Compare what is stored: items, objects, how many messages, and the records of the streams."""
        for table in self._memory.tables.values():
            pages = self._emulator.client("dynamodb").get_paginator("scan").paginate(TableName=table.name)
            theirs = sorted((_sorted(item) for page in pages for item in page["Items"]), key=str)
            assert sorted(map(_sorted, table.values()), key=str) == theirs, table.name
            if table.shards:
                records = map(table.shards.make_record, table.shards.list_changes())
                mine, others = _changes(records), _changes(self._read_stream(table.name))
                told = [(key, mine.get(key), others.get(key)) for key in mine.keys() | others.keys()]
                assert mine == others, [each for each in told if each[1] != each[2]]
        s3 = self._emulator.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self._memory.bucket.name)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        found = {key: s3.get_object(Bucket=self._memory.bucket.name, Key=key) for key in keys}
        assert {key: answer["Body"].read() for key, answer in found.items()} == self._memory.bucket.bodies()
        assert {key: answer.get("SSEKMSKeyId") for key, answer in found.items()} == self._memory.bucket.kms_keys()
        sqs = self._emulator.client("sqs")
        for queue in self._memory.queues.values():
            answer = sqs.get_queue_attributes(QueueUrl=self._theirs[queue.url], AttributeNames=["All"])["Attributes"]
            counts = [int(answer[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible")]
            assert sum(counts) == len(queue.messages), queue.name

    def _judge_errors(self, call: Call, mine: ClientError | None, theirs: ClientError | None) -> None:
        if _told(mine) == _told(theirs):
            return
        known = find(call, _code(mine), _code(theirs))
        if known is None:
            self._tell(call, "errors", mine, theirs)
        if not known.leaves_alike and (mine is None or theirs is None):
            raise NoLongerAlikeError(known.what)

    def _tell(self, call: Call, what: str, mine: Any, theirs: Any) -> NoReturn:
        """Fail, and remember it: the functions go on when one player's activities, or one message, fails."""
        error = UnlikeError(f"{call}\n{what}\nin memory: {mine!r}\nembedded:  {theirs!r}")
        self.unlike.append(error)
        raise error

    def _make_queues(self) -> None:
        sqs = self._emulator.client("sqs")
        # A dead-letter queue is there before the queue that names it.
        for queue in self._memory.queues.values():
            queue.visibility_seconds = HIDDEN_SECONDS
        for queue in sorted(self._memory.queues.values(), key=lambda queue: queue.dead_letters is not None):
            attributes = {"VisibilityTimeout": str(queue.visibility_seconds)}
            if queue.dead_letters is not None:
                target = f"arn:aws:sqs:{self._emulator.region}:{self._emulator.account_id}:{queue.dead_letters.name}"
                policy = {"deadLetterTargetArn": target, "maxReceiveCount": queue.max_receives}
                attributes["RedrivePolicy"] = json.dumps(policy)
            self._theirs[queue.url] = sqs.create_queue(QueueName=queue.name, Attributes=attributes)["QueueUrl"]

    def _make_state_machine(self, name: str) -> None:
        """Make a state machine whose executions run for as long as any test."""
        role = self._emulator.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        definition = json.dumps({"StartAt": "Run", "States": {"Run": {"Type": "Wait", "Seconds": 3600, "End": True}}})
        machines = self._emulator.client("stepfunctions")
        made = machines.create_state_machine(name=name, definition=definition, roleArn=role)
        self._theirs["assembly"] = made["stateMachineArn"]

    def _read_stream(self, table: str) -> Iterator[dict[str, Any]]:
        arn = self._emulator.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
        streams = self._emulator.client("dynamodbstreams")
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            place = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            iterator = streams.get_shard_iterator(**place)["ShardIterator"]
            while iterator:
                answer = streams.get_records(ShardIterator=iterator)
                if not answer["Records"]:
                    break
                yield from answer["Records"]
                iterator = answer.get("NextShardIterator")

    def _translate(self, value: Any, name: str = "") -> Any:
        """A request of the one in memory as one of the embedded AWS: with what that has made up itself."""
        if isinstance(value, Mapping):
            return {key: self._translate(each, key) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._translate(each) for each in value]
        if name == "ClientRequestToken":
            # Those of earlier twins are still known.
            return f"{self._number}-{value}"
        return self._theirs.get(value, value) if name in OPAQUE else value

    def _learn(self, mine: Any, theirs: Any) -> None:
        """Remember which opaque text of the embedded AWS stands for which of the one in memory."""
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            for name in mine.keys() & theirs.keys():
                if name in OPAQUE:
                    self._theirs[mine[name]] = theirs[name]
                else:
                    self._learn(mine[name], theirs[name])
        elif isinstance(mine, list) and isinstance(theirs, list):
            for one, other in zip(mine, theirs, strict=False):
                self._learn(one, other)


class NoLongerAlikeError(Exception):
    """The embedded AWS did what AWS does not, as is known: the two hold something else now, and the sequence ends."""


@contextlib.contextmanager
def twin_of(emulator: Emulator, memory: MemoryAws) -> Iterator[Twin]:
    """A twin of `memory` on an embedded AWS, which is left as empty as it was."""
    twin: Twin | None = None
    try:
        twin = Twin(emulator, memory)
        yield twin
    except Exception:
        if twin is None or not twin.unlike:
            raise
    finally:
        dynamodb, sqs, s3 = (emulator.client(service) for service in ("dynamodb", "sqs", "s3"))
        for name in dynamodb.list_tables()["TableNames"]:
            dynamodb.delete_table(TableName=name)
        for url in sqs.list_queues().get("QueueUrls", []):
            sqs.delete_queue(QueueUrl=url)
        for bucket in s3.list_buckets()["Buckets"]:
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
                for each in page.get("Contents", []):
                    s3.delete_object(Bucket=bucket["Name"], Key=each["Key"])
            s3.delete_bucket(Bucket=bucket["Name"])
    if twin.unlike:
        raise twin.unlike[0]


def compare(mine: Any, theirs: Any, at: str = "") -> str | None:
    """Where two answers differ, None where they do not."""
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        # Protocols differ in whether an empty list is left out; nobody here tells one from none.
        mine, theirs = ({name: part for name, part in each.items() if part != []} for each in (mine, theirs))
        names = (mine.keys() | theirs.keys()) - UNREAD - OPAQUE
        if (only := names - mine.keys()) or (only := names - theirs.keys()):
            return f"{at}: only one has {sorted(only)}"
        return next(filter(None, (compare(mine[name], theirs[name], f"{at}.{name}") for name in sorted(names))), None)
    if hasattr(mine, "read") and hasattr(theirs, "read"):
        theirs_read, mine_read = theirs.read(), mine.read()
        mine.seek(0)
        return None if mine_read == theirs_read else f"{at}: other bytes"
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        if at.endswith(("SS", "NS", "BS")):
            mine, theirs = sorted(mine), sorted(theirs)
        pairs = enumerate(zip(mine, theirs, strict=True))
        return next(filter(None, (compare(*pair, f"{at}[{number}]") for number, pair in pairs)), None)
    return None if mine == theirs else f"{at}: {mine!r} and {theirs!r}"


def _attempt(call: Callable[[], Any]) -> tuple[Any, ClientError | None]:
    try:
        return call(), None
    except ClientError as error:
        return None, error


def _told(error: ClientError | None) -> Any:
    """What the project reads of an error: its code, and the reasons for which a transaction was cancelled."""
    if error is None:
        return None
    reasons: Any = error.response.get("CancellationReasons", [])
    return _code(error), [(reason["Code"], reason.get("Item")) for reason in reasons]


def _code(error: ClientError | None) -> str | None:
    return None if error is None else str(error.response["Error"]["Code"])


def _sorted(value: Any) -> Any:
    """A stored item in one order: its names, and the members of sets, which have none."""
    if isinstance(value, Mapping):
        return {name: sorted(each) if name in ("SS", "NS") else _sorted(each) for name, each in sorted(value.items())}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


def _changes(records: Any) -> dict[str, list[Any]]:
    """The records of a stream by partition key, in their order, which the stream keeps for each."""
    found: dict[str, list[Any]] = {}
    for record in records:
        change = record["dynamodb"]
        images = [_sorted(to_json(change.get(name))) for name in ("OldImage", "NewImage")]
        told = (record["eventName"], change["Keys"], images)
        found.setdefault(json.dumps(change["Keys"].get("player_id")), []).append(told)
    return found
