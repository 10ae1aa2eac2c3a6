"""Chooses the windows that a correction falls in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import join_words, quote
from generator.errors import InputError
from generator.operations.corrections.correction import Correction
from runtime.config import BoardConfig, WindowKind
from runtime.domain.edges.timeline import Timelines
from runtime.domain.windows import Window
from runtime.dynamodb.window_items import SEALED, SEALING, WindowState


def choose_windows(
    config: BoardConfig,
    states: Mapping[str, WindowState],
    timelines: Timelines,
    correction: Correction,
    now: int,
) -> list[Window]:
    """The windows that a correction asks for: of a rolling window the day. Raises InputError for all that is wrong."""
    if not correction.windows:
        return _choose_current(config, timelines, correction, now)
    chosen: dict[str, Window] = {}
    problems = []
    for asked in correction.windows:
        found = _find(config, states, timelines, asked, now)
        if found is None:
            near = nearest(asked, tuple(states))
            hint = f" Did you mean {near}?" if near else ""
            problems.append(f"--window: the board has no window {quote(asked)}.{hint}")
        elif correction.action == "set" and found.every == "rolling" and found.id != asked:
            problems.append(_explain_days(asked, found))
        else:
            chosen[found.id] = found
    if problems:
        raise InputError("\n".join(problems))
    return list(chosen.values())


def find_problems(
    config: BoardConfig,
    windows: Sequence[Window],
    states: Mapping[str, WindowState],
    timelines: Timelines,
    shown: Collection[str],
    now: int,
    *,
    reopen: bool,
) -> Iterator[str]:
    """Why windows take no correction. `shown`: the ids of those that readers get."""
    for window in windows:
        state = states.get(window.id)
        kind = next((kind for kind in config.windows if kind.every == window.every), None)
        if (state and state.clearing) or kind is None or _has_left(kind, timelines, window, now):
            yield f"{window.id}: the board keeps it no longer"
        elif (window.starts_at or 0) > now:
            yield f"{window.id}: it has not begun"
        elif state is None or state.state not in (SEALING, SEALED):
            continue
        elif state.state == SEALING:
            yield f"{window.id}: it is being sealed; once it is, in a few minutes, add --reopen"
        elif not reopen:
            yield (
                f"{window.id}: it is sealed, and its event window_closed was sent. If its prizes are not out, add "
                "--reopen: its ranks get another revision, and another window_closed"
            )
        elif window.id not in shown:
            yield f"{window.id}: the board keeps it no longer"


def _choose_current(config: BoardConfig, timelines: Timelines, correction: Correction, now: int) -> list[Window]:
    if correction.action == "set" and (len(config.windows) > 1 or config.windows[0].every == "rolling"):
        kinds = join_words(kind.every for kind in config.windows)
        raise InputError(f"--window: say in which window the score is set, by its id or as {kinds}")
    current = [timelines.of(kind).window_at(now) for kind in config.windows]
    if not any(current):
        raise InputError("--window: the board has no window now; say which one is meant, by its id")
    return [window for window in current if window is not None]


def _find(
    config: BoardConfig, states: Mapping[str, WindowState], timelines: Timelines, asked: str, now: int
) -> Window | None:
    """The window of an id, or the current one of a kind: of a rolling one today."""
    if asked in states:
        return states[asked].window
    for kind in config.windows:
        current = timelines.of(kind).window_at(now)
        if current is not None and asked in (kind.every, current.id, *_rolling_id(kind)):
            return current
    return None


def _rolling_id(kind: WindowKind) -> list[str]:
    return [f"rolling-{kind.days}d"] if kind.every == "rolling" else []


def _explain_days(asked: str, today: Window) -> str:
    return f"--window: {asked} is made of days: set the score of one, such as {today.id}, or use --add"


def _has_left(kind: WindowKind, timelines: Timelines, window: Window, now: int) -> bool:
    """Whether a window is a day that is in the rolling window no longer."""
    if kind.every != "rolling" or (window.starts_at or 0) > now:
        return False
    return window.id not in {day.id for day in timelines.of(kind).rolling_days(now)}
