"""A player's rank, a page and the neighbours of a player on a large board, and by other means.

Ours are what the API's function does behind its pointer, and one whole answer of it. "first" is the first look-up of a
new function, "other" one of a function that has looked up other players, "again" the same one a second time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from runtime.answers import BoardApi
from runtime.dynamodb.table import Table
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import SnapshotStore
from tests.benchmarks.measuring import whole_number
from tests.benchmarks.rebuilding import sqlite
from tests.benchmarks.rebuilding.redis import measure_ranks
from tests.benchmarks.rebuilding.timing import KINDS, PAGE, SPAN, Look, Row, choose_numbers, describe, note, time_look
from tests.benchmarks.rebuilding.world import World, open_world
from tests.benchmarks.stand_in.players import Change, player_id
from tests.benchmarks.stand_in.server import BUCKET

SIZES = (1_000_000, 10_000_000)
"""Players of a board."""
LOOK_UPS = 300
"""Look-ups of each kind that are timed."""


class Kind(NamedTuple):
    """A kind of look-up."""

    name: str
    first: Callable[[], Look]
    """Makes what has read nothing yet."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this mode."""
    parser.add_argument(
        "--players", type=whole_number, nargs="+", default=SIZES, metavar="N", help="sizes of the boards"
    )
    parser.add_argument("--look-ups", type=whole_number, default=LOOK_UPS, metavar="N", help="look-ups of each kind")
    parser.add_argument("--redis", action="store_true", help="look up in Redis, too")
    parser.add_argument(
        "--workers", type=whole_number, default=2, metavar="N", help="processes that make players ready"
    )


def measure(
    players: Sequence[int] = SIZES, look_ups: int = LOOK_UPS, redis: bool = False, workers: int = 2
) -> list[Row]:
    """Look ranks up on boards of some sizes."""
    return [row for size in players for row in _measure_size(size, look_ups, redis, workers)]


def table(rows: Sequence[Row]) -> str:
    """Formats what `measure` returns as a table for a person."""
    lines = [f"{'players':>10} {'look-up':<62} {'median':>10} {'p99':>10} object reads"]
    for row in rows:
        if "missing" in row:
            lines.append(f"{row['players']:>10,} {row['case']:<62} {row['missing']}")
            continue
        reads = f"{row['reads']:>12.2f}" if "reads" in row else ""
        times = f"{row['median_ms']:>7.3f} ms {row['p99_ms']:>7.3f} ms"
        lines.append(f"{row['players']:>10,} {row['case']:<62} {times} {reads}")
    return "\n".join(lines)


def _measure_size(size: int, look_ups: int, redis: bool, workers: int) -> Iterator[Row]:
    note(f"{size:,} players: rebuilding")
    with open_world(size, workers=workers) as world:
        world.rebuild()
        note(f"{size:,} players: looking up")
        yield from _measure_ours(world, "", look_ups)
        world.change(Change(100, 7))
        world.rebuild()
        yield from _measure_ours(world, ", 1% changed since", look_ups)
        note(f"{size:,} players: sqlite")
        yield from _name(size, sqlite.measure(world.population, world.folder, look_ups))
        if redis:
            note(f"{size:,} players: Redis")
            yield from _name(size, measure_ranks(world.population, world.folder, look_ups))


def _measure_ours(world: World, suffix: str, look_ups: int) -> Iterator[Row]:
    for kind in _kinds(world):
        for heat, times, reads in _time_each(world, kind, look_ups):
            row = {"players": world.population.players, "case": f"{kind.name}, {heat}{suffix}", **describe(times)}
            yield {**row, "reads": round(reads, 2)}


def _kinds(world: World) -> list[Kind]:
    client, dynamodb, columns = world.client("s3"), world.client("dynamodb"), world.board.columns
    snapshot = SnapshotStore(Bucket(client, BUCKET)).read_newest()
    assert snapshot is not None
    ranks, players = snapshot.ranks[0], world.population.players

    def rank() -> Look:
        files = RankFiles(Bucket(client, BUCKET), columns)
        return lambda number: files.find(ranks, player_id(number))

    def page() -> Look:
        files = RankFiles(Bucket(client, BUCKET), columns)
        return lambda number: files.read_page(ranks, min(number, players - PAGE), PAGE)

    def neighbours() -> Look:
        files = RankFiles(Bucket(client, BUCKET), columns)

        def look(number: int) -> Any:
            entry = files.find(ranks, player_id(number))
            assert entry is not None
            return files.read_page(ranks, max(0, entry.position - SPAN), 2 * SPAN + 1)

        return look

    def answer() -> Look:
        bucket = Bucket(client, BUCKET)
        table = Table(dynamodb, "aggregates", ("partition", "player_id"))
        api = BoardApi(world.board, RankFiles(bucket, columns), SnapshotStore(bucket), table)
        return lambda number: api.player(player_id(number), {}, snapshot.as_of + 1000)

    return [*map(Kind, KINDS, (rank, page, neighbours)), Kind("the API's whole answer for a player", answer)]


def _time_each(world: World, kind: Kind, look_ups: int) -> Iterator[tuple[str, list[float], float]]:
    """Look some players up: with what has read nothing, with what has read others, and the same again."""
    numbers = choose_numbers(world.population.players, look_ups)
    first: list[float] = []
    again: list[float] = []
    reads = {"first": 0, "again": 0}
    for number in numbers:
        look = kind.first()
        for heat, times in (("first", first), ("again", again)):
            world.stand_in.take_counts()
            times.append(time_look(look, number))
            reads[heat] += world.stand_in.take_counts()[0].get("GET", 0)
    look = kind.first()
    look(numbers[-1])
    world.stand_in.take_counts()
    other = [time_look(look, number) for number in numbers]
    read = world.stand_in.take_counts()[0].get("GET", 0)
    yield "first", first, reads["first"] / look_ups
    yield "other", other, read / look_ups
    yield "again", again, reads["again"] / look_ups


def _name(size: int, rows: Sequence[Row]) -> Iterator[Row]:
    return ({"players": size, **row} for row in rows)
