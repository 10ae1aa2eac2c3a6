"""Notices that a project's files were saved: the main file, those that it includes, new ones that it would include, and
the logos that they name.

It looks again and again, because notices of the operating system differ on each and say nothing of a file in a
container's volume. A save is complete when two looks in a row find the same: an editor may write in pieces, or put
another file in the place of the old one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from generator.source.inputs import find_matches, list_includes
from generator.source.pictures import list_logos
from generator.source.tree import MAX_BYTES

LOOK_SECONDS = 0.25
"""Seconds from one look to the next."""

MISSING_LOOKS = 8
"""Looks in a row that must find a file missing until that counts as a save."""

FileState: TypeAlias = tuple[int, int, int]
"""When a file was changed last, in nanoseconds since 1970, its size in bytes, and its number on the disk."""

Look: TypeAlias = dict[str, FileState]
"""What a look finds: the state of each file, by its path."""


class Watcher(threading.Thread):
    """A thread that calls `changed` after each save, until it is stopped."""

    def __init__(self, main: Path, changed: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        """`failed` is called with what `changed` raises: the next save must not be missed for it."""
        super().__init__(name="watch files", daemon=True)
        self._main = main
        self._changed = changed
        self._failed = failed
        self._stopped = threading.Event()
        self._globs: tuple[object, list[str]] = ((), [])
        """What the main file includes, and how the main file was when that was read."""
        self._logos: dict[str, tuple[FileState, Iterable[str]]] = {}
        """The logos that each of those files names, and how the file was when that was read."""
        self._seen: Look = {}
        """What the last call of `changed` was about. Nothing yet: what was saved while boards were deployed counts."""
        self._before: Look = {}
        self._same = 0
        """How many looks in a row found the same."""

    def stop(self) -> None:
        """Call `changed` no more. A call that is under way is not waited for."""
        self._stopped.set()

    def run(self) -> None:
        """Look until `stop` is called: what the thread does."""
        while not self._stopped.wait(LOOK_SECONDS):
            self.step()

    def step(self) -> None:
        """Look once, and call `changed` if a save is complete."""
        now = self._look()
        self._same = self._same + 1 if now == self._before else 0
        self._before = now
        if now != self._seen and self._same >= (1 if now else MISSING_LOOKS):
            self._seen = now
            try:
                self._changed()
            except Exception as error:
                self._failed(error)

    def _look(self) -> Look:
        """Look at the project's files. Finds nothing where one is missing: an editor may be replacing it."""
        try:
            main = _look_at(self._main)
            if self._globs[0] != main:
                self._globs = (main, list_includes(self._main.name, self._main.read_bytes()[: MAX_BYTES + 1]))
            names = {path for glob in self._globs[1] for path in find_matches(self._main.parent, glob)}
            texts = {self._main.name: main} | {name: _look_at(self._main.parent / name) for name in names}
            return texts | self._look_at_logos(texts)
        except OSError:
            return {}

    def _look_at_logos(self, texts: Look) -> Look:
        """Look at the logos that some files name. One that is missing is a mistake in them, as any other."""
        for name, state in texts.items():
            if self._logos.get(name, ((), ()))[0] != state:
                data = (self._main.parent / name).read_bytes()[: MAX_BYTES + 1]
                self._logos[name] = state, list_logos(name, data)
        found: Look = {}
        for path in {path for name in texts for path in self._logos[name][1]}:
            with suppress(OSError, ValueError):
                found[path] = _look_at(self._main.parent / path)
        return found


def _look_at(file: Path) -> FileState:
    found = file.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino
