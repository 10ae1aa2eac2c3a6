"""Times `validate` and `generate`, and the nearest jobs of other generators."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import cases, cdktn, inputs
from tests.benchmarks.cases import MODULES, PEERS, Case, ours, time_cases
from tests.benchmarks.measuring import Command

INSTALLED = ("bench-peers",)
CDKTN = "cdktn, a stack of the same resources for each board"
CDKTN_BEST = "cdktn, the same without classes of the AWS provider"
MOST_CHALICE = 100
"""Boards for which chalice takes a minute or two."""

_COOKIECUTTER = """
import sys
from cookiecutter.main import cookiecutter
for name in sys.argv[1:]:
    cookiecutter("template", no_input=True, default_config=True, extra_context={"board": name}, output_dir="build")
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this mode."""
    cases.add_options(parser, [1, 10, 100, 1000])


def measure(boards: Sequence[int], rounds: int, only: str) -> dict[str, Any]:
    """Time them, also in multiples of cdktn's time for as many boards."""
    found = time_cases(list_cases(boards), rounds, only)
    rows = {(row["case"], row["boards"]): row for row in found["rows"]}
    found["of"] = {
        peer: {
            case: {str(size): _divide(rows[case, size], rows[peer, size]) for size in sizes}
            for case in dict.fromkeys(case for case, _ in rows if case.startswith("generate"))
            if (sizes := [size for size in boards if (case, size) in rows and (peer, size) in rows])
        }
        for peer in (CDKTN, CDKTN_BEST)
    }
    return found


def _divide(row: Mapping[str, Any], peer: Mapping[str, Any]) -> dict[str, float]:
    return {kind: round(row[f"{kind}_seconds"] / peer[f"{kind}_seconds"], 2) for kind in ("wall", "cpu")}


def table(found: dict[str, Any]) -> str:
    """Format what `measure` returns as tables for a person."""
    lines = [cases.table(found)]
    for peer, rows in found["of"].items():
        if rows:
            lines += ["", f"wall-clock and CPU time, in multiples of {peer}"]
        for case, ratios in rows.items():
            cells = (f"{size:>8}: {ratio['wall']:.2f}x {ratio['cpu']:.2f}x" for size, ratio in ratios.items())
            lines.append(f"{case:<38}" + "".join(cells))
    return "\n".join(lines)


def list_cases(boards: Sequence[int]) -> list[Case]:
    """Our commands, and the peers for as many boards as they manage in minutes."""
    ready = {
        "validate": ours("validate"),
        "generate": ours("generate"),
        "generate, one board changed": ours("generate", "generate", change=inputs.change_board),
        "generate, nothing changed": _generated,
        "generate --check, from a fresh clone": ours("generate --check", "generate", change=_forget),
        "cp -a of the bundles": _copy,
        CDKTN: _cdktn(bindings=True),
        CDKTN_BEST: _cdktn(bindings=False),
        "cookiecutter, a folder of the same files for each board": _cookiecutter,
        "chalice package, a project for each board": _chalice_each,
        "chalice package, one project of all boards": _chalice_one,
    }
    if not MODULES.is_dir():
        del ready[CDKTN], ready[CDKTN_BEST]
    return [
        Case(name, size, make)
        for name, make in ready.items()
        for size in boards
        if size <= MOST_CHALICE or not name.startswith("chalice")
    ]


_generated = ours("generate", "generate")
"""Prepares a folder in which everything is generated."""


def _forget(folder: Path) -> None:
    """Take away the cache folder: a clone has none."""
    (folder / ".leaderboards_cache").rename(folder.parent / f"{folder.name}-cache")


def _copy(folder: Path, boards: int) -> Sequence[Command]:
    """Copies the bundles: what the disk alone needs to write these files."""
    _generated(folder, boards)
    return [["cp", "-a", "build", "copy"]]


def _cdktn(bindings: bool) -> Callable[[Path, int], Sequence[Command]]:
    """Runs the program itself, as `cdktn synth` does: the command line adds its own start. It makes each stack each
    time, so a run where nothing changed takes as long."""

    def ready(folder: Path, boards: int) -> Sequence[Command]:
        model = folder / "model"
        model.mkdir()
        _generated(model, 1)
        bundle = next((model / "build").glob("*/*/terraform")).parent
        cdktn.write_program(folder / "main.js", bundle, inputs.names(boards), bindings)
        (folder / "node_modules").symlink_to(MODULES)
        return [["node", "main.js"]]

    return ready


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
