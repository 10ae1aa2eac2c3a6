"""Event patterns: which events they match, and which patterns are refused."""

from __future__ import annotations

from typing import Any

import pytest

from generator.errors import LocalError
from generator.local.deploy.event_pattern import compile_pattern

NEW = {"eventName": ["INSERT"]}
TYPES = {
    "eventName": ["INSERT"],
    "dynamodb": {"NewImage": {"type": {"S": [{"anything-but": ["chat", "ping"]}, {"exists": False}]}}},
}


def record(kind: Any, name: str = "INSERT") -> dict[str, Any]:
    """A stream record of an activity with this type in DynamoDB's JSON, or without a type."""
    return {"eventName": name, "dynamodb": {"NewImage": {"type": kind} if kind else {}}}


@pytest.mark.parametrize(
    ("pattern", "event", "matches"),
    [
        (NEW, {"eventName": "INSERT", "x": 1}, True),
        (NEW, {"eventName": "MODIFY"}, False),
        (NEW, {}, False),
        (TYPES, record({"S": "kill"}), True),
        (TYPES, record({"S": "chat"}), False),
        (TYPES, record({"S": "ping"}), False),
        (TYPES, record({"S": "kill"}, "REMOVE"), False),
        # An activity whose type is missing or not a text passes, so that the processor can reject it visibly.
        (TYPES, record({"N": "5"}), True),
        (TYPES, record(None), True),
        (TYPES, {"eventName": "INSERT", "dynamodb": {}}, True),
        ({"a": [{"exists": True}]}, {"a": None}, True),
        ({"a": [{"exists": True}]}, {"a": {"b": 1}}, False),
        ({"a": [{"exists": True}]}, {}, False),
        ({"a": [{"anything-but": "x"}]}, {}, False),
        ({"a": [{"anything-but": 5}]}, {"a": 6}, True),
        ({"a": [1]}, {"a": True}, False),
        ({"a": [None, "x"]}, {"a": None}, True),
        ({"a": ["x"]}, {"a": ["y", "x"]}, True),
        ({"a": [{"anything-but": {"prefix": "#"}}]}, {"a": "kill"}, True),
        ({"a": [{"anything-but": {"prefix": "#"}}]}, {"a": "#kill"}, False),
        ({"a": [{"anything-but": {"prefix": "#"}}]}, {}, False),
    ],
)
def test_a_pattern_matches_an_event(pattern: Any, event: dict[str, Any], matches: bool) -> None:
    assert compile_pattern(pattern)(event) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        {},
        [],
        {"a": []},
        {"a": "x"},
        {"a": [{"prefix": "x"}]},
        {"a": [{"anything-but": {"suffix": "x"}}]},
        {"a": [{"anything-but": []}]},
        {"a": [{"exists": "yes"}]},
        {"a": [{"exists": True, "prefix": "x"}]},
        {"a": [{"numeric": [">", 0]}]},
        {"$or": [{"a": ["x"]}]},
        {"a": {"b": [["x"]]}},
    ],
)
def test_a_pattern_that_is_not_understood_whole_is_refused(pattern: Any) -> None:
    with pytest.raises(LocalError):
        compile_pattern(pattern)
