"""Two runs of `leaderboards local` with one folder: a file replayed at a set time, edits saved meanwhile, a reset.

What the options do together is seen here; what each does alone has a test of its own.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generator.operations.local_run import LocalRun, default_ready_file, read_local_run
from tests.end_to_end.game import get
from tests.support.cli import Result, run
from tests.support.processes import start
from tests.support.projects import board_yaml, head

FRIDAY = '{every: week, starts: friday, at: "18:00", timezone: America/Sao_Paulo, grace: 5m}'
CATCH = "{rules: [{activity: catch, points: %d}]}"

TAKEN_UP = re.compile(r"^leaderboards\.yaml: taken up in \d+\.\d s$", re.MULTILINE)


def text(points: int, *more: str) -> str:
    """A whole file whose board `fish` gives so many points."""
    fish = board_yaml("fish", scoring=CATCH % points, window=FRIDAY, top="100")
    return head(project="twice") + "boards:\n" + fish + "".join(more)


Scores = dict[str, float]


class Terminal:
    """A run of the command, what it printed, and the folder in which a second terminal is open."""

    def __init__(self, folder: Path, process: subprocess.Popen[str], screen: Path) -> None:
        self.folder = folder
        self.process = process
        self._screen = screen

    @property
    def shown(self) -> str:
        """All that it printed so far, on either stream."""
        return self._screen.read_text()

    def wait_for(self, found: Callable[[], Any], seconds: float = 120) -> Any:
        """Wait until a function returns something, and return that."""
        until = time.monotonic() + seconds
        while not (result := found()):
            assert self.process.poll() is None, self.shown
            assert time.monotonic() < until, self.shown
            time.sleep(0.1)
        return result

    def wait_for_line(self, pattern: str, after: int = 0) -> None:
        """Wait until a whole line is shown. `after`: how much was shown before, and does not count."""
        line = re.compile(f"^{pattern}$", re.MULTILINE)
        self.wait_for(lambda: line.search(self.shown, after))

    def wait_for_scores(self, local: LocalRun, scores: Scores, seconds: float = 180) -> None:
        """Wait until the board `fish` shows these."""
        until = time.monotonic() + seconds
        while (shown := read_scores(local)) != scores:
            assert time.monotonic() < until, (shown, self.shown)
            time.sleep(0.1)

    def save(self, content: str) -> None:
        """Save the file as editors do, and wait until that is taken up."""
        before = len(self.shown)
        beside = self.folder / ".leaderboards.yaml.swp"
        beside.write_text(content)
        beside.replace(self.folder / "leaderboards.yaml")
        self.wait_for(lambda: TAKEN_UP.search(self.shown, before))

    def type(self, *words: str) -> Result:
        """Type a command into the second terminal."""
        done = run(*words, cwd=self.folder)
        assert done.code == 0, (words, done, self.shown)
        return done

    def interrupt(self) -> None:
        """Press Ctrl-C, after which nothing goes wrong."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(120) == 0, self.shown
        assert "Traceback" not in self.shown
        assert "warning" not in self.shown
        assert "failed" not in self.shown
        assert not default_ready_file(self.folder / "leaderboards.yaml").exists()


@contextmanager
def open_terminal(folder: Path, *options: str) -> Iterator[tuple[Terminal, LocalRun]]:
    """Run the command until every board answers."""
    screen = folder / f"screen-{len([*folder.glob('screen-*')])}"
    with screen.open("wb") as stream:
        process = start("local", *options, cwd=folder, stream=stream.fileno(), PYTHONUNBUFFERED="1")
    terminal = Terminal(folder, process, screen)
    ready = default_ready_file(folder / "leaderboards.yaml")
    try:
        terminal.wait_for_line("all boards: .*")
        yield terminal, read_local_run(ready)
    finally:
        process.kill()
        process.communicate()


def read_scores(local: LocalRun) -> Scores:
    """The scores that the board `fish` shows now."""
    entries = get(f"{local.boards['fish']['api_url']}/v1/leaderboard?limit=100")[1]["entries"]
    return {entry["player_id"]: entry["score"] for entry in entries if not entry["player_id"].startswith("sim-")}


def has_simulated(local: LocalRun, board: str) -> bool:
    """Whether the simulator has played on a board."""
    table = local.boards[board]["activities_table"]
    items = local.client("dynamodb").scan(TableName=table)["Items"]
    return any(item["player_id"]["S"].startswith("sim-") for item in items)


def test_a_rehearsal_that_is_interrupted_goes_on_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(text(1))
    rows = [f"ann,catch,2026-11-27T16:5{minute}:00-03:00" for minute in range(3)]
    (tmp_path / "catches.csv").write_text("player_id,type,at\n" + "\n".join([*rows, "bob,catch,"]))
    options = ("--keep", "kept", "--data", "fish=catches.csv")

    with open_terminal(tmp_path, *options, "--clock", "2026-11-27T17:00-03:00", "--simulate", "4") as (first, local):
        first.wait_for_line(r"catches\.csv: 4 activities written in .*")
        # Times in a file are judged by the run's clock, and a row without one is of that clock's time.
        first.wait_for_scores(local, {"ann": 3, "bob": 1})
        first.save(text(10, board_yaml("crab", scoring=CATCH % 1)))
        first.wait_for_line(r"fish, .* s: points of catch 1 -> 10; scores so far stay, .*; in place")
        # A board that a save has added: programs read where it is, commands find it, and simulated players play on it.
        first.wait_for_line(r"crab: http://.*/nebula/crab/")
        local = read_local_run(local.file)
        first.wait_for(lambda: has_simulated(local, "crab"))
        first.type("record", "fish", "--player", "ann", "--type", "catch", "--local")
        # Ctrl-C while a save is taken up.
        before = len(first.shown)
        (tmp_path / "leaderboards.yaml").write_text(text(100, board_yaml("crab", scoring=CATCH % 7)))
        first.wait_for_line("deploying crab", before)
        first.interrupt()

    with open_terminal(tmp_path, *options, "--schedule", "yaml") as (second, local):
        second.wait_for_line(r"kept in kept: .* activities, 2 windows")
        assert local.call("now", {})["now"].startswith("2026-11-27T20:")
        second.wait_for_line(r"catches\.csv: 3 activities written in .*")
        assert has_simulated(local, "crab")
        # The rules of the file count from now on; the file's activities were counted before. The clock's own move
        # makes new ranks: the board's schedule would take a minute.
        second.type("record", "fish", "--player", "bob", "--type", "catch", "--local", "--no-wait")
        second.type("advance", "1m")
        second.wait_for_scores(local, {"ann": 13, "bob": 101})
        done = json.loads(second.type("advance", "--to-seal", "--board", "fish", "--json").stdout)
        [ended] = [window for window in done["ended"] if window["board"] == "fish"]
        assert ended["sealed"]
        top = [(entry["player_id"], entry["columns"]["score"]) for entry in ended["event"]["top"]]
        assert [entry for entry in top if not entry[0].startswith("sim-")] == [("bob", 101), ("ann", 13)]
        second.wait_for_scores(local, {})
        second.interrupt()
