"""The folder build/.staging: new contents are written there first, and then moved to their places."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

LARGE = 1024 * 1024
"""Bytes. A content of this size or more is stored once for all bundles. Only the layer (2 MB) is so large."""


class Staging:
    """The staging folder. Contents are written by their paths below build/."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used = False
        self._large: dict[bytes, Path] = {}
        """For each large content that was written, a second name (hard link) that stays when the file is moved."""

    def start(self) -> None:
        """Empty the folder, in case a run was killed and left something."""
        self._used = True
        shutil.rmtree(self._folder, ignore_errors=True)

    def remove(self) -> None:
        """Delete the folder, if this run used it."""
        if self._used:
            shutil.rmtree(self._folder, ignore_errors=True)

    def place(self, path: str) -> Path:
        """Where a path of build/ is in the staging folder."""
        return self._folder / path

    def write(self, path: str, content: bytes) -> None:
        """Write a new content.

        If a large content was written before, its file gets one more name (a hard link) instead: otherwise 100 bundles
        would hold 200 MB of the same layer. Neither we nor Terraform write into an existing file, so what is done under
        one name never changes the others.
        """
        place = self.place(path)
        try:
            self._write(place, content)
        except FileNotFoundError:
            place.parent.mkdir(parents=True)
            self._write(place, content)

    def _write(self, place: Path, content: bytes) -> None:
        if len(content) < LARGE:
            place.write_bytes(content)
            return
        with suppress(OSError):  # not every disk has hard links, and some have a limit
            if content in self._large:
                place.hardlink_to(self._large[content])
                return
        place.write_bytes(content)
        spare = self.place(f".{len(self._large)}")
        with suppress(OSError):
            spare.hardlink_to(place)
            self._large[content] = spare
