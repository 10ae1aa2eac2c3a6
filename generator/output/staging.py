"""The folder build/.staging: new contents are written there first, and then moved to their places."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

LARGE = 1024 * 1024
"""A content of this many bytes or more is stored once for all bundles. Only the layer (5 MB) is that large."""


class Staging:
    """The staging folder. Contents are written by their paths below build/."""

    def __init__(self, folder: Path) -> None:
        # Places are texts here: a `Path` takes longer to make than the file, and there are thousands.
        self._folder = str(folder)
        self._used = False
        self._large: dict[bytes, str] = {}
        """For each large content, a second hard link to its file. The link stays here when the file is moved."""

    def start(self) -> None:
        """Empty the folder: a run that was killed may have left something."""
        self._used = True
        shutil.rmtree(self._folder, ignore_errors=True)

    def remove(self) -> None:
        """Delete the folder, if this run used it."""
        if self._used:
            shutil.rmtree(self._folder, ignore_errors=True)

    def place(self, path: str) -> str:
        """Where a path of build/ is in the staging folder."""
        return f"{self._folder}/{path}"

    def write(self, path: str, content: bytes) -> None:
        """Write a new content.

        A large one that was written before is only linked: otherwise 100 bundles would hold 500 MB of the same layer.
        Neither we nor Terraform ever write into an existing file, so no bundle can change another.
        """
        place = self.place(path)
        try:
            self._write(place, content)
        except FileExistsError:  # when a file is put back, the new content may still be here
            Path(place).unlink()
            self._write(place, content)
        except FileNotFoundError:
            Path(place).parent.mkdir(parents=True)
            self._write(place, content)

    def _write(self, place: str, content: bytes) -> None:
        if len(content) < LARGE:
            _create(place, content)
            return
        if content in self._large:
            try:
                os.link(self._large[content], place)
                return
            except FileExistsError:
                raise
            except OSError:  # not every disk allows hard links, and some limit their number
                pass
        _create(place, content)
        spare = self.place(f".{len(self._large)}")
        with suppress(OSError):
            os.link(place, spare)
            self._large[content] = spare


def _create(place: str, content: bytes) -> None:
    """Write a file that is not there yet. `Path.write_bytes` asks the system twice as much, and there are thousands."""
    opened = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(opened, left) :]
    finally:
        os.close(opened)
