"""The rehearsal of docs/rehearsal.md, as a person at two terminals does it: its commands print what it says."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.console_blocks import install_programs, make_pattern, split_commands
from tests.support.markdown import fenced, fenced_blocks
from tests.support.paths import REPOSITORY
from tests.support.processes import stop_ignoring_signals

PAGE = REPOSITORY / "docs" / "rehearsal.md"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a person who has installed `leaderboards`, in a folder with the files of the page."""
    programs = tmp_path / "bin"
    install_programs(programs)
    folder = tmp_path / "game"
    folder.mkdir()
    (folder / "leaderboards.yaml").write_text(fenced(PAGE, "yaml")[0])
    (folder / "try_prizes.py").write_text(fenced(PAGE, "python")[0])
    (folder / "prizes.py").write_text(fenced(REPOSITORY / "docs" / "events.md", "python")[0])
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


class Rehearsal:
    """The two terminals."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.first: subprocess.Popen[bytes] | None = None
        self.output = folder / "first terminal"

    def wait_for(self, expected: list[str], seconds: float) -> None:
        """Wait until the first terminal shows these lines."""
        assert self.first
        until = time.monotonic() + seconds
        while not make_pattern(expected).search(self.output.read_text()):
            assert self.first.poll() is None, self.output.read_text()
            assert time.monotonic() < until, self.output.read_text()
            time.sleep(0.1)

    def type(self, command: str, expected: list[str]) -> None:
        """Type a command: one that goes on into the first terminal, any other into the second."""
        if command.startswith("leaderboards local"):
            with self.output.open("wb") as screen:
                self.first = subprocess.Popen(
                    ["sh", "-c", f"exec {command}"],
                    cwd=self.folder,
                    env=self.environment,
                    stdout=screen,
                    stderr=subprocess.STDOUT,
                )
            self.wait_for(expected, 120)
            return
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        said = self.output.read_text()
        assert done.returncode == 0, (command, done.stdout, said)
        assert make_pattern(expected).fullmatch(done.stdout), (command, done.stdout, expected, said)

    def end(self) -> None:
        """Press Ctrl-C in the first terminal."""
        assert self.first
        self.first.send_signal(signal.SIGINT)
        assert self.first.wait(120) == 0, self.output.read_text()
        assert "Traceback" not in self.output.read_text()


def test_the_page_happens_as_it_is_written(tmp_path: Path, environment: dict[str, str]) -> None:
    stop_ignoring_signals()
    rehearsal = Rehearsal(tmp_path / "game", environment)
    done = []
    try:
        for language, text in fenced_blocks(PAGE):
            if language == "console":
                for command, expected in split_commands(text):
                    rehearsal.type(command, expected)
                    done.append(command.split()[1])
            elif language == "text":
                rehearsal.wait_for(text.splitlines(), 30)
        rehearsal.end()
    finally:
        if rehearsal.first:
            rehearsal.first.kill()
            rehearsal.first.wait()
    # The page still has what it is about.
    assert [*dict.fromkeys(done)] == ["local", "record", "-i.bak", "advance", "events"]
