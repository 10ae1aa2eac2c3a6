"""Rules across the windows of a board, and across the seasons of one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics.diagnostic import Diagnostic
from generator.validation.merging import Merged
from generator.validation.model_paths import Loc


def check(board: Merged) -> Iterator[Diagnostic]:
    """What is wrong with a board's windows although each value by itself is right."""
    seen: set[str] = set()
    for index, _ in board.items("window"):
        steps: Loc = ("window", index)
        every = board.value(*steps, "every")
        if isinstance(every, str) and every in seen:
            message = f"a second window with `every: {every}`"
            yield board.diagnostic((*steps, "every"), "windows", message, "A board has one of each. Keep one.")
        elif isinstance(every, str):
            seen.add(every)
        if every == "season":
            yield from _seasons(board, (*steps, "seasons"))


def _seasons(board: Merged, steps: Loc) -> Iterator[Diagnostic]:
    names: set[str] = set()
    dated: list[tuple[str, str, int]] = []
    for index, _ in board.items(*steps):
        name, starts, ends = (board.value(*steps, index, key) for key in ("name", "starts", "ends"))
        if isinstance(name, str):
            if name in names:
                message = f"a second season is called {name}"
                yield board.diagnostic((*steps, index, "name"), "seasons", message, "Give it a name of its own.")
            names.add(name)
        if not isinstance(starts, str) or not isinstance(ends, str):
            continue
        if ends <= starts:
            message = f"the season is over before it starts, on {starts}"
            hint = f"Write a day after {starts}: `ends` is the first that is no longer in it."
            yield board.diagnostic((*steps, index, "ends"), "seasons", message, hint)
        else:
            dated.append((starts, ends, index))
    latest = ""
    for starts, ends, index in sorted(dated):
        if starts < latest:
            message = f"the season before lasts until {latest}, and no two may overlap"
            hint = f"Write {latest} or later, or end the other one sooner."
            yield board.diagnostic((*steps, index, "starts"), "seasons", message, hint)
        latest = max(latest, ends)
