"""Rebuilds of a board's ranks after some of its players have changed, and what ranks the same players by other means.

The rebuilder is its real handler, with real boto3 clients, in a process of its own, against a stand-in for AWS on this
machine: see `stand_in`. Dollars are for one rebuild. They have the price of requests, and that of a function as large
as the generator makes it which runs as long as the rebuild took here.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from generator.aws.prices import PRICES
from tests.benchmarks.measuring import whole_number
from tests.benchmarks.rebuilding import scan_and_sort
from tests.benchmarks.rebuilding.processes import Run, run
from tests.benchmarks.rebuilding.redis import measure_loading
from tests.benchmarks.rebuilding.timing import Row, note
from tests.benchmarks.rebuilding.world import World, open_world
from tests.benchmarks.stand_in.counting import price_names
from tests.benchmarks.stand_in.players import WINDOW, Change

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
"""Players of a board."""
REGION = "eu-central-1"
"""The region whose prices are used."""
TENTH, SOME, MORE, ALL = "0.1% changed", "1% changed", "1% more changed", "100% changed"
CHANGES = {TENTH: Change(1000, 500), SOME: Change(100, 7), MORE: Change(100, 8), ALL: Change(1, 0)}
"""What changes between two rebuilds. SOME follows on a full one, so that nothing has changed but that; MORE on SOME."""
FIRST, NOTHING, FULL, PLAIN = "first, of all", "nothing changed", "full", "plain: read all, sort, write all"
"""Other cases. The others are compared with FULL."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this mode."""
    parser.add_argument(
        "--players", type=whole_number, nargs="+", default=SIZES, metavar="N", help="sizes of the boards"
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose names have this in them")
    parser.add_argument(
        "--lists", action="store_true", help="with a segment of which each player has a value, and a search by name"
    )
    parser.add_argument("--redis", action="store_true", help="load the same players into Redis, too")
    parser.add_argument(
        "--workers", type=whole_number, default=2, metavar="N", help="processes that make players ready"
    )


def measure(
    players: Sequence[int] = SIZES, only: str = "", redis: bool = False, workers: int = 2, lists: bool = False
) -> list[Row]:
    """Rebuild boards of some sizes, one after the other. `only`: a part of the names of the cases that are wanted."""
    return [row for size in players for row in _measure_size(size, only, redis, workers, lists)]


def _measure_size(size: int, only: str, redis: bool, workers: int, lists: bool) -> Iterator[Row]:
    note(f"{size:,} players: making them")
    with open_world(size, workers=workers, is_split=lists) as world:
        for name, ready, work in _cases(world):
            if only and only not in name and name != FIRST:
                continue
            if ready is not None:
                note(f"{size:,} players: changing them")
                ready()
            note(f"{size:,} players: {name}")
            world.stand_in.take_counts()
            row = _make_row(size, name, work(), world)
            note(json.dumps(row))
            yield row
        if redis:
            note(f"{size:,} players: Redis")
            yield from measure_loading(world.population, world.folder, CHANGES[SOME])


def _cases(world: World) -> Iterator[tuple[str, Callable[[], None] | None, Callable[[], Run]]]:
    """Each case: its name, what makes it ready and is not timed, and what is timed."""
    yield FIRST, None, world.rebuild
    yield NOTHING, None, world.rebuild
    yield TENTH, partial(world.change, CHANGES[TENTH]), world.rebuild
    yield FULL, None, lambda: world.rebuild(window=WINDOW)
    for name in (SOME, MORE, ALL):
        yield name, partial(world.change, CHANGES[name]), world.rebuild
    if world.population.is_split:
        # The plain one has but one list.
        return
    partitions = [world.population.partition(shard) for shard in range(world.population.shards)]
    command = ["-P", scan_and_sort.__file__, *partitions]
    yield PLAIN, None, lambda: run(command, world.environment, world.folder)


def _make_row(size: int, name: str, took: Run, world: World) -> Row:
    counts, _ = world.stand_in.take_counts()
    return {
        "players": size,
        "case": name,
        "seconds": round(took.seconds, 2),
        "cpu_seconds": round(took.cpu, 2),
        "memory_mb": round(took.memory / 1e6),
        "disk_mb": round(took.disk / 1e6),
        "dollars": float(round(price(counts, took.seconds, world.memory_mb), 9)),
        "counts": counts,
        "answer": took.answer,
    }


def price(counts: Mapping[str, int], seconds: float, memory_mb: int) -> Decimal:
    """What AWS charges for requests, and for a function of that memory that runs as long, in US dollars."""
    requests = sum(
        (PRICES[name].of(Decimal(number), REGION) for name, number in price_names(counts).items()), start=Decimal(0)
    )
    function = PRICES["lambda_gb_second"].of(Decimal(seconds) * memory_mb / 1024, REGION)
    return requests + function + PRICES["lambda_request"].of(Decimal(1), REGION)


def table(rows: Sequence[Row]) -> str:
    """Formats what `measure` returns as a table for a person."""
    lines = [
        f"{'players':>10} {'case':<34} {'time':>9} {'CPU':>9} {'memory':>9} {'/tmp':>9} {'read units':>10} "
        f"{'streams':>7} {'writes':>6} {'GET':>6} {'PUT':>6} {'LIST':>4} {'dollars':>10}  of the full one"
    ]
    for row in rows:
        if "missing" in row:
            lines.append(f"{row['players']:>10,} {row['case']:<34} {row['missing']}")
            continue
        counts = row["counts"]
        numbers = [counts.get(name, 0) for name in ("read_units", "stream_reads", "write_units", "GET", "PUT", "LIST")]
        lines.append(
            f"{row['players']:>10,} {row['case']:<34} {row['seconds']:>7.2f} s {row['cpu_seconds']:>7.2f} s "
            f"{row['memory_mb']:>6,} MB {row['disk_mb']:>6,} MB {numbers[0]:>10,} {numbers[1]:>7,} {numbers[2]:>6,} "
            f"{numbers[3]:>6,} {numbers[4]:>6,} {numbers[5]:>4,} {row['dollars']:>10.6f}  {_compare(row, rows)}"
        )
    return "\n".join(lines)


def _compare(row: Row, rows: Sequence[Row]) -> str:
    """The time and the read units of a rebuild, in percent of the full one of as many players."""
    full = next((each for each in rows if each["players"] == row["players"] and each["case"] == FULL), None)
    if full is None or full is row:
        return ""
    units, all_units = (each["counts"].get("read_units", 0) for each in (row, full))
    shares = (row["seconds"] / full["seconds"], units / all_units if all_units else 0)
    return "{:.1%} of the time, {:.1%} of the units".format(*shares)
