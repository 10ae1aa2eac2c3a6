"""What board.json says for the lines of leaderboards.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.board.board import Board
from generator.rendering.text_files import make_page_settings
from generator.spec import decimals
from runtime.config import Column, Limits, Points, Season, WindowKind, parse_board_json, to_board_json
from tests.support.projects import board_yaml, boards_of, project_yaml


def decide(scoring: str, window: str = "{every: week}", **keys: str) -> Board:
    """The board of these lines. What its functions read survives being written and read."""
    (example,) = boards_of(project_yaml(board_yaml("example", scoring=scoring, window=window, **keys)))
    assert parse_board_json(to_board_json(example.config)) == example.config
    return example


@pytest.mark.parametrize(
    ("scoring", "expected"),
    [
        ("{rules: [{activity: a, points: 10}]}", 0),
        ("{rules: [{activity: a, points: 10.50}, {activity: b, per: {field: x, points: 0.125}}]}", 3),
        ("{decimals: 1, rules: [{activity: a, points: 10.55}]}", 1),
        ("{aggregate: average, rules: [{activity: a, points: 10}]}", 2),
        ("{aggregate: average, rules: [{activity: a, points: 0.123456789}]}", 2),
        ("{aggregate: average, decimals: 0, rules: [{activity: a, points: 10}]}", 0),
        ("{aggregate: count, rules: [{activity: a}]}", 0),
        ("{aggregate: best, rules: [{activity: a, per: {field: x, points: 1}}]}", 0),
        ("{aggregate: last, rank_by: [{name: b}, {name: c}], rules: [{activity: a, b: 1.5, c: 2.25}]}", 2),
        ("{aggregate: last, rank_by: [{name: b}], rules: [{activity: a, b: {field: x}}]}", 0),
    ],
)
def test_decimals(scoring: str, expected: int) -> None:
    assert decide(scoring).config.decimals == expected


def test_columns() -> None:
    decided = decide(
        "{aggregate: best, rank_by: [{name: score}, {name: time_ms, order: ascending}, {name: columns}], rules: ["
        "{activity: run, score: {field: points}, time_ms: {field: ms}, columns: 3}, "
        "{activity: walk, points: 5, per: {field: steps, points: 0.5}, time_ms: 9, columns: {field: rows}}]}"
    )
    assert decided.config.columns == (
        Column("score", "descending"),
        Column("time_ms", "ascending"),
        Column("columns", "descending"),
    )
    run, walk = (rule.points for rule in decided.config.rules)
    assert run == (Points(Decimal(0), "points"), Points(Decimal(0), "ms"), Points(Decimal(3)))
    assert walk == (Points(Decimal(5), "steps", Decimal("0.5")), Points(Decimal(9)), Points(Decimal(0), "rows"))


def test_what_is_counted_reads_no_field() -> None:
    decided = decide("{aggregate: count, order: ascending, rules: [{activity: loss, when: {mode: ranked}}]}")
    assert decided.config.columns == (Column("score", "ascending"),)
    assert decided.config.rules[0].points == (Points(Decimal(1)),)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("{min: 0, max: 5000}", Limits(0, 50000)),
        ("{min: -1.25, max: 1.25}", Limits(-12, 12)),
        ("{min: 1.25}", Limits(13, None)),
        ("{max: -1.25}", Limits(None, -13)),
    ],
)
def test_limits_hold_after_rounding(points: str, expected: Limits) -> None:
    scoring = f"{{decimals: 1, limits: {{points: {points}}}, rules: [{{activity: a, per: {{field: x, points: 1}}}}]}}"
    assert decide(scoring).config.limits == expected


@given(st.decimals(-1000, 1000, places=4), st.decimals(-1000, 1000, places=4), st.integers(0, 4))
def test_a_limit_lets_through_what_is_within_it_once_rounded(limit: Decimal, number: Decimal, digits: int) -> None:
    points = decimals.round_half_even(number, digits)
    as_number = Decimal(points).scaleb(-digits)
    assert (points <= decimals.at_most(limit, digits)) == (as_number <= limit)
    assert (points >= decimals.at_least(limit, digits)) == (as_number >= limit)


@pytest.mark.parametrize(("order", "expected"), [("descending", (5, 500, 1000)), ("ascending", (1000, 500, 5))])
def test_milestones_stand_from_the_first_that_is_reached(order: str, expected: tuple[int, ...]) -> None:
    scoring = f"{{order: {order}, decimals: 1, rules: [{{activity: a, points: 1}}]}}"
    assert decide(scoring, milestones="[50, 100, 0.5]").config.milestones == expected


WIN = "{rules: [{activity: win, points: 1}]}"


@pytest.mark.parametrize(
    ("window", "expected", "label"),
    [
        ("{every: all_time}", WindowKind("all_time"), "All time"),
        ("{every: hour, keep: 24, grace: 0s}", WindowKind("hour", grace_seconds=0, keep=24), "This hour"),
        ('{every: day, at: "04:30"}', WindowKind("day", at_minutes=270), "Today"),
        (
            "{every: week, starts: sunday, timezone: Asia/Tokyo}",
            WindowKind("week", "Asia/Tokyo", starts=6),
            "This week",
        ),
        ("{every: month, grace: 24h}", WindowKind("month", grace_seconds=86_400), "This month"),
        ("{every: rolling, days: 7, timezone: Asia/Tokyo}", WindowKind("rolling", "Asia/Tokyo", days=7), "Last 7 days"),
        ("{every: rolling, days: 1}", WindowKind("rolling", days=1), "Last day"),
        (
            "{every: season, seasons: [{name: b, starts: 2026-02-01, ends: 2026-03-01}, "
            "{name: a, starts: 2026-01-01, ends: 2026-02-01}]}",
            WindowKind(
                "season",
                seasons=(
                    Season("a", date(2026, 1, 1), date(2026, 2, 1)),
                    Season("b", date(2026, 2, 1), date(2026, 3, 1)),
                ),
            ),
            "This season",
        ),
    ],
)
def test_windows(window: str, expected: WindowKind, label: str) -> None:
    decided = decide(WIN, window)
    assert decided.config.windows == (expected,)
    assert make_page_settings(decided)["windows"][0]["label"] == label


def test_a_window_is_sealed_once_the_queue_must_have_drained() -> None:
    decided = decide(WIN)
    assert decided.config.drain_seconds == decided.queue.max_receive_count * decided.queue.visibility_seconds
    assert decided.config.processor_seconds == decided.processor.timeout_seconds
