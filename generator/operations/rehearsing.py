"""Moves the clock of a run of `leaderboards local` ahead, and tells what followed: windows that ended, their events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from generator.errors import InputError
from generator.operations.local_run import LocalRun
from runtime.domain.events import WINDOW_CLOSED
from runtime.domain.instants import parse_rfc3339, rfc3339
from runtime.dynamodb.window_items import SEALED

STEP_SECONDS = 0.5
"""Seconds from one look for an event to the next."""

EVENT_SECONDS = 10.0
"""Seconds for which the event of a sealed window is waited for."""


@dataclass(frozen=True)
class RunWindow:
    """A window that closes, of a board that runs. Times are in milliseconds since 1970."""

    board: str
    id: str
    timezone: str
    ends_at: int
    takes_until: int
    """Its end and its grace: from then on it can be sealed."""
    state: str
    """How far it is on its way to being sealed, as `runtime.dynamodb.window_store` has it."""
    due: bool
    """Whether it has to be sealed now."""

    @property
    def sealed(self) -> bool:
        """Whether its ranks are final."""
        return self.state == SEALED


@dataclass(frozen=True)
class RunState:
    """What a run's clock shows, in milliseconds since 1970, and the windows of its boards by their end."""

    now: int
    ahead_seconds: int
    """How far it is ahead of the machine's clock."""
    windows: tuple[RunWindow, ...]

    @property
    def due(self) -> list[RunWindow]:
        """The windows that have to be sealed now."""
        return [window for window in self.windows if window.due]


@dataclass(frozen=True)
class Advance:
    """How far a move of the clock has come."""

    began: int
    """What the clock showed before."""
    state: RunState
    arrived: bool = False
    ended: tuple[RunWindow, ...] = ()
    """Windows that ended on the way, or had ended before and were not sealed yet; once it has arrived."""
    events: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    """What boards sent to EventBridge since the move began, each as it was delivered; at the end."""

    def find_event(self, window: RunWindow) -> dict[str, Any] | None:
        """The detail of the event that a window was closed; None if none has come."""
        ids = f"window/{window.board}/{window.id}"
        details = (event["detail"] for event in self.events if event["detail-type"] == WINDOW_CLOSED)
        return next((detail for detail in details if detail.get("id") == ids), None)


def read_state(run: LocalRun) -> RunState:
    """Ask a run what its clock shows, and for the windows of its boards."""
    return _parse_state(run.call("windows", {}))


def list_events(run: LocalRun, after: int = 0) -> list[tuple[int, dict[str, Any]]]:
    """The newest events that the boards of a run sent, with their numbers; only those with a number above `after`."""
    found = [(each["number"], each["event"]) for each in run.call("events", {"after": after})["events"]]
    # A program of a person's own may send something else under the same type.
    return [(number, event) for number, event in found if isinstance(event.get("detail"), dict)]


def choose_end(state: RunState, board: str | None, *, sealed: bool) -> int:
    """The instant of the next reset of a board, or of any; or from when on the next ended window can be sealed.

    Raises InputError if no window of the board ends.
    """
    windows = [window for window in state.windows if board in (None, window.board)]
    if sealed:
        # One that can be sealed already needs no move.
        ends = [max(window.takes_until, state.now) for window in windows if not window.sealed]
    else:
        ends = [window.ends_at for window in windows if window.ends_at > state.now]
    if not ends:
        raise InputError(f"no window of {board or 'these boards'} ends: all_time and rolling never close")
    return min(ends)


def advance(run: LocalRun, to: int, patience: float) -> Iterator[Advance]:
    """Move the clock ahead to an instant, and wait until every window that can be sealed by then is sealed.

    Yields how far it is, again and again; the last one has the events. Waits `patience` seconds for the seals at
    the most. Raises InputError if the clock is past that instant already, OperationError if the run fails.
    """
    # Before the windows: the event of one that is sealed after they were read is among those that come from now on.
    numbers = [number for number, _ in list_events(run)]
    before = read_state(run)
    if to < before.now:
        raise InputError(f"the clock shows {rfc3339(before.now)} already, and it never goes back")
    done = Advance(before.now, before)
    while not run.call("advance", {"to": rfc3339(to)})["arrived"]:
        done = replace(done, state=read_state(run))
        yield done
    unsealed = {
        (window.board, window.id) for window in before.windows if window.ends_at <= before.now and not window.sealed
    }
    until = time.monotonic() + patience
    while True:
        state = _parse_state(run.call("settle", {}))
        ended = tuple(
            window
            for window in state.windows
            if before.now < window.ends_at <= state.now or (window.board, window.id) in unsealed
        )
        done = replace(done, state=state, arrived=True, ended=ended)
        if not state.due or time.monotonic() > until:
            break
        yield done
    yield _wait_for_events(run, done, max(numbers, default=0))


def _wait_for_events(run: LocalRun, done: Advance, after: int) -> Advance:
    """Wait until the event of each window that was sealed has come, for EVENT_SECONDS at the most."""
    until = time.monotonic() + EVENT_SECONDS
    while True:
        done = replace(done, events=tuple(event for _, event in list_events(run, after)))
        missing = [window for window in done.ended if window.sealed and not done.find_event(window)]
        if not missing or time.monotonic() > until:
            return done
        time.sleep(STEP_SECONDS)


def _parse_state(document: dict[str, Any]) -> RunState:
    windows = tuple(
        RunWindow(
            board=each["board"],
            id=each["id"],
            timezone=each["timezone"],
            ends_at=parse_rfc3339(each["ends_at"]),
            takes_until=parse_rfc3339(each["takes_until"]),
            state=each["state"],
            due=each["due"],
        )
        for each in document["windows"]
    )
    return RunState(parse_rfc3339(document["now"]), document["ahead_seconds"], windows)
