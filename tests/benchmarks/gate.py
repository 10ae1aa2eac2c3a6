"""Times `check`, and alone the scanner that it runs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import cases
from tests.benchmarks.cases import SCANNER, Case, ours, table, time_cases
from tests.benchmarks.measuring import Command

__all__ = ["INSTALLED", "add_options", "measure", "table"]

INSTALLED = (".venv-checkov/ready",)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this mode."""
    cases.add_options(parser, [100])


def measure(boards: Sequence[int], rounds: int, only: str) -> dict[str, Any]:
    """Time them. Exit code 1 is no failure: it means that something was found."""
    ready = {
        "checkov -d build": _checkov,
        "check --all": ours("check --all", "generate"),
        "check, nothing changed": ours("check", "generate", "check"),
    }
    return time_cases([Case(name, size, make, (0, 1)) for name, make in ready.items() for size in boards], rounds, only)


def _checkov(folder: Path, boards: int) -> Sequence[Command]:
    ours("generate", "generate")(folder, boards)
    return [[str(SCANNER / "checkov"), "-d", "build", "--compact", "--quiet"]]
