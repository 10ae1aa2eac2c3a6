"""Spools: lines that are put aside on this machine, by number, until all that belong together are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from runtime.s3.ranks import sizes


class Spools:
    """Files of lines, by number. At most HELD_LINES are in memory, and one file is open, however many there are."""

    def __init__(self, folder: Path) -> None:
        self.held: defaultdict[int, list[bytes]] = defaultdict(list)
        """Lines by number, each with its line break. Whoever appends some says to `settle` how many."""
        self._folder = folder
        self._lines = 0
        folder.mkdir(parents=True)

    def settle(self, lines: int) -> None:
        """Write the held lines where they have become too many, now that there are so many more."""
        self._lines += lines
        if self._lines >= sizes.HELD_LINES:
            self._write()

    def take(self, number: int) -> Iterator[bytes]:
        """The lines of a number in the order in which they came. They are not kept."""
        self._write()
        path = self._folder / f"{number}"
        if path.exists():
            with path.open("rb") as file:
                yield from file
            path.unlink()

    def _write(self) -> None:
        for number, held in self.held.items():
            with (self._folder / f"{number}").open("ab") as file:
                file.writelines(held)
        self.held.clear()
        self._lines = 0
