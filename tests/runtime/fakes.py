"""DynamoDB and S3 in memory, with the few calls the runtime makes, and a way to make them fail.

They exist to inject what no emulator does: transaction conflicts, answers that are lost after the write, a death
between two writes. What they do not know they refuse.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
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
    """Tables by name; every item under its two key values."""

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
        found = [self.tables[table].get(self._key(table, key)) for key in wanted["Keys"]]
        return {"Responses": {table: [dict(item) for item in found if item]}, "UnprocessedKeys": {}}

    def put_item(self, *, TableName: str, Item: dict[str, Any], ConditionExpression: str) -> None:
        self.before("put_item")
        with self._lock:
            if not self._holds(TableName, {"Item": Item, "ConditionExpression": ConditionExpression}):
                raise error("ConditionalCheckFailedException", "PutItem")
            self.tables[TableName][self._key(TableName, Item)] = Item
        self.after("put_item")

    def transact_write_items(self, *, TransactItems: list[Any]) -> None:
        assert 1 <= len(TransactItems) <= 100
        puts = [write["Put"] for write in TransactItems]
        places = [(put["TableName"], self._key(put["TableName"], put["Item"])) for put in puts]
        assert len(set(places)) == len(places), "one item twice in a transaction"
        try:
            self.before("transact_write_items")
        except TransactionCanceledException as cancelled:
            # AWS gives a reason for each item.
            reasons: list[Any] = cancelled.response["CancellationReasons"]
            reasons += [{"Code": "None"}] * (len(TransactItems) - len(reasons))
            raise
        with self._lock:
            held = [self._holds(put["TableName"], put) for put in puts]
            if not all(held):
                raise self.cancelled([{"Code": "None" if fine else "ConditionalCheckFailed"} for fine in held])
            for (table, key), put in zip(places, puts, strict=True):
                self.tables[table][key] = put["Item"]
            self.transactions.append(len(puts))
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
        partition = ExpressionAttributeValues[":partition"]["S"]
        rows = sorted((key, item) for key, item in self.tables[TableName].items() if key[0] == partition)
        for _, item in rows:
            yield {"Items": [item]}

    def _key(self, table: str, item: dict[str, Any]) -> tuple[str, str]:
        first, second = self.keys[table]
        return item[first]["S"], item[second]["S"]

    def _holds(self, table: str, put: dict[str, Any]) -> bool:
        have = self.tables[table].get(self._key(table, put["Item"]))
        condition = put.get("ConditionExpression")
        if condition is None:
            return True
        if condition == "attribute_not_exists(player_id)":
            return have is None
        assert condition == "#version = :version", condition
        return have is not None and have["version"] == put["ExpressionAttributeValues"][":version"]


class FakeS3:
    """One bucket's objects by key."""

    class exceptions:
        class NoSuchKey(ClientError):
            pass

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.before_put: Callable[[str], None] = lambda key: None
        """Called before each write; may raise, as a function that dies would."""

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise self.exceptions.NoSuchKey({"Error": {"Code": "NoSuchKey", "Message": Key}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key]), "ETag": self._etag(Key)}

    def put_object(
        self, *, Bucket: str, Key: str, Body: bytes, IfMatch: str | None = None, IfNoneMatch: str | None = None
    ) -> None:
        self.before_put(Key)
        if (IfNoneMatch == "*" and Key in self.objects) or (IfMatch and IfMatch != self._etag(Key)):
            raise error("PreconditionFailed", "PutObject")
        self.objects[Key] = Body

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> None:
        assert len(Delete["Objects"]) <= 1000
        for item in Delete["Objects"]:
            self.objects.pop(item["Key"], None)

    def get_paginator(self, operation: str) -> FakeS3:
        assert operation == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        yield {"Contents": [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)]}

    def _etag(self, key: str) -> str:
        return md5(self.objects[key]).hexdigest() if key in self.objects else "none"
