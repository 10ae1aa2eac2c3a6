"""What the runbook says of an alarm, and its command, run as it is written there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from generator.local.reporter import Reporter
from tests.end_to_end.deployed import write_ready_file
from tests.end_to_end.storm import begin_pipe_again
from tests.end_to_end.watched_game import YAML, WatchedGame
from tests.gameday.door import Answer, Call, Judge, open_door
from tests.support.cli import run

READY = ["--ready-file", "ready.json"]
"""The options by which a command of ours finds the run."""
SECONDS = 300
"""Seconds that a command may take."""


@dataclass(frozen=True)
class Done:
    """A command that was run, or was not."""

    command: str
    code: int | None
    """None where it was not run."""
    text: str
    """What it printed, or why it was not run."""

    @property
    def named(self) -> str:
        """The command to run next, where it ended with something to look at and named one in backquotes; else ""."""
        found = re.search("`(leaderboards redrive [^`]*)`", self.text) if self.code == 1 else None
        return found[1] if found else ""


@dataclass(frozen=True)
class Runbook:
    """The runbook of a board, in the hands of whoever is on call on this machine."""

    game: WatchedGame
    folder: Path
    """Where leaderboards.yaml and the run's ready file are."""
    door: str
    """The URL of the door that the AWS CLI goes through."""

    def read(self, alarm: str) -> str:
        """What `leaderboards runbook` prints of an alarm."""
        shown = run("runbook", self.game.name, alarm, cwd=self.folder)
        assert shown.code == 0, shown.stderr
        return shown.stdout

    def run(self, text: str) -> Done:
        """Run the command of what `read` has returned: its last line, which is indented by four."""
        line = text.rstrip("\n").rpartition("\n")[2]
        assert line.startswith("    "), text
        command = line.strip()
        return self.run_own(command) if command.startswith("leaderboards ") else self._run_aws(command)

    def run_own(self, command: str) -> Done:
        """Run a command of ours, which finds the run by its ready file."""
        write_ready_file(self.game.stack, self.folder)
        words = shlex.split(command)[1:]
        words += [] if READY[0] in words else READY
        done = run(*words, cwd=self.folder)
        return Done(shlex.join(["leaderboards", *words]), done.code, done.stdout + done.stderr)

    def _run_aws(self, command: str) -> Done:
        """Run a command of the AWS CLI, if this machine has one that knows it."""
        if not self._aws_version:
            return Done(command, None, "not run: the AWS CLI is not installed")
        if self._aws_version == "1" and command.startswith("aws logs tail "):
            return Done(command, None, "not run: version 1 of the AWS CLI has no `logs tail`")
        aws = self.game.stack.aws
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_ACCESS_KEY_ID": aws.access_key_id,
            "AWS_SECRET_ACCESS_KEY": aws.secret_access_key,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PAGER": "",
            "HTTP_PROXY": self.door,
            "NO_PROXY": "",
        }
        done = subprocess.run(
            ["sh", "-c", command], env=environment, cwd=self.folder, capture_output=True, text=True, timeout=SECONDS
        )
        return Done(command, done.returncode, done.stdout + done.stderr)

    @cached_property
    def _aws_version(self) -> str:
        """The first number of the AWS CLI's version; "" where there is none."""
        if not shutil.which("aws"):
            return ""
        told = subprocess.run(["aws", "--version"], capture_output=True, text=True, check=False)
        return told.stdout.removeprefix("aws-cli/").partition(".")[0]


@contextmanager
def open_runbook(game: WatchedGame, folder: Path) -> Iterator[Runbook]:
    """Open the runbook of a board, in a folder that gets its leaderboards.yaml."""
    (folder / "leaderboards.yaml").write_text(YAML)
    with open_door(_answer_pipes(game)) as url:
        yield Runbook(game, folder, url)


def _answer_pipes(game: WatchedGame) -> Judge:
    """Start the pipe for the AWS CLI: the embedded AWS knows none, because the pipe runs in this process."""
    name = game.stack.boards[game.name].board.names.part("activities")

    def judge(call: Call) -> Answer | None:
        if (call.method, call.path) != ("POST", f"/v1/pipes/{name}/start"):
            return None
        is_running = game.stack.boards[game.name].pipe.is_alive()
        if not is_running:
            begin_pipe_again(game.stack, game.name, Reporter())
        state = "RUNNING" if is_running else "STARTING"
        return Answer(200, {"Name": name, "DesiredState": "RUNNING", "CurrentState": state})

    return judge
