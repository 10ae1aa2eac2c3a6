"""Random boards that counted by a wrong rule, replayed by the right one while more is played: as the naive model."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from random import Random

import pytest

from tests.operations.replayed import Replayed
from tests.runtime.boards import NOW
from tests.runtime.naive_model import Model
from tests.runtime.naive_rules import Run
from tests.runtime.random_boards import GRACE, any_rule, any_rules, any_run, config_of, entry_of, image_of
from tests.runtime.world import World
from tests.support.effort import seeds
from tests.support.memory_aws import Call

NOON = NOW + 12 * 3_600_000 + 300_000
"""Five minutes after noon: a day has begun, and an hour."""


class Played:
    """A random board, with two models of it: of what was counted as it came, and of what a replay makes of it."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        wrong = replace(any_rules(chance), per_minute=None, lasts=())
        more = tuple(any_rule(chance, len(wrong.orders)) for _ in range(chance.randint(0, 3)))
        self.right = replace(wrong, more_rules=more, most=chance.choice([None, wrong.most]))
        self.numbers = count()
        self.world = World(config_of(wrong))
        self.replayed = Replayed(self.world, NOON)
        self.first = Model(wrong, GRACE * 1000)
        self.ignored: list[Run] = []
        self.every = chance.choice(wrong.windows)

    def play(self, runs: list[Run]) -> None:
        """Let some runs come."""
        for run in runs:
            if self.first.write(run, self.now) == "ignored":
                self.ignored.append(run)
            self.replayed.write(image_of(run), written=run.written)

    def fix(self) -> None:
        """Deploy the right rules: from now on both models count by them."""
        self.world.deploy(config_of(self.right))
        self.replayed = Replayed(self.world, self.now)
        self.second = Model(self.right, GRACE * 1000)
        for window, runs in self.first.counted.items():
            scored = [(run, self.second._points(run)) for run in runs]
            self.second.counted[window] = [
                replace(run, values=points) for run, points in scored if isinstance(points, tuple)
            ]
        self.second.seen = self.first.seen
        self.first.rules = self.right

    @property
    def now(self) -> int:
        return self.replayed.managed.now

    @property
    def windows(self) -> list[str]:
        """The ids of the windows that are replayed: of a rolling one each day."""
        return self.first.windows_of(self.every, self.now)

    @property
    def name(self) -> str:
        kind, days = self.every
        return f"rolling-{days}d" if kind == "rolling" else self.windows[0]

    def go_on(self) -> None:
        """Let one run come while the board is replayed."""
        run = any_run(self.chance, self.right, self.now, next(self.numbers))
        self.second.seen = set(self.first.seen)
        if self.second.write(run, self.now) == "ignored":
            self.ignored.append(run)
        self.first.write(run, self.now)
        self.replayed.write(image_of(run), written=run.written)

    def take_ignored(self) -> None:
        """What was ignored, and the right rules take, counts in what was replayed, where that is its time."""
        for run in dict.fromkeys(self.ignored):
            points = self.second._points(run)
            taken = [self.second._takes(every, replace(run, written=run.at)) for every in self.right.windows]
            windows = [window for window, reason in taken if not reason]
            if not isinstance(points, tuple) or not set(windows) & set(self.windows):
                continue
            is_alone = self.world.config.keeps_one_run
            for window in set(windows) & set(self.windows) if is_alone else windows:
                self.second.counted[window].append(replace(run, values=points))
                if not is_alone:
                    self.first.counted[window].append(replace(run, values=points))

    def check(self, model: Model) -> None:
        """Readers see what the model has."""
        self.replayed.managed.rebuild()
        wanted = [entry_of(row) for row in model.rank(self.windows)]
        entries = self.world.page(self.now, window=self.every[0], limit="100")["entries"]
        names = wanted[0].keys() if wanted else ()
        assert [{name: entry[name] for name in names} for entry in entries] == wanted


@pytest.mark.usefixtures("one_thread")
@seeds(150)
def test_a_replay_agrees_with_the_naive_model(seed: int) -> None:
    chance = Random(seed)
    played = Played(chance)
    for _ in range(chance.randint(1, 2)):
        played.play([any_run(chance, played.first.rules, played.now, next(played.numbers)) for _ in range(10)])
    played.check(played.first)
    played.fix()
    if not _is_open(played):
        return
    comparison = played.replayed.compare(played.name)
    played.check(played.first)
    is_busy = False

    def go_on(call: Call) -> None:
        nonlocal is_busy
        if not is_busy and chance.random() < 0.1:
            is_busy = True
            played.go_on()
            is_busy = False

    played.world.aws.before = go_on
    played.replayed.swap(played.name)
    played.world.aws.unhook()
    played.go_on()
    played.take_ignored()
    played.check(played.second)
    played.replayed.find(played.name).undo()
    played.check(played.first)
    played.replayed.swap(played.name)
    played.check(played.second)
    assert played.replayed.compare(played.name).changed == 0 or comparison


def _is_open(played: Played) -> bool:
    states = {state.window.id for state in played.world.window_store.read_all()}
    return any(window in states for window in played.windows)
