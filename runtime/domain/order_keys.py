"""Order keys: one text for each entry of a board, which sorts the way the board ranks.

An order key is made of fixed-width digits for every column (the best first), of digits for `at`, and of the player id.
Two keys compare as texts the way their columns do, then the times, then the ids. Every rank comes from comparing keys
and from nothing else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from runtime.config import BOUND, Column

COLUMN_DIGITS = 16
"""Digits for a column: those of 2 x BOUND, because a column is shifted by BOUND to be positive."""
AT_DIGITS = 15
"""Digits for `at`: those of 2^48 - 1, the latest time that a UUID of version 7 can hold."""
BEHIND = b":"
"""Columns with this sort behind all keys with these columns: those go on with a digit, and ":" is behind the digits."""


def column_digits(columns: Sequence[Column], values: Sequence[int]) -> str:
    """The part of an order key that stands for the columns. `values` are scaled integers within the bound."""
    return "".join(
        f"{BOUND - value if column.order == 'descending' else BOUND + value:0{COLUMN_DIGITS}}"
        for column, value in zip(columns, values, strict=True)
    )


def order_key(columns: Sequence[Column], values: Sequence[int], at: int, player_id: str) -> str:
    """Make the order key of an entry. `values` are scaled integers, one for each column, each within the bound."""
    return f"{column_digits(columns, values)}{at:0{AT_DIGITS}}{player_id}"


def parse_order_key(columns: Sequence[Column], key: str) -> tuple[tuple[int, ...], int, str]:
    """The columns, `at` and player id that an order key was made of."""
    values = []
    for index, column in enumerate(columns):
        shifted = int(key[index * COLUMN_DIGITS : (index + 1) * COLUMN_DIGITS])
        values.append(BOUND - shifted if column.order == "descending" else shifted - BOUND)
    rest = key[len(columns) * COLUMN_DIGITS :]
    return tuple(values), int(rest[:AT_DIGITS]), rest[AT_DIGITS:]


def columns_width(columns: Sequence[Column]) -> int:
    """How many digits of an order key stand for the columns. Equal scores have the same ones."""
    return len(columns) * COLUMN_DIGITS


def find_block(first_keys: Sequence[bytes], key: bytes) -> int:
    """The number of the block that holds a key, or would hold it. `first_keys` are the blocks' first keys."""
    # The insertion point of key + NUL is behind an equal key. A key before all others belongs to the first block, whose
    # own first key so decides nothing: where blocks hold several lists, it may be of another one.
    return bisect_left(first_keys, key + b"\0", lo=1) - 1
