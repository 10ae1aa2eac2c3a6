"""The permissions that a request needs: the names of IAM's actions are not always those of the requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Need:
    """What a role must be allowed: an action on a resource, in a request with some values of condition keys."""

    action: str
    resource: str
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The values of each condition key that the request has."""


@dataclass(frozen=True)
class Place:
    """Where a board lies: what the ARNs of its resources begin with."""

    region: str
    account_id: str

    def arn(self, service: str, name: str) -> str:
        """The ARN of a resource in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{name}"

    def table(self, name: str) -> str:
        """The ARN of a table."""
        return self.arn("dynamodb", f"table/{name}")

    def queue(self, url: str) -> str:
        """The ARN of the queue at a URL."""
        return self.arn("sqs", url.rsplit("/", 1)[-1])


Parameters = Mapping[str, Any]
Read = Callable[[Parameters, Place], Iterator[Need]]


def find_needs(service: str, operation: str, parameters: Parameters, place: Place) -> Iterator[Need]:
    """The permissions that a request needs. Raises KeyError for an operation that is not in OPERATIONS."""
    yield from OPERATIONS[f"{service}.{operation}"](parameters, place)


def _on_table(action: str) -> Read:
    def read(parameters: Parameters, place: Place) -> Iterator[Need]:
        yield _on_item(action, parameters, place)

    return read


def _on_item(action: str, request: Parameters, place: Place) -> Need:
    """What a request for one item needs, with the item's partition key (DynamoDB developer guide, "Using IAM policy
    conditions for fine-grained access control"). Both names of partition keys are the blueprint's."""
    key = request.get("Item") or request.get("Key") or {}
    asked = request.get("ExpressionAttributeValues", {}).get(":partition") if action == "Query" else None
    value = key.get("partition") or key.get("player_id") or asked
    context = (("dynamodb:LeadingKeys", (value["S"],)),) if value else ()
    return Need(f"dynamodb:{action}", place.table(request["TableName"]), context)


def _on_tables(action: str) -> Read:
    def read(parameters: Parameters, place: Place) -> Iterator[Need]:
        for table in parameters["RequestItems"]:
            yield Need(f"dynamodb:{action}", place.table(table))

    return read


def _in_transaction(parameters: Parameters, place: Place) -> Iterator[Need]:
    """A transaction needs the permission of each of its actions (DynamoDB developer guide, "Using IAM with DynamoDB
    transactions")."""
    names = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
    for item in parameters["TransactItems"]:
        for kind, request in item.items():
            yield _on_item(names[kind], request, place)


def _on_object(action: str) -> Read:
    def read(parameters: Parameters, place: Place) -> Iterator[Need]:
        yield Need(f"s3:{action}", f"arn:aws:s3:::{parameters['Bucket']}/{parameters['Key']}")

    return read


def _delete_objects(parameters: Parameters, place: Place) -> Iterator[Need]:
    """Objects, or versions of them (S3 user guide, "Required permissions for Amazon S3 API operations")."""
    for each in parameters["Delete"]["Objects"]:
        action = "DeleteObjectVersion" if "VersionId" in each else "DeleteObject"
        yield Need(f"s3:{action}", f"arn:aws:s3:::{parameters['Bucket']}/{each['Key']}")


def _copy_object(parameters: Parameters, place: Place) -> Iterator[Need]:
    """Reads the source and writes the target (S3 API reference, "CopyObject")."""
    source = parameters["CopySource"]
    name = f"{source['Bucket']}/{source['Key']}" if isinstance(source, dict) else source.split("?")[0]
    yield Need("s3:GetObject", f"arn:aws:s3:::{name}")
    yield Need("s3:PutObject", f"arn:aws:s3:::{parameters['Bucket']}/{parameters['Key']}")


def _list(action: str) -> Read:
    def read(parameters: Parameters, place: Place) -> Iterator[Need]:
        yield Need(f"s3:{action}", f"arn:aws:s3:::{parameters['Bucket']}", (("s3:prefix", (parameters["Prefix"],)),))

    return read


def _put_events(parameters: Parameters, place: Place) -> Iterator[Need]:
    for entry in parameters["Entries"]:
        bus = entry.get("EventBusName", "default")
        yield Need(
            "events:PutEvents", place.arn("events", f"event-bus/{bus}"), (("events:source", (entry["Source"],)),)
        )


def _on_queue(action: str) -> Read:
    def read(parameters: Parameters, place: Place) -> Iterator[Need]:
        yield Need(f"sqs:{action}", place.queue(parameters["QueueUrl"]))

    return read


def _on_queue_name(action: str) -> Read:
    def read(parameters: Parameters, place: Place) -> Iterator[Need]:
        yield Need(f"sqs:{action}", place.queue(parameters["QueueName"]))

    return read


