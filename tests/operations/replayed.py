"""A board in memory whose windows an operator replays, with what the replay needs besides: a scan of the activities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generator.operations.replays.comparing import Comparison
from generator.operations.replays.replaying import Replay
from generator.operations.replays.windows import find_window
from runtime.dynamodb.table import Table
from tests.operations.managed import Managed
from tests.runtime.boards import NOW
from tests.runtime.world import World
from tests.support.memory_aws.calls import Client

PAGE = 4
"""The items of a page of a scan."""


class Replayed:
    """A board and an operator who replays."""

    def __init__(self, world: World, now: int = NOW) -> None:
        self.world = world
        self.managed = Managed(world, now)
        dynamodb = world.aws.client("dynamodb")
        scanned = Client(
            "dynamodb", {"scan": self._scan, "query": dynamodb.query}, world.aws._intercept, lambda *_: None
        )
        running = replace(
            self.managed.board.running,
            activities=Table(scanned, "activities", ("player_id", "activity_id")),  # type: ignore[arg-type]
        )
        self._board = replace(self.managed.board, running=running)

    def write(self, *items: dict[str, Any], written: int | None = None) -> None:
        """Let game servers write activities, and the board count them."""
        for each in items:
            self.world.activities.put(each)
        now = self.managed.now if written is None else written
        assert not self.world.put(*items, written=now, now=self.managed.now).failed

    def find(self, window_id: str) -> Replay:
        """A replay of a window, by the rules that are deployed."""
        board = replace(self._board, config=self.world.config)
        wait = self.managed.wait
        return Replay(board, find_window(board, window_id), 10**9, lambda seconds: wait(seconds) if seconds else None)

    def compare(self, window_id: str) -> Comparison:
        """What a replay would change."""
        *_, (step, comparison) = self.find(window_id).compare()
        assert step == "counted anew"
        return comparison

    def swap(self, window_id: str, *, accept_missing: bool = False) -> Comparison:
        """Replay a window, and let readers see it."""
        *_, (step, comparison) = self.find(window_id).swap(accept_missing=accept_missing)
        assert step == ("counted anew" if comparison.missing and not accept_missing else "swapped")
        return comparison

    def _scan(self, **request: Any) -> dict[str, Any]:
        assert (request["TableName"], request["ConsistentRead"]) == ("activities", True)
        table = self.world.aws.tables["activities"]
        keys = sorted(table)
        start = 0
        if after := request.get("ExclusiveStartKey"):
            start = keys.index((after["player_id"]["S"], after["activity_id"]["S"])) + 1
        page = [table[key] for key in keys[start : start + PAGE]]
        if start + PAGE >= len(keys):
            return {"Items": page}
        return {"Items": page, "LastEvaluatedKey": {name: page[-1][name] for name in ("player_id", "activity_id")}}
