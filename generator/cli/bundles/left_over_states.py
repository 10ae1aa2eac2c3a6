"""Looks whether the state of a left-over bundle holds anything, and shows that it does where it takes a while."""

from __future__ import annotations

import sys

from generator.aws.states import State, StateReader
from generator.output.plan import Orphan
from generator.progress import Progress

_TICK_SECONDS = 0.1
"""Seconds between two looks at the clock."""


class LeftOverStates:
    """The states of left-over bundles in backends, read when they are asked for."""

    def __init__(self) -> None:
        self._reader = StateReader()
        self._progress = Progress(sys.stderr)
        self._begun = False

    def look(self, orphan: Orphan) -> State:
        """Read the state of one bundle."""
        from concurrent.futures import ThreadPoolExecutor, wait  # takes 4 ms to import, and few runs need it

        if not self._begun:
            self._progress.step("reading Terraform's states of bundles that are left over")
            self._begun = True
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(self._reader.read, orphan.backend or "", orphan.backend_region)
            while not wait([future], _TICK_SECONDS).done:
                self._progress.tick()
        self._progress.tick()
        return future.result()

    def end(self) -> None:
        """Clear what was shown."""
        self._progress.clear()
