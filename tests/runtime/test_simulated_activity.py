"""Simulated activity: a board accepts it, and it looks like play."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import simulator
from runtime.config import BoardConfig, Column, Limits, Points, Rule
from runtime.domain.activity import parse_stream_record
from runtime.domain.judging import Contribution, judge
from runtime.domain.texts.attached import attach
from tests.runtime.boards import BOARD, NOW, board, item, stream_record

RACE = board(
    aggregate="best",
    decimals=2,
    columns=(Column("score", "descending"), Column("time", "ascending")),
    rules=(Rule("race", (Points(Decimal(0), "points"), Points(Decimal(0), "time_ms"))),),
    limits=Limits(min_points=30_000, max_points=60_000),
)
FISH = board(
    columns=(
        Column("fish", "descending", "sum", 0),
        Column("biggest", "descending", "best", 2),
        Column("catches", "descending", "count", 0),
    ),
    rules=(Rule("catch", (Points(Decimal(0), "fish"), Points(Decimal(0), "kg"), Points(Decimal(1)))),),
)

ATTACHING = board(attach=("replay_url", "character", "damage", "mode"))
"""It attaches fields of its own and fields that its rules read."""


@given(st.integers(0, 2**32), st.sampled_from([BOARD, RACE, FISH, ATTACHING]))
def test_simulated_activity_is_accepted_and_scores(seed: int, config: BoardConfig) -> None:
    for number, made in enumerate(simulator.make_activities(config, random.Random(seed), 20, odd_share=0)):
        whole = {**made.item, "activity_id": item(number=number)["activity_id"]}
        verdict = judge(config, parse_stream_record(stream_record(whole)), NOW)
        assert isinstance(verdict, Contribution), verdict
        assert verdict.activity.name is not None
        kept = dict(attach(config.attach, verdict.activity.fields))
        assert not config.attach or (kept["replay_url"].startswith("https://") and kept["character"])
        assert (made.late, made.copies) == (0, 1)


def test_some_simulated_activity_is_late_some_twice_some_wrong() -> None:
    made = list(simulator.make_activities(BOARD, random.Random(1), 3000, odd_share=0.3))
    late, twice = sum(each.late > 0 for each in made), sum(each.copies == 2 for each in made)
    wrong = sum(each.item["type"]["S"] == "not_in_the_rules" for each in made)
    assert all(200 < number < 400 for number in (late, twice, wrong)), (late, twice, wrong)


@pytest.mark.parametrize(
    ("factor", "limits"),
    [
        ("100", (0, 100)),
        ("100", (None, None)),
        ("0.5", (1, 3)),
        ("7", (10, 13)),
        ("-1", (-100, -10)),
        ("0.01", (None, 50)),
    ],
)
def test_simulated_fields_vary_within_the_limits_for_any_factor(
    factor: str, limits: tuple[int | None, int | None]
) -> None:
    rule = Rule("race", (Points(Decimal(0), "amount", Decimal(factor)),))
    config = board(decimals=0, rules=(rule,), limits=Limits(*limits))
    scores = set()
    for number, made in enumerate(simulator.make_activities(config, random.Random(3), 300, odd_share=0)):
        whole = {**made.item, "activity_id": item(number=number)["activity_id"]}
        verdict = judge(config, parse_stream_record(stream_record(whole)), NOW)
        assert isinstance(verdict, Contribution), verdict
        scores.add(verdict.points)
    assert len(scores) > 1


def test_skill_shows() -> None:
    scores: dict[str, list[float]] = {}
    for made in simulator.make_activities(RACE, random.Random(2), 3000, odd_share=0):
        scores.setdefault(made.item["player_id"]["S"], []).append(float(made.item["points"]["N"]))
    means = sorted(sum(some) / len(some) for some in scores.values() if len(some) > 20)
    assert means[-1] > 1.1 * means[0]
