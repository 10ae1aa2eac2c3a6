"""The soak itself: finds the highest rate that is held, holds it while parts are killed, and reckons in the end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from generator.local.stack import Stack
from tests.end_to_end.deployed import OperatedGame, wait_until, write_ready_file
from tests.end_to_end.game import age_answers
from tests.end_to_end.storm import Witness, set_redelivery
from tests.soak.boards import TROUBLED, YAML, Totals
from tests.soak.memory import Series, measure
from tests.soak.processes import Helper
from tests.soak.reading import Findings, read_until_stopped
from tests.soak.reckoning import find_faults
from tests.soak.trouble import Trouble
from tests.soak.writing import Place, write_until_stopped
from tests.support.cli import run
from tests.support.projects import boards_of

SEED = 2026
FIRST_RATE, STEP = 20.0, 1.3
"""The rate that is tried first, in activities a second, and by what it is raised as long as it is held."""
SETTLE_SECONDS, MEASURE_SECONDS = 5.0, 15.0
"""Seconds from a new rate until it is measured, and for which it is."""
LAG_SECONDS = 2.0
"""A rate is held if no more waits after the measurement than before it, but for what comes in so many seconds."""
MOST_SECONDS, LEAST_SECONDS = 60.0, 20.0
"""Writing pauses where more waits than comes in so many seconds, until no more than that waits."""
LOOK_SECONDS = 1.0
DRAIN_SECONDS = 900.0
RECEIVES = 5
"""How often a message comes until it is a dead letter."""


@dataclass(frozen=True)
class Plan:
    """How a soak goes."""

    seconds: float
    rate: float | None = None
    """Activities a second; None for the highest that is held."""
    trouble_every: float = 10.0
    """Seconds from one thing that is done to the boards to the next."""
    troubles: int = 0
    """How many are done at the least, however long that takes."""
    visibility: int = 20
    """Seconds after which a message comes again whose processor was killed."""
    sample_every: float = 10.0
    """Seconds from one look at the memory to the next."""


@dataclass
class Outcome:
    """What came of a soak."""

    rate: float = 0.0
    written: int = 0
    seconds: float = 0.0
    paused: float = 0.0
    """Seconds for which writing paused because too much was waiting."""
    redriven: int = 0
    done: dict[str, int] = field(default_factory=dict)
    """How often each thing was done to the boards."""
    found: Findings = field(default_factory=Findings)
    memory: dict[str, Series] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class Soak:
    """The boards, with those who play and read."""

    def __init__(self, stack: Stack, plan: Plan, folder: Path, say: Callable[[str], object]) -> None:
        self.stack, self.plan, self.folder, self._say = stack, plan, folder, say
        self.games = [OperatedGame(stack, name) for name in stack.boards]
        self.outcome = Outcome()
        self._began = time.monotonic()
        tables = {game.name: game.table for game in self.games}
        server = stack.game_server
        keys = server.access_key_id, server.secret_access_key
        place = Place(stack.aws.endpoint, stack.aws.region, keys, tables)
        self._writer = Helper(write_until_stopped, place, SEED)
        self._reader = Helper(read_until_stopped, [game.api_url for game in self.games], SEED)
        wait_until(lambda: self._writer.look() is not None and self._reader.look() is not None)

    @property
    def written(self) -> int:
        """How many activities are written so far."""
        return sum((self._writer.look() or {}).values())

    @property
    def waiting(self) -> int:
        """About how many activities are written and not yet processed."""
        carried = sum(board.carried.written for board in self.stack.boards.values())
        return max(0, self.written - carried) + sum(game.count_messages("queue_url") for game in self.games)

    def find_rate(self) -> float:
        """The highest rate at which what waits does not grow: raised step by step until it does."""
        held, rate = 0.0, FIRST_RATE
        while True:
            self._writer.tell(rate)
            time.sleep(SETTLE_SECONDS)
            written, waiting, began = self.written, self.waiting, time.monotonic()
            time.sleep(MEASURE_SECONDS)
            more, seconds = self.waiting - waiting, time.monotonic() - began
            wrote = (self.written - written) / seconds
            self._report(f"{rate:.0f} activities a second: {wrote:.0f} written, {more:+d} wait")
            if more > LAG_SECONDS * rate or wrote < 0.85 * rate:
                self._writer.tell(0.0)
                return held or rate / STEP
            held, rate = rate, rate * STEP

    def hold(self, rate: float) -> None:
        """Write at a rate for as long as the plan says, while parts are killed, and sample the memory."""
        trouble = Trouble(self.stack, self.plan.trouble_every, random.Random(SEED), lambda _: None)
        trouble.start()
        began, written, sampled, paused = time.monotonic(), self.written, 0.0, False
        try:
            while (now := time.monotonic()) < began + self.plan.seconds or not self._has_shown_enough(trouble):
                if now - sampled >= self.plan.sample_every:
                    sampled = now
                    self._sample(now - began)
                    self._report(f"{self.written:,} written, {self.waiting} wait; {dict(+trouble.done)}")
                waiting = self.waiting
                paused = waiting > (LEAST_SECONDS if paused else MOST_SECONDS) * rate
                self._writer.tell(0.0 if paused else rate)
                time.sleep(LOOK_SECONDS)
                self.outcome.paused += paused * (time.monotonic() - now)
        finally:
            self._writer.tell(0.0)
            trouble.stop()
        self.outcome.rate, self.outcome.seconds = rate, time.monotonic() - began
        self.outcome.done = dict(+trouble.done)
        self.outcome.written = self.written - written

    def reckon(self) -> None:
        """Wait until all is processed, put dead letters back, and hold every total against the naive count."""
        totals: dict[str, Totals] = self._writer.stop()
        (self.folder / "leaderboards.yaml").write_text(YAML)
        ready = str(write_ready_file(self.stack, self.folder))
        for game in self.games:
            self.stack.drain(game.name, DRAIN_SECONDS)
            while letters := game.count_messages("dead_letter_queue_url"):
                done = run("redrive", game.name, "--from", "dead-letters", "--ready-file", ready, cwd=self.folder)
                assert done.code == 0, done
                self.outcome.redriven += letters
                self.stack.drain(game.name, DRAIN_SECONDS)
            self.stack.rebuild(game.name)
            self._report(f"{game.name}: all is processed")
        age_answers(self.stack)
        self.outcome.found = self._reader.stop()
        self._report("reckoning")
        self.outcome.faults = [fault for game in self.games for fault in find_faults(game, totals[game.name])]
        self.outcome.faults += self.outcome.found.wrong

    def _has_shown_enough(self, trouble: Trouble) -> bool:
        """Whether as much was done as the plan says, and what is killed was seen alive."""
        return trouble.done.total() >= self.plan.troubles and f"soak-{TROUBLED}-processor" in self.outcome.memory

    def _sample(self, at: float) -> None:
        for name, megabytes in measure().items():
            series = self.outcome.memory.setdefault(name, Series())
            series.times.append(at)
            series.values.append(megabytes)

    def _report(self, text: str) -> None:
        self._say(f"{time.monotonic() - self._began:5.0f} s: {text}")


@contextmanager
def start_boards() -> Iterator[Stack]:
    """Run the boards as `leaderboards local` does: each is rebuilt every two seconds."""
    stack = Stack(Witness())
    try:
        stack.start(boards_of(YAML))
        stack.wait_until_answering()
        yield stack
    finally:
        stack.stop()


def soak(plan: Plan, folder: Path, say: Callable[[str], object]) -> Outcome:
    """Soak, and return what came of it."""
    with start_boards() as stack, ExitStack():
        running = Soak(stack, plan, folder, say)
        set_redelivery(running.games[0], plan.visibility, RECEIVES)
        rate = plan.rate or running.find_rate()
        stack.drain(TROUBLED, DRAIN_SECONDS)
        running.hold(rate)
        running.reckon()
        return running.outcome
