"""The steps by which many functions assemble the ranks of a window, and the same window in one function.

Each part of a step is a call of the assembler's real handler, in a process of its own, as in `rebuild`. They follow one
another here. In AWS the parts of a step run side by side, so that a step takes as long as its longest part.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from runtime.config import AssemblyConfig
from runtime.domain.ranking import WindowRanks
from runtime.domain.windows import ALL_TIME
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.window_items import WindowState
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.plan import AssemblyPlan, make_plan
from runtime.s3.bucket import Bucket
from runtime.s3.ranks.sizes import MOST_CHANGES
from tests.benchmarks.measuring import whole_number
from tests.benchmarks.rebuild import price
from tests.benchmarks.rebuilding.processes import Run
from tests.benchmarks.rebuilding.timing import Row, note
from tests.benchmarks.rebuilding.world import World, open_world
from tests.benchmarks.stand_in.players import STARTED
from tests.benchmarks.stand_in.server import BUCKET

ONE, COMPACTED = "one function", "read, of a base"
"""Cases besides the steps: a whole rebuild, and the step `read` where ranks are compacted."""
MEMORY_MB = 1769
"""The memory that dollars are said for: one processor."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this mode."""
    parser.add_argument("--players", type=whole_number, default=1_000_000, metavar="N", help="players of the board")
    parser.add_argument("--part", type=whole_number, default=250_000, metavar="N", help="players of a part")
    parser.add_argument(
        "--workers", type=whole_number, default=2, metavar="N", help="processes that make players ready"
    )


def measure(players: int = 1_000_000, part: int = 250_000, workers: int = 2) -> list[Row]:
    """Rank a board in one function, and then by an assembly."""
    note(f"{players:,} players: making them")
    with open_world(players, shards=max(8, -(-players // part)), workers=workers) as world:
        return [_note(row) for row in _measure(world, part)]


def _measure(world: World, part: int) -> Iterator[Row]:
    yield _make_row(world, ONE, [world.rebuild()])
    plan = _plan(world, part)
    for step, parts in (
        ("read", plan.reads),
        ("count", plan.ranges),
        ("write", plan.ranges),
        ("gather", plan.groups),
        ("finish", 1),
    ):
        yield _run_step(world, plan, step, parts)
    done = AssemblyFiles(_bucket(world), plan.id).read_done()
    assert done is not None
    assert done.players == world.population.players
    plan = _plan(world, part, done)
    yield {**_run_step(world, plan, "read", plan.reads), "case": COMPACTED}


def _bucket(world: World) -> Bucket:
    return Bucket(world.client("s3"), BUCKET, world.environment["KEY_ARN"])


def _plan(world: World, part: int, source: WindowRanks | None = None) -> AssemblyPlan:
    """Begin an assembly."""
    players = world.population.players
    board = replace(world.board, assembly=AssemblyConfig(0, players, part, MOST_CHANGES))
    parts = [WindowState(ALL_TIME, world.population.shards)]
    as_of = STARTED + (source is not None)
    bucket = _bucket(world)
    given = (parts, board.ties, as_of, None, Decisions(), "", source, players, bucket.key)
    plan = make_plan(board, ALL_TIME, *given)
    AssemblyFiles(bucket, plan.id).write_plan(plan)
    world.stand_in.take_counts()
    return plan


def _run_step(world: World, plan: AssemblyPlan, step: str, parts: int) -> Row:
    numbers = range(parts)
    runs = [world.call("assembler", {"assembly": plan.id, "step": step, "number": number}) for number in numbers]
    return _make_row(world, step, runs)


def _make_row(world: World, case: str, runs: Sequence[Run]) -> Row:
    counts, _ = world.stand_in.take_counts()
    players, seconds = world.population.players, sum(run.seconds for run in runs)
    return {
        "players": players,
        "case": case,
        "parts": len(runs),
        "longest_seconds": round(max(run.seconds for run in runs), 2),
        "seconds_per_million": round(seconds * 1e6 / players, 2),
        "cpu_seconds_per_million": round(sum(run.cpu for run in runs) * 1e6 / players, 2),
        "memory_mb": round(max(run.memory for run in runs) / 1e6),
        "disk_mb": round(max(run.disk for run in runs) / 1e6),
        "dollars": float(round(price(counts, seconds, MEMORY_MB), 9)),
        "counts": counts,
    }


def _note(row: Row) -> Row:
    note(json.dumps(row))
    return row


def table(rows: Sequence[Row]) -> str:
    """Formats what `measure` returns as a table for a person."""
    lines = [
        f"{'':<16} {'parts':>5} {'longest':>9} {'1 M players':>12} {'CPU':>9} {'memory':>9} {'/tmp':>9} "
        f"{'GET':>6} {'read':>9} {'PUT':>5} {'written':>9} {'dollars':>10}"
    ]
    whole = _add([row for row in rows if row["case"] not in (ONE, COMPACTED)])
    for row in [*rows, whole]:
        counts = row["counts"]
        read, written = (counts.get(name, 0) / 1e6 for name in ("get_bytes", "put_bytes"))
        lines.append(
            f"{row['case']:<16} {row['parts']:>5} {row['longest_seconds']:>7.2f} s "
            f"{row['seconds_per_million']:>10.2f} s {row['cpu_seconds_per_million']:>7.2f} s {row['memory_mb']:>6,} MB "
            f"{row['disk_mb']:>6,} MB {counts.get('GET', 0):>6,} {read:>6,.0f} MB {counts.get('PUT', 0):>5,} "
            f"{written:>6,.0f} MB {row['dollars']:>10.6f}"
        )
    return "\n".join(lines)


def _add(rows: Sequence[Row]) -> Row:
    """All steps together: the longest parts follow one another."""
    added = {name: sum(row[name] for row in rows) for name in rows[0] if name.startswith(("long", "sec", "cpu", "dol"))}
    most = {name: max(row[name] for row in rows) for name in ("memory_mb", "disk_mb")}
    counts: Counter[str] = sum((Counter(row["counts"]) for row in rows), Counter())
    return {**added, **most, "case": "all steps", "parts": sum(row["parts"] for row in rows), "counts": counts}
