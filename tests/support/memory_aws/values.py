"""Attribute values in DynamoDB's JSON: what DynamoDB takes, how it stores it, and how it compares."""

from __future__ import annotations

import re
from base64 import b64encode
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

from tests.support.memory_aws.errors import UnknownRequestError, error

Item = dict[str, Any]
Value = dict[str, Any]

ITEM_BYTES = 409_600
"""The largest item, 400 KB of names and values (Amazon DynamoDB developer guide, "Quotas")."""
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_DIGITS = 38
"""The digits of a number at the most (Amazon DynamoDB developer guide, "Naming rules and data types")."""
_INTEGER = re.compile(r"-?[1-9][0-9]{0,36}|0")
"""The numbers that DynamoDB stores as they are written."""


SETS = ("SS", "NS", "BS")
"""The types of sets."""


def refuse(message: str) -> ClientError:
    """The error for a request that breaks a rule of DynamoDB's."""
    return error("ValidationException", "DynamoDB", message)


def admit(item: Item) -> Item:
    """Check an item's values, and copy it as it is stored. Raises ClientError as DynamoDB refuses it."""
    return {name: admit_value(value) for name, value in item.items()}


def admit_value(value: Value) -> Value:
    """Check a value, and copy it as it is stored. Raises ClientError as DynamoDB refuses it."""
    if len(value) != 1:
        raise refuse("Supplied AttributeValue has more than one datatypes set, must contain exactly one")
    ((kind, content),) = value.items()
    if kind == "S":
        return {"S": content if content.isascii() else _utf8(content)}
    if kind == "BOOL":
        return {"BOOL": content}
    if kind == "B":
        return {"B": bytes(content)}
    if kind == "N":
        return {"N": normalize(content)}
    if kind == "L":
        return {"L": [admit_value(each) for each in content]}
    if kind == "M":
        return {"M": admit(content)}
    if kind in SETS:
        members = [admit_value({kind[0]: each})[kind[0]] for each in content]
        if not members:
            raise refuse(f"One or more parameter values were invalid: A set of the type {kind} may not be empty")
        if len(set(members)) < len(members):
            raise refuse(f"One or more parameter values were invalid: Input collection {content} contains duplicates.")
        return {kind: members}
    if kind == "NULL":
        return {"NULL": True}
    raise UnknownRequestError(f"a value of the type {kind}")


def _utf8(text: str) -> str:
    """A text that UTF-8 can hold: half of a pair of surrogates is none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise error("SerializationException", "DynamoDB") from None
    return text


def normalize(number: str) -> str:
    """A number as DynamoDB stores it: zeroes at its ends are trimmed. Raises ClientError as DynamoDB refuses it.

    (Amazon DynamoDB developer guide, "Naming rules and data types".)
    """
    if _INTEGER.fullmatch(number):
        return number
    if not _NUMBER.fullmatch(number):
        raise refuse(f"The parameter cannot be converted to a numeric value: {number}")
    exact = Decimal(number)
    if not exact:
        return "0"
    digits, exponent = exact.as_tuple().digits, exact.as_tuple().exponent
    assert isinstance(exponent, int)
    significant = "".join(map(str, digits)).strip("0")
    if len(significant) > _DIGITS:
        raise refuse("Attempting to store more than 38 significant digits in a Number")
    if exact.adjusted() > 125:
        raise refuse("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if exact.adjusted() < -130:
        raise refuse("Number underflow. Attempting to store a number with magnitude smaller than supported range")
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def copy(item: Item) -> Item:
    """A copy of a stored item, which the one who gets it may change."""
    return {name: copy_value(value) for name, value in item.items()}


def copy_value(value: Value) -> Value:
    """A copy of a stored value."""
    ((kind, content),) = value.items()
    if kind == "L":
        content = [copy_value(each) for each in content]
    elif kind == "M":
        content = copy(content)
    elif kind in SETS:
        content = list(content)
    return {kind: content}


def to_json(value: Any) -> Any:
    """A copy of a stored item, or of a value in it, as JSON: bytes as their Base64."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, list):
        return [to_json(each) for each in value]
    return {name: to_json(each) for name, each in value.items()} if isinstance(value, dict) else value


def item_bytes(item: Item) -> int:
    """The size of an item: its names and its values (Amazon DynamoDB developer guide, "Item sizes and formats")."""
    return sum(_text_bytes(name) + value_bytes(value) for name, value in item.items())


def value_bytes(value: Value) -> int:
    """The size of a value, nearly: DynamoDB tells that of numbers only roughly."""
    ((kind, content),) = value.items()
    if kind == "S":
        return _text_bytes(content)
    if kind == "N":
        return len(content.lstrip("-")) // 2 + 1 + int(content.startswith("-"))
    if kind == "L":
        return 3 + sum(1 + value_bytes(each) for each in content)
    if kind == "M":
        return 3 + sum(1 + _text_bytes(name) + value_bytes(each) for name, each in content.items())
    if kind == "B":
        return len(content)
    if kind in SETS:
        return sum(value_bytes({kind[0]: each}) for each in content)
    return 1


def _text_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def equal(left: Value, right: Value) -> bool:
    """Whether two stored values are the same. Sets have no order."""
    if left == right:
        return True
    ((kind, content),) = left.items()
    return kind in SETS and right.keys() == left.keys() and set(content) == set(right[kind])


def order_key(value: Value) -> Any:
    """What a stored text or number is compared by: texts by their UTF-8 bytes, as Python compares them too."""
    ((kind, content),) = value.items()
    return Decimal(content) if kind == "N" else content
