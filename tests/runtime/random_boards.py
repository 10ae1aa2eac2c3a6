"""Random boards and activities, in the form of the naive model and in the form of the code that it is compared to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from runtime.config import BoardConfig, Column, Limits, Points, Rule, Season, WindowKind
from tests.runtime.boards import NOW, board, item
from tests.runtime.naive_model import Row, Rules, Run

GRACE = 300
"""The grace of every window here, in seconds."""
HOUR = 3_600_000

KINDS = ["all_time", "hour", "day", "week", "month", "season", "rolling"]
QUARTERS = [date(year, month, 1) for year in range(2026, 2040) for month in (1, 4, 7, 10)]
AGGREGATES = ("sum", "count", "average", "best", "last")
orders = st.sampled_from(["descending", "ascending"])


@st.composite
def any_rules(draw: st.DrawFn, aggregates: tuple[str, ...] = AGGREGATES) -> Rules:
    """Draw the rules of a board."""
    aggregate = draw(st.sampled_from(aggregates))
    columns = 1 if aggregate == "count" else draw(st.integers(1, 3))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
    ordered = tuple(draw(orders) for _ in range(columns))
    milestones = draw(st.lists(st.sampled_from([1, 2, 5, 10]), max_size=2, unique=True))
    return Rules(
        aggregate=aggregate,
        orders=ordered,
        decimals=0 if aggregate == "count" else draw(st.integers(0, 3)),
        ties=draw(st.sampled_from(["first", "shared", "dense"])),
        windows=tuple((kind, draw(st.integers(1, 4)) if kind == "rolling" else 0) for kind in kinds),
        per_minute=draw(st.sampled_from([None, None, 2])),
        most=draw(st.sampled_from([None, None, 5])) if aggregate != "count" else None,
        milestones=tuple(milestones),
    )


def config_of(rules: Rules) -> BoardConfig:
    """The rules of the model in the form that a board's functions read."""
    columns = tuple(Column(f"c{number}", order) for number, order in enumerate(rules.orders))  # type: ignore[arg-type]
    scale = 10**rules.decimals
    return board(
        aggregate=rules.aggregate,
        ties=rules.ties,
        decimals=rules.decimals,
        columns=columns,
        rules=(Rule("run", tuple(Points(Decimal(0), column.name) for column in columns)),),
        windows=tuple(_window_kind(every, days) for every, days in rules.windows),
        top=3,
        limits=Limits(
            max_points=None if rules.most is None else rules.most * scale, activities_per_minute=rules.per_minute
        ),
        milestones=tuple(sorted((each * scale for each in rules.milestones), reverse=rules.orders[0] == "ascending")),
    )


def _window_kind(every: Any, days: int) -> WindowKind:
    seasons = [Season(f"from-{starts}", starts, ends) for starts, ends in pairwise(QUARTERS)]
    return WindowKind(every, days=days, grace_seconds=GRACE, seasons=tuple(seasons) if every == "season" else ())


@st.composite
def any_runs(draw: st.DrawFn, columns: int) -> list[Run]:
    """Draw up to 25 activities, of so few players and times that ties and repetitions are common."""
    made = []
    for number in range(draw(st.integers(0, 25))):
        at = NOW - draw(
            st.sampled_from([0, 1, 30_000, 60_000, HOUR, 2 * HOUR, 25 * HOUR, 50 * HOUR, 24 * 30 * HOUR // 2])
        )
        image = item("x", at=at, number=draw(st.integers(0, 5)) + 10 * number)
        made.append(
            Run(
                player=draw(st.sampled_from(["p1", "p2", "p3", "p4", "p5", "p6", "p7"])),
                id=image["activity_id"]["S"],
                at=at,
                written=max(at, NOW - draw(st.sampled_from([0, 0, HOUR, 20 * HOUR]))) // 1000 * 1000 + 999,
                name=draw(st.sampled_from([None, "Ann", "Bob"])),
                values=tuple(
                    Fraction(draw(st.decimals(-3, 9, places=draw(st.sampled_from([0, 1, 4]))))) for _ in range(columns)
                ),
            )
        )
    return made


def image_of(run: Run) -> dict[str, Any]:
    """The activity's item in DynamoDB's JSON."""
    made = item(run.player, type="run", name=run.name)
    made["activity_id"] = {"S": run.id}
    for number, value in enumerate(run.values):
        made[f"c{number}"] = {"N": str(Decimal(value.numerator) / Decimal(value.denominator))}
    return made


def entry_of(row: Row) -> dict[str, Any]:
    """The entry that the API answers for a row of the model, without its time and percentile."""
    columns = {f"c{number}": float(value) for number, value in enumerate(row.columns)}
    return {"rank": row.rank, "player_id": row.player, "name": row.name, "score": columns["c0"], "columns": columns}
