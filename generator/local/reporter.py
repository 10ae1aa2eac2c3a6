"""Says what local mode does: on a terminal with lines that change, anywhere else as plain lines, on standard error.

reporter.say("all boards: ...")              a line that stays
reporter.warn("the pipe tries again ...")    the same warning only once in a while
with reporter.doing("deploying 3 of 8"):     what is done now, and for how many seconds
reporter.show(make_lines)                    lines below all others that are drawn anew each second
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from generator.local.terminal.screen import Line, Screen, Style

REPEAT_SECONDS = 30.0
"""Seconds for which the same warning is not written again."""

DRAW_SECONDS = 1.0
"""Seconds from one drawing of the lines that change to the next."""

MakeLines = Callable[[int, int], Sequence[Line]]
"""Makes the lines to draw, for a terminal of so many columns and lines."""


@dataclass(eq=False)
class _Step:
    text: str
    began: float


class Reporter:
    """Writes progress and warnings. Any thread may use it."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Write to standard error, unless another stream is given."""
        self._screen = Screen(stream)
        self._began = time.monotonic()
        self._lock = threading.RLock()
        self._last_written: dict[str, float] = {}
        self._silenced = False
        self._steps: list[_Step] = []
        self._shown: MakeLines = lambda columns, lines: ()
        self._drawer: threading.Thread | None = None
        self._closed = threading.Event()

    @property
    def live(self) -> bool:
        """Whether this is a terminal, where lines can change. Elsewhere `show` shows nothing."""
        return self._screen.live

    @property
    def seconds(self) -> float:
        """How long this run lasts by now."""
        return time.monotonic() - self._began

    @property
    def coloured(self) -> bool:
        """Whether what is said may have colours."""
        return self._screen.coloured

    def say(self, text: str, style: Style = "") -> None:
        """Write a line of progress, or several. The style is for a terminal with colours.

        Where it is `coloured`, the text may have colours of its own. What others wrote must be escaped in it.
        """
        with self._lock:
            self._screen.write(text, style, keep_colours=True)

    @contextmanager
    def doing(self, text: str) -> Iterator[None]:
        """Say what is done within the `with`: on a terminal with the seconds it takes, for as long as it takes.

        Several may be under way at once, in one thread or in several. `text`: such as `deploying 3 of 8: weekly-kills`.
        """
        step = _Step(text, time.monotonic())
        with self._lock:
            self._steps.append(step)
            if not self.live:
                self._screen.write(text)
        self._draw()
        try:
            yield
        finally:
            with self._lock:
                self._steps.remove(step)
            self._draw()

    def show(self, make_lines: MakeLines) -> None:
        """Draw these lines below all others, anew every DRAW_SECONDS; on a terminal only."""
        with self._lock:
            self._shown = make_lines
        self._draw()

    def close(self) -> None:
        """Let what was drawn last stay as it is. Lines that are written later go below it."""
        self._closed.set()
        with self._lock:
            self._screen.keep()

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
            self._screen.write(f"warning: {text}", "yellow")

    def warn_of_fault(self, fault: threading.ExceptHookArgs) -> None:
        """Write that a thread failed. As `threading.excepthook`, it lets the other threads go on."""
        self.warn(f"{fault.thread and fault.thread.name}: {fault.exc_value!r}")

    def _draw(self) -> None:
        """Draw what is under way now, and what is shown."""
        if not self.live:
            return
        columns, lines = self._screen.size
        shown = self._shown(columns, lines)
        with self._lock:
            if self._closed.is_set():
                return
            if self._drawer is None:
                self._drawer = threading.Thread(target=self._draw_for_ever, daemon=True, name="terminal")
                self._drawer.start()
            now = time.monotonic()
            steps = [Line(f"{step.text}, {now - step.began:.0f} s", "bold") for step in self._steps]
            self._screen.draw([*shown, *steps])

    def _draw_for_ever(self) -> None:
        while not self._closed.wait(DRAW_SECONDS):
            self._draw()
