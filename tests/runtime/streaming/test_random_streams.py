"""Whatever becomes of a stream, what its reads tell of a table is what the table has."""

from __future__ import annotations

import contextlib
import random

import pytest

from runtime.dynamodb.streaming.positions import Positions, StreamBehindError, StreamGapError
from tests.runtime.streaming.watched import HOUR, Watched
from tests.support.effort import seeds
from tests.support.executors import use_one_thread
from tests.support.memory_aws import Call
from tests.support.memory_aws.interceptors import fail_after

PLAYERS = [f"p{number}" for number in range(12)]


class Follower:
    """Holds the points of the players by what reads of the stream tell, as a rebuild does; in full where it must."""

    def __init__(self, watched: Watched, chance: random.Random) -> None:
        self.watched, self.chance = watched, chance
        self.positions: Positions | None = None
        self.points: dict[str, int] = {}
        self.followed = 0

    def follow(self) -> None:
        """Learn what has changed, and hold it against the table."""
        if self.positions is not None:
            try:
                changed, self.positions = self.watched.changed(self.positions)
                self._apply(changed)
                self.followed += 1
            except (StreamGapError, StreamBehindError):
                self.positions = None
        if self.positions is None:
            self._read_all()
        assert self.points == self._of_table()

    def _read_all(self) -> None:
        positions = self.watched.stream.begin()
        self.points = self._of_table()
        self._play_some()
        changed, self.positions = self.watched.changed(positions)
        self._apply(changed)

    def _apply(self, changed: dict[str, int | None]) -> None:
        self.points |= {player: points for player, points in changed.items() if points is not None}
        for player, points in changed.items():
            if points is None:
                self.points.pop(player, None)

    def _play_some(self) -> None:
        for player in self.chance.sample(PLAYERS, self.chance.randint(0, 4)):
            if self.chance.random() < 0.2:
                self.watched.table.delete((f"week#{player}", player))
            else:
                self.watched.play(player, points=self.chance.randint(1, 10**6))

    def _of_table(self) -> dict[str, int]:
        items = self.watched.aws.tables["aggregates"].items()
        return {key[1]: int(item["columns"]["L"][0]["N"]) for key, item in items if key[0].startswith("week#")}

    def happen(self) -> None:
        """Let something happen to the table or its stream."""
        watched, chance = self.watched, self.chance
        what = chance.choice(("play", "play", "play", "split", "time", "day", "restore", "delay", "die"))
        self._play_some()
        shards = list(watched.shards.list_open())
        if what == "split" and len(shards) < 20:
            watched.shards.split(*chance.sample(shards, chance.randint(0, len(shards))), into=chance.randint(1, 3))
            self._play_some()
        elif what in ("time", "day"):
            watched.now += HOUR * chance.randint(1, 12 if what == "time" else 48)
        elif what == "restore" and chance.random() < 0.3:
            watched.aws.tables["aggregates"].replace_all(dict(watched.aws.tables["aggregates"]))
        elif what == "delay":
            watched.shards.held = chance.randint(0, 30)
        elif what == "die" and self.positions is not None:
            watched.aws.before = fail_after(chance.randint(0, 3))
            with contextlib.suppress(Exception):
                watched.stream.read(self.positions)
            watched.aws.unhook()


@seeds(20)
def test_reads_of_a_stream_tell_what_the_table_has(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    use_one_thread(monkeypatch)
    chance = random.Random(seed)
    watched = Watched()

    def come() -> None:
        watched.shards.held = max(0, watched.shards.held - chance.randint(0, 6))

    watched.in_pause = come

    def meanwhile(call: Call) -> None:
        is_fence = call.operation == "put_item" and call.request["Item"]["partition"]["S"].startswith("#fence")
        if is_fence and chance.random() < 0.05 and len(list(watched.shards.list_open())) < 20:
            watched.shards.split(into=chance.randint(1, 2))

    follower = Follower(watched, chance)
    for _ in range(25):
        follower.happen()
        watched.aws.before = meanwhile
        watched.play("p0", points=chance.randint(1, 10**6)) if False else None
        follower.follow()
        watched.aws.unhook()
    assert follower.followed >= 5
