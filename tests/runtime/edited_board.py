"""A board that is edited while it runs: two releases of its functions at once, beside a naive list of its windows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

import pytest

from runtime.config import BoardConfig
from runtime.domain.instants import rfc3339
from runtime.domain.judging import PROBE
from runtime.queries import ProblemError
from tests.runtime.boards import item
from tests.runtime.naive_edges import Edges, Rules
from tests.runtime.world import World, scores
from tests.support.zones import zone_database


@dataclass(frozen=True)
class Release:
    """One release of a board's functions: its board.json, and its zone database."""

    config: BoardConfig
    rules: Rules
    world: World

    @contextmanager
    def running(self) -> Iterator[World]:
        """The functions of this release, with its zone database."""
        with zone_database(dict(self.rules)):
            yield self.world


@dataclass
class EditedBoard:
    """The board's tables and bucket, its releases, and what must be in its windows."""

    now: int
    edges: Edges = field(default_factory=Edges)
    scores: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """By window id and player."""
    gone: set[str] = field(default_factory=set)
    """Sealed windows that a release did not keep, by the tables: they stay gone, also where a later one keeps more."""
    numbers: Any = field(default_factory=count)
    _first: World | None = None
    _probes: int = 0

    def deploy(self, config: BoardConfig, rules: Rules) -> Release:
        """Start functions of another release. Those before it run on."""
        world = World(config)
        if self._first is None:
            self._first = world
        world.aws = self._first.aws
        world.deploy(config)
        return Release(config, rules, world)

    def play(self, release: Release, player: str, at: int) -> None:
        """Let a release count an activity that is written now: in the windows that the naive list says."""
        image, closed = item(player, at=at, number=next(self.numbers)), self._closed()
        with release.running() as world:
            batch = world.put(image, written=self.now)
        taken = []
        for kind in release.config.windows:
            window = self.edges.find(kind, release.rules, at)
            if window is None or window.id in closed:
                continue
            # The stream notes the second in which an item was written, and its end counts.
            if kind.closes and self.now + 999 > window.end + kind.grace_seconds * 1000:
                continue
            if kind.every == "rolling" and window not in self.edges.days(kind, release.rules, self.now):
                continue
            taken.append(window)
        assert not batch.failed
        assert batch.counts["Counted"] == bool(taken), (batch, taken)
        (points,) = release.config.rules[0].points
        for window in taken:
            self.edges.open(window)
            self.scores[window.id, player] += int(points.constant)

    def rebuild(self, release: Release) -> None:
        """Let a release rebuild, and the probes come through."""
        closed = self._closed()
        with release.running() as world:
            world.rebuild(self.now)
            probes = [row for row in world.aws.tables["activities"].values() if row["type"]["S"] == PROBE]
            world.put(*probes[self._probes :], written=self.now)
            self._probes = len(probes)
        for kind in release.config.windows:
            if kind.every == "season":
                self.edges.move_ends(kind, release.rules, self.now, closed)
        for kind in release.config.windows:
            if kind.closes and (window := self.edges.find(kind, release.rules, self.now)):
                self.edges.open(window)
        for cleared in self._find("clearing", "clearing", "cleared") - self.gone:
            assert cleared not in self._kept(release), "a window whose scores are deleted is one that nobody keeps"
            self.gone.add(cleared)

    def check_left(self, release: Release) -> None:
        """Nothing is left of what a release, which has rebuilt twice, does not keep."""
        kinds = {kind.every for kind in release.config.windows if kind.closes}
        begun = {each.id for each in self.edges.opened if each.every in kinds}
        assert begun - self._kept(release) <= self.gone

    def check(self, release: Release) -> None:
        """All that counted is in the ranks that a release has just made, and its API says when windows end."""
        for every in {each.every for each in self.edges.opened}:
            stretches = sorted((each.start, each.end, each.id) for each in self.edges.of(every))
            assert all(one[1] <= two[0] for one, two in pairwise(stretches)), stretches
        with release.running() as world:
            assert not {window for window, _ in scores(world.aws)} & self.gone
            for kind in release.config.windows:
                if kind.closes:
                    self._check_closing(world, kind.every, self._kept(release) - self.gone)
                current = self.edges.find(kind, release.rules, self.now)
                if current is None:
                    continue
                page = world.page(self.now, window=kind.every, limit="100")
                days = self.edges.days(kind, release.rules, self.now) if kind.every == "rolling" else [current]
                wanted: dict[str, int] = defaultdict(int)
                for window, player in self.scores:
                    if window in {day.id for day in days}:
                        wanted[player] += self.scores[window, player]
                assert self._entries(page) == wanted, (kind, days)
                if kind.every != "all_time":
                    edges = rfc3339(days[-1].start), rfc3339(days[0].end)
                    assert (page["window"]["starts_at"], page["window"]["ends_at"]) == edges
                    assert page["next_reset_at"] == edges[1]

    def _check_closing(self, world: World, every: str, kept: set[str]) -> None:
        """Each window of a kind that was opened, has begun and is kept, shows all that was counted in it."""
        for window in self.edges.of(every):
            if window.id in self.gone:
                with pytest.raises(ProblemError):
                    world.page(self.now, window=window.id)
            elif window.id not in kept:
                continue  # the next rebuild deletes its scores
            elif window.start <= self.now:
                page = world.page(self.now, window=window.id, limit="100")
                counted = {player: score for (name, player), score in self.scores.items() if name == window.id}
                assert self._entries(page) == counted, window
                assert page["window"]["ends_at"] == rfc3339(window.end)

    @staticmethod
    def _entries(page: dict[str, Any]) -> dict[str, int]:
        return {entry["player_id"]: entry["score"] for entry in page["entries"]}

    def _closed(self) -> set[str]:
        """The windows that take nothing any more: how far a window is from sealed is told by the tables."""
        return self._find("state", "sealing", "sealed")

    def _kept(self, release: Release) -> set[str]:
        """The windows that a release keeps: of each kind those that are not sealed, and the newest that are."""
        sealed, kept = self._find("state", "sealed"), set[str]()
        for kind in release.config.windows:
            own = sorted((each.start, each.id) for each in self.edges.of(kind.every))
            ended = [window for _, window in own if window in sealed]
            kept |= {window for _, window in own} - {*(ended[: -kind.keep] if kind.closes else ())}
        return kept

    def _find(self, name: str, *values: str) -> set[str]:
        """The windows whose item has one of some values."""
        rows = self._first.aws.tables["aggregates"].items() if self._first else ()
        return {key[1] for key, row in rows if key[0] == "#windows" and row.get(name, {}).get("S") in values}
