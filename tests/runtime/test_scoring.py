"""Points and sums, compared to fractions, and the ways in which an activity can be wrong."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import BOUND, AggregateKind, Column, Limits, Points, Rule, Segment
from runtime.domain.activity import Activity
from runtime.domain.rejection import Rejection
from runtime.domain.rules.points import score_activity
from runtime.domain.scoring import Aggregate, add_activity, merge_days
from runtime.domain.texts.numbers import json_columns, json_number
from tests.runtime.boards import BOARD, NOW, board
from tests.support.effort import examples


def activity(kind: str = "kill", at: int = NOW, name: str | None = None, number: int = 0, **fields: Any) -> Activity:
    return Activity("ann", f"{at:014}-{number}", kind, at, NOW, name, fields)


def test_a_rule_with_a_field_adds_its_share() -> None:
    assert score_activity(BOARD, activity("boss", mode="ranked", damage=Decimal("123.4"))) == (5000 + 123 + 50,)


def test_rules_that_do_not_apply_give_nothing() -> None:
    assert score_activity(BOARD, activity("boss", mode="casual")) == (50,)
    only = board(rules=BOARD.rules[:2])
    assert score_activity(only, activity("boss", mode="casual")) is None


@pytest.mark.parametrize(
    ("mode", "applies"),
    [("ranked", True), (Decimal("1.0"), True), (True, True), ("1", False), (False, False), ("True", False)],
)
def test_a_condition_tells_texts_numbers_and_booleans_apart(mode: Any, applies: bool) -> None:
    given = score_activity(BOARD, activity("boss", mode=mode, damage=Decimal(0)))
    assert given == ((5050,) if applies else (50,))


def test_ignored_and_unknown_types() -> None:
    assert score_activity(BOARD, activity("chat")) is None
    assert score_activity(BOARD, activity("jump")) == Rejection(
        "unknown_type", 'no rule of this board is for the type "jump"'
    )


@pytest.mark.parametrize("damage", ["12", True, None])
def test_a_field_that_is_no_number_is_rejected(damage: Any) -> None:
    fields = {} if damage is None else {"damage": damage}
    result = score_activity(BOARD, activity("boss", mode="ranked", **fields))
    assert isinstance(result, Rejection)
    assert result.reason == "bad_field"


@pytest.mark.parametrize("damage", ["9.9E+125", "-9.9E+125", "1E+16"])
def test_what_passes_the_bound_is_rejected(damage: str) -> None:
    result = score_activity(BOARD, activity("boss", mode="ranked", damage=Decimal(damage)))
    assert isinstance(result, Rejection)
    assert result.reason == "over_bound"


def test_a_tiny_number_is_rounded_away() -> None:
    assert score_activity(BOARD, activity("boss", mode="ranked", damage=Decimal("1E-130"))) == (5050,)


numbers = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=9)


@given(numbers, numbers, numbers, st.integers(0, 6))
def test_points_agree_with_fractions(constant: Decimal, factor: Decimal, amount: Decimal, decimals: int) -> None:
    some = board(decimals=decimals, rules=(Rule("run", (Points(constant, "x", factor),)),))
    # Python rounds a Fraction half-even, as a board rounds.
    expected = round((Fraction(constant) + Fraction(factor) * Fraction(amount)) * 10**decimals)
    result = score_activity(some, activity("run", x=amount))
    if abs(expected) > BOUND:
        assert isinstance(result, Rejection)
    else:
        assert result == (expected,)


@given(st.lists(st.tuples(st.integers(-BOUND, BOUND), st.integers(0, 10**9), st.sampled_from([None, "a", "b"]))))
def test_sums_agree_with_a_naive_model(given_points: list[tuple[int, int, str | None]]) -> None:
    aggregate: Aggregate | None = None
    total, counted, names = 0, 0, []
    moved: list[int] = []
    times: list[int] = []
    for index, (value, at, name) in enumerate(given_points):
        result = add_activity(BOARD, aggregate, activity(at=at, name=name, number=index), (value,))
        if abs(total + value) > BOUND:
            assert isinstance(result, Rejection)
            continue
        assert isinstance(result, Aggregate)
        aggregate = result
        total, counted = total + value, counted + 1
        times.append(at)
        moved += [at] if value else []
        names += [(f"{at:014}-{index}", name)] if name else []
    if aggregate:
        assert (aggregate.columns, aggregate.counted) == ((total,), counted)
        assert (aggregate.at, aggregate.still) == ((max(moved), False) if moved else (min(times), True))
        assert aggregate.name == (max(names)[1] if names else None)


columns = st.builds(
    Column,
    name=st.just("c"),
    order=st.sampled_from(["descending", "ascending"]),
    aggregate=st.sampled_from(["sum", "count", "average", "best", "last"]),
)
texts = st.sampled_from([None, "a", "b"])
runs = st.tuples(st.integers(0, 3), st.lists(st.integers(-2, 2), min_size=3, max_size=3), texts, texts)


@examples(300)
@given(st.lists(columns, min_size=1, max_size=3), st.lists(runs, min_size=1, max_size=8), st.randoms())
def test_columns_come_to_the_same_in_any_order_and_in_any_parts(
    some: list[Column], played: list[tuple[int, list[int], str | None, str | None]], chance: Random
) -> None:
    """Some activities, one by one in another order, and as days whose aggregates are merged."""
    config = board(columns=tuple(some), attach=("skin",), segments=(Segment("skin", "skin", "Skin"),))
    given_points = [
        (
            activity(at=at, name=name, number=number, **({} if skin is None else {"skin": skin})),
            tuple(1 if column.aggregate == "count" else value for column, value in zip(some, values, strict=False)),
        )
        for number, (at, values, name, skin) in enumerate(played)
    ]

    def fold(parts: list[tuple[Activity, tuple[int, ...]]]) -> Aggregate:
        aggregate: Aggregate | None = None
        for each, points in parts:
            result = add_activity(config, aggregate, each, points)
            assert isinstance(result, Aggregate)
            aggregate = result
        assert aggregate is not None
        return aggregate

    whole = fold(given_points)
    other = chance.sample(given_points, len(given_points))
    assert fold(other) == whole
    cut = chance.randint(0, len(other) - 1)
    days = [fold(part) for part in (other[:cut], other[cut:]) if part]
    assert merge_days(config, days) == merge_days(config, [whole]) == whole


def test_only_sums_are_held_to_the_share_of_a_day() -> None:
    config = board(
        columns=(Column("a", "descending", "best"), Column("b", "descending"), Column("c", "descending", "last"))
    )
    day = BOUND // 7
    first = add_activity(config, None, activity(), (BOUND, day, -BOUND), day)
    assert isinstance(first, Aggregate)
    refused = add_activity(config, first, activity(number=1), (0, 1, 0), day)
    assert isinstance(refused, Rejection)
    assert refused.reason == "over_bound"
    assert isinstance(add_activity(config, first, activity(number=1), (0, -1, 0), day), Aggregate)


@pytest.mark.parametrize("kind", ["sum", "best", "last", "count", "average"])
def test_each_column_is_rounded_to_its_own_decimals(kind: AggregateKind) -> None:
    config = board(
        columns=(Column("a", "descending", kind, 0), Column("b", "descending", kind, 3)),
        rules=(Rule("run", (Points(Decimal(0), "x"), Points(Decimal("0.0005"), "x"))),),
    )
    given_points = score_activity(config, activity("run", x=Decimal("2.5")))
    assert given_points == ((1, 1000) if kind == "count" else (2, 2500))
    assert score_activity(config, activity("run", x=Decimal("3.5"))) == ((1, 1000) if kind == "count" else (4, 3500))
    assert json_columns(config.columns, (2, 2500)) == {"a": 2, "b": 2.5}


def test_a_column_that_counts_has_no_limit_of_points_and_counts_once() -> None:
    """Though two rules apply, one of which names points."""
    config = board(
        columns=(Column("plays", "descending", "count"),),
        rules=(Rule("run", (Points(Decimal(7)),)), Rule("run", (Points(Decimal(0), "gone"),))),
        limits=Limits(max_points=0),
    )
    assert score_activity(config, activity("run")) == (1,)


@given(st.integers(-BOUND, BOUND), st.integers(0, 6))
def test_a_number_in_json_is_the_exact_decimal(scaled: int, decimals: int) -> None:
    assert Decimal(repr(json_number(scaled, decimals))) == Decimal(scaled).scaleb(-decimals)
