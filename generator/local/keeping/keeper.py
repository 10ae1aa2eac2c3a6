"""Takes up what the run before left of the boards, and saves what they hold now and then, and at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.board.board import Board
from generator.errors import InputError, LocalError
from generator.local.emulator.process import Emulator
from generator.local.keeping.folder import SAVE_SECONDS, Data, Kept, make_data
from generator.local.local_board import LocalBoard
from generator.local.reporter import Reporter
from generator.local.settings import Settings
from generator.local.workers import Worker

TURN_SECONDS = 10.0
"""Seconds for which the last save waits until a change of the boards, or a move of the clock, has ended."""


@dataclass(frozen=True)
class LeftBoard:
    """What the run before left of a board."""

    data: Data
    """Its tables, queues and buckets."""
    positions: Mapping[str, str]
    """The last record of each table's stream that its pipe had sent, by the table's name."""

    def list_pending(self, table: str) -> list[dict[str, Any]]:
        """The records of a table's stream that its pipe had not sent yet."""
        records: list[dict[str, Any]] = self.data["streams"].get(table, [])
        last = self.positions.get(table, "")
        return [record for record in records if record["dynamodb"]["SequenceNumber"] > last]


class Keeper:
    """Keeps the boards of a run in a folder, or nothing where no folder is given."""

    def __init__(self, settings: Settings, board: Board, reporter: Reporter, turn: threading.Lock) -> None:
        """Open the folder. `board`: one of the run's. `turn`: held by whoever changes boards or moves the clock.

        Raises InputError or LocalError, as `Kept` does.
        """
        self._reporter = reporter
        self._turn = turn
        self._worker: Worker | None = None
        self._save: Callable[[], None] | None = None
        self._saving = threading.Lock()
        """Held from when the boards are read until that is written: what was read first is not written last."""
        folder = settings.get("keep")
        self._kept = Kept(folder, board) if folder else None
        if self._kept and not self._kept.is_new:
            if settings.get("begins") is not None:
                self._kept.release()
                raise InputError(f"{folder}: its clock goes on: leave --clock out, and use `leaderboards advance`")
            reporter.say(f"kept in {folder}: {self._kept.describe()}")

    @property
    def clock(self) -> list[tuple[int, int]] | None:
        """The steps of the clock that goes on; None for a new one."""
        return self._kept.clock if self._kept else None

    def take(self, names: Collection[str]) -> LeftBoard:
        """Take out what was left of a board. `names`: those of its tables, queues and buckets."""
        if self._kept is None:
            return LeftBoard(make_data(), {})
        return LeftBoard(self._kept.take(names), self._kept.positions)

    def start(self, aws: Emulator, boards: Callable[[], Iterable[LocalBoard]]) -> None:
        """Save from now on: all that the run before left is taken up. `boards`: those that have data."""
        if (kept := self._kept) is None:
            return

        def save() -> None:
            with self._saving:
                # Read before the data: what a pipe sends meanwhile is sent again by the next run, and counts once.
                positions = {board.deployment.activities_table: board.pipe.position for board in boards()}
                kept.save(aws.dump(), {table: last for table, last in positions.items() if last}, aws.clock.steps)

        def save_between_changes() -> None:
            with self._turn:
                save()

        self._save = save
        self._worker = Worker("keep", SAVE_SECONDS, save_between_changes, self._reporter.warn)
        self._worker.start()

    def stop(self, alive: bool) -> None:
        """Save for the last time, unless the embedded AWS is gone, and let other runs use the folder."""
        if self._worker:
            self._worker.stop()
        if alive and self._save:
            # A change that never ends must not keep the rest from being saved.
            has_turn = self._turn.acquire(timeout=TURN_SECONDS)
            try:
                self._save()
            except LocalError as error:
                self._reporter.say(f"the last seconds are not kept: {error}")
            finally:
                if has_turn:
                    self._turn.release()
        if self._kept:
            with self._saving:  # one that waited for a change until now saves no more
                self._kept.release()
