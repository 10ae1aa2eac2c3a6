"""DynamoDB in memory: the operations, on the tables of `tables`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from tests.support.memory_aws import expressions
from tests.support.memory_aws.errors import UnknownRequestError, cancelled, error
from tests.support.memory_aws.expressions import Condition, Names, Term, Update
from tests.support.memory_aws.tables import Key, MemoryTable
from tests.support.memory_aws.values import ITEM_BYTES, Item, admit, admit_value, copy, item_bytes, refuse

PER_TRANSACTION = 100
TRANSACTION_BYTES = 4 * 1024 * 1024
"""The limits of TransactWriteItems (Amazon DynamoDB API reference, "TransactWriteItems")."""
PER_BATCH_GET = 100
"""The limit of BatchGetItem (Amazon DynamoDB API reference, "BatchGetItem")."""
TOKEN_LIFE = 600_000
"""Milliseconds for which a ClientRequestToken is known (Amazon DynamoDB API reference, "TransactWriteItems")."""


class _Write(NamedTuple):
    """A write as its request says it."""

    kind: str
    table: MemoryTable
    given: Item
    """The item to put, or the key."""
    names: Names
    condition: Condition | None
    update: Update | None


class _Change(NamedTuple):
    """What a write does to the table."""

    table: MemoryTable
    key: Key
    item: Item | None
    """The item's new content, None for none."""
    is_met: bool
    """Whether the stored item meets the condition: otherwise nothing is to be done."""
    is_check: bool = False
    """Whether the write only asks whether the condition is met."""


