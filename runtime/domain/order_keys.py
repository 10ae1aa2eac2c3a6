"""The order of a board, as one text per entry that sorts the way the board ranks.

An order key is fixed-width digits for every column (best first), then for `at`, then the player id. Comparing two keys
as text compares columns, then who got there first, then the id; every rank comes from comparing keys and nothing else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from runtime.config import BOUND, Column, Ties

COLUMN_DIGITS = 16
"""Digits of 2 x BOUND: a column is shifted to be positive."""
AT_DIGITS = 15
"""Digits of 2^48 - 1, the largest time of a UUID of version 7."""


def column_digits(columns: Sequence[Column], values: Sequence[int]) -> str:
    """The part of an order key that stands for the columns. `values` are scaled integers within the bound."""
    return "".join(
        f"{BOUND - value if column.order == 'descending' else BOUND + value:0{COLUMN_DIGITS}}"
        for column, value in zip(columns, values, strict=True)
    )


def order_key(columns: Sequence[Column], values: Sequence[int], at: int, player_id: str) -> str:
    """The key of an entry. `values` are scaled integers, one for each column, each within the bound."""
    return f"{column_digits(columns, values)}{at:0{AT_DIGITS}}{player_id}"


def read_key(columns: Sequence[Column], key: str) -> tuple[tuple[int, ...], int, str]:
    """The columns, `at` and player id that a key was made of."""
    values = []
    for index, column in enumerate(columns):
        shifted = int(key[index * COLUMN_DIGITS : (index + 1) * COLUMN_DIGITS])
        values.append(BOUND - shifted if column.order == "descending" else shifted - BOUND)
    rest = key[len(columns) * COLUMN_DIGITS :]
    return tuple(values), int(rest[:AT_DIGITS]), rest[AT_DIGITS:]


def columns_width(columns: Sequence[Column]) -> int:
    """How many digits of an order key stand for the columns: keys that share them are equal scores."""
    return len(columns) * COLUMN_DIGITS


def ranks(ties: Ties, width: int, keys: Iterable[str], position: int = 0, rank: int = 1) -> Iterator[int]:
    """The rank of each key, for keys that follow one another in a board's order.

    `position` (from 0) and `rank` are those of the first key; `width` is that of the columns.
    """
    before = None
    for place, key in enumerate(keys, position + 1):
        columns = key[:width]
        if before is not None:
            if ties == "first" or (ties == "shared" and columns != before):
                rank = place
            elif columns != before:
                rank += 1
        before = columns
        yield rank


def block_of(firsts: Sequence[str], key: str) -> int:
    """Which block holds a key, where `firsts` are the first keys of the blocks in order. 0 for a key before all."""
    # The insertion point of key + NUL is behind an equal key.
    return max(0, bisect_left(firsts, key + "\0") - 1)


def percentile(worse: int, players: int) -> float:
    """100 x players ranked worse / other players, one decimal; 100 for one who is alone."""
    if players <= 1:
        return 100.0
    # In tenths, rounded half-even, in whole numbers: the same on every machine.
    tenths, remainder = divmod(1000 * worse, players - 1)
    if 2 * remainder > players - 1 or (2 * remainder == players - 1 and tenths % 2):
        tenths += 1
    return tenths / 10
