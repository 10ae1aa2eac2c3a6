"""Turns attributes of a Terraform resource into the parameters of an AWS operation, and AWS's answer into attributes.

The shapes of botocore's service models say what a parameter looks like, so hardly anything has to be written down:
`retry_policy { maximum_retry_attempts = 5 }` becomes `RetryPolicy={"MaximumRetryAttempts": 5}` because the shape has a
member of that name. What is called otherwise stands in `names`: a path of attributes, and the path of its member.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.terraform.stand_in.schema import Block

Shape = Any
"""A shape of botocore's, whose kinds have no common type that knows their members."""

Names = Mapping[str, str]
"""`outer.inner`: `Member.Member`, relative to the member of `outer`. A name of "" means: this is no parameter; of ".":
what is in the block stands where the block itself would."""


class UnknownMemberError(Exception):
    """An attribute that has a value, and no member of the shape is called so."""


def find_member(shape: Shape, attribute: str) -> str | None:
    """The member of a structure that an attribute is called after, in the singular or in the plural."""
    wanted = attribute.replace("_", "").lower()
    members = {name.lower(): name for name in shape.members}
    return members.get(wanted) or members.get(f"{wanted}s") or members.get(f"{wanted}list")


def is_empty(value: Any) -> bool:
    """Whether an attribute has no value: null, or no block."""
    return value is None or value == []


def _member_path(shape: Shape, path: str, attribute: str, names: Names) -> list[str] | None:
    name = names.get(path + attribute)
    if name is None and shape.type_name == "structure":
        name = find_member(shape, attribute)
        if name is None:
            raise UnknownMemberError(f"{path}{attribute} is no member of {shape.name}")
    if name is None:
        raise UnknownMemberError(f"{path}{attribute} has no name in {shape.name}")
    if name == ".":
        return []
    return name.split(".") if name else None


def _shape_at(shape: Shape, path: list[str]) -> Shape:
    for name in path:
        shape = shape.members[name] if shape.type_name == "structure" else shape.value
    return shape


def to_members(block: Block, values: Mapping[str, Any], shape: Shape, names: Names, path: str = "") -> dict[str, Any]:
    """The members of a structure that say what the attributes of a block say. Null says none."""
    members: dict[str, Any] = {}
    for attribute, value in values.items():
        if is_empty(value):
            continue
        where = _member_path(shape, path, attribute, names)
        if where is None:
            continue
        target = members
        for step in where[:-1]:
            target = target.setdefault(step, {})
        inner = block["blocks"].get(attribute)
        member = _shape_at(shape, where)
        made = _to_blocks(inner, value, member, names, f"{path}{attribute}.") if inner else _to_parameter(value, member)
        # An operation takes some things apart that it reads as one: CloudFront's allowed and cached methods.
        target[where[-1]] = {**target[where[-1]], **made} if isinstance(target.get(where[-1]), dict) else made
    return count_items(shape, members)


def count_items(shape: Shape, members: dict[str, Any]) -> dict[str, Any]:
    """Add the number of items where a structure wants it told, as all lists of CloudFront do."""
    if shape.type_name == "structure" and {"Quantity", "Items"} <= set(shape.members):
        members["Quantity"] = len(members.get("Items", []))
    return members


def _to_blocks(nested: Any, value: Any, shape: Shape, names: Names, path: str) -> Any:
    nesting, most, _, block = nested
    if nesting == "single" or most == 1 or _is_one(shape):
        one = value if nesting == "single" else value[0]
        if shape.type_name == "list":
            return [to_members(block, one or {}, shape.member, names, path)]
        return to_members(block, one or {}, shape, names, path)
    items = shape.members["Items"] if shape.type_name == "structure" else shape
    made = [to_members(block, one, items.member, names, path) for one in value]
    return count_items(shape, {"Items": made}) if shape.type_name == "structure" else made


def _is_one(shape: Shape) -> bool:
    """Whether a structure has no room for more than one block, whatever the schema says."""
    return shape.type_name == "structure" and "Items" not in shape.members


def _to_parameter(value: Any, shape: Shape) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, list):
        return count_items(shape, {"Items": value})
    if kind == "list" and isinstance(value, dict):
        key, content = _pair(shape)
        return [{key: name, content: text} for name, text in sorted(value.items())]
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if kind == "string":
        return str(value)
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("double", "float"):
        return float(value)
    return value


