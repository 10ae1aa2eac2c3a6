"""Shows the progress of work that takes longer than a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from threading import Thread
from time import monotonic
from typing import TextIO, TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

_FIRST_SECONDS = 1.0
"""Seconds that a step may take before it is shown."""
_TERMINAL_SECONDS = 0.5
"""Seconds from one update to the next on a terminal, where each rewrites the line."""
_LOG_SECONDS = 10.0
"""Seconds from one line to the next anywhere else, such as in the log of a CI server."""


class Progress:
    """Shows the step under way: on a terminal one line that is rewritten and cleared, elsewhere a line now and then."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._name = ""
        self._began = self._next = 0.0

    def step(self, name: str) -> None:
        """Begin a step, named in a few words such as `terraform fmt: 3 bundles`."""
        self.clear()
        self._name, self._began = name, self._clock()
        self._next = self._began + _FIRST_SECONDS

    def tick(self) -> None:
        """Show the step if it is time to. Call this often."""
        now = self._clock()
        if now < self._next:
            return
        line = f"{self._name} ... {now - self._began:.0f} s"
        self._stream.write(f"\r\033[K{line}" if self._terminal else f"{line}\n")
        self._stream.flush()
        self._next = now + (_TERMINAL_SECONDS if self._terminal else _LOG_SECONDS)

    def clear(self) -> None:
        """End the step, and clear its line on a terminal."""
        if self._terminal and self._name:
            self._stream.write("\r\033[K")
            self._stream.flush()
        self._name = ""


def report_progress(
    parts: Iterable[Part],
    describe: Callable[[Part], str],
    say: Callable[[str], object],
    seconds: float | None = None,
    clock: Callable[[], float] = monotonic,
) -> Iterator[Part]:
    """Hand out the parts of a work one by one, and say in between how far it has come, every so many seconds.

    `describe` tells it in a line, when a part is done. `seconds`: None for as many as a step may take unseen.
    """
    pause = _FIRST_SECONDS if seconds is None else seconds
    said = clock()
    for part in parts:
        yield part
        if (now := clock()) - said > pause:
            say(describe(part))
            said = now


def wait_for(work: Callable[[], Result], name: str, stream: TextIO) -> Result:
    """Do a work that says nothing before it ends, and show how long it takes, as `name` in a few words.

    Whoever interrupts the wait leaves the work behind: its thread ends with the program.
    """
    from concurrent.futures import Future  # takes 3 ms to import, and few commands show their progress

    done: Future[Result] = Future()

    def do() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    progress, thread = Progress(stream), Thread(target=do, daemon=True)
    progress.step(name)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_TERMINAL_SECONDS)
            progress.tick()
    finally:
        progress.clear()
    return done.result()
