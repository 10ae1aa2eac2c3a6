"""What a board's functions know about it: the content of `board.json` in their bundle.

The generator writes it with `to_board_json`, the functions read it with `load_board`. Both use the types here, so that
a rule means the same to both. Decimals are texts in the file: JSON numbers would pass through floats.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

FORMAT = 3
"""The version of board.json. A function refuses any other."""

BOUND = 10**15 - 1
"""The largest |score| x 10^decimals: 15 digits, which every JSON client reads exactly (a double has 53 bits)."""

Order = Literal["ascending", "descending"]
"""Which values of a column rank first: the lowest or the highest."""
Every = Literal["all_time", "hour", "day", "week", "month", "season", "rolling"]
"""The kinds of window, as `window.every` in the YAML names them."""
AggregateKind = Literal["sum", "count", "average", "best", "last"]
"""How the activities of a player become one score, as `aggregate` in the YAML names it."""
ColumnFormat = Literal["number", "duration", "percent", "distance", "currency", "ordinal"]
"""How people read the numbers of a column, as `format` in the YAML names it."""
Ties = Literal["first", "shared", "dense"]
"""How equal scores share ranks: `first` 1, 2, 3, 4 (not at all), `shared` 1, 2, 2, 4, `dense` 1, 2, 2, 3."""
Scalar = str | Decimal | bool
"""A value of an activity's field that a rule can read."""


@dataclass(frozen=True)
class Column:
    """One column of a score: which of its values rank first, and what becomes of the values of several activities."""

    name: str
    order: Order
    aggregate: AggregateKind = "sum"
    """On a board that `keeps_runs` the board's own."""
    decimals: int = 0
    """Digits after the point. The column is a whole number, its score x 10^decimals."""
    title: str = ""
    """What people call it. Like `format` and `unit` no part of the identity: it may change at any time."""
    format: ColumnFormat = "number"
    unit: str = ""
    """The unit of its numbers, as the YAML says it; empty where they have none."""


@dataclass(frozen=True)
class Points:
    """The points that a rule gives one column: `constant` + `factor` x the activity's number in `field`.

    A column that counts activities gets the constant 1.
    """

    constant: Decimal
    field: str | None = None
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class Rule:
    """The points for activities of one type, where each field of `when` has one of its values."""

    activity: str
    points: tuple[Points, ...]
    """One for each column of the board, in the board's order."""
    when: tuple[tuple[str, tuple[Scalar, ...]], ...] = ()


@dataclass(frozen=True)
class Season:
    """A season: its name, its first local day, and the first local day after it."""

    name: str
    starts: date
    ends: date


@dataclass(frozen=True)
class WindowKind:
    """A kind of window that a board has: when its windows start, how long they stay open, and how many are kept."""

    every: Every
    timezone: str = "UTC"
    at_minutes: int = 0
    """The local start time, in minutes after midnight."""
    starts: int = 0
    """The first day of a week: 0 = Monday .. 6 = Sunday."""
    grace_seconds: int = 300
    keep: int = 8
    """How many sealed windows are kept."""
    days: int = 0
    """The length of a rolling window in local days, today included."""
    seasons: tuple[Season, ...] = ()
    """In the order of their dates. No two overlap."""
    lasts_seconds: int = 0
    """How long a window takes activities from its start, 0: until the next one starts. Whole days are calendar days."""

    @property
    def closes(self) -> bool:
        """Whether windows of this kind end, are sealed and kept. `all_time` and `rolling` have one endless window."""
        return self.every not in ("all_time", "rolling")


@dataclass(frozen=True)
class Limits:
    """Limits for the points of one activity, and for the activities of one player in one minute.

    The points are those of the first column, scaled by its decimals. None: no limit.
    """

    min_points: int | None = None
    max_points: int | None = None
    activities_per_minute: int | None = None


@dataclass(frozen=True)
class Segment:
    """A field of activities by whose values players are ranked among themselves too, beside the ranks of all."""

    name: str
    field: str
    title: str
    """What people call it."""
    values: tuple[str, ...] = ()
    """The texts that count as a value. Where there are none, any text or number does."""


@dataclass(frozen=True)
class AssemblyConfig:
    """How windows are ranked that are too large for one function: by many, each of which makes a part."""

    most: int
    """Up to this many players one function ranks a window."""
    players: int
    """How many players a window is expected to have."""
    part: int
    """How many players one call of the assembler reads, writes or gathers."""
    delta: int
    """With more lines than this in a window's delta its next base is begun."""


