"""The command line, or other code, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.paths import REPOSITORY

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that end a program unless it handles them."""


def stop_ignoring_signals() -> None:
    """Stop ignoring the signals that this process inherited as ignored, so that programs it starts do not ignore them.

    A program ignores what its parent ignores: SIGHUP under nohup, SIGINT as a shell's background job. It does not
    inherit a handler. So this process gets a handler that does nothing.
    """
    for number in ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def start_python(
    *arguments: str, cwd: Path, umask: int = -1, stream: int = subprocess.PIPE, **environment: str
) -> subprocess.Popen[str]:
    """Start `python ARGUMENTS` in a folder, with this repository's code to import. `environment` is added to ours.

    `stream`: the descriptor that both of its output streams write to; a pipe each, where it is left out.
    """
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        stdin=subprocess.PIPE,
        stdout=stream,
        stderr=stream,
        text=True,
        umask=umask,
    )


def start(
    *arguments: str, cwd: Path, umask: int = -1, stream: int = subprocess.PIPE, **environment: str
) -> subprocess.Popen[str]:
    """Start `leaderboards ARGUMENTS` in a folder. `stream` is that of `start_python`."""
    code = "from generator.cli.main import main; main()"
    return start_python("-c", code, *arguments, cwd=cwd, umask=umask, stream=stream, **environment)


def finish(process: subprocess.Popen[str], seconds: float = 240) -> tuple[str, str]:
    """Wait for a process that ends by itself. Returns the rest of its standard output and standard error."""
    try:
        return process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"still runs after {seconds} seconds\n{out}{err}") from None
