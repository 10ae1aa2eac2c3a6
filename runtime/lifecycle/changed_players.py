"""Changed players: the lines of those of whom the stream tells, as a full read of the table would make them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from runtime.aws import THREADS
from runtime.config import BoardConfig
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.items import aggregate_key
from runtime.dynamodb.table import Item, Table
from runtime.dynamodb.window_items import WindowState
from runtime.lifecycle.following import Changed
from runtime.lifecycle.line_reading import choose_maker, read_patiently

PER_READ = 100
"""The most keys of one BatchGetItem (Amazon DynamoDB API reference, "BatchGetItem")."""


def find_changed(parts: Sequence[WindowState], changed: Changed) -> list[str]:
    """The players who have changed in a window, in the order of their ids. `parts`: itself, or a rolling one's days."""
    return sorted({player_id for part in parts for player_id in changed.get(part.window.id, ())})


def make_changes(
    board: BoardConfig, table: Table, parts: Sequence[WindowState], changed: Changed, decisions: Decisions
) -> dict[str, bytes | None]:
    """The line of each player who has changed in a window as it is now, None of one who has none any more.

    A change in a day of a rolling window says nothing of the player's other days: they are read.
    """
    players, make = find_changed(parts, changed), choose_maker(board, parts, decisions)
    if len(parts) == 1:
        images = changed.get(parts[0].window.id, {})
        found: Iterable[tuple[str, Sequence[Item | None]]] = ((each, [images[each]]) for each in players)
    else:
        found = _read_days(table, parts, players)
    changes: dict[str, bytes | None] = {}
    for player_id, items in found:
        lines = make([(part, [item]) for part, item in zip(parts, items, strict=True) if item is not None])
        changes[player_id] = lines[0] if lines else None
    return changes


def _read_days(
    table: Table, parts: Sequence[WindowState], players: Sequence[str]
) -> Iterator[tuple[str, Sequence[Item | None]]]:
    """What some players have in each day of a rolling window, in the order of `parts`."""

    def read(some: Sequence[str]) -> Mapping[str, Sequence[Item | None]]:
        keys = {each: [aggregate_key(part.window.id, part.shards, each) for part in parts] for each in some}
        items = read_patiently(table.get_all, [key for own in keys.values() for key in own])
        return {each: [items.get(key) for key in own] for each, own in keys.items()}

    at_once = PER_READ // max(1, len(parts))
    some = [players[start : start + at_once] for start in range(0, len(players), at_once)]
    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(read, some):
            yield from found.items()
