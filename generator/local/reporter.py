"""Writes what local mode has to say to standard error, without repeating itself."""

from __future__ import annotations

import re
import sys
import threading
import time

REPEAT_SECONDS = 30.0
"""Seconds for which the same warning is not written again."""


class Reporter:
    """Writes progress and warnings. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_written: dict[str, float] = {}
        self._silenced = False

    def say(self, text: str) -> None:
        """Write a line of progress."""
        with self._lock:
            print(text, file=sys.stderr, flush=True)  # noqa: T201

    def silence_warnings(self) -> None:
        """Write no more warnings. Call it before a shutdown: stopped parts fail on purpose."""
        self._silenced = True

    def warn(self, text: str) -> None:
        """Write that something failed and will be tried again; the same text at most once in REPEAT_SECONDS."""
        # Request ids and times differ each time, the warning is the same.
        key = re.sub(r"[0-9a-f-]*\d[0-9a-f-]*", "", text.splitlines()[0] if text else "")
        with self._lock:
            now = time.monotonic()
            if self._silenced or now - self._last_written.get(key, -REPEAT_SECONDS) < REPEAT_SECONDS:
                return
            self._last_written[key] = now
            print(f"warning: {text}", file=sys.stderr, flush=True)  # noqa: T201
