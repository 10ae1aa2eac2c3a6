"""`python -m tests.output.writers FOLDER`: writes build/ in a folder, and is killed at a step that the test names.

Each write is a fork, which starts at once. It is forked here and not by pytest, whose process may have other threads:
the fork of such a process may hang.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from generator import pipeline
from generator.output import build_folder
from generator.output.plan import write_build
from generator.pipeline import Generated
from generator.source import inputs

STEPS = (build_folder.BuildFolder._stage, build_folder.BuildFolder._apply)
"""What changes the disk: a file is staged, a file is put in its place."""


def generate(folder: Path) -> tuple[Generated, Mapping[str, bytes]]:
    """Generate from the folder's leaderboards.yaml. Returns what was made, and the input files."""
    read = inputs.read_files(folder / "leaderboards.yaml")
    return pipeline.generate(read.files, read.main), read.files


def generate_into(folder: Path) -> None:
    """Write build/ as `generate` does, without asking what the last run remembered."""
    made, files = generate(folder)
    write_build(made.files, made.boards, files, folder / "build")


def announce_steps(act: Callable[[int], object], patch: Callable[[object, str, object], None] = setattr) -> None:
    """Have `act` called just before each step on the disk, with the step's number, from 1 on."""
    numbers = count(1)
    for method in STEPS:

        def step(*arguments: Any, method: Callable[..., Any] = method) -> Any:
            act(next(numbers))
            return method(*arguments)

        patch(build_folder.BuildFolder, method.__name__, step)


def die_at(step: int) -> None:
    """Have this process killed (not asked to end) just before that step on the disk."""
    announce_steps(lambda number: os.kill(os.getpid(), signal.SIGKILL) if number == step else None)


def main(folder: Path) -> None:
    """Read the numbers of steps, one a line. For each, print the exit code of a write that dies there."""
    for line in sys.stdin:
        made, files = generate(folder)
        process = os.fork()
        if process == 0:
            die_at(int(line))
            write_build(made.files, made.boards, files, folder / "build")
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
