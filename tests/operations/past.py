"""A board in memory into which an operator loads activities of the past: the command's parts, and the processor."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.activities.past import PastFile, Survey
from generator.operations.backfilling.loading import LoadCounts, load
from generator.operations.backfilling.past_board import read_past_board
from generator.operations.following import PutBack
from runtime.config import BoardConfig
from runtime.domain.instants import DAY, rfc3339
from tests.operations.game import Game
from tests.runtime.boards import NOW, board

BOARD = board(decimals=0)
Entry = dict[str, Any]


class Past(Game):
    """A board, its operator and its pipeline. Time stands still unless a test moves `now`."""

    def __init__(self, config: BoardConfig = BOARD) -> None:
        super().__init__(config)
        self.running = replace(self.running, client=self.aws.client, now=lambda: self.now, who=lambda: "op")
        self.carried = 0

    def open(self, path: Path) -> PastFile:
        """A file as the command meets it."""
        return PastFile(path, read_past_board(self.config, self.running, "aggregates"))

    def survey(self, path: Path) -> Survey:
        """What the command says of a file. Raises InputError where something is wrong in it."""
        return next(iter(deque(self.open(path).survey(), maxlen=1)), Survey())

    def load(self, path: Path, rate: int = 100) -> LoadCounts:
        """Load a file as the command does."""
        self.survey(path)
        file = self.open(path)
        loading = load(self.running, file.board, file.read(), rate, PutBack(), lambda: 0.0, lambda _seconds: None)
        return next(iter(deque(loading, maxlen=1)), LoadCounts())

    def carry(self) -> None:
        """Carry what is new in the table's stream to the queue, as the pipe does."""
        stream = self.aws.tables["activities"].stream
        for record in stream[self.carried :]:
            if record["eventName"] == "INSERT":
                self.running.sqs.send_message(QueueUrl=self.queue.url, MessageBody=json.dumps(record))
        self.carried = len(stream)

    def settle(self) -> None:
        """Let all that is written come through, each twice."""
        self.carry()
        assert not self.process_queue(self.now).failed

    def totals(self, window: str = "all-time") -> dict[str, int]:
        """Every player's score in a window, as it is stored."""
        return {
            player: int(row["columns"]["L"][0]["N"])
            for (partition, player), row in self.aws.tables["aggregates"].items()
            if partition.startswith(f"{window}#")
        }


def kill(player: str = "ann", days: float = 100, **more: Any) -> Entry:
    """A row of a file: a kill some days before NOW."""
    return {"player_id": player, "type": "kill", "at": rfc3339(NOW - int(days * DAY)), **more}


def write_lines(path: Path, rows: Sequence[Entry]) -> Path:
    """Write rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
