"""Turns garbage collection off while a command runs: faster than leaving it on, which is Python's default.

Collecting garbage takes 15% of the time of `--help`, 16% of `generate` for one board, and 8% for 100 boards (`make
bench ARGS=plain`).
"""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collect_no_garbage() -> Iterator[None]:
    """Leave garbage in memory while a command runs, and when the program ends.

    A command ends within seconds and needs most of its objects until then, so there is next to no garbage to find.
    """
    gc.disable()
    atexit.register(gc.freeze)  # otherwise Python looks for garbage once more at the end
    try:
        yield
    finally:
        gc.enable()


def collect_garbage() -> None:
    """Collect garbage again, for a command that runs until somebody stops it."""
    gc.enable()
