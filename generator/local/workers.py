"""Threads that keep a local board moving: they rebuild every two seconds, write simulated activities, and sweep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from generator.aws.invoke import invoke
from generator.errors import LeaderboardsError
from runtime.lifecycle.assembled.assemblies import find_in_use
from runtime.s3.bucket import Bucket
from runtime.s3.snapshots import SnapshotStore

REBUILD_SECONDS = 2.0
"""Seconds from one rebuild to the next. In AWS a minute is the least; here a person watches the scores move."""

SIMULATED_SECONDS = 5
"""Seconds over which one run of the simulator spreads its activities. When local mode ends, at most one run is lost."""

REBUILDER_SECONDS = 120
"""The rebuilder's timeout here, in seconds. Files must stay as long as a rebuild may still refer to them, and with a
rebuild every two seconds, those of a quarter of an hour more are a hundred megabytes."""

PIN_SECONDS = 600
"""Seconds for which a reader may pin a snapshot after it was replaced, as in AWS."""

SWEEP_SECONDS = 300
"""Seconds from one sweep of old snapshots to the next. In AWS it is 10 minutes, and the rebuilder does it."""


class Worker(threading.Thread):
    """Runs a task again and again until it is stopped. A failing task is reported and run again."""

    def __init__(self, name: str, every: float, task: Callable[[], None], warn: Callable[[str], None]) -> None:
        """`every`: seconds from one start of `task` to the next; a task that takes longer starts again at once."""
        super().__init__(name=name, daemon=True)
        self._every = every
        self._task = task
        self._warn = warn
        self._stopped = threading.Event()
        self.turn = threading.Lock()
        """Held while the task runs. Whoever else holds it keeps the next run waiting."""

    def stop(self) -> None:
        """Let no further run of the task begin. One that is under way is not waited for."""
        self._stopped.set()

    def run(self) -> None:
        """Run the task until `stop` is called: what the thread does."""
        while not self._stopped.is_set():
            began = time.monotonic()
            self.run_once()
            self._stopped.wait(max(0.05, self._every - (time.monotonic() - began)))

    def run_once(self) -> None:
        """Run the task once. Where it fails, that is reported, unless the worker was stopped meanwhile."""
        try:
            with self.turn:
                self._task()
        except (LeaderboardsError, ClientError, BotoCoreError, OSError, RuntimeError) as error:
            if not self._stopped.is_set():
                self._warn(str(error))


def make_rebuild_worker(functions: Any, name: str, warn: Callable[[str], None]) -> Worker:
    """A worker that runs a rebuilder, named by its ARN, every REBUILD_SECONDS."""

    def rebuild() -> None:
        invoke(functions, name, {})

    return Worker(f"rebuild {name}", REBUILD_SECONDS, rebuild, warn)


def make_simulation_worker(functions: Any, name: str, rate: Callable[[], float], warn: Callable[[str], None]) -> Worker:
    """A worker that runs a simulator, named by its ARN, so that it writes `rate()` activities a second."""
    due = 0.0

    def simulate() -> None:
        nonlocal due
        due += rate() * SIMULATED_SECONDS
        # The fraction of an activity that is left over counts towards the next run.
        count, due = int(due), due % 1
        if count:
            invoke(functions, name, {"activities": count, "seconds": SIMULATED_SECONDS})

    return Worker(f"simulate {name}", SIMULATED_SECONDS, simulate, warn)


def make_sweep_worker(s3: Any, bucket: str, max_age_seconds: int, warn: Callable[[str], None]) -> Worker:
    """A worker that removes a board's snapshots when nobody can pin them any more.

    The rebuilder does that too, but waits longer: it keeps whatever a rebuild of 15 minutes could refer to.
    `max_age_seconds`: how long an answer may be cached.
    """
    snapshots = SnapshotStore(Bucket(s3, bucket))
    kept = max(PIN_SECONDS + REBUILDER_SECONDS, 2 * REBUILDER_SECONDS)

    def sweep() -> None:
        newest = snapshots.read_newest()
        if newest is not None:
            # Its time is that of the board's own clock.
            snapshots.sweep(newest.as_of, max_age_seconds, kept, kept, partial(find_in_use, snapshots.bucket))

    return Worker(f"sweep {bucket}", SWEEP_SECONDS, sweep, warn)