def _pair(shape: Shape) -> tuple[str, str]:
    """The two members of a list that stands for a map: Key and Value, Name and Value, TagKey and TagValue."""
    key = next(name for name in shape.member.members if name.lower().endswith(("key", "name")))
    return key, next(name for name in shape.member.members if name.lower().endswith("value"))


def prune_members(shape: Shape, value: Any) -> Any:
    """A parameter without what its shape has no member for."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {name: prune_members(shape.members[name], one) for name, one in value.items() if name in shape.members}
    if shape.type_name == "list" and isinstance(value, list):
        return [prune_members(shape.member, one) for one in value]
    return value


def from_members(
    block: Block, known: Mapping[str, Any], shape: Shape, members: Any, names: Names, path: str = ""
) -> dict[str, Any]:
    """The attributes of a block as AWS holds them. `known`: what Terraform says; what it leaves out is not read."""
    values: dict[str, Any] = {}
    for attribute, value in known.items():
        values[attribute] = value
        if is_empty(value):
            continue
        where = _member_path(shape, path, attribute, names)
        if where is None:
            continue
        held, member = members, shape
        for step in where:
            held = held.get(step) if isinstance(held, dict) else None
            member = member.members[step] if member.type_name == "structure" else member.value
        inner = block["blocks"].get(attribute)
        if inner:
            values[attribute] = _from_blocks(inner, value, member, held, names, f"{path}{attribute}.")
        else:
            values[attribute] = from_parameter(block["attributes"][attribute][0], value, held)
    return values


def _from_blocks(nested: Any, known: Any, shape: Shape, held: Any, names: Names, path: str) -> Any:
    nesting, most, _, block = nested
    if held is None:
        return None if nesting == "single" else []
    if nesting == "single":
        return from_members(block, known, shape, held, names, path)
    if (most == 1 and shape.type_name == "structure") or _is_one(shape):
        return [from_members(block, known[0] or {}, shape, held, names, path)]
    items = held.get("Items", []) if isinstance(held, dict) else held
    one = (shape.members["Items"] if shape.type_name == "structure" else shape).member
    left = list(items)
    found = []
    for each in known:
        if not left:
            break
        read = [from_members(block, each or {}, one, item, names, path) for item in left]
        # A set has no order, and some services sort: take what is most like it.
        best = 0 if nesting == "list" else _most_alike(each or {}, read)
        found.append(read[best])
        del left[best]
    return found + [from_members(block, known[-1], one, item, names, path) for item in left]


def _most_alike(wanted: Mapping[str, Any], candidates: list[dict[str, Any]]) -> int:
    scores = [sum(each[name] == value for name, value in wanted.items()) for each in candidates]
    return scores.index(max(scores))


def from_parameter(kind: Any, known: Any, held: Any) -> Any:
    """A value as Terraform's type has it. Texts and lists that mean the same as the known value are the known value."""
    if held is None:
        return None
    if isinstance(kind, list):
        if isinstance(held, dict) and "Quantity" in held:
            held = held.get("Items", [])
        if kind[0] == "map":
            if isinstance(held, list):
                held = {one[name]: one[value] for one in held for name, value in [_keys_of_pair(one)]}
            return {name: from_parameter(kind[1], None, one) for name, one in held.items()}
        found = [from_parameter(kind[1], None, one) for one in held]
        return known if isinstance(known, list) and kind[0] == "set" and sorted(known) == sorted(found) else found
    if isinstance(held, dict) and "Arn" in held:
        held = held["Arn"]
    if kind == "bool":
        return held if isinstance(held, bool) else str(held).lower() in ("true", "enabled")
    if kind == "number":
        number = float(held)
        return int(number) if number.is_integer() else number
    text = json.dumps(held) if isinstance(held, dict | list) else str(held)
    return known if isinstance(known, str) and _same_json(known, text) else text


def _keys_of_pair(one: Mapping[str, Any]) -> tuple[str, str]:
    key = next(name for name in one if name.endswith(("Key", "Name", "key")))
    return key, next(name for name in one if name.lower().endswith("value"))


def _same_json(one: str, other: str) -> bool:
    if one[:1] not in "[{" or other[:1] not in "[{":
        return False
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False
