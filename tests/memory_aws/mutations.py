"""Random calls, made of those that boards make in their lives: left out, repeated, with other values, or wrong.

So every operation and condition of the runtime is among them, also a new one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.memory_aws.twin import HIDDEN_SECONDS
from tests.support.memory_aws import Call, MemoryAws

KEPT, KEPT_QUERIES = 0.5, 0.1
"""The share of a life's calls that is kept, in their order: so conditions hold, and fail. Most are queries."""
MUTATED = 0.5
"""The share of the kept calls that is changed."""

ODD_NUMBERS = (
    "1.0",
    "0",
    "-0",
    "1e3",
    "007",
    "-12.50",
    "9" * 38,
    "9" * 39,
    "1" + "0" * 60,
    "1e126",
    "1e-131",
    "x",
    "",
    "+5",
)
ODD_VALUES: tuple[dict[str, Any], ...] = (
    *({"N": number} for number in ODD_NUMBERS),
    *({"S": text} for text in ("", "a", "Z", "é", "\U0001f600", "x" * 1025, "x" * 2049, "9", "10")),
    *({"SS": members} for members in (["b", "a"], [], ["a", "a"])),
    *({"NS": members} for members in (["1", "2.0"], ["1", "1.0"])),
    *({"L": members} for members in ([], [{"N": "1.50"}], [{"S": ""}, {"NULL": True}])),
    {"M": {"a": {"N": "1"}}},
    {"BOOL": True},
    {"NULL": True},
    {"B": b"\0\1"},
    {"S": "x" * 410_000},
)

Place = tuple[dict[str, Any], str]
"""A dictionary of a request, and the name in it under which a value stands."""