def _on_stream(action: str) -> Read:
    """A request for a stream, whose ARN the AWS in memory also writes into its iterators. Its label, the time at which
    it began, is that of our plans."""

    def read(parameters: Parameters, place: Place) -> Iterator[Need]:
        table = (parameters.get("StreamArn") or parameters["ShardIterator"]).partition("/stream/")[0]
        yield Need(f"dynamodb:{action}", f"{table}/stream/2026-01-01T00:00:00.000")

    return read


def _invoke(parameters: Parameters, place: Place) -> Iterator[Need]:
    yield Need("lambda:InvokeFunction", place.arn("lambda", f"function:{parameters['FunctionName']}"))


def _get_function(parameters: Parameters, place: Place) -> Iterator[Need]:
    yield Need("lambda:GetFunction", place.arn("lambda", f"function:{parameters['FunctionName']}"))


def _on_everything(action: str) -> Read:
    """A request that can be limited to no resource. Of CloudWatch: composite alarms are told only to those who may
    describe all (CloudWatch API reference, "DescribeAlarms"; Service Authorization Reference, "Actions, resources, and
    condition keys for Amazon CloudWatch"). Nor can what is asked of a whole account (the same, "AWS Lambda" and "Amazon
    DynamoDB")."""

    def read(parameters: Parameters, place: Place) -> Iterator[Need]:
        yield Need(action, "*")

    return read


def _filter_log(parameters: Parameters, place: Place) -> Iterator[Need]:
    """In a policy the ARN of a log group ends in `:*` (CloudWatch Logs user guide, "Overview of managing access")."""
    yield Need("logs:FilterLogEvents", place.arn("logs", f"log-group:{parameters['logGroupName']}:*"))


def _start_pipe(parameters: Parameters, place: Place) -> Iterator[Need]:
    yield Need("pipes:StartPipe", place.arn("pipes", f"pipe/{parameters['Name']}"))


def _start_execution(parameters: Parameters, place: Place) -> Iterator[Need]:
    yield Need("states:StartExecution", parameters["stateMachineArn"])


def _without_permission(parameters: Parameters, place: Place) -> Iterator[Need]:
    """Nobody needs a permission to ask who he is (STS API reference, "GetCallerIdentity")."""
    yield from ()


OPERATIONS: dict[str, Read] = {
    **{
        f"dynamodb.{name}": _on_table(name)
        for name in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan")
    },
    "dynamodb.BatchGetItem": _on_tables("BatchGetItem"),
    "dynamodb.BatchWriteItem": _on_tables("BatchWriteItem"),
    "dynamodb.TransactWriteItems": _in_transaction,
    "s3.GetObject": _on_object("GetObject"),
    # S3 user guide, "Required permissions for Amazon S3 API operations".
    "s3.HeadObject": _on_object("GetObject"),
    "s3.PutObject": _on_object("PutObject"),
    "s3.DeleteObject": _on_object("DeleteObject"),
    "s3.DeleteObjects": _delete_objects,
    "s3.CopyObject": _copy_object,
    "s3.ListObjectsV2": _list("ListBucket"),
    "s3.ListObjectVersions": _list("ListBucketVersions"),
    "events.PutEvents": _put_events,
    "sts.GetCallerIdentity": _without_permission,
    "dynamodbstreams.DescribeStream": _on_stream("DescribeStream"),
    "dynamodbstreams.GetShardIterator": _on_stream("GetShardIterator"),
    "dynamodbstreams.GetRecords": _on_stream("GetRecords"),
    "lambda.Invoke": _invoke,
    "lambda.GetFunction": _get_function,
    **{f"cloudwatch.{name}": _on_everything(f"cloudwatch:{name}") for name in ("DescribeAlarms", "GetMetricData")},
    "lambda.GetAccountSettings": _on_everything("lambda:GetAccountSettings"),
    "dynamodb.DescribeLimits": _on_everything("dynamodb:DescribeLimits"),
    "logs.FilterLogEvents": _filter_log,
    "pipes.StartPipe": _start_pipe,
    "stepfunctions.StartExecution": _start_execution,
    **{
        f"sqs.{name}": _on_queue(name)
        for name in ("SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    },
    "sqs.GetQueueUrl": _on_queue_name("GetQueueUrl"),
    # SQS developer guide, "Amazon SQS API permissions: Actions and resource reference".
    "sqs.SendMessageBatch": _on_queue("SendMessage"),
    "sqs.DeleteMessageBatch": _on_queue("DeleteMessage"),
    "sqs.ChangeMessageVisibilityBatch": _on_queue("ChangeMessageVisibility"),
}
"""How to read the permissions out of a request, by service and operation as botocore names them."""
