"""Takes up what the run before left of the boards, and saves what they hold now and then, and at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from generator.board.board import Board
from generator.errors import InputError, LocalError
from generator.local.deploy.applying import Resources
from generator.local.deploy.deployment import Deployment
from generator.local.emulator.process import Emulator
from generator.local.keeping.folder import SAVE_SECONDS, Kept
from generator.local.local_board import LocalBoard
from generator.local.recounting import find_refusal
from generator.local.reporter import Reporter
from generator.local.settings import Settings
from generator.local.workers import Worker


@dataclass(frozen=True)
class TakenUp:
    """What became of a board's data that the run before left."""

    pending: list[dict[str, Any]] = field(default_factory=list)
    """The records that its pipe had not sent yet."""
    refused: str = ""
    """Why its functions would refuse the data: then the board must begin anew. "" where they take it."""


class Keeper:
    """Keeps the boards of a run in a folder, or nothing where no folder is given."""

    def __init__(self, settings: Settings, board: Board, reporter: Reporter) -> None:
        """Open the folder. `board`: one of the run's. Raises InputError or LocalError, as `Kept` does."""
        self._reporter = reporter
        self._worker: Worker | None = None
        self._save: Callable[[], None] | None = None
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

    def take_up(self, aws: Emulator, board: Board, deployment: Deployment, resources: Resources) -> TakenUp:
        """Put what was left of a board into its tables, queues and bucket, the first time that it is deployed."""
        if self._kept is None:
            return TakenUp()
        table, positions = deployment.activities_table, self._kept.positions
        data = self._kept.take(resources.data_names)
        aws.load({kind: data[kind] for kind in ("tables", "buckets")})
        refusal = find_refusal(aws, deployment, board.config)
        if refusal:
            # All its activities are counted again: also those that were on their way.
            data["queues"].pop(deployment.queue_url.rsplit("/", 1)[-1], None)
            pending = []
        else:
            pending = [
                record
                for record in data["streams"].get(table, [])
                if record["dynamodb"]["SequenceNumber"] > positions.get(table, "")
            ]
        aws.load({"queues": data["queues"]})
        return TakenUp(pending, f"{refusal.name} was {refusal.stored}, and is {refusal.own} now" if refusal else "")

    def start(self, aws: Emulator, boards: Callable[[], Iterable[LocalBoard]]) -> None:
        """Save from now on: all that the run before left is taken up. `boards`: those that have data."""
        if (kept := self._kept) is None:
            return

        def save() -> None:
            # Read before the data: what a pipe sends meanwhile is sent again by the next run, and counts once.
            positions = {board.deployment.activities_table: board.pipe.position for board in boards()}
            kept.save(aws.dump(), {table: last for table, last in positions.items() if last}, aws.clock.steps)

        self._save = save
        self._worker = Worker("keep", SAVE_SECONDS, save, self._reporter.warn)
        self._worker.start()

    def stop(self, alive: bool) -> None:
        """Save for the last time, unless the embedded AWS is gone, and let other runs use the folder."""
        if self._worker:
            self._worker.stop()
        try:
            if alive and self._save:
                self._save()
        except LocalError as error:
            self._reporter.say(f"the last seconds are not kept: {error}")
        if self._kept:
            self._kept.release()