class MemoryDynamoDB:
    """The operations of DynamoDB by boto3's names."""

    def __init__(self, tables: Mapping[str, MemoryTable], now: Callable[[], int]) -> None:
        self.page_items = 3
        """The most items of a page of a query. AWS ends a page at 1 MB: few items make reads tear as they do there."""
        self.process: Callable[[int], int] = lambda keys: keys
        """How many of so many keys a BatchGetItem reads; the others are unprocessed."""
        self.between_reads: Callable[[], object] = lambda: None
        """Called between the keys that one BatchGetItem reads, for others to write meanwhile: they are not read at one
        moment (Amazon DynamoDB developer guide, "Isolation levels for DynamoDB transactions")."""
        self._tables = tables
        self._now = now
        self._tokens: dict[str, tuple[int, Any]] = {}

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool = False) -> dict[str, Any]:
        """Read one item."""
        table = self._table(TableName)
        self._require_consistency(consistent=ConsistentRead)
        found = table.get(table.key_of(admit(Key), exact=True))
        return {"Item": copy(found)} if found is not None else {}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:
        """Read up to 100 items of one table."""
        if len(RequestItems) != 1:
            raise UnknownRequestError("BatchGetItem of several tables")
        ((name, wanted),) = RequestItems.items()
        if unknown := wanted.keys() - {"Keys", "ConsistentRead"}:
            raise UnknownRequestError(f"BatchGetItem with {unknown}")
        self._require_consistency(consistent=wanted.get("ConsistentRead", False))
        table, keys = self._table(name), wanted["Keys"]
        if not 1 <= len(keys) <= PER_BATCH_GET:
            raise refuse(f"BatchGetItem of {len(keys)} keys")
        places = [table.key_of(admit(key), exact=True) for key in keys]
        if len(set(places)) < len(places):
            raise refuse("Provided list of item keys contains duplicates")
        done = max(0, min(len(keys), self.process(len(keys))))
        found = []
        for number, place in enumerate(places[:done]):
            if number:
                self.between_reads()
            item = table.get(place)
            if item is not None:
                found.append(copy(item))
        rest = {name: {**wanted, "Keys": [copy(key) for key in keys[done:]]}} if done < len(keys) else {}
        return {"Responses": {name: found}, "UnprocessedKeys": rest}

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        ConsistentRead: bool = False,
        ScanIndexForward: bool = True,
        Limit: int | None = None,
        ExclusiveStartKey: Item | None = None,
        ProjectionExpression: str | None = None,
        **names: Any,
    ) -> dict[str, Any]:
        """Read a page of a partition: it ends after Limit or `page_items` items."""
        table = self._table(TableName)
        self._require_consistency(consistent=ConsistentRead)
        if Limit is not None and Limit < 1:
            raise refuse("Limit: must be greater than or equal to 1")
        given = _names(names, KeyConditionExpression, ProjectionExpression)
        partition = _partition(table, KeyConditionExpression, given)
        after = None
        if ExclusiveStartKey is not None:
            start = table.key_of(admit(ExclusiveStartKey), exact=True)
            if start[0] != partition:
                raise refuse("The provided starting key is outside query boundaries based on provided conditions")
            after = start[1]
        most = self.page_items if Limit is None else min(Limit, self.page_items)
        page, is_full = table.page(partition, after, most, forward=ScanIndexForward)
        answer: dict[str, Any] = {
            "Count": len(page),
            "ScannedCount": len(page),
            "Items": [_project(copy(item), ProjectionExpression, given) for _, item in page],
        }
        if is_full:
            first, second = table.keys_of_items
            answer["LastEvaluatedKey"] = {first: {"S": partition}, second: {"S": page[-1][0]}}
        return answer

    def put_item(self, *, TableName: str, Item: Item, **condition: Any) -> dict[str, Any]:
        """Store an item, if the stored one meets the condition."""
        return self._write("Put", "PutItem", {"TableName": TableName, "Item": Item, **condition})

    def update_item(self, *, TableName: str, Key: Item, UpdateExpression: str, **condition: Any) -> dict[str, Any]:
        """Change an item, if the stored one meets the condition."""
        update = {"TableName": TableName, "Key": Key, "UpdateExpression": UpdateExpression, **condition}
        return self._write("Update", "UpdateItem", update)

    def delete_item(self, *, TableName: str, Key: Item, **condition: Any) -> dict[str, Any]:
        """Remove an item, if the stored one meets the condition."""
        return self._write("Delete", "DeleteItem", {"TableName": TableName, "Key": Key, **condition})

    def transact_write_items(self, *, TransactItems: list[Any], ClientRequestToken: str) -> dict[str, Any]:
        """Carry out all of the writes, or none. The same token carries the same transaction out once."""
        known = self._tokens.get(ClientRequestToken)
        if known is not None and self._now() - known[0] < TOKEN_LIFE:
            if known[1] != TransactItems:
                raise error("IdempotentParameterMismatchException", "TransactWriteItems")
            return {}
        if not 1 <= len(TransactItems) <= PER_TRANSACTION:
            raise refuse(f"TransactItems: {len(TransactItems)} of 1 to {PER_TRANSACTION} members")
        if any(len(each) != 1 for each in TransactItems):
            raise refuse("TransactItems can only contain one of Check, Put, Update or Delete")
        writes = [self._parse(*next(iter(each.items()))) for each in TransactItems]
        if any(faults := [write.table.find_fault(write.given, exact=write.kind != "Put") for write in writes]):
            raise cancelled(TransactItems, *("ValidationError" if fault else "None" for fault in faults))
        changes = [self._plan(write) for write in writes]
        if len({(change.table.name, change.key) for change in changes}) < len(changes):
            raise refuse("Transaction request cannot include multiple operations on one item")
        codes = [_cancellation(change) for change in changes]
        if any(code != "None" for code in codes):
            raise cancelled(TransactItems, *codes)
        if sum(item_bytes(change.item) for change in changes if change.item is not None) > TRANSACTION_BYTES:
            raise refuse("The aggregate size of the items in the transaction exceeds 4 MB")
        for change in changes:
            _carry_out(change)
        self._remember(ClientRequestToken, TransactItems)
        return {}

    def _remember(self, token: str, transaction: list[Any]) -> None:
        """Keep a token, and forget those that DynamoDB has forgotten."""
        now = self._now()
        for old in [each for each, (at, _) in islice(self._tokens.items(), 2) if now - at >= TOKEN_LIFE]:
            del self._tokens[old]
        self._tokens[token] = (now, transaction)

    def _write(self, kind: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request.pop("ReturnValuesOnConditionCheckFailure", "NONE")
        if (tells := wanted == "ALL_OLD") and kind != "Update":
            raise UnknownRequestError(f"{operation} that tells the stored item")
        change = self._plan(self._parse(kind, request))
        if not change.is_met:
            stored = change.table.get(change.key)
            told = {"Item": copy(stored)} if tells and stored is not None else {}
            raise error("ConditionalCheckFailedException", operation, "The conditional request failed", **told)
        if change.item is not None and item_bytes(change.item) > ITEM_BYTES:
            raise refuse("Item size has exceeded the maximum allowed size")
        _carry_out(change)
        return {}

    def _parse(self, kind: str, request: Mapping[str, Any]) -> _Write:
        """Read what a request writes. Raises ClientError where it is wrong whatever is stored."""
        if kind not in ("Put", "Update", "Delete", "ConditionCheck"):
            raise UnknownRequestError(kind)
        rest = dict(request)
        table = self._table(rest.pop("TableName"))
        given = admit(rest.pop("Item" if kind == "Put" else "Key"))
        condition = rest.pop("ConditionExpression", None)
        update = rest.pop("UpdateExpression", None) if kind == "Update" else None
        names = _names(rest, condition, update)
        parsed = None if condition is None else expressions.parse_condition(condition)
        if parsed is not None:
            expressions.check_operands(parsed, names)
        changes = None if update is None else expressions.parse_update(update)
        for token, _ in () if changes is None else changes.assignments:
            if names.name(token) in table.keys_of_items:
                raise refuse(f"Cannot update attribute {names.name(token)}. This attribute is part of the key")
        return _Write(kind, table, given, names, parsed, changes)

    @staticmethod
    def _plan(write: _Write) -> _Change:
        """What a write changes, and whether the stored item meets its condition."""
        key = write.table.key_of(write.given, exact=write.kind != "Put")
        stored = write.table.get(key)
        is_met = write.condition is None or expressions.meets(write.condition, stored or {}, write.names)
        item = write.given if write.kind == "Put" else None
        if is_met and write.update is not None:
            item = expressions.apply(write.update, write.given if stored is None else stored, write.names)
        return _Change(write.table, key, item, is_met, write.kind == "ConditionCheck")

    def _table(self, name: str) -> MemoryTable:
        table = self._tables.get(name)
        if table is None:
            raise error("ResourceNotFoundException", "DynamoDB", "Requested resource not found")
        return table

    @staticmethod
    def _require_consistency(*, consistent: bool) -> None:
        """A read that may miss the newest writes is one that the project does not make."""
        if not consistent:
            raise UnknownRequestError("an eventually consistent read")


def _carry_out(change: _Change) -> None:
    if change.is_check:
        return
    if change.item is None:
        change.table.remove(change.key)
    else:
        change.table.store(change.key, change.item)


def _cancellation(change: _Change) -> str:
    """The reason for which a write cancels its transaction, "None" for none."""
    if not change.is_met:
        return "ConditionalCheckFailed"
    is_too_large = change.item is not None and item_bytes(change.item) > ITEM_BYTES
    return "ValidationError" if is_too_large else "None"


def _names(request: dict[str, Any], *used: str | None) -> Names:
    if unknown := request.keys() - {"ExpressionAttributeNames", "ExpressionAttributeValues"}:
        raise UnknownRequestError(f"unknown: {unknown}")
    names = Names(request, admit_value)
    names.check(*used)
    return names


def _project(item: Item, expression: str | None, names: Names) -> Item:
    """The attributes of an item that a projection names, each as a whole."""
    if expression is None:
        return item
    wanted = {names.name(token) for token in expressions.parse_names(expression)}
    return {name: value for name, value in item.items() if name in wanted}


def _partition(table: MemoryTable, expression: str, names: Names) -> str:
    """The partition that a key condition names."""
    parsed = expressions.parse_condition(expression)
    if len(parsed) > 1 or len(parsed[0]) > 1 or not isinstance(term := parsed[0][0], Term):
        raise UnknownRequestError(expression)
    if (names.name(term.name), term.sign) != (table.keys_of_items[0], "="):
        raise UnknownRequestError(expression)
    text = names.value(term.value).get("S")
    if text is None:
        raise refuse("One or more parameter values were invalid: Condition parameter type does not match schema type")
    if not text:
        raise refuse("One or more parameter values are not valid: an empty string value of a key attribute")
    return str(text)
