"""Times our commands where 20 teams share a project, each with a file of its own, and 10 of them with a feed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import cases, inputs
from tests.benchmarks.cases import LEADERBOARDS, Case, environment, table, time_cases
from tests.benchmarks.measuring import Command, run

__all__ = ["add_options", "measure", "table"]

TEAMS = 20
FEEDS = 10

_GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.com")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this mode."""
    cases.add_options(parser, [200])


def measure(boards: Sequence[int], rounds: int, only: str) -> dict[str, Any]:
    """Time them."""
    ready = {
        "validate": _shared("validate"),
        "generate": _shared("generate"),
        "generate, nothing changed": _shared("generate", "generate"),
        "generate, a board was added": _shared("generate", "generate", added=True),
        "list": _shared("list", "generate"),
        "changed, a board was added": _shared("changed --since HEAD", "generate", added=True),
    }
    return time_cases([Case(name, size, make) for name, make in ready.items() for size in boards], rounds, only)


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
