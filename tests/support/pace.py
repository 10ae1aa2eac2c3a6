"""When each worker of a parallel run ended, and which files took longest: a long file begun late costs minutes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

SLOWEST = 8
"""How many files are named."""


class Pace:
    """What the reports of a run say of its time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._ended: dict[str, float] = {}
        self._seconds: Counter[str] = Counter()

    def add(self, report: Any) -> None:
        """Add the report of a part of a test. Those of a run with one process name no worker."""
        self._seconds[report.nodeid.partition("::")[0]] += report.duration
        if worker := getattr(report, "node", None):
            self._ended[worker.gateway.id] = self._clock()

    def describe(self) -> list[str]:
        """A line for the workers and one for the files; none for a run with one process."""
        if len(self._ended) < 2:
            return []
        ends = [f"{worker} after {end - self._began:.0f} s" for worker, end in sorted(self._ended.items())]
        files = [f"{file} {seconds:.0f} s" for file, seconds in self._seconds.most_common(SLOWEST)]
        return [f"workers ended: {', '.join(ends)}", f"slowest files: {', '.join(files)}"]
