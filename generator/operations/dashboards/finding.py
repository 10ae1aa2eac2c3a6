"""Finds the dashboard of a board or a feed that runs on this machine, and draws it from what was measured there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.alarms.reading import read_alarms
from generator.board.board import Board
from generator.operations.dashboards.body import Widget, read_widgets
from generator.operations.dashboards.values import Drawing, draw
from generator.operations.local_run import LocalRun
from generator.operations.measuring.measured import Measured
from generator.operations.measuring.on_this_machine import LACKS, MeasuredOnThisMachine
from generator.rendering.text_files import render_terraform
from generator.rendering.watching.dashboard import render_dashboard

MINUTE = 60
"""Seconds."""


@dataclass(frozen=True)
class LocalDashboard:
    """The dashboard of a bundle that runs on this machine."""

    name: str
    """The bundle's."""
    prefix: str
    """What all names of the bundle begin with."""
    widgets: tuple[Widget, ...]
    measured: Measured
    now: Callable[[], int]
    """The present instant by the run's clock, in milliseconds since 1970."""

    def draw(self, seconds: int) -> Drawing:
        """Draw it, from so many seconds ago until now. Raises OperationError or InputError where the run is gone."""
        end = self.now() // 1000 + 1
        begin = (end - seconds) // MINUTE * MINUTE
        drawn = draw(self.widgets, self.measured, begin, end, LACKS)
        return Drawing(self.name, begin, end, drawn, prefix=f"{self.prefix}-")


def find_dashboard(board: Board, run: LocalRun) -> LocalDashboard:
    """Find the dashboard of a board. Raises InputError if the board does not run there."""
    run.find(board)
    alarms = read_alarms({path: text.encode() for path, text in render_terraform(board).items()})
    measured = MeasuredOnThisMachine(run, alarms)
    return LocalDashboard(board.name, board.names.prefix, read_widgets(render_dashboard(board)), measured, run.now)
