"""`local --keep DIR`: what the boards hold stays in a folder from one run to the next.

One file holds all of it, and is replaced as a whole: at the end, and every SAVE_SECONDS for a run that is killed. Its
first line says whose it is, its second what the embedded AWS held (`emulator/stores.py`), its third what was kept of
boards that this run does not have.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.board.board import Board
from generator.errors import InputError, LocalError
from generator.output.lock_file import name_holder, take_lock
from generator.output.replace_file import write_whole

FORMAT = 1
"""The format of the file. A newer one is refused."""

SAVE_SECONDS = 30.0
"""Seconds from one save to the next: what a run that is killed loses at most, and the time that a save takes."""

FILE = "state.json.gz"
_KINDS = ("tables", "streams", "queues", "buckets")

Data = dict[str, dict[str, Any]]
"""What `emulator/stores.py` gives: by kind, then by name."""


def make_data() -> Data:
    """What there is where nothing is kept."""
    return {kind: {} for kind in _KINDS}


class Kept:
    """The folder of a run, which no other run may use meanwhile.

    `data` is what the run before left, without what this one has taken.
    """

    def __init__(self, folder: Path, board: Board) -> None:
        """Take the folder, made if it is missing. `board`: one of the run's.

        Raises InputError, and changes nothing, where the folder is another project's, or of a newer version of this
        program; LocalError where another run has it, or the disk refuses.
        """
        self._file = folder / FILE
        self._owner = {name: getattr(board, name) for name in ("project", "environment", "region", "account_id")}
        self.data = make_data()
        self.clock: list[tuple[int, int]] | None = None
        """The steps of the clock, as `rehearsal/clock.py` stores them; None where nothing is kept."""
        self.positions: dict[str, str] = {}
        """The last record of each table's stream that its pipe had sent, by the table's name."""
        lock = folder / ".lock"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock: int | None = take_lock(lock)
        except BlockingIOError:
            raise LocalError(f"{folder}: {name_holder(lock)} keeps its boards here; name another with --keep") from None
        except OSError as error:
            raise LocalError(f"{folder}: cannot be used: {error.strerror}") from None
        try:
            self._read()
        except BaseException:
            self.release()
            raise

    @property
    def is_new(self) -> bool:
        """Whether no run has left anything here."""
        return self.clock is None

    def describe(self) -> str:
        """What the run before left, in words: "12,345 activities, 3 windows"."""
        tables = self.data["tables"]
        activities = sum(len(items) for name, items in tables.items() if name.endswith("-activities"))
        windows = sum(
            item["partition"] == {"S": "#windows"}
            for name, items in tables.items()
            if name.endswith("-aggregates")
            for item in items
        )
        return f"{_count(activities, 'activity', 'activities')}, {_count(windows, 'window', 'windows')}"

    def take(self, names: Collection[str]) -> Data:
        """Take out what is kept of the tables, queues and buckets with these names."""
        return {kind: {name: found.pop(name) for name in names if name in found} for kind, found in self.data.items()}

    def save(self, state: bytes, positions: Mapping[str, str], clock: Sequence[tuple[int, int]]) -> None:
        """Replace the file, unless the folder is another run's by now.

        `state`: what the embedded AWS holds, taken after `positions`. Raises LocalError.
        """
        if self._lock is None:
            return
        head = {"format": FORMAT, **self._owner, "clock": clock, "positions": {**self.positions, **positions}}
        lines = [json.dumps(head).encode(), state, json.dumps(self.data).encode()]
        try:
            write_whole(self._file, gzip.compress(b"\n".join(lines), compresslevel=1))
        except OSError as error:
            raise LocalError(f"{self._file}: cannot be written: {error.strerror}") from None

    def release(self) -> None:
        """Let other runs use the folder."""
        if self._lock is not None:
            with suppress(OSError):
                os.close(self._lock)
        self._lock = None

    def _read(self) -> None:
        """Read what the run before left."""
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise LocalError(f"{self._file}: cannot be read: {error.strerror}") from None
        try:
            head, *parts = map(json.loads, gzip.decompress(content).split(b"\n"))
            if head["format"] > FORMAT:
                raise self._refuse("is of a newer version of leaderboards: update this one")
            for name, own in self._owner.items():
                if head[name] != own:
                    raise self._refuse(f"is of the {name.removesuffix('_id')} {head[name]}, and this one is {own}")
            self.clock, self.positions = head["clock"], head["positions"]
            # What this run's embedded AWS held is newer than what was kept of other boards.
            for part in reversed(parts):
                for kind, found in self.data.items():
                    found |= part.get(kind, {})
        except (ValueError, OSError, EOFError, KeyError, TypeError, AttributeError, zlib.error):
            raise self._refuse("is no state that `leaderboards local --keep` wrote") from None

    def _refuse(self, what: str) -> InputError:
        return InputError(f"{self._file}: {what}. Name another folder with --keep; this one is not changed")


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
