"""A DynamoDB table of this project: a partition key, a sort key, and the few ways it is read and written.

Every read is strongly consistent: what was written before it began is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
Key = tuple[str, str]

PER_TRANSACTION = 100
"""Items of one transaction at the most (DynamoDB API reference, TransactWriteItems)."""

_LEAST_PAGE = 100


class Table:
    """One table. `keys` are the names of its two key attributes."""

    def __init__(self, client: DynamoDBClient, name: str, keys: tuple[str, str]) -> None:
        self.client = client
        self.name = name
        self.keys = keys

    def key(self, key: Key) -> Item:
        """A key as DynamoDB's JSON."""
        return {self.keys[0]: {"S": key[0]}, self.keys[1]: {"S": key[1]}}

    def key_of(self, item: Item) -> Key:
        """The key of an item."""
        return item[self.keys[0]]["S"], item[self.keys[1]]["S"]

    def get(self, key: Key) -> Item | None:
        """An item, or None."""
        answer = self.client.get_item(TableName=self.name, Key=self.key(key), ConsistentRead=True)
        return answer.get("Item")

    def get_all(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """Those of the items that there are; at most 100."""
        found: dict[Key, Item] = {}
        waiting: list[Any] = [self.key(key) for key in keys]
        while waiting:
            answer = self.client.batch_get_item(RequestItems={self.name: {"Keys": waiting, "ConsistentRead": True}})
            found |= {self.key_of(item): item for item in answer["Responses"].get(self.name, [])}
            rest = answer["UnprocessedKeys"].get(self.name)
            waiting = list(rest["Keys"]) if rest else []
        return found

    def query(self, partition: str) -> Iterator[Item]:
        """Every item of a partition, in the order of the sort key."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": self.keys[0]},
            ExpressionAttributeValues={":partition": {"S": partition}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def count(self, partition: str, between: tuple[str, str], condition: str, most: int, **values: str) -> int:
        """How many items of a part of a partition are as the condition says; no more than `most` are looked for.

        `between` are the first and the last sort key.
        """
        names, attributes = _expressions(
            f"#partition #sort {condition}", {"partition": partition, "from": between[0], "to": between[1], **values}
        )
        names["ExpressionAttributeNames"] |= {"#partition": self.keys[0], "#sort": self.keys[1]}
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="#partition = :partition AND #sort BETWEEN :from AND :to",
            FilterExpression=condition,
            Select="COUNT",
            ConsistentRead=True,
            # Of one who plays far beyond a limit, little more than what it lets through is read.
            PaginationConfig={"PageSize": max(most, _LEAST_PAGE)},
            **names,
            **attributes,
        )
        found = 0
        for page in pages:
            found += page["Count"]
            if found >= most:
                break
        return found

    def put(self, item: Item, condition: str | None = None, **values: str) -> bool:
        """Write an item; False where it is not as the condition says. See `write` for the condition."""
        return self._try(self.client.put_item, self.write(item, condition, **values))

    def update(self, key: Key, expression: str, condition: str, **values: Any) -> bool:
        """Change an item; False where it is not as the condition says."""
        names, attributes = _expressions(f"{expression} {condition}", values)
        request = {"UpdateExpression": expression, "ConditionExpression": condition, **names, **attributes}
        return self._try(self.client.update_item, {"TableName": self.name, "Key": self.key(key), **request})

    def delete(self, key: Key) -> None:
        """Remove an item, if there is one."""
        self.client.delete_item(TableName=self.name, Key=self.key(key))

    def new(self, item: Item) -> dict[str, Any]:
        """The put of a transaction that is refused where the item exists."""
        return {"Put": self.write(item, f"attribute_not_exists({self.keys[1]})")}

    def write(self, item: Item, condition: str | None = None, **values: Any) -> dict[str, Any]:
        """A put. In the condition, `#name` is the attribute of that name and `:name` the given value, a text."""
        request: dict[str, Any] = {"TableName": self.name, "Item": item}
        if condition is not None:
            names, attributes = _expressions(condition, values)
            request |= {"ConditionExpression": condition, **names, **attributes}
        return request

    @staticmethod
    def _try(call: Any, request: dict[str, Any]) -> bool:
        try:
            call(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _expressions(expression: str, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The names and values of an expression, as a request carries them. A text stands for {"S": text}."""
    words = {word.strip("(),") for word in expression.replace("(", " ").split()}
    names = {word: word[1:] for word in sorted(words) if word.startswith("#")}
    attributes = {f":{name}": {"S": value} if isinstance(value, str) else value for name, value in values.items()}
    return (
        {"ExpressionAttributeNames": names} if names else {},
        {"ExpressionAttributeValues": attributes} if attributes else {},
    )
