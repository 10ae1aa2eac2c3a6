"""One DynamoDB table of the board, with a partition key and a sort key, and the ways in which it is read and written.

Every read is strongly consistent: it sees all that was written before it began.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
"""An item in DynamoDB's JSON: {"player_id": {"S": "ann"}, ...}."""
Key = tuple[str, str]
"""The values of an item's partition key and sort key."""

PER_TRANSACTION = 100
"""The most items of one transaction (DynamoDB API reference, TransactWriteItems)."""

RETRYABLE = {
    "None",
    "ConditionalCheckFailed",
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}
"""Reasons for which DynamoDB cancels a transaction that may well succeed when it is tried again."""

GET_ATTEMPTS = 8
"""How often the keys that DynamoDB did not get to are asked for, with at most 2.5 seconds of pauses in all."""


class BusyError(Exception):
    """DynamoDB was too busy, or other processors kept writing the same items. The same may be tried again later."""


def pause_before_retry(attempt: int) -> None:
    """Wait before an attempt is repeated: a random part of 20 ms after attempt 0, then each time of twice as much.

    DynamoDB asks for that before unprocessed keys are requested again, and jitter keeps callers apart (Amazon DynamoDB
    API reference, "BatchGetItem"; Amazon DynamoDB developer guide, "Error handling with DynamoDB").
    """
    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311


