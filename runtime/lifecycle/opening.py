"""Opening: a rebuild opens the windows of now, and moves the end of a season that the YAML has made longer or shorter.

The rebuilder alone moves an end, so that it moves once: processors judge by what is stored, whatever their YAML says.
What cannot be moved stays as it is stored, and goes on to its stored end; the board's other windows know nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runtime import logs
from runtime.config import BoardConfig, WindowKind
from runtime.domain.edges.local_edges import MOVE_REST, LocalEdges, describe_local, move_end
from runtime.domain.instants import rfc3339_or_none
from runtime.domain.windows import Window
from runtime.dynamodb.table import BusyError, pause_before_retry
from runtime.dynamodb.window_items import OPEN, PROBING, SEALED, WindowState
from runtime.dynamodb.window_store import EdgesChangedError, WindowStore

ATTEMPTS = 8
"""How often it is tried while other functions open windows."""


@dataclass(frozen=True)
class Move:
    """A season that gets another end."""

    state: WindowState
    window: Window
    """The season with that end."""
    local: LocalEdges


@dataclass(frozen=True)
class Plan:
    """What has to be changed in what is stored."""

    moves: Sequence[Move]
    new: Sequence[Window] = ()
    """The windows that are to be opened."""

    def __bool__(self) -> bool:
        return bool(self.moves or self.new)


def open_windows(board: BoardConfig, window_store: WindowStore, now: int) -> Sequence[WindowState]:
    """Move ends, open the windows of now, and return all windows that are stored.

    A window is opened even if nobody plays, so that it is sealed like any other.
    """
    return _change(window_store, lambda states: _plan(board, window_store, states, now), now)


def move_ends_between_rebuilds(board: BoardConfig, window_store: WindowStore, now: int) -> None:
    """Store the end of each season whose date was moved in the YAML.

    A board may be rebuilt once a day only, and a season that was made longer must not stand still until then. Raises
    IdentityError where the stored numbers mean something else than the board's.
    """
    if any(kind.every == "season" for kind in board.windows):
        window_store.check_identity()
        _change(window_store, lambda states: Plan(_find_moves(board, states, now)), now)


def select_edges(
    board: BoardConfig, window_store: WindowStore, states: Sequence[WindowState], now: int
) -> tuple[Window, ...]:
    """The stored windows that readers must know of though they have no ranks: days, and what is yet to start.

    The day before a rolling window's oldest is one of them: that one may begin where it ends.
    """
    stored = {state.window.id: state.window for state in states}
    listed: list[Window | None] = []
    for timeline in (window_store.timelines.of(kind) for kind in board.windows if kind.every == "rolling"):
        days = timeline.rolling_days(now)
        listed += [*days, timeline.window_at((days[-1].starts_at or 0) - 1)]
    listed += [each for each in stored.values() if (each.starts_at or 0) > now]
    return tuple(stored[each.id] for each in dict.fromkeys(listed) if each and each.id in stored)


def _change(
    window_store: WindowStore, make_plan: Callable[[Sequence[WindowState]], Plan], now: int
) -> Sequence[WindowState]:
    """Carry out what is planned by the windows that are stored, until nothing is. Return them as they are then."""
    states = window_store.read_all()
    for attempt in range(ATTEMPTS):
        if not (plan := make_plan(states)):
            return states
        try:
            states = window_store.read_for_change()
            plan = make_plan(states)
            for move in plan.moves:
                window_store.move_end(move.state, move.window, move.local, now)
            window_store.open([] if plan.moves else plan.new)
        except EdgesChangedError:
            pause_before_retry(attempt)
        states = window_store.read_all()
    raise BusyError(f"other functions changed the windows {ATTEMPTS} times while some were opened")


def _plan(board: BoardConfig, window_store: WindowStore, states: Sequence[WindowState], now: int) -> Plan:
    """What a rebuild has to change: ends first, as the windows of now follow from them."""
    known = {state.window.id for state in states}
    current = [window_store.timelines.of(kind).current(now) for kind in board.windows if kind.closes]
    return Plan(_find_moves(board, states, now), [each for each in current if each and each.id not in known])


def _find_moves(board: BoardConfig, states: Sequence[WindowState], now: int) -> list[Move]:
    """The seasons whose ends are to be moved."""
    stored = [state for state in states if state.window.every == "season"]
    seasons = [kind for kind in board.windows if kind.every == "season"]
    moves = [_find_move(kind, state, stored, now) for kind in seasons for state in stored]
    return [move for move in moves if move is not None]


def _find_move(kind: WindowKind, state: WindowState, stored: Sequence[WindowState], now: int) -> Move | None:
    """How the end of one season is to be moved; None where the YAML has the same, or where it stays as it is."""
    window = state.window
    later = [each.window.starts_at or 0 for each in stored if (each.window.starts_at or 0) >= (window.ends_at or 0)]
    moved, local = move_end(kind, window, state.local, min(later, default=None)), describe_local(kind, window)
    if moved == window or state.state == SEALED or local is None or moved.ends_at is None:
        return None
    reason = ""
    if state.state not in (OPEN, PROBING):
        reason = "it is about to be sealed"
    elif moved.ends_at < now:
        reason = "that time is over"
    elif local.ends == state.moved_from and now - state.moved_at < MOVE_REST:
        reason = "it was moved from there less than an hour ago, so this may be the bundle before"
    if not reason:
        return Move(state, moved, local)
    ends, other = (rfc3339_or_none(each.ends_at) for each in (window, moved))
    logs.warn("a season's end is not moved", windows=[window.id], ends_at=ends, wanted_end=other, reason=reason)
    return None
