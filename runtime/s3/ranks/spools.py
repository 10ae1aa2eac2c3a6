"""Spools: lines that are put aside on this machine, by number, until all that belong together are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO

from runtime.s3.ranks import sizes

Scratch = Callable[[], BinaryIO]
"""Opens a temporary file, which nobody else sees and which goes as soon as what it is for is done.

It has no name, so that the system removes it even where a function is ended: Lambda leaves /tmp as it is, also after a
timeout (AWS Lambda developer guide, "Understanding the Lambda execution environment lifecycle").
"""


class Spools:
    """Lines by number, in one file. At most HELD_LINES are in memory."""

    def __init__(self, scratch: Scratch) -> None:
        self.held: defaultdict[int, list[bytes]] = defaultdict(list)
        """Lines by number, each with its line break. Whoever appends some says to `settle` how many."""
        self._file = scratch()
        self._parts: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        """Where the lines of each number lie in the file: where a part begins, and how many bytes it has."""
        self._end = 0
        self._lines = 0

    def settle(self, lines: int) -> None:
        """Write the held lines where they have become too many, now that there are so many more."""
        self._lines += lines
        if self._lines >= sizes.HELD_LINES:
            self._write()

    def take(self, number: int) -> Iterator[bytes]:
        """The lines of a number in the order in which they came."""
        self._write()
        for start, size in self._parts.pop(number, ()):
            self._file.seek(start)
            yield from BytesIO(self._file.read(size))

    def close(self) -> None:
        """Give the room on the disk back."""
        self._file.close()

    def _write(self) -> None:
        self._file.seek(self._end)
        for number, held in self.held.items():
            text = b"".join(held)
            self._file.write(text)
            self._parts[number].append((self._end, len(text)))
            self._end += len(text)
        self.held.clear()
        self._lines = 0
