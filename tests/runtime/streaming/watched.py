"""An aggregates table that is watched by its stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.dynamodb.streaming.positions import Positions
from runtime.dynamodb.streaming.table_stream import TableStream
from runtime.dynamodb.table import Table
from tests.support.memory_aws import HookedAws

NOW = 1_795_478_400_000
HOUR = 3_600_000


class Watched:
    """An aggregates table with its stream, and a reader of it whose pauses a test can fill."""

    def __init__(self) -> None:
        self.now = NOW
        self.aws = HookedAws(lambda: self.now)
        self.shards = self.aws.stream
        self.table = Table(self.aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
        self.pauses: list[float] = []
        self.in_pause: Callable[[], Any] = lambda: None

    @property
    def stream(self) -> TableStream:
        """A reader that has just started."""
        streams = self.aws.client("dynamodbstreams")
        return TableStream(streams, self.table, self.shards.arn, lambda: self.now, lambda: 0.0, self._pause)

    def play(self, *players: str, points: int = 1, window: str = "week") -> None:
        """Write aggregates of players, each in a shard of its own."""
        for player in players:
            key = {"partition": {"S": f"{window}#{player}"}, "player_id": {"S": player}}
            self.table.put({**key, "columns": {"L": [{"N": str(points)}]}})

    def changed(self, positions: Positions) -> tuple[dict[str, int | None], Positions]:
        """The points of the players of the week that a read finds changed, and where the next read goes on."""
        found = self.stream.read(positions)
        points = {
            player: int(image["columns"]["L"][0]["N"]) if image else None
            for player, image in found.changed.get("week", {}).items()
        }
        return points, found.positions

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.in_pause()
