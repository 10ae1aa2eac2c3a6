"""The clock of a local run: the machine's clock, ahead of it or behind it by what a file says.

`generate_local_bundle` puts this file into the functions' code in place of `runtime/clock.py`, and the embedded AWS
loads it too. It imports nothing of ours: neither of them has our packages.

The file holds steps, [[INSTANT, AHEAD], ...]: from that instant of the machine's clock on, this clock is so many
milliseconds ahead. So all processes change over at one instant, and an instant that is past is read as it was then.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

FILE_VARIABLE = "LEADERBOARDS_CLOCK"
"""The environment variable that names the file."""


def now() -> int:
    """The present instant of the run's clock, in milliseconds since 1970 in UTC."""
    return read_clock(Path(os.environ[FILE_VARIABLE]), time.time_ns() // 1_000_000)


def read_clock(file: Path, instant: int) -> int:
    """What the run's clock showed at an instant of the machine's clock. Both are in milliseconds since 1970 in UTC."""
    return shift(json.loads(file.read_bytes()), instant)


def shift(steps: list[tuple[int, int]], instant: int) -> int:
    """As `read_clock`, by the steps that a file holds."""
    # Before the first step the clock has shown nothing: then the first one holds.
    return instant + next((ahead for since, ahead in reversed(steps) if since <= instant), steps[0][1])
