"""The machine's clock: the one place that reads it."""

from __future__ import annotations

import time


def now() -> int:
    """The present instant: milliseconds since 1970 in UTC."""
    return time.time_ns() // 1_000_000
