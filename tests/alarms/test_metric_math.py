"""Metric math: the tables of CloudWatch's user guide, and what is refused."""

from __future__ import annotations

import pytest

from generator.alarms.metric_math import Scope, Series, compute


def series(*values: float | None) -> Series:
    """A series with a value at each instant from 0 on; None is missing."""
    return {instant: value for instant, value in enumerate(values) if value is not None}


def results(expression: str, count: int, fills_empty: bool = True, **metrics: Series) -> list[float | None]:
    """The values of an expression at each instant."""
    found = compute(expression, Scope(metrics, range(count), fills_empty))
    return [found.get(instant) for instant in range(count)]


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("metric1 < metric2", [0, 0, 1, 0]),
        ("metric1 >= 30", [1, 0, 0, 0]),
        ("metric1 > 15 AND metric2 > 15", [1, 0, 0, 0]),
    ],
)
def test_comparisons_and_what_is_missing(expression: str, values: list[float]) -> None:
    """(Amazon CloudWatch user guide, "Using math expressions with CloudWatch metrics": comparison and logical
    operators.)"""
    assert results(expression, 4, metric1=series(30, 20, 0, 0), metric2=series(20, None, 20, None)) == values


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("IF(m1, m2, m3)", [30, 0, 20, None, None]),
        ("IF(m1, 5, m3)", [5, 5, 20, None, None]),
        ("IF(m1, m2, 5)", [30, 0, 5, 5, 5]),
        ("IF(m1, m2)", [30, 0, None, None, None]),
        ("IF(1, m2, m3)", [30, None, 0, 0, 30]),
        ("IF(0, m2, m3)", [0, 0, 20, None, 20]),
    ],
)
def test_if(expression: str, values: list[float | None]) -> None:
    """(The same page, "Using IF expressions".)"""
    m1, m2, m3 = series(1, 1, 0, 0, None), series(30, None, 0, 0, 30), series(0, 0, 20, None, 20)
    assert results(expression, 5, m1=m1, m2=m2, m3=m3) == values


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        # "Missing values in a time series are treated as 0", and a point that divides by 0 is dropped.
        ("a + b", [3, 2, 3, None]),
        ("100 * a / SUM([a, b])", [pytest.approx(100 / 3), 0, 100, None]),
        ("b / a", [2, None, 0, None]),
        ("2 * a - 1", [1, None, 5, None]),
        ("-a ^ 2", [1, None, 9, None]),
        ("1 - 2 - a", [-2, None, -4, None]),
        ("(1 + a) * 10 / 4", [5, None, 10, None]),
        ("SUM([a, b])", [3, 2, 3, None]),
        ("MAX([a, b])", [2, 2, 3, None]),
        ("a / SUM(a)", [0.25, None, 0.75, None]),
        ("FILL(a, 7)", [1, 7, 3, 7]),
        ("FILL(a, b)", [1, 2, 3, None]),
        ("SUM(FILL([a, b], 0))", [3, 2, 3, 0]),
        ("ABS([a - 2, b - 2])", None),
        ("MIN(ABS([a - 2, b - 2]))", [0, 0, 1, None]),
        ("a == 1 || b == 2", [1, 1, 0, None]),
    ],
)
def test_what_our_alarms_say(expression: str, values: list[float | None] | None) -> None:
    a, b = series(1, None, 3, None), series(2, 2, None, None)
    if values is None:
        with pytest.raises(ValueError, match="not one series"):
            results(expression, 4, a=a, b=b)
    else:
        assert results(expression, 4, a=a, b=b) == values


@pytest.mark.parametrize(("fills_empty", "values"), [(True, [0, 0]), (False, [None, None])])
def test_filling_what_is_empty_is_left_open(fills_empty: bool, values: list[float | None]) -> None:
    assert results("FILL(a, 0)", 2, fills_empty, a={}) == values


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("RATE(a)", "the function RATE with 1 arguments"),
        ("FILL(a)", "the function FILL with 1 arguments"),
        ("a % 2", "cannot be read at `% 2`"),
        ("a b", "cannot be read at `b`"),
        ("(a + 1", "lacks a `\\)`"),
        ("SUM([a; 1])", "cannot be read"),
        ("SUM([a, 1])", "a series of values is needed"),
        ("1 + 2", "is not one series"),
        ("A", "cannot be read at `A`"),
        ("", "cannot be read"),
    ],
)
def test_what_is_not_known_is_named(expression: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        compute(expression, Scope({"a": series(1), "b": series(1)}, range(1)))
