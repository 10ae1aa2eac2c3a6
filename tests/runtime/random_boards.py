"""Random boards and activities, in the form of the naive model and in the form of the code that it is compared to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from runtime.config import BoardConfig, Column, Limits, Points, Rule, Scalar, Season, Segment, WindowKind
from tests.runtime.boards import BOARD, NOW, item
from tests.runtime.naive_model import BAD_NAMES, Row
from tests.runtime.naive_rules import BAD_NOTES, BAD_VALUES, NaiveRule, Rules, Run, Value
from tests.runtime.naive_windows import DAY, HOUR

GRACE = 300
"""The grace of every window here, in seconds."""
MINUTE = 60_000

KINDS = ["all_time", "hour", "day", "week", "month", "season", "rolling"]
QUARTERS = [date(year, month, 1) for year in range(2026, 2032) for month in (1, 4, 7, 10)]
LASTS = {
    "hour": (MINUTE, 20 * MINUTE),
    "day": (2 * HOUR, 13 * HOUR),
    "week": (HOUR, 2 * DAY + 6 * HOUR),
    "month": (DAY, 24 * DAY),
}
"""How long windows of a kind may last, in milliseconds."""
AGGREGATES = ("sum", "count", "average", "best", "last")
PLAYERS = ["p1", "p2", "p3", "p4", "p5", "p6", "p7"]
modes: list[Value] = ["ranked", "duel", Fraction(1), True]
amounts = [Fraction(text) for text in ("0", "1", "2", "2", "3", "-1", "0.5", "2.5", "0.0005", "1.0015", "9")]
notes: list[Value] = [
    "https://example.com/1",
    "ünï",
    "<b>",
    "y" * 600,
    Fraction("12.5"),
    Fraction(-7),
    True,
    *BAD_NOTES,
]
countries: list[Value] = ["BR", "BR", "DE", "JP", "Österreich:Wien", Fraction(7), Fraction("0.5"), True, *BAD_VALUES]
SEGMENTS: list[tuple[str, str, tuple[str, ...]]] = [
    ("country", "country", ()),
    ("big", "country", ("BR", "7")),
    ("mode", "mode", ()),
]
constants = [Fraction(text) for text in ("0", "1", "-2", "0.25", "1.0005")]
factors = [Fraction(text) for text in ("1", "1", "2", "-1", "0.5", "0.01")]


def any_rules(chance: Random, aggregates: Sequence[str] = AGGREGATES) -> Rules:
    """Choose the rules of a board."""
    aggregate = chance.choice(aggregates)
    columns = 1 if aggregate == "count" else chance.choice([1, 1, 2, 3])
    windows = chance.sample(KINDS, chance.choice([1, 2, 3]))
    is_limited = aggregate != "count" and chance.random() < 0.5
    rules = Rules(
        aggregate=aggregate,
        orders=tuple(chance.choice(["descending", "ascending"]) for _ in range(columns)),
        decimals=0 if aggregate == "count" else chance.randint(0, 3),
        ties=chance.choice(["first", "shared", "dense"]),
        windows=tuple((kind, chance.randint(1, 4) if kind == "rolling" else 0) for kind in windows),
        lasts=tuple((kind, chance.choice(LASTS[kind])) for kind in windows if kind in LASTS and chance.random() < 0.4),
        more_rules=tuple(any_rule(chance, columns) for _ in range(chance.randint(0, 3))),
        ignore=("chat",),
        per_minute=chance.choice([None, None, 2]),
        least=chance.choice([None, -1]) if is_limited else None,
        most=chance.choice([None, 5]) if is_limited else None,
        milestones=tuple(chance.sample([1, 2, 5, 10], chance.choice([0, 0, 1, 2]))),
        keep=chance.choice([1, 2, 8]),
        attach=tuple(chance.sample(["note", "other", "mode", "c0"], chance.choice([0, 0, 1, 2, 4]))),
        searches=chance.random() < 0.5,
        segments=tuple(chance.sample(SEGMENTS, chance.choice([0, 0, 1, 2, 3]))),
    )
    return any_own(chance, rules) if chance.random() < 0.6 else rules


def any_own(chance: Random, rules: Rules) -> Rules:
    """Choose for each column an aggregate and decimals of its own, as far as the board may have them."""
    if rules.aggregate == "count":
        return rules
    kinds: Sequence[str] = (rules.aggregate,)
    if rules.aggregate in ("sum", "average"):
        # Beside any of the others, the times of sums and of best values do not show.
        kinds = chance.choice([AGGREGATES, ("sum", "best"), ("sum", "best"), ("best",), ("sum", "average", "last")])
    return replace(rules, own=tuple((chance.choice(kinds), chance.randint(0, 3)) for _ in rules.orders))


def any_rule(chance: Random, columns: int) -> NaiveRule:
    """Choose a rule for bosses or for more runs, with a condition or without."""
    some = tuple(chance.sample(modes, chance.randint(1, 3)))
    points = [
        (chance.choice(constants), chance.choice([None, f"c{column}"]), chance.choice(factors))
        for column in range(columns)
    ]
    when = chance.choice([{}, {"mode": some}, {"mode": some}, {"map": some}])
    return NaiveRule(chance.choice(["boss", "boss", "run"]), when, tuple(points))


def config_of(rules: Rules) -> BoardConfig:
    """The rules of the model in the form that a board's functions read."""
    scale = 10 ** rules.columns[0][1]
    columns = zip(rules.orders, rules.columns, strict=True)
    return replace(
        BOARD,
        aggregate=rules.aggregate,  # type: ignore[arg-type]
        ties=rules.ties,  # type: ignore[arg-type]
        columns=tuple(Column(f"c{number}", order, *own) for number, (order, own) in enumerate(columns)),  # type: ignore[arg-type]
        rules=tuple(_rule(rule) for rule in rules.rules),
        ignore=rules.ignore,
        attach=rules.attach,
        search_names=rules.searches,
        segments=tuple(Segment(name, field, name.title(), values) for name, field, values in rules.segments),
        windows=tuple(_window_kind(every, days, rules) for every, days in rules.windows),
        top=3,
        shards=2,
        limits=Limits(
            min_points=None if rules.least is None else rules.least * scale,
            max_points=None if rules.most is None else rules.most * scale,
            activities_per_minute=rules.per_minute,
        ),
        milestones=tuple(sorted((each * scale for each in rules.milestones), reverse=rules.orders[0] == "ascending")),
    )


