"""Times `validate` and `generate`, and the nearest jobs of other generators."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import inputs
from tests.benchmarks.cases import PEERS, Case, add_options, ours, table, time_cases
from tests.benchmarks.measuring import Command

__all__ = ["INSTALLED", "add_options", "measure", "table"]

INSTALLED = (".venv-bench/ready",)

_COOKIECUTTER = """
import sys
from cookiecutter.main import cookiecutter
for name in sys.argv[1:]:
    cookiecutter("template", no_input=True, default_config=True, extra_context={"board": name}, output_dir="build")
"""


def measure(boards: Sequence[int], rounds: int, only: str) -> dict[str, Any]:
    """Time them."""
    ready = {
        "validate": ours("validate"),
        "generate": ours("generate"),
        "generate, nothing changed": _generated,
        "generate --check, from a fresh clone": ours("generate --check", "generate", forget=True),
        "cp -a of the bundles": _copy,
        "cookiecutter, a folder of the same files for each board": _cookiecutter,
        "chalice package, a project for each board": _chalice_each,
        "chalice package, one project of all boards": _chalice_one,
    }
    return time_cases([Case(name, size, make) for name, make in ready.items() for size in boards], rounds, only)


_generated = ours("generate", "generate")
"""Prepares a folder in which everything is generated."""


def _copy(folder: Path, boards: int) -> Sequence[Command]:
    """Copies the bundles: what the disk alone needs to write these files."""
    _generated(folder, boards)
    return [["cp", "-a", "build", "copy"]]


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