class Table:
    """A DynamoDB table. `key_names` are the names of its partition key and its sort key."""

    def __init__(self, client: DynamoDBClient, name: str, key_names: tuple[str, str]) -> None:
        self.client = client
        self.name = name
        self.key_names = key_names

    def key_attributes(self, key: Key) -> Item:
        """A key in DynamoDB's JSON."""
        return {self.key_names[0]: {"S": key[0]}, self.key_names[1]: {"S": key[1]}}

    def key_of(self, item: Item) -> Key:
        """The key of an item."""
        return item[self.key_names[0]]["S"], item[self.key_names[1]]["S"]

    def get(self, key: Key) -> Item | None:
        """Read one item; None where there is none."""
        answer = self.client.get_item(TableName=self.name, Key=self.key_attributes(key), ConsistentRead=True)
        return answer.get("Item")

    def get_all(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """Read the items of up to 100 keys, by key. A key without an item is left out.

        Raises BusyError if DynamoDB does not get to all of them in GET_ATTEMPTS requests.
        """
        found: dict[Key, Item] = {}
        remaining: list[Any] = [self.key_attributes(key) for key in keys]
        for attempt in range(GET_ATTEMPTS):
            if attempt:
                pause_before_retry(attempt - 1)
            answer = self.client.batch_get_item(RequestItems={self.name: {"Keys": remaining, "ConsistentRead": True}})
            found |= {self.key_of(item): item for item in answer["Responses"].get(self.name, [])}
            unprocessed = answer["UnprocessedKeys"].get(self.name)
            if not unprocessed:
                return found
            remaining = list(unprocessed["Keys"])
        raise BusyError(f"{self.name}: {len(remaining)} of {len(keys)} keys were not read in {GET_ATTEMPTS} requests")

    def query(self, partition: str) -> Iterator[Item]:
        """Read every item of a partition, in the order of the sort key."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": self.key_names[0]},
            ExpressionAttributeValues={":partition": {"S": partition}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def read_page(
        self, partition: str, attributes: Sequence[str], after: Item | None = None, limit: int | None = None
    ) -> tuple[list[Item], Item | None]:
        """Read some attributes of a page of a partition's items, in the order of the sort key.

        Returns the items, and `after` for the next page: None where it was the last. A page ends after 1 MB of items,
        counted with all attributes (Amazon DynamoDB API reference, "Query"), and after `limit`.
        """
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": "#partition = :partition",
            "ProjectionExpression": ", ".join(f"#{name}" for name in attributes),
            "ExpressionAttributeNames": {
                "#partition": self.key_names[0],
                **{f"#{name}": name for name in attributes},
            },
            "ExpressionAttributeValues": {":partition": {"S": partition}},
            "ConsistentRead": True,
        }
        if after is not None:
            request["ExclusiveStartKey"] = after
        if limit is not None:
            request["Limit"] = limit
        answer = self.client.query(**request)
        return list(answer["Items"]), answer.get("LastEvaluatedKey")

    def put(self, item: Item, condition: str | None = None, **values: Any) -> bool:
        """Write an item if the stored one meets the condition; False where it does not. See `put_request`."""
        return self._try_write(self.client.put_item, self.put_request(item, condition, **values))

    def update(self, key: Key, expression: str, condition: str, **values: Any) -> bool:
        """Change an item if it meets the condition; False where it does not. See `put_request` for the names."""
        return self._try_write(self.client.update_item, self.update_request(key, expression, condition, **values))

    def update_or_find(self, key: Key, expression: str, condition: str, **values: Any) -> Item | None:
        """Change an item if it meets the condition; otherwise return the item. See `put_request` for the names.

        To be told the item costs no read unit (Amazon DynamoDB API reference, "UpdateItem").
        """
        request = self.update_request(key, expression, condition, **values)
        try:
            self.client.update_item(**request, ReturnValuesOnConditionCheckFailure="ALL_OLD")
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                item: Item = error.response.get("Item", {})  # type: ignore[assignment]
                return item
            raise
        return None

    def delete(self, key: Key, condition: str | None = None, **values: Any) -> bool:
        """Remove an item if it meets the condition; False where it does not. See `put_request` for the condition."""
        request: dict[str, Any] = {"TableName": self.name, "Key": self.key_attributes(key)}
        if condition is not None:
            names, attributes = _expressions(condition, values)
            request |= {"ConditionExpression": condition, **names, **attributes}
        return self._try_write(self.client.delete_item, request)

    def check_request(self, key: Key, condition: str, **values: Any) -> dict[str, Any]:
        """The part of a transaction that is refused where an item does not meet a condition."""
        names, attributes = _expressions(condition, values)
        request = {"TableName": self.name, "Key": self.key_attributes(key), "ConditionExpression": condition}
        return {"ConditionCheck": {**request, **names, **attributes}}

    def put_new_request(self, item: Item) -> dict[str, Any]:
        """The part of a transaction that writes a new item, and is refused where the item exists."""
        return {"Put": self.put_request(item, f"attribute_not_exists({self.key_names[1]})")}

    def put_request(self, item: Item, condition: str | None = None, **values: Any) -> dict[str, Any]:
        """The request that writes an item.

        In the condition `#name` stands for the attribute of that name, and `:name` for the value given as `name`.
        """
        request: dict[str, Any] = {"TableName": self.name, "Item": item}
        if condition is not None:
            names, attributes = _expressions(condition, values)
            request |= {"ConditionExpression": condition, **names, **attributes}
        return request

    def update_request(self, key: Key, expression: str, condition: str | None, **values: Any) -> dict[str, Any]:
        """The request that changes an item. See `put_request` for the names."""
        names, attributes = _expressions(f"{expression} {condition or ''}", values)
        conditions = {} if condition is None else {"ConditionExpression": condition}
        request = {"UpdateExpression": expression, **conditions, **names, **attributes}
        return {"TableName": self.name, "Key": self.key_attributes(key), **request}

    @staticmethod
    def _try_write(call: Any, request: dict[str, Any]) -> bool:
        try:
            call(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _expressions(expression: str, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts of a request that name the attributes and the values of an expression. A text becomes {"S": text}."""
    words = {word.strip("(),") for word in expression.replace("(", " ").split()}
    names = {word: word[1:] for word in sorted(words) if word.startswith("#")}
    attributes = {f":{name}": {"S": value} if isinstance(value, str) else value for name, value in values.items()}
    return (
        {"ExpressionAttributeNames": names} if names else {},
        {"ExpressionAttributeValues": attributes} if attributes else {},
    )
