"""Runs what is measured in a process of its own, and watches the memory and the disk that it takes."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.measuring import CommandError

PAUSE = 0.05
"""Seconds between two looks at a process."""
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


@dataclass(frozen=True)
class Run:
    """What a process took. The times are its own, without its start and its imports."""

    seconds: float
    cpu: float
    memory: int
    """The most bytes of memory that it and the processes that it started held at one time (resident, by Linux)."""
    disk: int
    """The most bytes that lay in its temporary folder."""
    answer: Any


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Run:
    """Run Python with a command, which prints its times as JSON. Raises CommandError where it fails.

    `folder` is where the temporary folder of the process is made.
    """
    with TemporaryDirectory(dir=folder) as temporary, (folder / "output").open("w+b") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            env={**environment, "TMPDIR": temporary},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        memory, disk = _watch(process, Path(temporary))
        output.seek(0)
        lines = output.read().decode().splitlines()
    if process.returncode:
        raise CommandError("\n".join(lines[-30:]))
    told = json.loads(lines[-1])
    return Run(told["seconds"], told["cpu"], memory, disk, told["answer"])


def _watch(process: subprocess.Popen[bytes], temporary: Path) -> tuple[int, int]:
    """Wait for a process; return the most bytes of memory and of disk that its session held."""
    memory = disk = 0
    own: dict[str, bool] = {}
    while process.poll() is None:
        pids = [each.name for each in _PROC.iterdir() if each.name.isdigit()]
        for pid in pids:
            if pid not in own:
                own[pid] = _session(pid) == process.pid
        memory = max(memory, sum(_resident(pid) for pid in pids if own[pid]))
        disk = max(disk, _size(temporary, [pid for pid in pids if own[pid]]))
        time.sleep(PAUSE)
    return memory, disk


def _session(pid: str) -> int:
    """The session that a process belongs to; 0 where it has ended."""
    with contextlib.suppress(OSError):
        return int((_PROC / pid / "stat").read_text().rpartition(")")[2].split()[3])
    return 0


def _resident(pid: str) -> int:
    with contextlib.suppress(OSError):
        return int((_PROC / pid / "statm").read_text().split()[1]) * _PAGE
    return 0


def _size(folder: Path, pids: Sequence[str]) -> int:
    """The bytes of all files below a folder, and of those without a name that processes have open."""
    named = (Path(place) / file for place, _, files in os.walk(folder) for file in files)
    opened = (_PROC / pid / "fd" / number for pid in pids for number in _list(_PROC / pid / "fd"))
    sizes: dict[tuple[int, int], int] = {}
    for path in (*named, *opened):
        with contextlib.suppress(OSError):  # it may go meanwhile
            found = path.stat()
            if stat.S_ISREG(found.st_mode) and (not found.st_nlink or folder in path.parents):
                sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(sizes.values())


def _list(folder: Path) -> Sequence[str]:
    with contextlib.suppress(OSError):
        return [each.name for each in folder.iterdir()]
    return ()
