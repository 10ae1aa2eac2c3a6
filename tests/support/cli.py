"""Runs the command line in this process, which is as fast as a call. Returns what it printed and its exit code."""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from generator.cli import main


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    stdout: str
    stderr: str


def run(*arguments: str, cwd: Path) -> Result:
    """Run `leaderboards ARGUMENTS` in a folder."""
    out, err = io.StringIO(), io.StringIO()
    before = Path.cwd()
    os.chdir(cwd)
    try:
        with (
            mock.patch("sys.argv", ["leaderboards", *arguments]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            main.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        os.chdir(before)
    return Result(code, out.getvalue(), err.getvalue())
