"""Random boards and random activities against the naive model: every rank, page, neighbour, percentile and score."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.config import BoardConfig, Column, Limits, Points, Rule, Season, WindowKind
from runtime.dynamodb import outbox
from runtime.queries import Problem
from runtime.s3 import rank_files
from tests.runtime.boards import BOARD, NOW, board, item
from tests.runtime.naive_model import Model, Row, Rules, Run
from tests.runtime.world import World

GRACE = 300
HOUR = 3_600_000

KINDS = ["all_time", "hour", "day", "week", "month", "season", "rolling"]
QUARTERS = [date(year, month, 1) for year in range(2026, 2040) for month in (1, 4, 7, 10)]
aggregates = st.sampled_from(["sum", "count", "average", "best", "last"])
orders = st.sampled_from(["descending", "ascending"])


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    aggregate = draw(aggregates)
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


def config(rules: Rules) -> BoardConfig:
    columns = tuple(Column(f"c{number}", order) for number, order in enumerate(rules.orders))  # type: ignore[arg-type]
    scale = 10**rules.decimals
    return board(
        aggregate=rules.aggregate,
        ties=rules.ties,
        decimals=rules.decimals,
        columns=columns,
        rules=(Rule("run", tuple(Points(Decimal(0), column.name) for column in columns)),),
        windows=tuple(window(every, days) for every, days in rules.windows),
        top=3,
        limits=Limits(
            max_points=None if rules.most is None else rules.most * scale, activities_per_minute=rules.per_minute
        ),
        milestones=tuple(sorted((each * scale for each in rules.milestones), reverse=rules.orders[0] == "ascending")),
    )


def window(every: Any, days: int) -> WindowKind:
    seasons = [Season(f"from-{starts}", starts, ends) for starts, ends in pairwise(QUARTERS)]
    return WindowKind(every, days=days, grace_seconds=GRACE, seasons=tuple(seasons) if every == "season" else ())


@st.composite
def runs(draw: st.DrawFn, columns: int) -> list[Run]:
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


def image(run: Run) -> dict[str, Any]:
    made = item(run.player, type="run", name=run.name)
    made["activity_id"] = {"S": run.id}
    for number, value in enumerate(run.values):
        made[f"c{number}"] = {"N": str(Decimal(value.numerator) / Decimal(value.denominator))}
    return made


def entry(row: Row, decimals: int) -> dict[str, Any]:
    columns = {f"c{number}": float(value) for number, value in enumerate(row.columns)}
    return {"rank": row.rank, "player_id": row.player, "name": row.name, "score": columns["c0"], "columns": columns}


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank_files, "BLOCK", 3)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_answer_agrees_with_the_naive_model(data: st.DataObject) -> None:
    board_rules = data.draw(rules())
    world = World(config(board_rules))
    model = Model(board_rules, GRACE * 1000)
    for run in data.draw(runs(len(board_rules.orders))):
        model.write(run)
        for _ in range(data.draw(st.sampled_from([1, 1, 2]))):
            batch = world.put(image(run), written=run.written, now=NOW)
            assert not batch.failed
    now = NOW + 999
    world.rebuild(now)
    for every in board_rules.windows:
        compare(world, model.board(every, now), every[0], board_rules, now, data)
    outbox.send(world.table, world.events, "arcade")  # type: ignore[arg-type]
    milestones = [detail for kind, detail in world.events.sent if kind == "leaderboard.milestone_reached"]
    assert len({detail["id"] for detail in milestones}) == len(milestones) == len(model.events)
    assert sorted((detail["player_id"], detail["milestone"]) for detail in milestones) == sorted(
        (player, milestone) for _, player, milestone in model.events
    )


def compare(world: World, rows: list[Row], every: str, board_rules: Rules, now: int, data: st.DataObject) -> None:
    expected = [entry(row, board_rules.decimals) for row in rows]

    def plain(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: value for key, value in each.items() if key not in ("at", "percentile")} for each in entries]

    limit = data.draw(st.integers(1, 4))
    found = []
    for offset in range(0, len(rows) + limit, limit):
        page = world.page(now, window=every, offset=str(offset), limit=str(limit))
        assert page["players"] == len(rows)
        found += page["entries"]
    assert plain(found) == expected
    for place, row in enumerate(rows):
        answer = world.player(row.player, now, window=every)["entry"]
        assert plain([answer]) == [expected[place]]
        assert answer["percentile"] == row.percentile
        span = data.draw(st.integers(1, 3))
        around = world.api.neighbours(row.player, {"window": every, "span": str(span)}, now).body["entries"]
        assert plain(around) == expected[max(0, place - span) : place + span + 1]
    friends = data.draw(st.lists(st.sampled_from(["p1", "p3", "p5", "p8"]), min_size=1, unique=True))
    answer = world.api.friends({"window": every, "ids": ",".join(friends)}, now).body["entries"]
    assert plain(answer) == [each for each in expected if each["player_id"] in friends]
    with pytest.raises(Problem):
        world.player("p8", now, window=every)


def test_the_shared_board_is_a_valid_config() -> None:
    assert BOARD.keeps_one_run is False
