"""Parts: what a window is made of, and which count of it readers see."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.config import BoardConfig
from runtime.domain.edges.timeline import Timeline, Timelines
from runtime.domain.windows import ALL_TIME
from runtime.dynamodb.window_items import WindowState


def select_parts(timeline: Timeline, states: Sequence[WindowState], now: int) -> list[WindowState]:
    """What the one window of a kind that never closes is made of: itself, or the days of a rolling one."""
    windows = [ALL_TIME] if timeline.kind.every == "all_time" else timeline.rolling_days(now)
    opened = {state.window.id: state for state in states}
    return [opened[window.id] for window in windows if window.id in opened]


def describe_recounts(
    board: BoardConfig, timelines: Timelines, states: Sequence[WindowState], now: int
) -> dict[str, str]:
    """Which recount of a window readers see, by the window's id: of a rolling one, of each day that it is made of."""
    shown = {state.window.id: state.recount for state in states if state.shows_recount}
    for kind in board.windows if shown else ():
        timeline = timelines.of(kind)
        window = timeline.current(now)
        if kind.every == "rolling" and window is not None:
            parts = select_parts(timeline, states, now)
            shown[window.id] = " ".join(f"{part.window.id}={part.recount}" for part in parts if part.shows_recount)
    return shown
