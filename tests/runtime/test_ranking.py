"""Ranks by every kind of ties, and percentiles, compared to their definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Ties
from runtime.domain.ranking import percentile, rank_keys


@pytest.mark.parametrize(
    ("ties", "expected"), [("first", [1, 2, 3, 4]), ("shared", [1, 2, 2, 4]), ("dense", [1, 2, 2, 3])]
)
def test_equal_columns_share_ranks_as_ties_say(ties: Ties, expected: list[int]) -> None:
    assert list(rank_keys(ties, 1, [b"ax", b"bx", b"by", b"cx"])) == expected


@given(st.lists(st.text("abc", min_size=1, max_size=1)), st.sampled_from(["first", "shared", "dense"]), st.data())
def test_ranks_go_on_from_any_position(columns: list[str], ties: Ties, data: st.DataObject) -> None:
    keys = [f"{column}{number:03}".encode() for number, column in enumerate(sorted(columns))]
    whole = list(rank_keys(ties, 1, keys))
    groups = [len(list(group)) for _, group in groupby(sorted(columns))]
    assert len(set(whole)) == (len(keys) if ties == "first" else len(groups))
    start = data.draw(st.integers(0, len(keys)))
    rest = rank_keys(ties, 1, keys[start:], start, whole[start] if start < len(keys) else 1)
    assert list(rest) == whole[start:]


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_percentile_is_the_share_of_others_ranked_worse(place: tuple[int, int]) -> None:
    position, count = place
    exact = Fraction(100) if count == 1 else Fraction(100 * (count - 1 - position), count - 1)
    assert percentile(count - 1 - position, count) == float(round(exact * 10)) / 10
