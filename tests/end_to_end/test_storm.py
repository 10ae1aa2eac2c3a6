"""Exactly once on the embedded AWS: a crowd plays on some boards, and what counts for it is killed again and again."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from generator.local.stack import Stack
from tests.end_to_end.crowd import RULES, YAML, Crowd
from tests.end_to_end.deployed import Listener, OperatedGame, deploy_boards, write_ready_file
from tests.end_to_end.reckoning import find_faults, read_letters, read_snapshot
from tests.end_to_end.storm import (
    Killer,
    Witness,
    begin_pipe_again,
    count_duplicates,
    kill_while_rebuilding,
    set_redelivery,
    without_writing,
)
from tests.support.cli import run
from tests.support.effort import TIMES
from tests.support.projects import boards_of

SEED = 2026
BOARDS = ("total", "columns", "runs") if TIMES == 1 else tuple(RULES)
ACTIVITIES = 1_200 if TIMES == 1 else 5_000 * TIMES
MOST = 10 * ACTIVITIES
"""Activities after which the crowd goes, whatever was met: the faster the machine, the more come between two kills."""
PLAYERS = 50 * TIMES
KILL_EVERY = 75 if TIMES == 1 else 300
"""Activities that are written from one kill of a processor to the next."""
TOGETHER = 25
"""Activities that are written to a board at a time: the most that one call takes."""
BACKLOG = 500
"""Messages in the queues at which the crowd waits."""
REBUILDS = 3 if TIMES == 1 else 12
"""How many rebuilds are killed, or nearly."""
VISIBILITY, RECEIVES = 6, 3
"""During the storm a message comes again after so many seconds, and is a dead letter after so many times."""
PATIENCE = 3600
"""Seconds that the test waits for a queue at the most."""
AGAIN = "runs"
"""The board whose pipe begins anew."""
LEAST_DEATHS = 3
"""Batches that must have lost their worker."""
REPORT_SECONDS = 10
"""Seconds from one line of progress to the next."""


class Storm:
    """The boards with their crowds, and what is done to them."""

    def __init__(self, stack: Stack, witness: Witness) -> None:
        self.stack, self.witness = stack, witness
        self.games = {name: OperatedGame(stack, name) for name in BOARDS}
        self.crowds = {name: Crowd(name, PLAYERS, random.Random(f"{SEED} {name}")) for name in BOARDS}
        self.listeners = {name: Listener(self.games[name]) for name in BOARDS if RULES[name].milestones}
        self.killer = Killer([*self.games.values()], random.Random(SEED))
        self.letters: Counter[str] = Counter()
        """How many dead letters there were, by board."""
        self.died_rebuilding = 0
        self.duplicates: dict[str, dict[str, int]] = {name: {} for name in BOARDS}
        """How many duplicates each batch met that was seen, by board and log stream."""
        self.rounds = dict.fromkeys(BOARDS, 0)
        self.chance = random.Random(SEED)
        self.began = self.reported = time.monotonic()
        self.described = ""

    @property
    def written(self) -> int:
        """How many activities are written so far."""
        return sum(crowd.written for crowd in self.crowds.values())

    def count(self, queue: str) -> int:
        """The number of messages in one kind of queue, of all boards."""
        return sum(game.count_messages(queue) for game in self.games.values())

    def play(self, resources: ExitStack) -> None:
        """Write all activities, while processors and rebuilds are killed, one may not write, and a pipe begins anew."""
        for game in self.games.values():
            set_redelivery(game, VISIBILITY, RECEIVES)
        total = self.games["total"]
        outage = resources.enter_context(ExitStack())
        outage.enter_context(without_writing(total))
        set_redelivery(total, 1, RECEIVES)
        outage.callback(set_redelivery, total, VISIBILITY, RECEIVES)
        self.killer.start()
        resources.callback(self.killer.stop)
        games = iter([*self.games.values()] * REBUILDS)
        events: list[Callable[[], object]] = [lambda: self.kill_rebuild(next(games))] * REBUILDS
        events.insert(1, lambda: resources.callback(begin_pipe_again(self.stack, AGAIN, self.witness).stop))
        every = ACTIVITIES / (len(events) + 1)
        kills = 0
        while self.written < ACTIVITIES or not (self.has_shown_enough() or self.written > MOST):
            for name, game in self.games.items():
                game.write(self.crowds[name].write(TOGETHER, int(time.time() * 1000)))
            if self.written // KILL_EVERY > kills:
                kills += 1
                self.killer.ask()
            while events and self.written > ACTIVITIES - every * len(events):
                events.pop(0)()
            self.wait_for_backlog()
            if total.count_messages("dead_letter_queue_url"):
                outage.close()
            self.report()
        while total.count_messages("queue_url") and not total.count_messages("dead_letter_queue_url"):
            time.sleep(0.1)
        outage.close()
        self.killer.stop()
        self.report("all are written")

    def wait_for_backlog(self) -> None:
        """Wait until the pipes have sent all but the last round, and no more than BACKLOG of it is unprocessed."""
        boards = self.stack.boards
        while self.count("queue_url") > BACKLOG or any(
            boards[name].pipe.idle_rounds == self.rounds[name] for name in self.games
        ):
            self.report()
            time.sleep(0.05)
        self.rounds = {name: boards[name].pipe.idle_rounds for name in self.games}

    def kill_rebuild(self, game: OperatedGame) -> None:
        """Kill a rebuild halfway: readers still get a whole snapshot, the one before or a newer one."""
        before = read_snapshot(game)
        # It may be over before it is killed.
        self.died_rebuilding += any(kill_while_rebuilding(game, self.chance) for _ in range(10))
        assert read_snapshot(game) >= before

    def has_shown_enough(self) -> bool:
        """Whether batches lost their worker, and some came again that were counted in part. Otherwise the test has
        shown nothing, however right the totals are."""
        self.read_logs()
        seen = sum(sum(self.duplicates[name].values()) for name in BOARDS if name != AGAIN)
        expired = sum(self.crowds[name].expired for name in BOARDS if name != AGAIN)
        return sum(self.witness.deaths.values()) >= LEAST_DEATHS and seen > expired and self.died_rebuilding > 0

    def settle(self, folder: Path) -> None:
        """Wait until every queue is empty. Dead letters are put back until there are none."""
        (folder / "leaderboards.yaml").write_text(YAML)
        local = ["--ready-file", str(write_ready_file(self.stack, folder))]
        for game in self.games.values():
            set_redelivery(game, 60, 5)
        while True:
            for name in self.games:
                self.stack.drain(name, PATIENCE)
            self.report("drained")
            if not self.count("dead_letter_queue_url"):
                return
            for name, game in self.games.items():
                if found := read_letters(game, self.crowds[name], RECEIVES):
                    self.letters[name] += found
                    redriven = run("redrive", name, "--from", "dead-letters", "--no-wait", *local, cwd=folder)
                    assert (redriven.code, redriven.stdout) == (0, f"nebula/{name}: {found} put back\n")
            self.report("dead letters are put back")

    def report(self, event: str = "") -> None:
        """Say how far the storm is: where nothing else is to be said, every REPORT_SECONDS."""
        now = time.monotonic()
        if event or now - self.reported > REPORT_SECONDS:
            self.reported = now
            self.read_logs()
            self.described = self.describe()
            print(f"{now - self.began:5.0f} s: {self.described} {event}", flush=True)

    def read_logs(self) -> None:
        """Note what the processors have logged: the embedded AWS keeps the last batches only."""
        for name, game in self.games.items():
            self.duplicates[name] |= count_duplicates(game)

    def describe(self) -> str:
        """How far the storm is, in one line."""
        return (
            f"{self.written:,} activities written, {self.count('queue_url')} in queues, "
            f"{self.count('dead_letter_queue_url')} dead letters; {self.killer.kills} processors killed, "
            f"{sum(self.witness.deaths.values())} of them with a batch; {self.died_rebuilding} rebuilds killed;"
        )


@pytest.mark.long
def test_all_count_once_while_workers_are_killed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    witness = Witness()
    boards = tuple(board for board in boards_of(YAML) if board.name in BOARDS)
    with deploy_boards(boards, witness) as stack, ExitStack() as resources:
        storm = Storm(stack, witness)
        storm.play(resources)
        storm.settle(tmp_path)
        seconds = time.monotonic() - storm.began
        faults = [
            f"{name}: {fault}"
            for name, game in storm.games.items()
            for fault in find_faults(game, storm.crowds[name], storm.listeners.get(name))
        ]
        assert not faults, "\n".join(faults)
        storm.report("compared")
        assert storm.has_shown_enough()
        assert storm.letters["total"] >= 1
    duplicates = {name: sum(batches.values()) for name, batches in storm.duplicates.items()}
    record_property(
        "summary",
        f"storm: {storm.written / seconds:.0f} activities a second; {storm.described} "
        f"put back: {dict(storm.letters)}; duplicates seen: {duplicates}",
    )
