"""Says that the boards run: on a terminal as a welcome with what flows below it, elsewhere as a line for each board."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from generator.board.board import Board
from generator.local.flows import Flows
from generator.local.reporter import Reporter
from generator.local.stack import Stack
from generator.local.terminal.screen import Line
from generator.local.terminal.welcome import Address, make_address_lines, make_flow_lines, make_welcome
from generator.operations.activity_item import write_value
from generator.rendering.activity_schema import example_activity

_NOT_ASKED_FOR = ("player_id", "activity_id", "type", "name", "expires_at")
"""Fields of an activity that `leaderboards record` has options for, or fills in."""

_SHORTEST = ("hour", "day", "week", "month", "season")
"""The kinds of windows that end, the shortest first."""


class Announcer:
    """Says where the boards are: once they run, and again whenever a save has changed that."""

    def __init__(self, stack: Stack, reporter: Reporter, write_ready: Callable[[], None]) -> None:
        """`write_ready`: writes the ready file, which is there before anything else is said."""
        self._stack = stack
        self._write_ready = write_ready
        self._reporter = reporter
        self._said: list[Address] = []
        """What was said last."""

    def announce(self, run: Sequence[str], keys: Path | None) -> None:
        """Say where each board is. Programs read lines of the form `NAME: ADDRESS` from standard output.

        `run`: the options by which other commands find this run, such as `--local`; none where they cannot. `keys`: the
        file with a game server's keys, where there is one.
        """
        reporter, stack = self._reporter, self._stack
        self._write_ready()
        self._said = boards = self._list_addresses()
        if not reporter.live:
            reporter.say(f"all boards: {stack.url}/   (Ctrl-C stops everything)")
        self._print(boards)
        if keys:
            reporter.say(f"game servers: {stack.writes_url}, with AWS_CONFIG_FILE={keys}")
        if not reporter.live:
            return
        steps = suggest_steps([one.board for one in stack.boards.values()], _name_command(), run) if run else []
        for line in make_welcome(f"{stack.url}/", boards, reporter.seconds, steps):
            reporter.say(line.text, line.style)
        flows = Flows(stack)

        def make_lines(columns: int, lines: int) -> Sequence[Line]:
            return make_flow_lines(flows.read(), columns, lines, simulated=stack.is_simulated)

        reporter.show(make_lines)

    def announce_change(self) -> None:
        """Say where the boards are now, if that has changed: programs get the new addresses, a person all of them."""
        self._write_ready()
        before, self._said = self._said, self._list_addresses()
        if self._said == before:
            return
        self._print([one for one in self._said if one not in before])
        if self._reporter.live:
            for line in make_address_lines(f"{self._stack.url}/", self._said):
                self._reporter.say(line.text, line.style)

    def _list_addresses(self) -> list[Address]:
        return [Address(name, board.page_url, board.api_url) for name, board in self._stack.boards.items()]

    def _print(self, boards: Sequence[Address]) -> None:
        """Print addresses for programs: a person at a terminal has them in a table."""
        if not (self._reporter.live and sys.stdout.isatty()):
            for one in boards:
                print(f"{one.board}: {one.page or one.api + '/v1/leaderboard'}", flush=True)  # noqa: T201


def suggest_steps(boards: Sequence[Board], command: str, run: Sequence[str]) -> list[tuple[str, str]]:
    """What may come next, and what to type for it.

    `command`: how the user starts `leaderboards`; `run`: the options by which other commands find this run.
    """
    board = boards[0]
    kinds = {one.name: [kind.every for kind in one.config.windows if kind.closes] for one in boards}
    # The clock stops at every reset on its way, also those of other boards: the shortest way is shown.
    ending = min(
        (name for name in kinds if kinds[name]), key=lambda name: min(map(_SHORTEST.index, kinds[name])), default=""
    )
    example = example_activity(board.config, board.config.rules[0])
    fields = [f"{name}={write_value(value)}" for name, value in example.items() if name not in _NOT_ASKED_FOR]
    written = shlex.join(["--player", str(example["player_id"]), "--type", str(example["type"]), *fields])
    found_by = shlex.join(run)
    if ending:
        last = ("let the next reset come now", f"{command} advance --to-reset --board {ending} {found_by}")
    else:
        last = ("see who did not count, and why", f"{command} rejected {board.name} {found_by}")
    return [
        ("write one activity, as your game will", f"{command} record {board.name} {written} {found_by}"),
        ("see what the boards tell your game", f"{command} events --follow {found_by}"),
        last,
    ]


def _name_command() -> str:
    """How the user can start `leaderboards`: by its name, or by the path that started this run."""
    started = Path(sys.argv[0])
    if shutil.which("leaderboards") or started.name != "leaderboards":
        return "leaderboards"
    return shlex.quote(str(started))
