"""The game servers of a soak, as a process: they write at a rate that they are told, and count naively."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from generator.aws.sessions import make_clean_session
from runtime.domain.activity import make_id
from runtime.domain.instants import DAY
from tests.soak.boards import Totals
from tests.soak.processes import Line

PLAYERS = 250
TOGETHER = 25
"""Activities of one call, the most (Amazon DynamoDB API reference, "BatchWriteItem")."""
PAUSE_SECONDS = 0.05
LATE_SECONDS = 1.0
"""What it could not write in time it writes later, up to so many seconds of it: then it is behind, and stays behind."""
REJECTED, AGAIN = 0.01, 0.02
"""Shares of what is written: of a type that no board knows, and written a second time with other content."""


@dataclass(frozen=True)
class Place:
    """Where game servers write."""

    endpoint: str
    region: str
    credentials: tuple[str, str]
    tables: Mapping[str, str]
    """The activities table of each board."""


@dataclass
class Writers:
    """What was written so far, by board."""

    place: Place
    chance: random.Random
    totals: dict[str, Totals] = field(default_factory=dict)

    def __post_init__(self) -> None:
        key, secret = self.place.credentials
        self._dynamodb: Any = make_clean_session().client(
            "dynamodb",
            region_name=self.place.region,
            endpoint_url=self.place.endpoint,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )
        self.totals = {board: Totals() for board in self.place.tables}

    @property
    def written(self) -> dict[str, int]:
        """How many activities each board was written."""
        return {board: totals.written for board, totals in self.totals.items()}

    def write(self, board: str) -> int:
        """Write some activities to a board. Returns how many."""
        at, totals = time.time_ns() // 1_000_000, self.totals[board]
        items = [self._make(board, at, totals) for _ in range(TOGETHER)]
        self._put(board, items)
        again = [item | {"points": {"N": "77"}} for item in items if self.chance.random() < AGAIN]
        if again:
            self._put(board, again)
        return len(items)

    def _make(self, board: str, at: int, totals: Totals) -> dict[str, Any]:
        player = f"p{int(PLAYERS * self.chance.random() ** 2)}"
        points = self.chance.randrange(1, 1000)
        is_rejected = self.chance.random() < REJECTED
        totals.written += 1
        if is_rejected:
            totals.rejected += 1
        else:
            totals.add(board, at, player, points)
        return {
            "player_id": {"S": player},
            "activity_id": {"S": make_id(at, self.chance.getrandbits(74))},
            "type": {"S": "unheard-of" if is_rejected else "play"},
            "points": {"N": str(points)},
            "expires_at": {"N": str((at + 40 * DAY) // 1000)},
        }

    def _put(self, board: str, items: list[dict[str, Any]]) -> None:
        table = self.place.tables[board]
        answer = self._dynamodb.batch_write_item(
            RequestItems={table: [{"PutRequest": {"Item": item}} for item in items]}
        )
        assert not answer["UnprocessedItems"]


def write_until_stopped(connection: Connection, place: Place, seed: int) -> None:
    """Write at the rate that was told last, in activities a second over all boards.

    Tells `Writers.written` each second, and in the end the totals.
    """
    line, writers = Line(connection), Writers(place, random.Random(seed))
    due, before, told = 0.0, time.monotonic(), 0.0
    boards = list(place.tables)
    while not line.stopped:
        rate, now = line.look() or 0.0, time.monotonic()
        due = min(due + rate * (now - before), max(TOGETHER, rate * LATE_SECONDS))
        before = now
        while due >= TOGETHER:
            due -= writers.write(boards[0])
            boards.append(boards.pop(0))
        if now - told > 1:
            told = now
            connection.send(writers.written)
        time.sleep(PAUSE_SECONDS)
    connection.send(writers.totals)
