"""Times how soon a save of leaderboards.yaml is taken up by `leaderboards local`, while players play."""

from __future__ import annotations

import io
import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from generator.local.reporter import Reporter
from generator.local.saving.redeploy import Project, Redeployer
from generator.local.saving.watching import Watcher
from generator.local.stack import Stack
from generator.pipeline import Selection
from tests.support.projects import board_yaml, boards_of, head

RATE = 20.0
"""Activities a second that the simulator writes meanwhile, over all boards."""
PAUSE = 5.0
"""Seconds from what was taken up to the next save: as a person needs, at least."""
PATIENCE = 120.0
"""Seconds after which nothing was taken up."""

_SUM, _COUNT = "{rules: [{activity: kill, points: %d}]}", "{aggregate: count, rules: [{activity: kill}]}"
_TAKEN_UP = re.compile(r"taken up in .* s$", re.MULTILINE)


def _write(*boards: str) -> str:
    return head(project="bench") + "boards:\n" + "".join(boards)


_FISH, _CRAB = board_yaml("fish", scoring=_SUM % 2), board_yaml("crab", scoring=_SUM % 1)
EDITS: Mapping[str, str] = {
    "a rule is changed": _write(_FISH),
    "a board is added": _write(_FISH, _CRAB),
    "a board is removed": _write(_FISH),
    "it is put back": _write(_FISH, _CRAB),
    "a board begins anew": _write(board_yaml("fish", scoring=_COUNT), _CRAB),
}
"""What is edited, one after the other."""


def measure_saves() -> dict[str, float]:
    """Run a board and edit it. Returns the seconds from each save, as the disk has it, to its being taken up."""
    said = io.StringIO()
    stack = Stack(reporter := Reporter(said))
    with tempfile.TemporaryDirectory(prefix="leaderboards-bench-") as folder:
        main = Path(folder, "leaderboards.yaml")
        main.write_text(first := _write(board_yaml("fish", scoring=_SUM % 1)))
        redeployer = Redeployer(stack, Project(main, Selection()), reporter, lambda: None)
        watcher = Watcher(main, redeployer.take_up, lambda fault: reporter.warn(repr(fault)))
        try:
            stack.start(boards_of(first), simulate=RATE)
            stack.wait_until_answering()
            watcher.start()
            return {edit: _time(main, content, said) for edit, content in EDITS.items()}
        finally:
            watcher.stop()
            stack.stop()


def _time(main: Path, content: str, said: io.StringIO) -> float:
    time.sleep(PAUSE)
    before, began = len(said.getvalue()), time.perf_counter()
    main.write_text(content)
    while not _TAKEN_UP.search(said.getvalue(), before):
        assert time.perf_counter() - began < PATIENCE, said.getvalue()
        time.sleep(0.02)
    return round(time.perf_counter() - began, 2)


def table(measured: Mapping[str, float]) -> str:
    """Formats what `measure_saves` returns as a table for a person."""
    return "\n".join(
        ["from a save to what it changes", *(f"{edit:<26} {one:>5.2f} s" for edit, one in measured.items())]
    )
