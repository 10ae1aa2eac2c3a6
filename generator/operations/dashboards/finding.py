"""Finds the dashboard of a board or a feed that runs on this machine, and draws it from what was measured there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.alarms.reading import read_alarms
from generator.board.board import Board
from generator.board.feed import Feed
from generator.operations.dashboards.body import Widget, read_widgets
from generator.operations.dashboards.values import Drawing, draw
from generator.operations.feeds.running_feed import find_feed_on_this_machine
from generator.operations.local_run import LocalRun
from generator.operations.measuring.measured import Measured
from generator.operations.measuring.on_this_machine import LACKS, MeasuredOnThisMachine
from generator.rendering import feed_files, text_files
from generator.rendering.watching.dashboard import render_dashboard
from generator.rendering.watching.metrics import DISTRIBUTION

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


def find_dashboard(bundle: Board | Feed, run: LocalRun) -> LocalDashboard:
    """Find the dashboard of a board or a feed. Raises InputError or OperationError if it does not run there."""
    if isinstance(bundle, Feed):
        find_feed_on_this_machine(bundle, run)
        texts = feed_files.render_terraform(bundle)
    else:
        run.find(bundle)
        texts = text_files.render_terraform(bundle)
    measured = MeasuredOnThisMachine(run, read_alarms({path: text.encode() for path, text in texts.items()}))
    body = render_dashboard(bundle).replace(DISTRIBUTION, bundle.names.prefix)  # as a run names it in its metrics
    return LocalDashboard(bundle.name, bundle.names.prefix, read_widgets(body), measured, run.now)
