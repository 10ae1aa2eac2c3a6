"""Makes many things in two processes at once, each one half of them, where this machine can do that."""

from __future__ import annotations

import marshal
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

ENOUGH = 40
"""Things that are worth a second process: to start one and to read its results takes as long as to render three."""


def make_in_halves(items: Sequence[Item], make: Callable[[Item], Made]) -> list[Made]:
    """Make something of each item. The results are the same as without a second process, and in the same order.

    `make` is pure, and what it returns is made of dicts, lists and texts. Where the second process fails, whatever the
    reason, its half is made here: so an error is raised here too.
    """
    if len(items) < ENOUGH or not _can_fork():
        return [make(item) for item in items]
    middle = len(items) // 2
    process, pipe = _start(items[middle:], make)
    try:
        first = [make(item) for item in items[:middle]]
        with open(pipe, "rb", closefd=False) as stream:
            second = _read(stream.read())
    finally:
        os.close(pipe)  # a process that still writes ends then
        os.waitpid(process, 0)
    return first + (second if second is not None else [make(item) for item in items[middle:]])


def _can_fork() -> bool:
    """Whether a second process would be faster, and safe.

    A lock that another thread holds would stay locked in it. Windows has no fork, and macOS warns of forking a process
    that has called its libraries.
    """
    return sys.platform == "linux" and (os.cpu_count() or 1) > 1 and threading.active_count() == 1


def _start(items: Sequence[Item], make: Callable[[Item], Made]) -> tuple[int, int]:
    """Start a process that makes something of each item. Returns its id, and a pipe that it writes the results to."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    # From here on in the second process. It ends here, whatever happens, and says nothing: neither does it run what is
    # to run at the end of the program, nor write what this one has not yet written.
    with suppress(BaseException):
        os.close(reading)
        with open(writing, "wb") as stream:  # noqa: PTH123 - a descriptor
            stream.write(marshal.dumps([make(item) for item in items]))
    os._exit(0)


def _read(data: bytes) -> Any:
    """What the second process made; None if it did not come to its end."""
    with suppress(EOFError, ValueError, TypeError):
        return marshal.loads(data)  # noqa: S302 - of our own process
    return None
