"""Measures wall-clock and CPU time of commands, and finds the best of several runs."""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str]


def whole_number(text: str) -> int:
    """A whole number that somebody wrote as an option, from 1 on: of no board and no player there is nothing to say."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


@dataclass(frozen=True)
class Times:
    """Seconds of one run. CPU is user and system time of the commands and of all that they started."""

    wall: float
    cpu: float


class CommandError(Exception):
    """A command that is timed failed; the message has the end of its output."""


def run(
    commands: Iterable[Command], folder: Path, environment: Mapping[str, str], codes: Iterable[int] = (0,)
) -> Times:
    """Run commands one after the other. Raises CommandError if one ends with an exit code not among `codes`."""
    wall = cpu = 0.0
    for command in commands:
        with (folder / ".said").open("w+b") as said:
            started = time.perf_counter()
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            wall += time.perf_counter() - started
            cpu += usage.ru_utime + usage.ru_stime
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in codes:
                said.seek(0)
                tail = said.read().decode(errors="replace")[-2000:]
                raise CommandError(f"{' '.join(command)[:200]}: exit code {process.returncode}\n{tail}")
    return Times(wall, cpu)


def best(runs: Sequence[Times]) -> Times:
    """The shortest wall-clock time and the shortest CPU time: those least disturbed by other work on the machine."""
    return Times(min(one.wall for one in runs), min(one.cpu for one in runs))
