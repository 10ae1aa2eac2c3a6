"""Clearing: scores that nobody can read any more are deleted, a portion after each rebuild, and then their windows.

It is the turn of a sealed window that no snapshot shows, of a day that a rolling window has left, and of a window whose
kind the board does not have any more. A window is marked before its first score goes: from then on no rebuild ranks it,
even if more windows are kept again. A function that dies leaves fewer scores, and the next goes on. The window's own
item goes last, and only when no activity can come for it: a late one must find it sealed, and open nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from runtime.aws import THREADS
from runtime.config import BoardConfig
from runtime.domain.activity import MARK_LIFE, MAX_BEHIND
from runtime.domain.instants import DAY
from runtime.dynamodb.table import Key, Table
from runtime.dynamodb.window_items import CLEARED, CLEARING, SEALED, WindowState
from runtime.dynamodb.window_store import WindowStore

LEAST_PORTION = 2_000
"""How many scores may be deleted after a rebuild at least. On a larger board they may be as many as the rebuild ranked:
where a window closes another has opened, so at the most as many come to be left."""
MOST_WINDOWS = 200
"""How many windows are looked at after a rebuild at most: those without scores cost calls too, some for each partition.
A board of a release that did not clear has more, and its next rebuild waits; in a week 168 hourly windows close."""
_LONGER_DAYS = 2
"""By how many days the local days of a rolling window may be longer than as many times 24 hours, and to spare."""


def clear(
    board: BoardConfig,
    table: Table,
    window_store: WindowStore,
    states: Sequence[WindowState],
    shown: Container[str],
    ranked: int,
    now: int,
) -> int:
    """Delete a portion of what is left of windows, those that ended first before others; return how many scores.

    `states` are all windows that were opened, `shown` the ids of those that a snapshot shows; `ranked` is how many
    scores the rebuild before ranked.
    """
    portion = max(LEAST_PORTION, ranked)
    deleted = 0
    left = [state for state in states if _is_left(board, state, shown, now)]
    left.sort(key=lambda state: (state.window.ends_at or 0, state.window.id))
    for state in left[:MOST_WINDOWS]:
        if deleted == portion:
            break
        if not state.clearing:
            window_store.record_clearing(state.window.id)
        if state.clearing != CLEARED:
            keys = list(islice(_read_keys(table, state), portion - deleted))
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(table.delete, keys))
            deleted += len(keys)
            if deleted == portion:
                break
            window_store.record_cleared(state.window.id)
        if _is_over(state, now):
            window_store.forget(state.window.id)
    return deleted


def _is_left(board: BoardConfig, state: WindowState, shown: Container[str], now: int) -> bool:
    """Whether neither a reader nor a rebuild needs the scores of a window any more."""
    if state.clearing == CLEARED:
        return _is_over(state, now)
    if state.clearing == CLEARING:
        return True
    kind = next((kind for kind in board.windows if kind.every == state.window.every), None)
    if kind is not None and kind.closes:
        return state.state == SEALED and state.window.id not in shown
    days = kind.days if kind is not None else 0
    # One that an operator loads may be as old as the window is long when it is written, and then wait.
    return _is_over(state, now, max(MARK_LIFE, (days + _LONGER_DAYS) * DAY + MAX_BEHIND))


def _is_over(state: WindowState, now: int, life: int = MARK_LIFE) -> bool:
    """Whether a window ended so long ago. By default: that no activity can come for it, not even by a redrive."""
    return state.window.ends_at is not None and state.window.ends_at + life < now


def _read_keys(table: Table, state: WindowState) -> Iterator[Key]:
    """The keys of the scores that a window still has."""
    for number in range(state.shards):
        for item in table.query(f"{state.window.id}#{number}"):
            yield table.key_of(item)
