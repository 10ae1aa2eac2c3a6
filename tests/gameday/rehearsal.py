"""The rehearsal of one fault: it breaks, alarms go off, the runbook is followed, and in the end totals are exact."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generator.board.runbook.bundles import list_entries
from tests.end_to_end.deployed import deploy_boards
from tests.end_to_end.watched_game import YAML, WatchedGame
from tests.gameday.faults import Fault
from tests.gameday.runbook import Done, Runbook, open_runbook
from tests.support.projects import boards_of

STEPS_TO_RECOVER = 4
"""Watches after which a board is well again, whatever was broken."""

BEGINS = int(datetime(2027, 3, 1, 9, tzinfo=UTC).timestamp() * 1000)
"""When the day begins, on the clock of the run."""


@dataclass
class Transcript:
    """What happened on the day, as lines of text and as data."""

    game: WatchedGame
    write: Callable[[str], object]
    """Takes each line."""
    faults: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str, at: float | None = None) -> None:
        """Write a line with the time of the run's clock, or with another one in seconds since 1970."""
        instant = self.game.stack.aws.clock.now() / 1000 if at is None else at
        self.write(f"{datetime.fromtimestamp(instant, UTC):%H:%M}  {text}")

    def quote(self, text: str) -> None:
        """Write what was printed, indented."""
        self.write(textwrap.indent(text.rstrip("\n"), " " * 11))


@contextmanager
def begin_day(folder: Path, write: Callable[[str], object]) -> Iterator[Rehearsal]:
    """Deploy a board, and let it run until all its alarms are OK."""
    with deploy_boards(boards_of(YAML), begins=BEGINS) as stack:
        game = WatchedGame(stack, "wins")
        game.fail_at_once()
        assert game.live() == set()
        with open_runbook(game, folder) as runbook:
            yield Rehearsal(game, runbook, Transcript(game, write))


@dataclass(frozen=True)
class Rehearsal:
    """A board on which faults are rehearsed."""

    game: WatchedGame
    runbook: Runbook
    transcript: Transcript

    def rehearse(self, fault: Fault) -> None:
        """Rehearse one fault. Raises AssertionError where anything is not as it should be."""
        self._put_right()
        texts, during, ran = self._suffer(fault)
        self.transcript.say(fault.mended)
        ran += self._follow(texts, lambda command: command.startswith("leaderboards "))
        # One that finds something to look at names the command that deals with it.
        assert {done.code for done in ran if not done.named} <= {0, None}, ran
        seen = len(self.game.stack.aws.cloudwatch.changes)
        found = self.game.live(fault.until_well)
        self._show_alarms(seen)
        assert found == set(), f"{fault.name}: {sorted(found)} are on, though it is mended"
        self._check_totals(during)
        outcome = {"fault": fault.name, "alarms": sorted(fault.alarms), "commands": [vars(done) for done in ran]}
        self.transcript.faults.append(outcome)

    def _put_right(self) -> None:
        """Put right what a rehearsal that failed has left behind: each begins on a board whose alarms are OK."""
        for _ in range(STEPS_TO_RECOVER):
            if not self.game.list_alarms():
                return
            for options in ("dead-letters --drop-unreadable", "schedule"):
                self.runbook.run_own(f"leaderboards redrive {self.game.name} --from {options}")
            self.game.live()
        raise AssertionError(f"{sorted(self.game.list_alarms())} are on before anything is broken")

    def _suffer(self, fault: Fault) -> tuple[dict[str, str], int, list[Done]]:
        """Break it, see which alarms go off, and look at what the runbook says to look at.

        Returns what it says of each alarm, how many activities were written meanwhile, and the commands that were run.
        """
        game, seen = self.game, len(self.game.stack.aws.cloudwatch.changes)
        written = game.written.total()
        with fault.breaks(game):
            self.transcript.say(fault.happens)
            found = game.live(fault.steps, broken=True)
            self._show_alarms(seen)
            assert found == fault.alarms, f"{fault.name}: {sorted(found)} are on, not {sorted(fault.alarms)}"
            texts = {alarm: self.runbook.read(alarm) for alarm in self._order(found)}
            ran = self._follow(texts, lambda command: command.startswith("aws "))
        return texts, game.written.total() - written, ran

    def _order(self, alarms: set[str]) -> list[str]:
        """Alarms, in the order of the runbook; those that page come first."""
        entries = list_entries(self.game.stack.boards[self.game.name].board)
        found = [entry for entry in entries if entry.alarm in alarms]
        return [entry.alarm for entry in sorted(found, key=lambda entry: entry.severity.value != "page")]

    def _follow(self, texts: dict[str, str], chosen: Callable[[str], bool]) -> list[Done]:
        """Do what the runbook says of alarms, where its command is one of those that are chosen: each command once."""
        done: dict[str, Done] = {}
        for alarm, text in texts.items():
            command = text.rstrip("\n").rpartition("\n")[2].strip()
            if not chosen(command):
                continue
            self.transcript.say(f"leaderboards runbook {self.game.name} {alarm}")
            self.transcript.quote(text)
            if command in done:
                continue
            done[command] = ran = self.runbook.run(text)
            self._show(ran)
            if ran.named:
                done[ran.named] = again = self.runbook.run_own(ran.named)
                self._show(again)
        return [*done.values()]

    def _show(self, ran: Done) -> None:
        """Write a command, and what it printed."""
        self.transcript.say(f"$ {ran.command}")
        self.transcript.quote(ran.text if ran.code is None else f"{ran.text}exit {ran.code}")

    def _show_alarms(self, seen: int) -> None:
        """Write the changes of alarms after the first so many."""
        prefix = f"{self.game.stack.boards[self.game.name].board.names.prefix}-"
        for change in [*self.game.stack.aws.cloudwatch.changes][seen:]:
            self.transcript.say(f"{change.alarm.removeprefix(prefix)}: {change.after}", change.at)

    def _check_totals(self, during: int) -> None:
        """Compare every player's total with a naive count of what was written."""
        game = self.game
        game.settle()
        counted = Counter({entry["player_id"]: int(entry["score"]) for entry in game.ranking()})
        assert counted == game.written, f"{counted} are counted, not {game.written}"
        self.transcript.say(
            f"all {counted.total()} activities count once; {during} of them were written while it was broken"
        )


def rehearse_day(folder: Path, faults: tuple[Fault, ...], write: Callable[[str], object]) -> list[dict[str, Any]]:
    """Rehearse faults one after the other on one board. Returns what happened, as data."""
    with begin_day(folder, write) as rehearsal:
        for number, fault in enumerate(faults, 1):
            write(f"\n== {number} of {len(faults)}: {fault.name}")
            rehearsal.rehearse(fault)
        return rehearsal.transcript.faults
