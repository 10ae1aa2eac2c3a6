"""Lines: one player's entry in the ranks of a window, as bytes that sort the way the board ranks.

A line is KEY, a tab, and MORE. KEY is the order key. MORE is compact JSON: [name], or [name, attached], or [name,
attached, segments]; null stands for no name. JSON writes a tab and a line break in a text as escapes, and a tab sorts
before every character of a player id: so lines sort as their keys do, and neither character is ever within a field.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from json.encoder import encode_basestring
from typing import Any

from runtime.config import Column
from runtime.domain.order_keys import AT_DIGITS, columns_width, order_key, parse_order_key
from runtime.domain.ranking import ScoredPlayer

TOTALS = 1 << 128
"""How many totals there are: a sum of hashes is taken modulo this."""
HASH_BYTES = 16
"""Bytes of a line's hash."""


def make_line(columns: Sequence[Column], player: ScoredPlayer) -> bytes:
    """Make the line of a player, without a line break."""
    more = "null" if player.name is None else encode_basestring(player.name)
    if player.attached or player.segments:
        more += f",{_encode(dict(player.attached))}"
    if player.segments:
        more += f",{_encode(dict(player.segments))}"
    return f"{order_key(columns, player.columns, player.at, player.player_id)}\t[{more}]".encode()


def key_of(line: bytes) -> bytes:
    """The order key of a line."""
    return line[: line.index(b"\t")]


def id_start(columns: Sequence[Column]) -> int:
    """Where the player id begins in a line and in an order key."""
    return columns_width(columns) + AT_DIGITS


def read_line(columns: Sequence[Column], line: bytes) -> ScoredPlayer:
    """Read what `make_line` made."""
    key, _, more = line.partition(b"\t")
    values, at, player_id = parse_order_key(columns, key.decode())
    name, *others = json.loads(more)
    attached, segments = (tuple(each.items()) for each in (*others, *({},) * (2 - len(others))))
    return ScoredPlayer(player_id, name, values, at, attached, segments)


def read_values(line: bytes) -> dict[str, str]:
    """The player's value of each segment, out of a line."""
    # In a text JSON looks for no encoding: a quarter of the time, for each of millions of lines.
    more = json.loads(line[line.index(b"\t") + 1 :].decode())
    values: dict[str, str] = more[2] if len(more) == 3 else {}
    return values


def hash_line(line: bytes) -> int:
    """The hash of a line. The sum of the hashes of lines, modulo TOTALS, is the same in whatever order they come."""
    return int.from_bytes(blake2b(line, digest_size=HASH_BYTES).digest(), "big")


def write_total(total: int) -> str:
    """The text of a sum of hashes, as ranks store it."""
    return f"{total % TOTALS:032x}"


def read_total(text: str) -> int:
    """Read what `write_total` wrote."""
    return int(text, 16)


def _encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
