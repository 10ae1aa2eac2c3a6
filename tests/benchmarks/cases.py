"""Times cases in turn: each makes a folder ready, which is not timed, and names the commands to run there."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks import inputs
from tests.benchmarks.measuring import Command, Times, best, run, whole_number

BIN = inputs.ROOT / ".venv" / "bin"
PEERS = inputs.ROOT / ".venv-bench" / "bin"
MODULES = inputs.ROOT / ".bench" / "node_modules"
SCANNER = inputs.ROOT / ".venv-checkov" / "bin"
LEADERBOARDS = str(BIN / "leaderboards")

LONG_SECONDS = 10
"""A case that takes longer is run once: more runs would change its result by too little to matter."""
MANY = 1000
"""A case of this number of boards is run once: what each run leaves would fill the disk."""


@dataclass(frozen=True)
class Case:
    """Something that is timed."""

    name: str
    boards: int
    """0 if it has nothing to do with boards."""
    ready: Callable[[Path, int], Sequence[Command]]
    """Prepares an empty folder for that many boards, and returns the commands."""
    codes: tuple[int, ...] = (0,)
    """Exit codes of a run that did its work."""


def baseline() -> Case:
    """What any generator in Python has to import before it can begin. All times are also printed as multiples of it."""
    command = [str(BIN / "python"), "-c", "import click, yaml, pydantic, jinja2"]
    return Case("import click, yaml, pydantic, jinja2", 0, lambda folder, boards: [command])


def environment(home: Path) -> Mapping[str, str]:
    """The environment variables of every command: Python may write bytecode, and HOME has nobody's settings in it."""
    kept = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "TERRAFORM", "TMPDIR") if name in os.environ
    }
    return {**kept, "HOME": str(home), "AWS_DEFAULT_REGION": "eu-central-1"}


def ours(
    command: str, *before: str, change: Callable[[Path], object] = lambda _: None
) -> Callable[[Path, int], Sequence[Command]]:
    """One of our commands, after others that are not timed, and a change of the folder that those left."""

    def ready(folder: Path, boards: int) -> Sequence[Command]:
        inputs.leaderboards(folder, boards)
        run([[LEADERBOARDS, *earlier.split()] for earlier in before], folder, environment(folder.parent), (0, 1))
        change(folder)
        return [[LEADERBOARDS, *command.split()]]

    return ready


def compile_all() -> None:
    """Compiles every module once, as Python does at the first run of a command unless it may not write bytecode."""
    own = [inputs.ROOT / part for part in ("generator", "runtime")]
    for folder in (BIN, PEERS, SCANNER):
        python = folder / "python"
        if python.exists():
            library = folder.parent / "lib"
            subprocess.run([python, "-m", "compileall", "-q", library, *own], stdout=subprocess.DEVNULL, check=False)


def add_options(parser: argparse.ArgumentParser, boards: Sequence[int] = (1, 10, 100)) -> None:
    """Add the options of a mode that times cases for numbers of boards."""
    sizes = " ".join(map(str, boards))
    parser.add_argument(
        "--boards", type=whole_number, nargs="+", default=boards, metavar="N", help=f"{sizes} if left out"
    )
    parser.add_argument("--rounds", type=whole_number, default=5, metavar="N", help="runs of each case; 5 if left out")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose names have this in them")


def time_cases(chosen: Sequence[Case], rounds: int, only: str) -> dict[str, Any]:
    """Times the baseline and the cases. Returns the best run of each, in seconds and in multiples of the baseline."""
    compile_all()
    runs = _run_in_turn([baseline(), *(case for case in chosen if only in case.name)], rounds)
    base = best(next(iter(runs.values())))
    rows = [_as_row(case, times, base) for case, times in runs.items()]
    return {"versions": versions(), "machine": platform.platform(), "rows": rows}


def _run_in_turn(chosen: Sequence[Case], rounds: int) -> dict[Case, list[Times]]:
    """Runs all cases in turn, so that other load on the machine slows all of them alike.

    Each run has a folder of its own, and none is deleted before the end: for some minutes ext4 does not reuse the
    inodes of deleted files, and skips them one by one, which makes every new file slow.
    """
    runs: dict[Case, list[Times]] = {case: [] for case in chosen}
    top = Path(tempfile.mkdtemp(prefix="leaderboards-bench-"))
    settings = environment(top)
    try:
        for number in range(-1, rounds):
            for index, (case, times) in enumerate(runs.items()):
                # Round -1 is not counted: it fills caches and compiles templates, for which one board is enough.
                if number < 0 and case.boards > 1:
                    continue
                if times and (times[0].wall > LONG_SECONDS or case.boards >= MANY):
                    continue
                _note(f"round {max(0, number) + 1}/{rounds}: {case.name} {case.boards or ''}")
                folder = top / f"{index}-{number}"
                folder.mkdir()
                took = run(case.ready(folder, case.boards), folder, settings, case.codes)
                if number >= 0:
                    times.append(took)
    finally:
        _note("")
        shutil.rmtree(top, ignore_errors=True)
    return runs


def _as_row(case: Case, times: Sequence[Times], base: Times) -> dict[str, Any]:
    least = best(times)
    return {
        "case": case.name,
        "boards": case.boards,
        "runs": len(times),
        "wall_seconds": round(least.wall, 4),
        "cpu_seconds": round(least.cpu, 4),
        "wall_ratio": round(least.wall / base.wall, 2),
        "cpu_ratio": round(least.cpu / base.cpu, 2),
    }


def table(document: dict[str, Any]) -> str:
    """Formats what `time_cases` returns as a table for a person."""
    lines = [f"{'best of the runs':<58} boards runs     wall      CPU   wall    CPU"]
    for row in document["rows"]:
        lines.append(
            f"{row['case']:<58} {row['boards'] or '':>6} {row['runs']:>4} {row['wall_seconds'] * 1000:>5,.0f} ms "
            f"{row['cpu_seconds'] * 1000:>5,.0f} ms {row['wall_ratio']:>5.1f}x {row['cpu_ratio']:>5.1f}x"
        )
    versions = ", ".join(f"{name} {version}" for name, version in document["versions"].items())
    return "\n".join([*lines, "", versions, document["machine"]])


def _note(text: str) -> None:
    """Shows what is being timed, on one line of stderr, if that is a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that are timed."""
    found = {"python": sys.version.split()[0]}
    for folder, names in (
        (BIN, ("leaderboards-from-yaml", "click", "pyyaml", "pydantic", "jinja2")),
        (PEERS, ("chalice", "cookiecutter")),
        (SCANNER, ("checkov",)),
    ):
        for name in names:
            if version := _version(folder, name):
                found[name] = version
    if MODULES.is_dir():
        found["cdktn"] = json.loads((MODULES / "cdktn" / "package.json").read_bytes())["version"]
    return found


def _version(folder: Path, name: str) -> str:
    pattern = f"lib/*/site-packages/{name.replace('-', '_')}-*.dist-info"
    return next((path.name.split("-")[1].removesuffix(".dist") for path in folder.parent.glob(pattern)), "")
