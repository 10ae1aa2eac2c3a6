"""What is timed. A case makes a folder ready, which is not timed, and names the commands to run there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.measuring import Command, run
from tests.benchmarks.plain import PLAIN

BIN = inputs.ROOT / ".venv" / "bin"
PEERS = inputs.ROOT / ".venv-bench" / "bin"
SCANNER = inputs.ROOT / ".venv-checkov" / "bin"
LEADERBOARDS = str(BIN / "leaderboards")

TEAMS = 20
"""Teams that share a project, for the cases in which several do."""
FEEDS = 10
"""Feeds that they have."""

_GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.com")
_COOKIECUTTER = """
import sys
from cookiecutter.main import cookiecutter
for name in sys.argv[1:]:
    cookiecutter("template", no_input=True, default_config=True, extra_context={"board": name}, output_dir="build")
"""


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


def generators(sizes: Sequence[int]) -> list[Case]:
    """Our commands, and the nearest jobs of other generators."""
    ready = {
        "validate": _ours("validate"),
        "generate": _ours("generate"),
        "generate, nothing changed": _generated,
        "generate --check, from a fresh clone": _ours("generate --check", "generate", forget=True),
        "cp -a of the bundles": _copy,
        "cookiecutter, a folder of the same files for each board": _cookiecutter,
        "chalice package, a project for each board": _chalice_each,
        "chalice package, one project of all boards": _chalice_one,
    }
    return [Case(name, size, make) for name, make in ready.items() for size in sizes]


def teams(boards: int = 200) -> list[Case]:
    """Our commands where twenty teams share a project, each with a file of its own, and ten of them with a feed."""
    ready = {
        "validate": _shared("validate"),
        "generate": _shared("generate"),
        "generate, nothing changed": _shared("generate", "generate"),
        "generate, a board was added": _shared("generate", "generate", added=True),
        "list": _shared("list", "generate"),
        "changed, a board was added": _shared("changed --since HEAD", "generate", added=True),
    }
    return [Case(f"{TEAMS} teams: {name}", boards, make) for name, make in ready.items()]


def gate(boards: int) -> list[Case]:
    """Our check, and alone the scanner that it runs. Exit code 1 is no failure: it means that something was found."""
    return [
        Case("checkov -d build", boards, _checkov, (0, 1)),
        Case("check --all", boards, _ours("check --all", "generate"), (0, 1)),
        Case("check, nothing changed", boards, _ours("check", "generate", "check"), (0, 1)),
    ]


def plain_calls(sizes: Sequence[int]) -> list[Case]:
    """`--help` and `generate` as they are, and with the plain call in place of each file of faster code."""
    ready = {
        "--help": _ours("--help"),
        "--help without collector": _plain("collector", "--help"),
        "generate": _ours("generate"),
        **{f"generate without {name}": _plain(name, "generate") for name in PLAIN},
    }
    return [Case(name, size, make) for size in sizes for name, make in ready.items()]


def environment(home: Path) -> Mapping[str, str]:
    """The environment variables of every command: Python may write bytecode, and HOME has nobody's settings in it."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TERRAFORM", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "AWS_DEFAULT_REGION": "eu-central-1"}


def _ours(command: str, *before: str, forget: bool = False) -> Callable[[Path, int], Sequence[Command]]:
    """One of our commands, after others that are not timed. `forget` takes away the cache folder that those left."""

    def ready(folder: Path, boards: int) -> Sequence[Command]:
        inputs.leaderboards(folder, boards)
        run([[LEADERBOARDS, earlier] for earlier in before], folder, environment(folder.parent), (0, 1))
        if forget:
            (folder / ".leaderboards_cache").rename(folder.parent / f"{folder.name}-cache")
        return [[LEADERBOARDS, *command.split()]]

    return ready


def _shared(command: str, *before: str, added: bool = False) -> Callable[[Path, int], Sequence[Command]]:
    """One of our commands in a repository of TEAMS teams, after others. `added`: with a board that no commit has."""

    def ready(folder: Path, boards: int) -> Sequence[Command]:
        settings = environment(folder.parent)
        inputs.leaderboards(folder, boards, TEAMS, FEEDS)
        run(
            [["git", "init", "--quiet"], ["git", "add", "."], [*_GIT, "commit", "--quiet", "-m", "boards"]],
            folder,
            settings,
        )
        run([[LEADERBOARDS, earlier] for earlier in before], folder, settings)
        if added:
            inputs.leaderboards(folder, boards + 1, TEAMS, FEEDS)
        return [[LEADERBOARDS, *command.split()]]

    return ready


def _plain(name: str, command: str) -> Callable[[Path, int], Sequence[Command]]:
    """Prepare one of our commands with the plain call in place of one file of faster code."""

    def ready(folder: Path, boards: int) -> Sequence[Command]:
        inputs.leaderboards(folder, boards)
        return [[str(BIN / "python"), str(inputs.ROOT / "tests/benchmarks/plain.py"), name, command]]

    return ready


_generated = _ours("generate", "generate")
"""Prepares a folder in which everything is generated."""


def _copy(folder: Path, boards: int) -> Sequence[Command]:
    """Copies the bundles: what the disk alone needs to write these files."""
    _generated(folder, boards)
    return [["cp", "-a", "build", "copy"]]


def _checkov(folder: Path, boards: int) -> Sequence[Command]:
    _generated(folder, boards)
    return [[str(SCANNER / "checkov"), "-d", "build", "--compact", "--quiet"]]


def _cookiecutter(folder: Path, boards: int) -> Sequence[Command]:
    """Runs cookiecutter once, through its API: its command makes one folder and would have to start for each board."""
    model = folder / "model"
    model.mkdir()
    _generated(model, 1)
    inputs.cookiecutter(folder / "template", next((model / "build").glob("*/*/terraform")).parent)
    return [[str(PEERS / "python"), "-c", _COOKIECUTTER, *inputs.names(boards)]]


def _chalice_each(folder: Path, boards: int) -> Sequence[Command]:
    """Packages a project for each board, with one command each: like our bundles, each can be deployed by itself."""
    for name in inputs.names(boards):
        inputs.chalice(folder / name, [name])
    return [_chalice(name, "--project-dir", name) for name in inputs.names(boards)]


def _chalice_one(folder: Path, boards: int) -> Sequence[Command]:
    """Packages one project for all boards, chalice's best case: one process, one state, one zip for all functions."""
    inputs.chalice(folder / "all", inputs.names(boards))
    return [_chalice("all", "--project-dir", "all")]


def _chalice(name: str, *options: str) -> Command:
    return [str(PEERS / "chalice"), *options, "package", "--pkg-format", "terraform", f"build/{name}"]


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
    return found


def _version(folder: Path, name: str) -> str:
    pattern = f"lib/*/site-packages/{name.replace('-', '_')}-*.dist-info"
    return next((path.name.split("-")[1].removesuffix(".dist") for path in folder.parent.glob(pattern)), "")
