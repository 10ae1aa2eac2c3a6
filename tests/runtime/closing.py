"""A board that is taken through the end of one of its windows, beside a list of what must be in that window."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from runtime.domain.judging import PROBE
from runtime.dynamodb import outbox
from runtime.processor import BatchResult
from tests.runtime.boards import item
from tests.runtime.stepping import fork
from tests.runtime.world import World

MINUTE = 60_000
"""Milliseconds of a minute."""
DRAINING = 31 * MINUTE
"""Longer than a window waits for what may still be under way."""


@dataclass
class Closing:
    """A board, one of its windows with its edges, and the activities that must be in it: each a kill of 10 points."""

    world: World
    window: str
    start: int
    end: int
    counted: list[tuple[str, int]] = field(default_factory=list)
    """(player, time)"""
    probes: int = 0
    """How many probes have come through."""
    number: int = 0
    """How many activities were made."""

    def fork(self) -> Closing:
        """The same board, in a world of its own."""
        other = fork(self.world)
        return Closing(other, self.window, self.start, self.end, list(self.counted), self.probes, self.number)

    @property
    def state(self) -> str | None:
        """How far the window is from sealed."""
        found = self.world.window_store.find(self.window)
        return found.state if found else None

    def make(self, at: int) -> dict[str, Any]:
        """Make a new activity of one of three players."""
        self.number += 1
        return item(f"p{self.number % 3}", at=at, number=self.number)

    def note(self, image: dict[str, Any], at: int, batch: BatchResult) -> str:
        """Note what became of an activity in the window: counted, or why the window missed it."""
        assert not batch.failed
        verdict = next(iter(batch.missed or batch.reasons), "counted")
        if verdict == "counted" and self.start <= at < self.end:
            self.counted.append((image["player_id"]["S"], at))
        return str(verdict)

    def deliver(self, at: int, written: int, now: int, expected: str) -> dict[str, Any]:
        """Deliver a new activity, written at a millisecond: it counts in the window, or is missed for a reason."""
        image = self.make(at)
        verdict = self.note(image, at, self.world.put(image, written=written, now=now))
        assert verdict == expected, f"at end{at - self.end:+}, written end{written - self.end:+}"
        # A redelivery changes nothing.
        self.world.put(image, written=written, now=now)
        return image

    def rebuild(self, now: int) -> None:
        """Rebuild, and let the probes come through."""
        self.world.rebuild(now)
        self.let_probes_through(now)

    def let_probes_through(self, now: int) -> None:
        """Deliver the probes that were written and did not come through yet."""
        some = [row for row in self.world.aws.tables["activities"].values() if row["type"]["S"] == PROBE]
        self.world.put(*some[self.probes :], written=now)
        self.probes = len(some)

    def until(self, state: str, now: int, step: int = MINUTE) -> int:
        """Rebuild every `step` from `now` on, until the window is in a state. Return the time of that rebuild.

        A window must be there long before it is closed for having waited a whole day.
        """
        for number in range(6 * DRAINING // step):
            self.rebuild(now + number * step)
            if self.state == state:
                return now + number * step
        raise AssertionError(f"still {self.state}, never {state}")

    def page(self, now: int) -> dict[str, Any]:
        """The window as readers get it, without the time of the snapshot."""
        return {
            **self.world.page(now, window=self.window, limit="100"),
            "as_of": None,
            "next_reset_at": None,
            "next_starts_at": None,
        }

    def ranking(self) -> list[tuple[int, str, int]]:
        """The naive ranks: (rank, player, score), of a board that sums or keeps the best and gives each a rank."""
        times: dict[str, list[int]] = {}
        for player, at in self.counted:
            times.setdefault(player, []).append(at)
        is_sum = self.world.config.aggregate == "sum"
        rows = [
            (10 * len(ats) if is_sum else 10, max(ats) if is_sum else min(ats), name) for name, ats in times.items()
        ]
        rows.sort(key=lambda row: (-row[0], row[1], row[2]))
        return [(rank, name, score) for rank, (score, _, name) in enumerate(rows, 1)]

    def events(self) -> list[dict[str, Any]]:
        """The events of the window, after sending those that wait."""
        outbox.send(self.world.table, self.world.event_bus, "arcade")
        return [detail for _, detail in self.world.aws.events.sent if detail["id"].endswith(f"/{self.window}")]

    def check(self, now: int) -> dict[str, Any]:
        """The window is sealed with the naive ranks, and its event tells the same. Return its page."""
        page = self.page(now)
        assert page["window"]["sealed"]
        ranking = self.ranking()
        assert [(each["rank"], each["player_id"], each["score"]) for each in page["entries"]] == ranking
        events = self.events()
        assert {detail["id"] for detail in events} == {f"window/{self.world.config.name}/{self.window}"}
        for detail in events:
            assert detail["players"] == page["players"] == len(ranking)
            assert [(each["rank"], each["player_id"], each["columns"]["score"]) for each in detail["top"]] == ranking
        return page

    def check_nothing_changes(self, now: int) -> None:
        """Whatever is delivered, rebuilt and swept after the seal, the window stays as it is."""
        page = self.check(now)
        for delay in (MINUTE, 60 * MINUTE, 24 * 60 * MINUTE):
            self.deliver(self.end - 1, self.end - 1000, now + delay, "sealed")
            self.rebuild(now + delay)
            self.world.snapshots.sweep(now + delay, self.world.config.max_age_seconds)
            assert self.check(now + delay) == page