@dataclass(frozen=True)
class BoardConfig:
    """A board, as its functions see it. board.json has the fields under their names, but `name` as `board`."""

    name: str
    title: str
    aggregate: AggregateKind
    """`best` and `last` keep one run as a whole. On any other board the columns say what becomes of them."""
    ties: Ties
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    ignore: tuple[str, ...]
    windows: tuple[WindowKind, ...]
    """The kinds of window that the board has, no kind twice, in the order of the YAML."""
    top: int
    """How many entries the precomputed top list of a window has."""
    shards: int
    """How many partitions the aggregates of a newly opened window are spread over."""
    max_age_seconds: int
    """How long an answer of the API may be cached."""
    stale_seconds: int
    """The age of the newest snapshot from which the board is unhealthy."""
    limits: Limits = Limits()
    attach: tuple[str, ...] = ()
    """The fields of activities that are kept beside a score and shown, in the order of the YAML."""
    search_names: bool = False
    """Whether players are found by their display names: each window's ranks then have an index of them."""
    segments: tuple[Segment, ...] = ()
    """In the order of the YAML. As `attach`, no part of the identity: they may change at any time."""
    on_feed: bool = False
    """Whether its activities come from a feed, which other boards count too."""
    milestones: tuple[int, ...] = ()
    """Scores of the first column, scaled by its decimals, from the first that is reached to the last."""
    drain_seconds: int = 1805
    """How long a window's aggregates must stay unchanged after its probes came through: the longest that a message
    can be under way (the number of times it is received x the queue's visibility timeout)."""
    processor_seconds: int = 60
    """The processor's timeout: no batch takes longer."""
    clock_seconds: int = 60
    """By how many seconds the clocks of two functions may differ at the most."""
    lease_seconds: int = 60
    """How long a rebuild that has died keeps the next ones from beginning."""
    assembly: AssemblyConfig | None = None
    """None where one function ranks every window."""

    @cached_property
    def kinds(self) -> frozenset[AggregateKind]:
        """How the activities of a player become the values of the columns."""
        return frozenset(column.aggregate for column in self.columns)

    @cached_property
    def adds_up(self) -> bool:
        """Whether all of a score is added up: no column keeps one of several values."""
        return not self.keeps_runs and self.kinds <= {"sum", "count", "average"}

    @cached_property
    def keeps_runs(self) -> bool:
        """Whether a run is compared and replaced as a whole. Otherwise each column has an aggregate of its own."""
        return self.aggregate in ("best", "last")

    @cached_property
    def keeps_one_run(self) -> bool:
        """Whether one conditional write decides what a player's aggregate is, without a mark for each activity.

        That is so where one run is kept, and nothing depends on the runs that are not: how many there were, or which
        segments they put the player in.
        """
        counts_runs = self.milestones or self.limits.activities_per_minute is not None
        return self.keeps_runs and not counts_runs and not self.segments

    @property
    def batch_seconds(self) -> int:
        """For how many seconds a batch may write after it began, by the clock of any other function."""
        return self.processor_seconds + self.clock_seconds

    @property
    def sends_events(self) -> bool:
        """Whether the board has events for EventBridge: a window can close, or a milestone can be reached."""
        return bool(self.milestones) or any(kind.closes for kind in self.windows)


def to_board_json(board: BoardConfig) -> str:
    """Make the JSON of board.json, on one line."""
    document = {"format": FORMAT, **{name: each for name, each in _to_plain(board).items() if each is not None}}
    document["board"] = document.pop("name")
    return json.dumps(document, default=_to_plain, ensure_ascii=False)


def parse_board_json(text: str) -> BoardConfig:
    """Read the text of board.json. Raises ValueError where its format is not this one."""
    if (raw := json.loads(text)).pop("format") != FORMAT:
        raise ValueError("board.json was made by another version of the generator: generate and apply again")
    raw["name"] = raw.pop("board")
    return BoardConfig(
        **{
            **raw,
            "columns": tuple(Column(**column) for column in raw["columns"]),
            "rules": tuple(_parse_rule(rule) for rule in raw["rules"]),
            "ignore": tuple(raw["ignore"]),
            "attach": tuple(raw.get("attach", ())),
            "segments": tuple(Segment(**{**each, "values": tuple(each["values"])}) for each in raw.get("segments", ())),
            "windows": tuple(_parse_window_kind(window) for window in raw["windows"]),
            "limits": Limits(**raw["limits"]),
            "milestones": tuple(raw["milestones"]),
            "assembly": AssemblyConfig(**raw["assembly"]) if "assembly" in raw else None,
        }
    )


@cache
def load_board() -> BoardConfig:
    """Load the board of the bundle that this code runs in: `board.json` beside the folder `runtime`."""
    return parse_board_json((Path(__file__).resolve().parent.parent / "board.json").read_text(encoding="utf-8"))


def _parse_rule(raw: dict[str, Any]) -> Rule:
    return Rule(
        activity=raw["activity"],
        points=tuple(
            Points(Decimal(points["constant"]), points["field"], Decimal(points["factor"])) for points in raw["points"]
        ),
        when=tuple((field, tuple(_from_json(value) for value in values)) for field, values in raw["when"].items()),
    )


def _parse_window_kind(raw: dict[str, Any]) -> WindowKind:
    seasons = tuple(
        Season(season["name"], date.fromisoformat(season["starts"]), date.fromisoformat(season["ends"]))
        for season in raw["seasons"]
    )
    return WindowKind(**{**raw, "seasons": seasons})


def _to_plain(value: object) -> Any:
    """What JSON has no form for: the fields of a part of the board, and a text for a decimal or a date."""
    if not is_dataclass(value):
        return str(value)
    raw = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Rule):
        raw["when"] = {field: [_to_json(each) for each in values] for field, values in value.when}
    return raw


def _to_json(value: Scalar) -> str | bool | dict[str, str]:
    """A value of a condition as JSON: the number 1 is {"number": "1"}, which tells it from the text "1"."""
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _from_json(value: str | bool | dict[str, str]) -> Scalar:
    return Decimal(value["number"]) if isinstance(value, dict) else value
