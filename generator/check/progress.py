"""A word on stderr about what takes longer than a second."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TextIO

_EVERY = 10.0
"""Seconds between two lines where no terminal shows them."""


class Progress:
    """On a terminal one line, rewritten and cleared at the end; elsewhere a line now and then."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._what = ""
        self._began = self._next = 0.0

    def step(self, what: str) -> None:
        """From now on this is done: a few words, such as `terraform fmt: 3 bundles`."""
        self.clear()
        self._what, self._began = what, self._clock()
        self._next = self._began + 1

    def tick(self) -> None:
        """Call it often; it says something when it is time to."""
        now = self._clock()
        if now < self._next:
            return
        line = f"{self._what} ... {now - self._began:.0f} s"
        self._stream.write(f"\r\033[K{line}" if self._terminal else f"{line}\n")
        self._stream.flush()
        self._next = now + (0.5 if self._terminal else _EVERY)

    def clear(self) -> None:
        """Leaves no half line behind."""
        if self._terminal and self._what:
            self._stream.write("\r\033[K")
            self._stream.flush()
        self._what = ""
