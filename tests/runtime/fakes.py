"""DynamoDB and S3 in memory, with the few calls the runtime makes, and a way to make them fail.

They exist to cause what no emulator does: transaction conflicts, answers that are lost after the write, a death between
two writes. A request that they do not know fails.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from decimal import Decimal
from hashlib import md5
from typing import Any

from botocore.exceptions import ClientError


def error(code: str, operation: str, **more: Any) -> ClientError:
    """An error as botocore raises it."""
    answer: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(answer, operation)


class TransactionCanceledException(ClientError):
    """The one error that the runtime catches by its class."""


class FakeDynamoDB:
    """DynamoDB tables by name, each with its items by their two key values."""

    class exceptions:
        TransactionCanceledException = TransactionCanceledException

    def __init__(self, **keys: tuple[str, str]) -> None:
        self.keys = keys
        self.tables: dict[str, dict[tuple[str, str], dict[str, Any]]] = {name: {} for name in keys}
        self.before: Callable[[str], None] = lambda operation: None
        """Called before each write takes effect; may raise."""
        self.after: Callable[[str], None] = lambda operation: None
        """Called after each write took effect; may raise, and the answer is lost."""
        self.transactions: list[int] = []
        self._lock = threading.Lock()

    def get_item(self, *, TableName: str, Key: dict[str, Any], ConsistentRead: bool) -> dict[str, Any]:
        found = self.tables[TableName].get(self._key(TableName, Key))
        return {"Item": dict(found)} if found else {}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        ((table, wanted),) = RequestItems.items()
        assert wanted["ConsistentRead"]
        if not 1 <= len(wanted["Keys"]) <= 100:
            raise error("ValidationException", "BatchGetItem")
        found = [self.tables[table].get(self._key(table, key)) for key in wanted["Keys"]]
        return {"Responses": {table: [dict(item) for item in found if item]}, "UnprocessedKeys": {}}

    def put_item(self, **put: Any) -> None:
        self.before("put_item")
        with self._lock:
            if not self._holds(put, put["Item"]):
                raise error("ConditionalCheckFailedException", "PutItem")
            self._put(put)
        self.after("put_item")

    def update_item(self, **update: Any) -> None:
        self.before("update_item")
        with self._lock:
            if not self._holds(update, update["Key"]):
                raise error("ConditionalCheckFailedException", "UpdateItem")
            self._update(update)
        self.after("update_item")

    def delete_item(self, **delete: Any) -> None:
        self.before("delete_item")
        with self._lock:
            if not self._holds(delete, delete["Key"]):
                raise error("ConditionalCheckFailedException", "DeleteItem")
            self.tables[delete["TableName"]].pop(self._key(delete["TableName"], delete["Key"]), None)
        self.after("delete_item")

    def transact_write_items(self, *, TransactItems: list[Any]) -> None:
        assert 1 <= len(TransactItems) <= 100
        writes = [
            (kind, write, write["Item" if kind == "Put" else "Key"])
            for ((kind, write),) in map(dict.items, TransactItems)
        ]
        places = [(write["TableName"], self._key(write["TableName"], item)) for _, write, item in writes]
        assert len(set(places)) == len(places), "one item twice in a transaction"
        try:
            self.before("transact_write_items")
        except TransactionCanceledException as cancelled:
            # AWS gives a reason for each item.
            reasons: list[Any] = cancelled.response["CancellationReasons"]
            reasons += [{"Code": "None"}] * (len(TransactItems) - len(reasons))
            raise
        with self._lock:
            held = [self._holds(write, item) for _, write, item in writes]
            if not all(held):
                raise self.cancelled([{"Code": "None" if fine else "ConditionalCheckFailed"} for fine in held])
            for kind, write, _ in writes:
                (self._put if kind == "Put" else self._update)(write)
            self.transactions.append(len(writes))
        self.after("transact_write_items")

    @staticmethod
    def cancelled(reasons: list[dict[str, str]]) -> TransactionCanceledException:
        answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        return TransactionCanceledException(answer, "TransactWriteItems")

    def get_paginator(self, operation: str) -> FakeDynamoDB:
        assert operation == "query"
        return self

    def paginate(self, *, TableName: str, ExpressionAttributeValues: Any, **rest: Any) -> Iterator[dict[str, Any]]:
        assert rest["ConsistentRead"]
        values = {name: value["S"] for name, value in ExpressionAttributeValues.items()}
        keys = sorted(key for key in self.tables[TableName] if key[0] == values[":partition"])
        if "BETWEEN" in rest["KeyConditionExpression"]:
            keys = [key for key in keys if values[":from"] <= key[1] <= values[":to"]]
        for key in keys if rest.get("ScanIndexForward", True) else reversed(keys):
            item = self.tables[TableName][key]
            write = {"TableName": TableName, "ExpressionAttributeValues": ExpressionAttributeValues, **rest}
            if all(self._true(write, term, item) for term in rest.get("FilterExpression", "").split(" AND ") if term):
                yield {"Count": 1} if rest.get("Select") == "COUNT" else {"Items": [item]}

    def _key(self, table: str, item: dict[str, Any]) -> tuple[str, str]:
        first, second = (item[name]["S"] for name in self.keys[table])
        # Limits of DynamoDB's keys, in bytes.
        if not 1 <= len(first.encode()) <= 2048 or not 1 <= len(second.encode()) <= 1024:
            raise error("ValidationException", "any")
        return first, second

    def _put(self, put: dict[str, Any]) -> None:
        self.tables[put["TableName"]][self._key(put["TableName"], put["Item"])] = put["Item"]

    def _update(self, update: dict[str, Any]) -> None:
        """Change an item: SET values, or ADD to a set of texts."""
        key = self._key(update["TableName"], update["Key"])
        item = dict(self.tables[update["TableName"]].get(key, update["Key"]))
        verb, assignments = update["UpdateExpression"].split(" ", 1)
        for assignment in assignments.split(","):
            name, value = assignment.replace("=", " ").split()
            given = update["ExpressionAttributeValues"][value]
            name = update["ExpressionAttributeNames"][name]
            if verb == "ADD":
                given = {"SS": sorted({*item.get(name, {"SS": []})["SS"], *given["SS"]})}
            item[name] = given
        self.tables[update["TableName"]][key] = item

    def _holds(self, write: dict[str, Any], key: dict[str, Any]) -> bool:
        have = self.tables[write["TableName"]].get(self._key(write["TableName"], key))
        condition = write.get("ConditionExpression")
        return condition is None or any(
            all(self._true(write, term.strip(), have) for term in part.split(" AND "))
            for part in condition.split(" OR ")
        )

    @staticmethod
    def _true(write: dict[str, Any], term: str, have: dict[str, Any] | None) -> bool:
        names = write.get("ExpressionAttributeNames", {})
        if term.startswith("attribute_not_exists("):
            name = term[len("attribute_not_exists(") : -1]
            return have is None or names.get(name, name) not in have
        name, sign, value = term.split()
        mine = (have or {}).get(names[name])
        if mine is None:
            return False
        wanted = write["ExpressionAttributeValues"][value]
        if sign == "=":
            return bool(mine == wanted)
        # Numbers compare as numbers, texts as texts; a number and a text never.
        if mine.keys() != wanted.keys():
            return False
        left, right = (Decimal(each["N"]) if "N" in each else each["S"] for each in (mine, wanted))
        return bool({"<": left < right, ">": left > right, "<=": left <= right}[sign])


class FakeS3:
    """An S3 bucket: its objects by key."""

    class exceptions:
        class NoSuchKey(ClientError):
            pass

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.keys: dict[str, str | None] = {}
        """The KMS key under which each object lies."""
        self.undeletable: set[str] = set()
        """Objects that S3 refuses to delete."""
        self.before_put: Callable[[str], None] = lambda key: None
        """Called before each write; may raise, as a function that dies would."""

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise self.exceptions.NoSuchKey({"Error": {"Code": "NoSuchKey", "Message": Key}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key]), "ETag": self._etag(Key)}

    def put_object(
        self,
        *,
        Bucket: str,
        Key: str,
        Body: bytes,
        IfMatch: str | None = None,
        IfNoneMatch: str | None = None,
        **encryption: Any,
    ) -> None:
        self.before_put(Key)
        if IfMatch and Key not in self.objects:
            raise error("NoSuchKey", "PutObject")
        if (IfNoneMatch == "*" and Key in self.objects) or (IfMatch and IfMatch != self._etag(Key)):
            raise error("PreconditionFailed", "PutObject")
        self._write(Key, Body, encryption)

    def copy_object(
        self, *, Bucket: str, Key: str, CopySource: dict[str, str], MetadataDirective: str, **encryption: Any
    ) -> None:
        self.before_put(Key)
        assert (CopySource, MetadataDirective) == ({"Bucket": Bucket, "Key": Key}, "COPY")
        assert encryption, "a copy onto itself must change something"
        self._write(Key, self.objects[Key], encryption)

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        assert len(Delete["Objects"]) <= 1000
        refused = [item for item in Delete["Objects"] if item["Key"] in self.undeletable]
        for item in Delete["Objects"]:
            if item not in refused:
                self.objects.pop(item["Key"], None)
        return {"Errors": [{**item, "Code": "AccessDenied"} for item in refused]} if refused else {}

    def get_paginator(self, operation: str) -> FakeS3:
        assert operation == "list_objects_v2"
        return self

    def paginate(
        self, *, Bucket: str, Prefix: str, StartAfter: str, PaginationConfig: dict[str, int]
    ) -> Iterator[dict[str, Any]]:
        found = sorted(key for key in self.objects if key.startswith(Prefix) and key > StartAfter)
        yield {"Contents": [{"Key": key} for key in found[: PaginationConfig.get("MaxItems")]]}

    def _write(self, key: str, body: bytes, encryption: dict[str, Any]) -> None:
        if encryption:
            assert encryption["ServerSideEncryption"] == "aws:kms"
            assert encryption["BucketKeyEnabled"]
        self.objects[key], self.keys[key] = body, encryption.get("SSEKMSKeyId")

    def _etag(self, key: str) -> str:
        return md5(self.objects[key]).hexdigest() if key in self.objects else "none"


class FakeEvents:
    """EventBridge, which records the events it is sent, or refuses all of them."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.refuse = False

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        assert 1 <= len(Entries) <= 10
        if self.refuse:
            return {"Entries": [{"ErrorCode": "ThrottlingException"} for _ in Entries]}
        self.sent += [(entry["DetailType"], json.loads(entry["Detail"])) for entry in Entries]
        return {"Entries": [{"EventId": "1"} for _ in Entries]}


class OneThread(Executor):
    """Does each task when it is submitted, in the thread that submits it: the order is the same each time."""

    def __init__(self, max_workers: int) -> None:
        pass

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """The task, done."""
        future: Future[Any] = Future()
        try:
            future.set_result(work(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        return future