class Mutator:
    """Makes a random sequence of calls out of a life's, for an AWS in memory; the same seed makes the same."""

    def __init__(self, recorded: list[Call], memory: MemoryAws, seed: int) -> None:
        self._recorded = recorded
        self._memory = memory
        self._chance = random.Random(seed)
        self._handles: list[str] = []
        self._values = _collect_values(recorded)

    def calls(self) -> Iterator[tuple[Call, bool]]:
        """The calls to make, and of each whether it goes through a paginator."""
        for call in self._recorded:
            if call.service == "dynamodbstreams":
                # Where a stream was read to says nothing in another one.
                continue
            if self._chance.random() >= (KEPT_QUERIES if call.operation == "query" else KEPT):
                continue
            request = self._make_current(call)
            if request is None:
                continue
            if self._chance.random() < MUTATED:
                self._mutate(call, request)
            is_paged = call.operation in ("query", "list_objects_v2") and self._chance.random() < 0.5
            made = Call(call.service, call.operation, request)
            for _ in range(self._chance.choice((1, 1, 1, 2))):
                yield made, is_paged

    def learn(self, call: Call, answer: Any) -> None:
        """Remember what later calls give back: receipt handles."""
        if call.operation == "receive_message":
            self._handles += [each["ReceiptHandle"] for each in answer.get("Messages", [])]

    def page_size(self) -> int:
        """The size of a page for a paginator."""
        return self._chance.randint(1, 4)

    def _make_current(self, call: Call) -> dict[str, Any] | None:
        """A copy of a recorded request, with ETags and receipt handles of now. None where there are none."""
        request = deepcopy(dict(call.request))
        stored = self._memory.bucket.objects.get(request.get("Key", "")) if call.service == "s3" else None
        if "IfMatch" in request and stored is not None and self._chance.random() < 0.8:
            request["IfMatch"] = stored.etag
        if "VisibilityTimeout" in request:
            request["VisibilityTimeout"] = self._chance.choice((0, HIDDEN_SECONDS))
        if "WaitTimeSeconds" in request:
            request["WaitTimeSeconds"] = 0
        for entry in (request, *request.get("Entries", ())):
            if "ReceiptHandle" in entry:
                if not self._handles:
                    return None
                entry["ReceiptHandle"] = self._chance.choice(self._handles)
        return request

    def _mutate(self, call: Call, request: dict[str, Any]) -> None:
        chance = self._chance
        if call.service == "dynamodb":
            chance.choice((self._take_another_value,) * 4 + (self._take_odd_value, self._drop, self._double))(request)
            if call.operation == "query" and chance.random() < 0.5:
                request["Limit"] = chance.randint(1, 3)
                request["ScanIndexForward"] = chance.random() < 0.5
        elif call.operation == "receive_message":
            request |= {"VisibilityTimeout": 0, "MaxNumberOfMessages": chance.choice((1, 3, 10, 11))}
        elif call.operation in ("send_message", "send_message_batch"):
            entry = chance.choice(request.get("Entries", [request]))
            entry["MessageBody"] = chance.choice(("", "\ud7ff", "\uffff", "\x00", "x" * 10, "é" * 600_000))
        elif call.operation == "put_object":
            request.pop(chance.choice(("IfMatch", "IfNoneMatch", "SSEKMSKeyId")), None)
            if "SSEKMSKeyId" not in request:
                request.pop("ServerSideEncryption", None), request.pop("BucketKeyEnabled", None)
        elif call.operation == "put_events":
            entry = chance.choice(request["Entries"])
            entry[chance.choice(("Source", "Detail", "DetailType"))] = chance.choice(("", "{", "[]", "{}"))
        elif call.operation == "list_objects_v2":
            request["MaxKeys"] = chance.randint(1, 3)

    def _take_another_value(self, request: dict[str, Any]) -> None:
        """Give an attribute a value that it has in another call."""
        if places := list(_places(request)):
            parent, name = self._chance.choice(places)
            parent[name] = deepcopy(self._chance.choice(self._values[name.strip("#:")]))

    def _take_odd_value(self, request: dict[str, Any]) -> None:
        if places := list(_places(request)):
            parent, name = self._chance.choice(places)
            parent[name] = deepcopy(self._chance.choice(ODD_VALUES))

    def _drop(self, request: dict[str, Any]) -> None:
        """Leave out an attribute, a name, a value, or a condition."""
        places = list(_places(request, also=("ExpressionAttributeNames",)))
        places += [(each, "ConditionExpression") for each in _dicts(request) if "ConditionExpression" in each]
        if places:
            parent, name = self._chance.choice(places)
            del parent[name]

    def _double(self, request: dict[str, Any]) -> None:
        """Have one of several twice: an item of a transaction, a key of a batch."""
        for each in _dicts(request):
            for name in ("TransactItems", "Keys"):
                if name in each:
                    each[name].append(deepcopy(self._chance.choice(each[name])))
        request.pop("ClientRequestToken", None)


def make(client: Callable[[str], Any], mutator: Mutator, call: Call, *, is_paged: bool) -> None:
    """Make one call, by a paginator if asked to. Raises what it raises."""
    request = dict(call.request)
    if not is_paged:
        mutator.learn(call, getattr(client(call.service), call.operation)(**request))
        return
    for name in ("Limit", "MaxKeys", "ContinuationToken", "ExclusiveStartKey"):
        request.pop(name, None)
    limits = {"PageSize": mutator.page_size()}
    for _ in client(call.service).get_paginator(call.operation).paginate(**request, PaginationConfig=limits):
        pass


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary in a request, itself included."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _dicts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _dicts(each)


def _places(request: dict[str, Any], also: tuple[str, ...] = ()) -> Iterator[Place]:
    """Where a request has attribute values."""
    for parent in _dicts(request):
        for name in ("Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey", *also):
            if isinstance(found := parent.get(name), dict):
                yield from ((found, each) for each in found)
        for key in parent.get("Keys", ()):
            yield from ((key, each) for each in key)


def _collect_values(calls: list[Call]) -> dict[str, list[dict[str, Any]]]:
    """The values that attributes have in some calls, by the attributes' names."""
    found: dict[str, list[dict[str, Any]]] = {}
    for call in calls:
        if call.service == "dynamodb":
            for parent, name in _places(dict(call.request)):
                values = found.setdefault(name.strip("#:"), [])
                if parent[name] not in values:
                    values.append(parent[name])
    return found
