"""What a board's functions know of it: the content of `board.json` in their bundle.

The generator writes it with `dumps`, the functions read it with `load`; both sides share these types, so that a rule
means the same when it is checked as when it counts. Decimals travel as text: JSON numbers would pass through floats.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

FORMAT = 2
"""Version of board.json. A function refuses any other."""

BOUND = 10**15 - 1
"""Largest |score| x 10^decimals: 15 digits, which every JSON client reads exactly (a double has 53 bits)."""

Order = Literal["ascending", "descending"]
Every = Literal["all_time", "hour", "day", "week", "month", "season", "rolling"]
Kind = Literal["sum", "count", "average", "best", "last"]
Ties = Literal["first", "shared", "dense"]
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
class Season:
    """A season's name, its first local day, and the first local day after it."""

    name: str
    starts: date
    ends: date


@dataclass(frozen=True)
class WindowKind:
    """A kind of window of a board: what it resets on, and for how long it stays open and kept."""

    every: Every
    timezone: str = "UTC"
    at_minutes: int = 0
    """Local start time, minutes after midnight."""
    starts: int = 0
    """First day of a week: 0 = Monday .. 6 = Sunday."""
    grace_seconds: int = 300
    keep: int = 8
    days: int = 0
    """Length of a rolling window in local days, today among them."""
    seasons: tuple[Season, ...] = ()
    """In the order of their dates; no two overlap."""

    @property
    def closes(self) -> bool:
        """Whether its windows end, are sealed and kept. The others are one window that lives on."""
        return self.every not in ("all_time", "rolling")


@dataclass(frozen=True)
class Limits:
    """Bounds of what one activity, and one player in a minute, may bring. Points are those of the first column, scaled
    by the board's decimals."""

    min_points: int | None = None
    max_points: int | None = None
    activities_per_minute: int | None = None


@dataclass(frozen=True)
class BoardConfig:
    """A board, as its functions see it."""

    board: str
    title: str
    aggregate: Kind
    ties: Ties
    decimals: int
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    ignore: tuple[str, ...]
    windows: tuple[WindowKind, ...]
    top: int
    shards: int
    """How many partitions the aggregates of a window that opens now are spread over."""
    max_age_seconds: int
    """How long an answer of the API may be cached."""
    stale_seconds: int
    """From this age on the newest snapshot makes the board unhealthy."""
    limits: Limits = Limits()
    milestones: tuple[int, ...] = ()
    """Scores of the first column, scaled by the board's decimals, from the first that is reached to the last."""
    drain_seconds: int = 1805
    """How long a window's aggregates must stay unchanged after its probes came through: the longest that a message
    can be on its way (times it is received x visibility timeout)."""
    processor_seconds: int = 60
    """The processor's timeout: no batch that began before lasts longer."""

    @property
    def keeps_one_run(self) -> bool:
        """Whether a player's aggregate is one run of theirs, and needs no totals to be decided: one write, no mark."""
        return self.aggregate in ("best", "last") and not self.milestones and self.limits.activities_per_minute is None


def dumps(config: BoardConfig) -> str:
    """The text of board.json: sorted, indented, ending in a newline."""
    document = {"format": FORMAT, **asdict(config)}
    for raw, rule in zip(document["rules"], config.rules, strict=True):
        raw["when"] = {field: [_tag(value) for value in values] for field, values in rule.when}
    # Decimals and dates are texts.
    return json.dumps(document, default=str, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


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
            "windows": tuple(_window(window) for window in raw["windows"]),
            "limits": Limits(**raw["limits"]),
            "milestones": tuple(raw["milestones"]),
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


def _window(raw: dict[str, Any]) -> WindowKind:
    seasons = tuple(
        Season(season["name"], date.fromisoformat(season["starts"]), date.fromisoformat(season["ends"]))
        for season in raw["seasons"]
    )
    return WindowKind(**{**raw, "seasons": seasons})


def _tag(value: Scalar) -> str | bool | dict[str, str]:
    """A text and a number that look alike stay apart: {"number": "1"} is the number."""
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _untag(value: str | bool | dict[str, str]) -> Scalar:
    return Decimal(value["number"]) if isinstance(value, dict) else value
