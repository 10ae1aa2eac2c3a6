"""What a board's functions know of it: the content of `board.json` in their bundle.

The generator writes it with `dumps`, the functions read it with `load`; both sides share these types, so that a rule
means the same when it is checked as when it counts. Decimals travel as text: JSON numbers would pass through floats.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

FORMAT = 1
"""Version of board.json. A function refuses any other."""

BOUND = 10**15 - 1
"""Largest |score| x 10^decimals: 15 digits, which every JSON client reads exactly (a double has 53 bits)."""

Order = Literal["ascending", "descending"]
Scalar = str | Decimal | bool


@dataclass(frozen=True)
class Column:
    """One column of a score, and which way it ranks."""

    name: str
    order: Order


@dataclass(frozen=True)
class Points:
    """What a rule gives one column: `constant` + `factor` x the activity's number in `field`."""

    constant: Decimal
    field: str | None = None
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class Rule:
    """Points for activities of one type, where each field of `when` has one of its values."""

    activity: str
    points: tuple[Points, ...]
    """One for each column of the board, in the board's order."""
    when: tuple[tuple[str, tuple[Scalar, ...]], ...] = ()


@dataclass(frozen=True)
class Window:
    """A kind of window of a board: what it resets on, and for how long it stays open and kept."""

    every: Literal["all_time", "day", "week"]
    timezone: str = "UTC"
    at_minutes: int = 0
    """Local start time, minutes after midnight."""
    starts: int = 0
    """First day of a week: 0 = Monday .. 6 = Sunday."""
    grace_seconds: int = 300
    keep: int = 8


@dataclass(frozen=True)
class BoardConfig:
    """A board, as its functions see it."""

    board: str
    title: str
    aggregate: Literal["sum"]
    ties: Literal["first"]
    decimals: int
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    ignore: tuple[str, ...]
    windows: tuple[Window, ...]
    top: int
    shards: int
    """How many partitions the aggregates of a window that opens now are spread over."""
    max_age_seconds: int
    """How long an answer of the API may be cached."""
    stale_seconds: int
    """From this age on the newest snapshot makes the board unhealthy."""


def dumps(config: BoardConfig) -> str:
    """The text of board.json: sorted, indented, ending in a newline."""

    def encode(value: object) -> Any:
        if isinstance(value, Decimal):
            return str(value)
        return vars(value)

    document = {"format": FORMAT, **vars(config)}
    document["rules"] = [
        vars(rule) | {"when": {field: [_tag(value) for value in values] for field, values in rule.when}}
        for rule in config.rules
    ]
    return json.dumps(document, default=encode, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def loads(text: str) -> BoardConfig:
    """Read board.json. Raises ValueError when its format is not this one."""
    raw = json.loads(text)
    if raw.pop("format") != FORMAT:
        raise ValueError("board.json was made by another version of the generator: generate and apply again")
    return BoardConfig(
        **{
            **raw,
            "columns": tuple(Column(**column) for column in raw["columns"]),
            "rules": tuple(_rule(rule) for rule in raw["rules"]),
            "ignore": tuple(raw["ignore"]),
            "windows": tuple(Window(**window) for window in raw["windows"]),
        }
    )


@cache
def load() -> BoardConfig:
    """The config of the bundle that this code runs in: `board.json` beside the `runtime` package."""
    return loads((Path(__file__).resolve().parent.parent / "board.json").read_text(encoding="utf-8"))


def _rule(raw: dict[str, Any]) -> Rule:
    return Rule(
        activity=raw["activity"],
        points=tuple(
            Points(Decimal(points["constant"]), points["field"], Decimal(points["factor"])) for points in raw["points"]
        ),
        when=tuple((field, tuple(_untag(value) for value in values)) for field, values in raw["when"].items()),
    )


def _tag(value: Scalar) -> str | bool | dict[str, str]:
    """A text and a number that look alike stay apart: {"number": "1"} is the number."""
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _untag(value: str | bool | dict[str, str]) -> Scalar:
    return Decimal(value["number"]) if isinstance(value, dict) else value
