"""Processes that play and read beside the one that runs the boards, so that they are not in its way and its memory."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

SECONDS = 60
"""Seconds that a process may take to end."""

_CONTEXT = multiprocessing.get_context("spawn")


class Helper:
    """A process that runs a function until it is stopped. Both sides send each other objects."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        """`work`: a function of a module, which gets its end of the connection, then `arguments`."""
        self._own, other = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=work, args=(other, *arguments), daemon=True)
        self._process.start()
        other.close()
        self.last: Any = None
        """What it has told last."""

    def tell(self, message: object) -> None:
        """Tell it something."""
        self._own.send(message)

    def look(self) -> Any:
        """What it has told last, so far."""
        while self._own.poll():
            self.last = self._receive()
        return self.last

    def stop(self) -> Any:
        """Stop it. Returns the last that it has told."""
        self.tell(None)
        while self._process.is_alive() or self._own.poll():
            if not self._own.poll(SECONDS):
                break
            try:
                self.last = self._own.recv()
            except EOFError:
                break
        self._process.join(SECONDS)
        return self.last

    def _receive(self) -> Any:
        try:
            return self._own.recv()
        except EOFError:
            raise AssertionError("a process beside the soak has died") from None


@dataclass
class Line:
    """A helper's end of its connection."""

    connection: Connection
    stopped: bool = False
    told: Any = None

    def look(self) -> Any:
        """What it is told last; notes that it is to stop."""
        while not self.stopped and self.connection.poll():
            message = self.connection.recv()
            if message is None:
                self.stopped = True
            else:
                self.told = message
        return self.told
