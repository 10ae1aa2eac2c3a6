"""Order keys, compared to tuples that are sorted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runtime.config import BOUND, Column
from runtime.domain.order_keys import find_block, order_key, parse_order_key

COLUMNS = (Column("score", "descending"), Column("time", "ascending"))
values = st.integers(-BOUND, BOUND) | st.integers(-2, 2)
players = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._~:@-]{0,20}\Z")
entries = st.tuples(values, values, st.integers(0, 2**48 - 1) | st.integers(0, 2), players)


@given(st.lists(entries))
def test_keys_sort_as_the_board_ranks(rows: list[tuple[int, int, int, str]]) -> None:
    by_key = sorted(rows, key=lambda row: order_key(COLUMNS, row[:2], row[2], row[3]))
    assert by_key == sorted(rows, key=lambda row: (-row[0], row[1], row[2], row[3]))


@given(entries)
def test_a_key_reads_back(row: tuple[int, int, int, str]) -> None:
    assert parse_order_key(COLUMNS, order_key(COLUMNS, row[:2], row[2], row[3])) == (row[:2], row[2], row[3])


@given(st.lists(st.text("abc", min_size=1), min_size=1, unique=True), st.integers(1, 4))
def test_the_block_of_a_key_holds_it(keys: list[str], size: int) -> None:
    keys.sort()
    blocks = [keys[start : start + size] for start in range(0, len(keys), size)]
    for number, block in enumerate(blocks):
        for key in block:
            assert find_block([each[0].encode() for each in blocks], key.encode()) == number
