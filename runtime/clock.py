"""The machine's clock, read in this one place: code that is given the time can be tested at any time."""

from __future__ import annotations

import time


def now() -> int:
    """The present instant, in milliseconds since 1970 in UTC."""
    return time.time_ns() // 1_000_000
