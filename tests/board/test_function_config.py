"""What board.json says for the lines of leaderboards.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.board.board import Board
from generator.rendering.text_files import make_page_settings
from generator.spec.columns import decimals
from runtime.config import Column, Limits, Points, Season, WindowKind, parse_board_json, to_board_json
from runtime.domain.identity import describe_identity
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
    assert {column.decimals for column in decide(scoring).config.columns} == {expected}


def test_columns() -> None:
    decided = decide(
        "{aggregate: best, rank_by: [{name: score}, {name: time_ms, order: ascending}, {name: columns}], rules: ["
        "{activity: run, score: {field: points}, time_ms: {field: ms}, columns: 3}, "
        "{activity: walk, points: 5, per: {field: steps, points: 0.5}, time_ms: 9, columns: {field: rows}}]}"
    )
    assert decided.config.columns == (
        Column("score", "descending", "best", 1, "Score"),
        Column("time_ms", "ascending", "best", 1, "Time ms"),
        Column("columns", "descending", "best", 1, "Columns"),
    )
    run, walk = (rule.points for rule in decided.config.rules)
    assert run == (Points(Decimal(0), "points"), Points(Decimal(0), "ms"), Points(Decimal(3)))
    assert walk == (Points(Decimal(5), "steps", Decimal("0.5")), Points(Decimal(9)), Points(Decimal(0), "rows"))


@pytest.mark.parametrize(
    ("keys", "rank_by", "expected"),
    [
        # Without keys of their own, columns have the most decimals that any number of the board has.
        ("", "{name: a}, {name: b}, {name: score}", [("sum", 3), ("sum", 3), ("sum", 3)]),
        ("aggregate: average, ", "{name: a}, {name: b}, {name: score}", [("average", 2)] * 3),
        # One key of its own anywhere, and each column looks at its own numbers.
        ("", "{name: a, decimals: 0}, {name: b}, {name: score}", [("sum", 0), ("sum", 1), ("sum", 3)]),
        ("", "{name: a, aggregate: sum}, {name: b}, {name: score}", [("sum", 0), ("sum", 1), ("sum", 3)]),
        ("", "{name: a, aggregate: last}, {name: b, aggregate: best}, {name: score, aggregate: average}",
         [("last", 0), ("best", 1), ("average", 2)]),
        ("aggregate: average, ", "{name: a, aggregate: best}, {name: b, decimals: 6}, {name: score}",
         [("best", 0), ("average", 6), ("average", 2)]),
        # What the board says holds for each column that does not say it.
        ("decimals: 4, ", "{name: a, aggregate: best}, {name: b, decimals: 0}, {name: score}",
         [("best", 4), ("sum", 0), ("sum", 4)]),
        ("aggregate: last, ", "{name: a, decimals: 2}, {name: b}, {name: score}",
         [("last", 2), ("last", 1), ("last", 3)]),
    ],
)  # fmt: skip
def test_columns_with_an_aggregate_and_decimals_of_their_own(
    keys: str, rank_by: str, expected: list[tuple[str, int]]
) -> None:
    rules = "{activity: x, a: 7, b: 1.5, points: 2, per: {field: f, points: 0.125}}"
    decided = decide(f"{{{keys}rank_by: [{rank_by}], rules: [{rules}]}}").config.columns
    assert [(column.aggregate, column.decimals) for column in decided] == expected


def test_a_column_that_counts_gets_nothing_from_rules() -> None:
    rank_by = "{name: catches, aggregate: count}, {name: biggest, aggregate: best, decimals: 2}"
    rules = "{activity: catch, biggest: {field: kg}}"
    decided = decide(f"{{rank_by: [{rank_by}], rules: [{rules}]}}", milestones="[10]").config
    assert decided.columns == (
        Column("catches", "descending", "count", 0, "Catches"),
        Column("biggest", "descending", "best", 2, "Biggest"),
    )
    assert decided.rules[0].points == (Points(Decimal(1)), Points(Decimal(0), "kg"))
    assert decided.milestones == (10,)
    assert decided.aggregate == "sum"


def test_limits_and_milestones_are_scaled_as_the_first_column_is() -> None:
    rank_by = "{name: a, decimals: 1}, {name: b, decimals: 3}"
    limits = "{points: {min: -1.25, max: 1.25}}"
    scoring = f"{{rank_by: [{rank_by}], limits: {limits}, rules: [{{activity: x, a: 1, b: 1}}]}}"
    decided = decide(scoring, milestones="[50, 0.5]").config
    assert decided.limits == Limits(-12, 12)
    assert decided.milestones == (5, 500)


@pytest.mark.parametrize(
    ("scoring", "identity"),
    [
        # What running boards have stored.
        ("{rules: [{activity: x, points: 1.5}]}", "sum of score descending with 1 decimals"),
        ("{aggregate: count, order: ascending, rules: [{activity: x}]}", "count of score ascending with 0 decimals"),
        ("{aggregate: average, rank_by: [{name: a}, {name: b, order: ascending}], rules: [{activity: x, a: 1, b: 2}]}",
         "average of a descending, b ascending with 2 decimals"),
        ("{aggregate: best, rank_by: [{name: a}], rules: [{activity: x, a: 1}]}",
         "best of a descending with 0 decimals"),
        # The same in other words.
        ("{rank_by: [{name: score, aggregate: sum, decimals: 1}], rules: [{activity: x, points: 1}]}",
         "sum of score descending with 1 decimals"),
        ("{rank_by: [{name: a, aggregate: average}], rules: [{activity: x, a: 1}]}",
         "average of a descending with 2 decimals"),
        # Columns that differ, and a best value that is no run.
        ("{rank_by: [{name: a}, {name: b, aggregate: best, decimals: 2}], rules: [{activity: x, a: 1, b: 2}]}",
         "each of a descending as sum with 0 decimals, b descending as best with 2 decimals"),
        ("{rank_by: [{name: a, aggregate: best}], rules: [{activity: x, a: 1}]}",
         "each of a descending as best with 0 decimals"),
        ("{aggregate: best, rank_by: [{name: a}, {name: b, decimals: 2}], rules: [{activity: x, a: 1, b: 2}]}",
         "best run of a descending as best with 0 decimals, b descending as best with 2 decimals"),
    ],
)  # fmt: skip
def test_the_identity_of_a_board(scoring: str, identity: str) -> None:
    assert describe_identity(decide(scoring).config)["board"] == identity


def test_what_is_counted_reads_no_field() -> None:
    decided = decide("{aggregate: count, order: ascending, rules: [{activity: loss, when: {mode: ranked}}]}")
    assert decided.config.columns == (Column("score", "ascending", "count", title="Score"),)
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


def test_how_people_read_a_column() -> None:
    rank_by = (
        "{name: time_ms, title: Time, format: duration, unit: ms}, {name: far, format: distance}, {name: kg, unit: kg}"
    )
    columns = decide(
        f"{{rank_by: [{rank_by}, {{name: waited, format: duration}}], "
        "rules: [{activity: run, time_ms: 1, far: 1, kg: 1, waited: 1}]}"
    ).config.columns
    assert [(column.title, column.format, column.unit) for column in columns] == [
        ("Time", "duration", "ms"), ("Far", "distance", "m"), ("Kg", "number", "kg"), ("Waited", "duration", "s"),
    ]  # fmt: skip


def test_how_people_read_a_score_without_columns() -> None:
    (column,) = decide(
        "{aggregate: count, title: Catches, format: currency, unit: EUR, rules: [{activity: catch}]}"
    ).config.columns
    assert column == Column("score", "descending", "count", 0, "Catches", "currency", "EUR")


def test_how_people_read_a_column_is_no_part_of_what_it_means() -> None:
    plain = decide("{rules: [{activity: win, points: 1}]}").config
    read = decide("{title: Wins, format: duration, unit: h, rules: [{activity: win, points: 1}]}").config
    named = decide("{rank_by: [{name: score, title: Wins, unit: wins}], rules: [{activity: win, points: 1}]}").config
    assert describe_identity(plain) == describe_identity(read) == describe_identity(named)
    assert read != plain
