"""Times how fast a rebuild merges the days of a rolling window, as multiples of adding the same numbers up.

The unit is what no rebuild can do without: the sums of a day's columns. So the multiples of two releases compare,
whatever machine each ran on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from runtime.config import Column
from runtime.domain.scoring import Aggregate, merge_days
from tests.runtime.boards import NOW, board

DAYS = (2, 7, 30)
CALLS, ROUNDS = 3_000, 7
COLUMNS = {
    "a sum": ("sum", (Column("score", "descending"),)),
    "an average": ("average", (Column("score", "descending", "average", 2),)),
    "a run of two columns": ("best", (Column("score", "descending", "best"), Column("time", "ascending", "best"))),
    "a sum beside a best value": ("sum", (Column("fish", "descending"), Column("biggest", "descending", "best", 2))),
}
"""Kinds of boards: their aggregates and columns."""


def measure() -> dict[str, dict[str, float]]:
    """The CPU time of merging so many days, in multiples of the unit, by the kind of board."""
    return {name: {f"{days} days": _compare(name, days) for days in DAYS} for name in COLUMNS}


def table(found: dict[str, dict[str, float]]) -> str:
    """Format what `measure` returns as a table for a person."""
    lines = [f"{'CPU time of merging days, in sums of them':<44}" + "".join(f"{days:>10} days" for days in DAYS)]
    lines += [f"{name:<44}" + "".join(f"{ratio:>14.1f}x" for ratio in row.values()) for name, row in found.items()]
    return "\n".join(lines)


def _compare(name: str, days: int) -> float:
    aggregate, columns = COLUMNS[name]
    config = board(columns=columns)
    config = replace(config, aggregate=aggregate)  # type: ignore[arg-type]
    has_times = aggregate != "best" and any(column.aggregate == "best" for column in columns)
    parts = [
        Aggregate(
            columns=(number + 1,) * len(columns),
            at=NOW + number,
            name="Nova",
            named_by=f"id-{number:03}",
            counted=3,
            run=f"run-{number:03}" if aggregate == "best" else "",
            times=(NOW + number,) * len(columns) if has_times else (),
        )
        for number in range(days)
    ]
    # In turn, so that other load on the machine slows both alike.
    pairs = [(_time(lambda: _add_up(parts)), _time(lambda: merge_days(config, parts))) for _ in range(ROUNDS)]
    unit, merged = min(unit for unit, _ in pairs), min(merged for _, merged in pairs)
    return round(merged / unit, 2)


def _add_up(parts: list[Aggregate]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*[part.columns for part in parts], strict=True)))


def _time(work: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(CALLS):
        work()
    return time.process_time() - began
