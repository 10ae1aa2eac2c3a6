"""Points and sums, compared to fractions, and the ways in which an activity can be wrong."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import BOUND, Points, Rule
from runtime.domain.activity import Activity
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Aggregate, add_activity, json_number, score_activity
from tests.runtime.boards import BOARD, NOW, board


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
    total, counted, newest, names = 0, 0, 0, []
    for index, (value, at, name) in enumerate(given_points):
        result = add_activity(BOARD, aggregate, activity(at=at, name=name, number=index), (value,))
        if abs(total + value) > BOUND:
            assert isinstance(result, Rejection)
            continue
        assert isinstance(result, Aggregate)
        aggregate = result
        total, counted, newest = total + value, counted + 1, max(newest, at)
        names += [(f"{at:014}-{index}", name)] if name else []
    if aggregate:
        assert (aggregate.columns, aggregate.counted, aggregate.at) == ((total,), counted, newest)
        assert aggregate.name == (max(names)[1] if names else None)


@given(st.integers(-BOUND, BOUND), st.integers(0, 6))
def test_a_number_in_json_is_the_exact_decimal(scaled: int, decimals: int) -> None:
    assert Decimal(repr(json_number(scaled, decimals))) == Decimal(scaled).scaleb(-decimals)
