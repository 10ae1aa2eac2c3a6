"""Messages for the processor that no pipe sends, and such as a pipe hardly ever sends."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from runtime.domain.instants import DAY
from runtime.domain.judging import HEARTBEAT, PROBE
from tests.runtime.boards import NOW, item, stream_record

PLAYERS = ("ann", "bob", "b~o.b:1@x", "z" * 128)
"""Players that good and bad messages are about: a bad one must not harm the good ones of its own player."""
TOKEN = "0" * 32


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


_NUMBERS = ("NaN", "sNaN", "-Infinity", "1e999", "9" * 38, "9" * 39, "-1E-130", "1E+125", "9.9E+125", "0E+999999",
            "1E+999999999999999999", "-0", "", " 1 ", "1_000", "\uff11\u0663", "0x10", "9" * 5000)  # fmt: skip
_TEXTS = ("", " ", "\x00", "\ud800", "a\udfff", "\u202eann", "é" * 3000, "x" * 70_000, "#rejected", "__proto__",
          "-bad", "../x", "boss", "chat", "kill", PROBE, HEARTBEAT)  # fmt: skip
_PLAIN: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 4 * 10**9, 10**12, 10**40, float("nan"), float("inf"), [], {},
                           [[]], [0, [1], 5], nested(40), nested(700), *_TEXTS)  # fmt: skip
ODD_VALUES = [
    *_PLAIN,
    *({"N": number} for number in _NUMBERS),
    *({kind: value} for kind in ("S", "N", "BOOL") for value in _PLAIN),
    *({"S": "a", "N": "1"}, {"B": "AAEC"}, {"BS": ["AA=="]}, {"SS": ["a"]}, {"NS": ["1"]}, {"NULL": True}),
    *({"L": [{"S": "a"}]}, {"M": {"S": {"S": "a"}}}, {"M": nested(40)}, {"X": 1}, {"s": "kill"}),
]
"""Values to put in the place of another: of DynamoDB's JSON and of any, of each type, and at the limits of each."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value below a value, ten steps long at the most: nothing that is read lies deeper."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if len(here) == 10:
        return
    for name, each in inside:
        yield (*here, name)
        yield from paths(each, (*here, name))


def change(record: Any, path: tuple[Any, ...], how: str, value: Any) -> Any:
    """A copy of a record in which one value is replaced, removed, or has another beside it."""
    # Only what is on the way is copied: a value that was put in before may be nested too deeply for `deepcopy`.
    changed = copy.copy(record)
    place = changed
    for name in path[:-1]:
        place[name] = copy.copy(place[name])
        place = place[name]
    if how == "remove":
        del place[path[-1]]
    elif how == "beside" and isinstance(place, dict):
        place[f"{path[-1]}2"] = value
    else:
        place[path[-1]] = value
    return changed


def _one_of(values: list[Any]) -> st.SearchStrategy[Any]:
    """One of some values that are too large to be printed with the strategy."""
    return st.integers(0, len(values) - 1).map(values.__getitem__)


@st.composite
def good_items(draw: st.DrawFn, first_number: int = 0) -> dict[str, Any]:
    """A valid activity, often with values at their limits."""
    number = draw(st.integers(first_number, first_number + 10**6))
    more: dict[str, Any] = draw(
        st.sampled_from(
            [
                {},
                {"name": "Ann ☃"},
                {"name": "🦊" * 64},
                {"name": "<img src=x onerror=alert(1)>"},
                {"type": "boss", "mode": "ranked", "damage": 10**6},
                {"type": "boss", "mode": True, "damage": -(10**9)},
                {"note": "x" * 5000, "expires_at": (NOW + 40 * DAY) // 1000},
            ]
        )
    )
    at = draw(st.sampled_from([NOW, NOW - DAY, NOW - 29 * DAY, NOW + 60_000]))
    return item(draw(st.sampled_from(PLAYERS)), at=at, number=number, **more)


@st.composite
def changed_records(draw: st.DrawFn) -> Any:
    """A record with one, two or three of its values changed."""
    own: tuple[dict[str, Any], ...] = (
        {"type": PROBE, "window": "all-time", "token": TOKEN},
        {"type": HEARTBEAT, "token": TOKEN},
    )
    image = draw(good_items() | st.sampled_from(own).map(lambda fields: item("#probe", number=7, **fields)))
    record = stream_record(image, draw(st.sampled_from([NOW, NOW, NOW, 0, NOW - 40 * DAY])))
    for _ in range(draw(st.integers(1, 3))):
        if places := sorted(paths(record), key=str):
            path, how = draw(st.sampled_from(places)), draw(st.sampled_from(["replace", "remove", "beside"]))
            record = change(record, path, how, draw(_one_of(ODD_VALUES) | JSON))
    return record


_ODD_BODIES = [
    *("", "x", "null", "[]", '{"dynamodb": null}', "[" * 5000, "[" * 200_000, '{"a":' * 20_000, "1" * 5000),
    *('{"dynamodb": {"Keys": 1}}', '"\\ud800"', "\ufeff{}", "{}" * 2, "NaN", "-Infinity", "1e999", "\x00"),
    *(json.dumps(stream_record(item(number=n))).replace('"eventName"', '"eventName": 1, "eventName"') for n in (8,)),
]


def _written(number: str) -> str:
    """The body of a valid record whose time is written as the given number."""
    return json.dumps(stream_record(item(number=9))).replace(str(NOW // 1000), number)


BAD_BODIES = (
    changed_records().map(json.dumps)
    | JSON.map(json.dumps)
    | st.text(max_size=30)
    | _one_of(_ODD_BODIES)
    | _one_of(["1e999", "-1e999", "NaN", "1e300", "9" * 4000, "1795478400.9", '"1795478400"', "-1", "1e11"]).map(
        _written
    )
)
"""Bodies of messages of which most are no activity."""