def _rule(rule: NaiveRule) -> Rule:
    points = tuple(Points(_decimal(constant), name, _decimal(factor)) for constant, name, factor in rule.points)
    return Rule(rule.type, points, tuple((name, tuple(map(_scalar, some))) for name, some in rule.when.items()))


def _window_kind(every: Any, days: int, rules: Rules) -> WindowKind:
    seasons = [Season(f"from-{starts}", starts, ends) for starts, ends in pairwise(QUARTERS)]
    own = tuple(seasons) if every == "season" else ()
    lasts = dict(rules.lasts).get(every, 0) // 1000
    return WindowKind(every, days=days, grace_seconds=GRACE, keep=rules.keep, seasons=own, lasts_seconds=lasts)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _scalar(value: Value) -> Scalar:
    return _decimal(value) if isinstance(value, Fraction) else value


def any_runs(chance: Random, rules: Rules) -> list[Run]:
    """Choose up to 25 activities of around NOW, of so few players and times that ties and repetitions are common."""
    runs = [any_run(chance, rules, NOW, number) for number in range(chance.randint(0, 20))]
    return runs + chance.sample(runs, len(runs) // 5)


def any_run(chance: Random, rules: Rules, now: int, number: int, *, at_edges: bool = False) -> Run:
    """Choose an activity that was written before `now`; with `at_edges` one in five is at an edge of time."""
    written = now - chance.choice([0, 0, 0, HOUR, 20 * HOUR])
    at = now - chance.choice([0, 0, 1, 30_000, 60_000, HOUR, 2 * HOUR, 25 * HOUR, 50 * HOUR, 15 * DAY])
    written = max(written, at)
    if at_edges and chance.random() < 0.2:
        written, at = chance.choice(_edges(now))
    return Run(
        player=chance.choice(PLAYERS),
        id=item("x", at=at, number=number)["activity_id"]["S"],
        at=at,
        written=written // 1000 * 1000 + 999,
        type=chance.choice([*["run"] * 8, *["boss"] * 5, "chat", "jump"]),
        name=chance.choice([None, "Ann", "Bob", "Ünï", chance.choice(BAD_NAMES)]),
        fields=tuple(_any_fields(chance, len(rules.orders)).items()),
    )


def _any_fields(chance: Random, columns: int) -> dict[str, Value]:
    """Numbers for the columns, few of which are missing or texts, and a mode."""
    fields: dict[str, Value] = {f"c{column}": chance.choice(amounts) for column in range(columns)}
    if chance.random() < 0.05:
        fields[f"c{chance.randrange(columns)}"] = "7"
    if chance.random() < 0.05:
        del fields[f"c{chance.randrange(columns)}"]
    if chance.random() < 0.6:
        fields["mode"] = chance.choice(modes)
    for name in ("note", "other"):
        if chance.random() < 0.7:
            fields[name] = chance.choice(notes)
    if chance.random() < 0.7:
        fields["country"] = chance.choice(countries)
    return fields


def _edges(now: int) -> Sequence[tuple[int, int]]:
    """(written, time of the activity) on both sides of what is too early, too old and too late."""
    hour, day = now - now % HOUR, now - now % DAY
    second = now - now % 1000 - 1000
    return [
        (second, second + 999 + 5 * MINUTE),
        (second, second + 1000 + 5 * MINUTE),
        (second, second + 999 - 30 * DAY),
        (second, second + 998 - 30 * DAY),
        (min(second, hour + (GRACE - 1) * 1000), hour - 1),
        (min(second, hour + GRACE * 1000), hour - 1),
        (min(second, day + (GRACE - 1) * 1000), day - 1),
        (min(second, day + GRACE * 1000), day - 1),
        (min(second, hour), hour),
        (min(second, day), day),
    ]


def image_of(run: Run) -> dict[str, Any]:
    """The activity's item in DynamoDB's JSON."""
    fields: dict[str, Any] = {name: _scalar(value) for name, value in run.all_fields.items()}
    made = item(run.player, type=run.type, name=run.name, **fields)
    made["activity_id"] = {"S": run.id}
    return made


def entry_of(row: Row) -> dict[str, Any]:
    """The entry that the API answers for a row of the model, without its time and percentile."""
    columns = {f"c{number}": float(value) for number, value in enumerate(row.columns)}
    entry = {"rank": row.rank, "player_id": row.player, "name": row.name, "score": columns["c0"], "columns": columns}
    return entry if row.attached is None else {**entry, "attached": row.attached}
