"""The life of a board by chance, whose rebuilds follow the stream: each is held against one that reads all aggregates.

The stream splits, lags behind, is trimmed and switched off and on; rebuilds die, meet, and stand still for long;
players are hidden and renamed; days begin, and hours are sealed.
"""

from __future__ import annotations

import random
from typing import Any

from runtime.config import BoardConfig, Segment, WindowKind
from runtime.domain.instants import DAY, HOUR, MINUTE
from runtime.domain.ranking import WindowRanks
from runtime.dynamodb.decisions import DecisionStore
from runtime.s3.snapshots import Snapshot
from tests.runtime.boards import NOW, board, item
from tests.runtime.daily import probes
from tests.runtime.naive_files import check_names, read_values, read_window
from tests.runtime.stepping import Clock, Process, fork, rebuilder_of
from tests.runtime.world import World
from tests.support.memory_aws import Call

PLAYERS = "abcdefgh"
COUNTRIES = ("BR", "DE", "a\tb", "É", None)
WINDOWS = (
    WindowKind("all_time"),
    WindowKind("hour", grace_seconds=60, keep=2),
    WindowKind("rolling", timezone="Asia/Kolkata", days=2),
)


COUNTRY = Segment("country", "country", "Country")


def draw_board(chance: random.Random, segments: tuple[Segment, ...]) -> BoardConfig:
    """A board of any kind."""
    ties = chance.choice(["first", "shared", "dense"])
    return board(
        decimals=0,
        ties=ties,
        aggregate=chance.choice(["sum", "best", "last"]),
        windows=tuple(chance.sample(WINDOWS, chance.randint(1, 3))),
        shards=chance.choice([1, 3]),
        search_names=chance.random() < 0.4,
        drain_seconds=60,
        segments=segments,
    )


