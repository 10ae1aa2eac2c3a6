"""What DynamoDB refuses of a request, for tests that write texts and numbers which nobody chose.

A table in memory takes anything. Behind this client it takes what DynamoDB takes: parameters of the types that the
service model says, texts that are UTF-8, and sizes and numbers within DynamoDB's limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

MAX_ITEM_BYTES = 400 * 1024
"""The most bytes of an item, names and values (Amazon DynamoDB developer guide, "Constraints in Amazon DynamoDB")."""
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
"""The most bytes of a transaction's items (Amazon DynamoDB API reference, "TransactWriteItems")."""
MAX_DIGITS = 38
MIN_EXPONENT, MAX_EXPONENT = -130, 125
"""What a number may have (Amazon DynamoDB developer guide, "Supported data types and naming rules"): digits, and the
exponent of the first of them."""
KEYS = {"partition": 2048, "player_id": 2048, "activity_id": 1024}
"""The most bytes of a key attribute, which must have one at least. `player_id` is a sort key in one table, and a text
that is longer than a sort key may be is a partition key alone."""


@cache
def _model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("dynamodb", "service-2"), "dynamodb")


class StrictDynamoDB:
    """A client for DynamoDB that passes on what DynamoDB would carry out, and raises its errors for the rest."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        operation = "".join(word.capitalize() for word in name.split("_"))
        if operation not in _model().operation_names:
            return getattr(self._client, name)

        def call(**request: Any) -> Any:
            check(operation, request)
            return getattr(self._client, name)(**request)

        return call


def check(operation: str, request: dict[str, Any]) -> None:
    """Raise what botocore or DynamoDB raises for a request that it refuses whatever the tables hold."""
    shape = _model().operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())
    writes = [*request.get("TransactItems", ()), {operation: request}]
    items = [write["Item"] for each in writes for write in each.values() if "Item" in write]
    faults = [fault for item in items for fault in find_faults(item)]
    sizes = [_size({"M": item}) for item in items]
    if any(size > MAX_ITEM_BYTES for size in sizes) or sum(sizes) > MAX_TRANSACTION_BYTES:
        faults.append(f"items of {sizes} bytes")
    if faults:
        raise ClientError({"Error": {"Code": "ValidationException", "Message": "; ".join(faults)}}, operation)


def find_faults(item: dict[str, Any]) -> Iterator[str]:
    """Say for what DynamoDB refuses an item."""
    for name, value in item.items():
        yield from _value_faults(value, name)
        if name in KEYS and not 1 <= _size(value) <= KEYS[name]:
            yield f"the key {name} has {_size(value)} bytes"


def _value_faults(value: dict[str, Any], at: str) -> Iterator[str]:
    ((kind, content),) = value.items()
    match kind:
        case "S" | "SS":
            for text in [content] if kind == "S" else content:
                if not _is_utf8(text):
                    yield f"{at} is not UTF-8"
        case "N":
            if not is_number(content):
                yield f"{at} is no number: {content[:60]}"
        case "L":
            for each in content:
                yield from _value_faults(each, at)


def is_number(text: str) -> bool:
    """Whether DynamoDB can store a number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    if not number.is_finite() or not text.isascii() or "_" in text:
        return False
    digits = number.as_tuple().digits
    while len(digits) > 1 and digits[-1] == 0:
        digits = digits[:-1]
    return number.is_zero() or (len(digits) <= MAX_DIGITS and MIN_EXPONENT <= number.adjusted() <= MAX_EXPONENT)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _size(value: dict[str, Any]) -> int:
    """The bytes of a value, about as DynamoDB counts them (developer guide, "DynamoDB item sizes and formats")."""
    ((kind, content),) = value.items()
    match kind:
        case "M":
            return sum(len(name.encode()) + _size(each) for name, each in content.items())
        case "L":
            return 3 + sum(1 + _size(each) for each in content)
        case "SS":
            return sum(len(text.encode(errors="replace")) for text in content)
        case _:
            return len(str(content).encode(errors="replace"))
