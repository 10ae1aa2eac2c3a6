"""Stands for `gc.enable()`, Python's default, which collects garbage: 14% of `--help`, and 10% of `generate`.

That is for one board; for 100 boards it is 7% (`make bench ARGS=--plain`).
"""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collect_no_garbage() -> Iterator[None]:
    """Leaves garbage in memory while a command runs, and when the program ends.

    A command ends within seconds and keeps what it makes until then, so there is next to no garbage to find.
    """
    gc.disable()
    atexit.register(gc.freeze)  # otherwise Python looks for garbage once more at the end
    try:
        yield
    finally:
        gc.enable()


def collect_garbage() -> None:
    """Collects garbage again, for a command that runs until somebody stops it."""
    gc.enable()