class Chain:
    """A board, and what happens to it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.values = random.Random(f"{seed}/values")
        """What decides about segments, and nothing else."""
        segments = (COUNTRY,) if self.values.random() < 0.4 else ()
        self.world = World(draw_board(self.chance, segments))
        self.clock = Clock(NOW + 30 * MINUTE)
        self.world.aws.clock = self.clock
        self.number = 0
        self.slow: list[tuple[int, Process]] = []
        """Rebuilds that stand still, each with when it began."""
        self.with_delta = 0
        """How many windows were shown with a delta."""
        self.followed = 0
        """How many rebuilds read no more than some aggregates, though some had changed."""

    def live(self, steps: int) -> None:
        """Let things happen, and rebuild now and then."""
        acts = [self.play] * 8 + [self.rebuild] * 6 + [self.decide, self.hinder, self.die, self.begin_slow, self.go_on]
        acts += [self.meet] * 3
        waits = [0, 1, 1000, MINUTE, 10 * MINUTE]
        for _ in range(steps):
            self.chance.choice(acts)()
            self.clock.now += self.chance.choice(waits)
            if self.chance.random() < 0.03:
                self.clock.now += self.chance.choice([HOUR, 13 * HOUR, DAY + HOUR])
        # One that is left within a read of the stream would leave Python without a look for cycles.
        self.go_on()
        self.rebuild()

    def play(self) -> None:
        """Let some players make kills, of now or of a while ago."""
        made = []
        for player in self.chance.choices(PLAYERS, k=self.chance.randint(1, 3)):
            self.number += 1
            at = self.clock.now - self.chance.choice([0, 0, 0, 30_000, HOUR, DAY])
            kind = self.chance.choice(["kill", "kill", "boss"])
            name = self.chance.choice([None, None, f"{player} {self.number}", "\t\n"])
            damage = self.chance.randint(0, 3) * 100 if kind == "boss" else None
            country = self.values.choice(COUNTRIES) if self.world.config.segments else None
            made.append(item(player, at, self.number, type=kind, name=name, damage=damage, country=country))
        written = self.clock.now
        assert not self.world.put(*made, written=written).failed

    def decide(self) -> None:
        """Hide, rename or restore a player, as an operator does."""
        store, player = DecisionStore(self.world.table), self.chance.choice(PLAYERS)
        act = self.chance.choice(["hide", "rename", "restore"])
        given = (player, "someone") if act == "rename" else (player,)
        getattr(store, act)(*given, self.clock.now)

    def hinder(self) -> None:
        """Let something become of the stream."""
        stream = self.world.aws.stream
        acts: list[Any] = [stream.split, stream.split, stream.renew, lambda: setattr(stream, "held", 1000)]
        self.chance.choice(acts)()
        self.world.deploy(self.world.config)

    def rebuild(self) -> None:
        """Rebuild, and hold what was made against a rebuild of a board that has the same tables and no snapshot."""
        self.world.put(*probes(self.world), written=self.clock.now)
        process = self._begin()
        result = process.finish()
        self.world.aws.stream.held = 0
        self.followed += not result.settled and not any(map(_reads_shard, process.calls))
        other = fork(self.world)
        other.aws.bucket.objects.clear()
        expected = rebuilder_of(other, Clock(self.clock.now)).rebuild().snapshot
        assert read_windows(self.world, result.snapshot) == read_windows(other, expected)
        self.with_delta += sum(bool(ranks.delta) for ranks in result.snapshot.ranks)
        rebuilder_of(self.world, self.clock).clear(result)
        self.world.snapshots.sweep(self.clock.now, 30)

    def die(self) -> None:
        """Let a rebuild die before one of its calls."""
        process = self._begin().step(self.chance.randint(0, 40))
        process.kill()

    def meet(self) -> None:
        """Let players make kills between two calls of a rebuild."""
        process = self._begin().step(self.chance.randint(0, 20))
        self.play()
        process.finish()

    def begin_slow(self) -> None:
        """Let a rebuild stand still before one of its calls."""
        self.slow.append((self.clock.now, self._begin().step(self.chance.randint(0, 30))))

    def go_on(self) -> None:
        """Let the rebuilds that stand still go on to their ends. No function lives for longer than 15 minutes."""
        for began, process in self.slow:
            if self.clock.now - began < 15 * MINUTE:
                process.finish()
            process.kill()
        self.slow = []

    def _begin(self) -> Process:
        began = self.clock.now
        return Process(self.world, lambda own: rebuilder_of(own, Clock(began)).rebuild())


def read_windows(world: World, snapshot: Snapshot) -> dict[str, Any]:
    """Each window of a snapshot with its lines, as its files have them, and what searches find in it."""
    bodies, columns, found = world.aws.bucket.bodies(), len(world.config.columns), {}
    for ranks in snapshot.ranks:
        lines, searched = read_window(bodies, ranks.to_json(), columns), []
        if ranks.names:
            check_names(bodies, ranks.to_json(), columns)
            within = [None, *((name, "BR") for name in ranks.segments)]
            searched = [world.rank_files.search_names(ranks, text, 2, each) for text in PLAYERS for each in within]
        values = read_values(bodies, ranks.to_json(), columns), _read_segments(world, ranks)
        found[ranks.window.id] = ranks.window, ranks.content, lines, searched, values
    return found


def _read_segments(world: World, ranks: WindowRanks) -> Any:
    """The pages of each value of each segment, and every player's places."""
    entries = [world.rank_files.find(ranks, player) for player in PLAYERS]
    segments = {name: world.rank_files.find_segment(ranks, name) for name in ranks.segments}
    pages = {
        (name, value): world.rank_files.read_page(own, 0, len(PLAYERS))
        for name, segment in segments.items()
        if segment
        for value, own in segment.values.items()
    }
    return pages, [(entry, entry.places) for entry in entries if entry]


def _reads_shard(call: Call) -> bool:
    """Whether a call reads aggregates one by one until there are no more."""
    values = call.request.get("ExpressionAttributeValues", {})
    return call.operation == "query" and not values[":partition"]["S"].startswith("#")
