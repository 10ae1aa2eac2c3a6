"""Times `--help` and `generate` as they are, and with the plain call in place of each file of faster code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import inputs, plain_call
from tests.benchmarks.cases import BIN, Case, add_options, ours, table, time_cases
from tests.benchmarks.measuring import Command

__all__ = ["add_options", "measure", "table"]


def measure(boards: Sequence[int], rounds: int, only: str) -> dict[str, Any]:
    """Time them."""
    ready = {
        "--help": ours("--help"),
        "--help without collector": _plain("collector", "--help"),
        "generate": ours("generate"),
        **{f"generate without {name}": _plain(name, "generate") for name in plain_call.PLAIN},
    }
    return time_cases([Case(name, size, make) for size in boards for name, make in ready.items()], rounds, only)


def _plain(name: str, command: str) -> Callable[[Path, int], Sequence[Command]]:
    """Prepare one of our commands with the plain call in place of one file of faster code."""

    def ready(folder: Path, boards: int) -> Sequence[Command]:
        inputs.leaderboards(folder, boards)
        return [[str(BIN / "python"), plain_call.__file__, name, command]]

    return ready
