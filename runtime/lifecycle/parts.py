"""Parts: what a window is made of, and which count of it readers see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runtime.config import BoardConfig, WindowKind
from runtime.domain.edges.timeline import Timeline, Timelines
from runtime.domain.windows import ALL_TIME, Window
from runtime.dynamodb.window_items import WindowState


def select_parts(timeline: Timeline, states: Sequence[WindowState], now: int) -> list[WindowState]:
    """What the one window of a kind that never closes is made of: itself, or the days of a rolling one."""
    windows = [ALL_TIME] if timeline.kind.every == "all_time" else timeline.rolling_days(now)
    opened = {state.window.id: state for state in states}
    return [opened[window.id] for window in windows if window.id in opened]


def list_begun(kind: WindowKind, states: Sequence[WindowState], now: int) -> list[WindowState]:
    """The windows of a kind that closes that have begun, and are not being cleared."""
    own = (each for each in states if each.window.every == kind.every)
    return [each for each in own if (each.window.starts_at or 0) <= now and not each.clearing]


def list_unsealed(
    board: BoardConfig, timelines: Timelines, states: Sequence[WindowState], now: int
) -> Iterator[tuple[Window, list[WindowState]]]:
    """The windows that readers see and that are not sealed, each with what it is made of."""
    for kind in board.windows:
        timeline = timelines.of(kind)
        if kind.closes:
            yield from ((each.window, [each]) for each in list_begun(kind, states, now) if not each.final)
        elif (window := timeline.current(now)) is not None:
            yield window, select_parts(timeline, states, now)


def describe_recounts(
    board: BoardConfig, timelines: Timelines, states: Sequence[WindowState], now: int
) -> dict[str, str]:
    """Which recount of a window readers see, by the window's id: of a rolling one, of each day that it is made of."""
    shown = {state.window.id: state.recount for state in states if state.shows_recount}
    for kind in board.windows if shown else ():
        timeline = timelines.of(kind)
        window = timeline.current(now)
        if kind.every == "rolling" and window is not None:
            shown[window.id] = describe_recount(window, select_parts(timeline, states, now))
    return shown


def describe_recount(window: Window, parts: Sequence[WindowState]) -> str:
    """Which recount of a window readers see, which is made of these parts; empty where there is none."""
    shown = [part for part in parts if part.shows_recount]
    if window.every == "rolling":
        return " ".join(f"{part.window.id}={part.recount}" for part in shown)
    return shown[0].recount if shown else ""
