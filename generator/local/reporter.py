"""Words for the person who runs local mode: on standard error, and not the same again and again."""

from __future__ import annotations

import re
import sys
import threading
import time

QUIET_SECONDS = 30.0
"""How long the same trouble is not told again."""


class Reporter:
    """Writes progress and trouble. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}
        self._hushed = False

    def say(self, text: str) -> None:
        """Progress: one line."""
        with self._lock:
            print(text, file=sys.stderr, flush=True)  # noqa: T201

    def hush(self) -> None:
        """Tell of no more trouble: what is ended fails."""
        self._hushed = True

    def trouble(self, text: str) -> None:
        """Something failed and goes on being tried. Told once in a while when it repeats."""
        # Request ids and times differ each time; the trouble is the same.
        key = re.sub(r"[0-9a-f-]*\d[0-9a-f-]*", "", text.splitlines()[0] if text else "")
        with self._lock:
            now = time.monotonic()
            if self._hushed or now - self._told.get(key, -QUIET_SECONDS) < QUIET_SECONDS:
                return
            self._told[key] = now
            print(f"warning: {text}", file=sys.stderr, flush=True)  # noqa: T201
