"""Sweeps against slow rebuilds and readers: what may still be read stays, and what nobody can read goes.

By chance, rebuilds without a lease are slow, meet, and die; hours pass; readers hold on to what they have seen. A seed
does the same each time.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from runtime import aws, rebuilder
from runtime.config import WindowKind
from runtime.domain import instants
from runtime.domain.instants import HOUR, MINUTE
from runtime.queries import ProblemError
from runtime.s3 import rank_files, snapshots
from runtime.s3.ranks import sizes
from tests.runtime.boards import NOW, board
from tests.runtime.stepping import Clock, Process, rebuilder_of
from tests.runtime.world import World
from tests.support.effort import seeds

LAMBDA = 15 * MINUTE
"""The longest that a function lives (AWS Lambda developer guide, "Configure Lambda function timeout")."""
PINNED = 10 * MINUTE
"""How long a snapshot can be read after it was replaced."""
CONFIG = board(
    decimals=0,
    shards=1,
    windows=(WindowKind("all_time"), WindowKind("hour", grace_seconds=0, keep=2)),
    drain_seconds=60,
    max_age_seconds=30,
)

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "BLOCK", 3)
    monkeypatch.setattr(aws, "setting", lambda name: "arcade-board")


STOPS = {"history": snapshots.HISTORY, "pointer": snapshots.POINTER, "sweep": ""}
"""Writes before which a rebuild may stand for long: what their keys begin with."""


def is_at(process: Process, stop: str) -> bool:
    """Whether a rebuild stands before the write of that name."""
    call = process.calls[-1]
    if stop == "sweep":
        return call.operation == "delete_objects"
    return call.operation == "put_object" and stop in STOPS and call.request["Key"].startswith(STOPS[stop])


def rebuild_at(now: int) -> Callable[[World], Any]:
    """The work of a rebuild that begins at a time."""
    return lambda own: rebuilder_of(own, lambda: now).rebuild()


class Board:
    """A board whose rebuilds and readers meet by chance."""

    def __init__(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chance = random.Random(seed)
        self.world = World(CONFIG)
        self.clock = Clock(NOW)
        self.rebuilds: list[tuple[int, Process]] = []
        """Those under way, each with when it began."""
        self.pins: dict[str, dict[str, Any]] = {}
        """What a reader has seen, by its `as_of`."""
        self.replaced: dict[str, int] = {}
        """When each snapshot was replaced, by its `as_of`: when the write was sent that moved the pointer on."""
        self.sent: set[int] = set()
        """When the writes of the pointer were sent."""
        self.sealed: dict[str, dict[str, Any]] = {}
        """Every window that was seen sealed, as it was seen first."""
        self.newest: str | None = None
        monkeypatch.setattr(aws, "events", lambda: self.world.event_bus)

    def play(self) -> None:
        self.world.play(*(self.chance.choice("abcdefg") for _ in range(self.chance.randint(1, 3))), at=self.clock.now)

    def begin(self) -> None:
        """Begin a rebuild, with its sweep, as the handler does."""
        clock = self.clock
        process = Process(self.world, lambda own: rebuilder._rebuild(rebuilder_of(own, clock)))
        self.rebuilds.append((clock.now, process))

    def go_on(self) -> None:
        """Let a rebuild go on, or die."""
        if not self.rebuilds:
            return
        _, process = self.chance.choice(self.rebuilds)
        # Some stand just before they publish or sweep when the next ones come; that is also where most of them die.
        stop = self.chance.choice([*STOPS, "anywhere", "end"])
        left = self.chance.randint(1, 40) if stop == "anywhere" else 1000
        self.step(process)
        while not process.is_over and left and not is_at(process, stop):
            self.step(process)
            left -= 1
        if self.chance.random() < 0.2:
            process.kill()
        self.drop()

    def step(self, process: Process) -> None:
        process.step()
        if not process.is_over and is_at(process, "pointer"):
            self.sent.add(self.clock.now)

    def pass_time(self, milliseconds: int) -> None:
        """Let time pass. AWS stops a rebuild that has lived for too long."""
        self.clock.now += milliseconds
        for began, process in self.rebuilds:
            if self.clock.now >= began + LAMBDA:
                process.kill()
        self.drop()

    def drop(self) -> None:
        """Forget rebuilds that are over, and look whether the newest snapshot was replaced."""
        for _, process in self.rebuilds:
            if process.is_over:
                process.finish()
        self.rebuilds = [each for each in self.rebuilds if not each[1].is_over]
        newest = self.read_pointer()
        if newest is not None and newest != self.newest:
            assert self.newest is None or newest > self.newest, "as_of went back"
            if self.newest is not None:
                as_of, at, _ = json.loads(self.world.aws.bucket.bodies()[snapshots.POINTER])["replaced"][-1]
                assert (instants.rfc3339(as_of), at in self.sent) == (self.newest, True)
                self.replaced[self.newest] = at
            self.newest = newest

    def read_pointer(self) -> str | None:
        stored = self.world.aws.bucket.bodies().get(snapshots.POINTER)
        return instants.rfc3339(json.loads(stored)["as_of"]) if stored else None

    def read(self) -> None:
        """A reader that comes now, and every reader that holds on to a snapshot, read it as a whole."""
        now = self.clock.now
        page = self.world.page(now, window="all_time")
        assert page["as_of"] == self.newest
        if self.newest is None:
            return
        self.pins.setdefault(self.newest, self.read_pinned(self.newest))
        for as_of, seen in self.pins.items():
            if as_of not in self.replaced or now <= self.replaced[as_of] + PINNED:
                assert self.read_pinned(as_of) == seen, as_of
            else:
                with pytest.raises(ProblemError, match="can no longer be read"):
                    self.read_pinned(as_of)
        for listed in self.world.api.windows(now).body["windows"]:
            if listed["sealed"]:
                final = {
                    **self.world.page(now, window=listed["id"], limit="100"),
                    "as_of": None,
                    "next_reset_at": None,
                    "next_starts_at": None,
                }
                assert self.sealed.setdefault(listed["id"], final) == final

    def read_pinned(self, as_of: str) -> dict[str, Any]:
        """Everything that the API has of one snapshot, with nothing in memory."""
        self.world.deploy(CONFIG)
        now, query = self.clock.now, {"as_of": as_of}
        first = self.world.page(now, **query, window="all_time", limit="1")
        found = {"all_time": self.world.page(now, **query, window="all_time", limit="100")}
        for entry in first["entries"]:
            around = self.world.api.neighbours(entry["player_id"], {**query, "window": "all_time"}, now)
            found["around"] = around.body["entries"]
        pinned = self.world.snapshots.read_pinned(instants.parse_rfc3339(as_of), now)
        assert pinned
        for ranks in pinned.ranks:
            found[ranks.window.id] = self.world.page(now, **query, window=ranks.window.id, limit="100")["entries"]
        found["all_time"] |= {"next_reset_at": None, "next_starts_at": None}
        return found


@seeds(15)
def test_what_may_be_read_stays_and_the_rest_goes(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    live = Board(seed, monkeypatch)
    waits = [0, 1000, MINUTE, MINUTE, 4 * MINUTE, 9 * MINUTE, 25 * MINUTE, HOUR]
    for _ in range(live.chance.randint(20, 120)):
        live.chance.choice([live.play, live.begin, live.go_on, live.go_on, live.go_on, live.read])()
        live.pass_time(live.chance.choice(waits) if live.chance.random() < 0.3 else 1)
    for _, process in live.rebuilds:
        process.kill()
    live.drop()
    # Rebuilds that nothing stops: they seal what has ended, and remove what the others have left.
    for _ in range(6):
        live.play()
        live.pass_time(HOUR + 1)
        live.begin()
        while not live.rebuilds[-1][1].is_over:
            live.step(live.rebuilds[-1][1])
        live.drop()
        live.read()
    bodies = live.world.aws.bucket.bodies()
    history = [json.loads(body) for key, body in bodies.items() if key.startswith(snapshots.HISTORY)]
    assert len(history) == 2
    windows = [ranks for stored in history for ranks in stored["windows"]]
    used = tuple(ranks[name] for ranks in windows for name in ("prefix", "delta") if name in ranks)
    assert [key for key in bodies if key.startswith(rank_files.ROOT) and not key.startswith(used)] == []


def test_a_window_whose_rebuild_died_after_the_seal_is_published_hours_later() -> None:
    """Rebuilds fail for hours between the seal and the next snapshot: the sealed window's files are there."""
    for died_after in range(6):
        world = World(CONFIG)
        world.play("a", "b", at=NOW)
        world.rebuild(NOW + 1)
        end = NOW + HOUR
        world.rebuild(end)
        found = world.window_store.find("2026-11-24T00")
        assert found is not None
        probes = [dict(row) for row in world.aws.tables["activities"].values()]
        world.put(*probes, written=end)
        for minute in (1, 3):
            world.rebuild(end + minute * MINUTE)
        now = end + 6 * MINUTE
        sealing = Process(world, rebuild_at(now))
        while sealing.calls[-1].operation != "transact_write_items":
            sealing.step()
        sealing.step(1 + died_after).kill()
        found = world.window_store.find("2026-11-24T00")
        assert found is not None
        assert found.state == "sealed"
        for hour in range(1, 5):
            failing = Process(world, rebuild_at(now + hour * HOUR))
            while not is_at(failing, "pointer"):
                failing.step()
            failing.kill()
        later = now + 5 * HOUR
        world.rebuild(later)
        world.snapshots.sweep(later, 30)
        world.deploy(CONFIG)
        page = world.page(later, window="2026-11-24T00")
        assert page["window"]["sealed"]
        assert [entry["player_id"] for entry in page["entries"]] == ["a", "b"]
