"""Settling: of a player's two counts the one that readers do not see goes, a week after a replay.

A rebuild does a portion of it, and so does a replay of a window that shows a recount already: there is room for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Any

from runtime.aws import THREADS
from runtime.domain.instants import DAY
from runtime.dynamodb.recounting.recounts import ATTRIBUTES, end_recount, is_recounted, keep_shown, unchanged
from runtime.dynamodb.table import Item, Key, Table
from runtime.dynamodb.window_items import FIRST_KEPT, RECOUNT_KEPT, WindowState

KEPT = 7 * DAY
"""For how many milliseconds both counts are kept after a replay was begun, swapped or undone."""
LEAST_PORTION = 2_000
"""How many players a rebuild settles at least. On a larger board it may be as many as it ranked."""
_AT_ONCE = 1_000


def settle_old(table: Table, states: Sequence[WindowState], ranked: int, now: int) -> None:
    """Settle a portion of the windows whose replay is a week ago. `ranked`: how many scores the rebuild has ranked."""
    left = max(LEAST_PORTION, ranked)
    for state in states:
        if state.recount and not state.clearing and state.recount_at + KEPT < now and left > 0:
            left -= settle_window(table, state, now, left)


def settle_window(table: Table, state: WindowState, now: int, most: int | None = None) -> int:
    """Leave of each player of a window only what readers see. Returns how many players were settled, up to `most`."""
    if state.shown not in (FIRST_KEPT, RECOUNT_KEPT) and not keep_shown(table, state, now):
        return 0
    keys, settled = _read_keys(table, state), 0
    with ThreadPoolExecutor(THREADS) as pool:
        while some := list(islice(keys, _AT_ONCE if most is None else min(_AT_ONCE, most - settled))):
            list(pool.map(partial(settle_player, table, state=state), some))
            settled += len(some)
    if most is None or settled < most:
        end_recount(table, state, now)
    return settled


def _read_keys(table: Table, state: WindowState) -> Iterator[Key]:
    """The keys of the players who have the recount of a window."""
    for number in range(state.shards):
        for item in table.query(f"{state.window.id}#{number}"):
            if is_recounted(item, state.recount):
                yield table.key_of(item)


def settle_player(table: Table, key: Key, state: WindowState) -> None:
    """Leave of a player's two counts only the one that readers see. Safe at any time, and to repeat."""
    while (item := table.get(key)) is not None and is_recounted(item, state.recount):
        put, condition, values = _settle(item, table.key_names, shows=state.shows_recount)
        if table.put(put, condition, **values):
            return


def _settle(item: Item, key_names: Sequence[str], *, shows: bool) -> tuple[Item, str, dict[str, Any]]:
    """The item with one count, the condition that nothing was counted since, and the values in that."""
    rest = {name: value for name, value in item.items() if name not in ATTRIBUTES}
    if shows:
        rest = {name: item[name] for name in (*key_names, "version", "reached") if name in item}
        rest |= item["recounted"]["M"]
        rest |= {"since": item["recounted_since"]} if "recounted_since" in item else {}
    if "version" in item:
        rest["version"] = {"S": str(int(item["version"]["S"]) + 1)}
    return rest, *unchanged(item)
