"""The benchmarks of rebuilds and look-ups measure what they say, on boards of a few hundred players."""

from __future__ import annotations

import os
import time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator.aws.prices import PRICES
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import SnapshotStore
from tests.benchmarks import assembly, ranks, rebuild
from tests.benchmarks.measuring import CommandError
from tests.benchmarks.rebuilding import redis
from tests.benchmarks.rebuilding.processes import run
from tests.benchmarks.rebuilding.timing import KINDS, describe
from tests.benchmarks.rebuilding.world import open_world
from tests.benchmarks.stand_in.players import (
    SEGMENT,
    Change,
    Population,
    at_of,
    number_of,
    player_id,
    score_of,
    value_of,
)
from tests.benchmarks.stand_in.server import BUCKET

PLAYERS = 300


def rank_naively(population: Population) -> list[tuple[int, str, int]]:
    """Rank, player and score of each, by sorting."""
    times = {number: population.times(number) for number in range(population.players)}
    numbers = sorted(times, key=lambda number: (-score_of(number, times[number]), at_of(number, times[number])))
    return [(rank, player_id(number), score_of(number, times[number])) for rank, number in enumerate(numbers, 1)]


@pytest.mark.parametrize("is_split", [False, True])
def test_the_handler_ranks_the_players_as_sorting_does(is_split: bool) -> None:
    with open_world(PLAYERS, workers=1, is_split=is_split) as world:
        for change in (None, Change(10, 3), Change(1, 0)):
            if change:
                world.change(change)
            took = world.rebuild()
            assert took.answer["published"]
            assert took.seconds > 0
            assert took.memory > 10_000_000
            bucket = Bucket(world.client("s3"), BUCKET)
            snapshot = SnapshotStore(bucket).read_newest()
            assert snapshot is not None
            (window,) = snapshot.ranks
            entries = RankFiles(bucket, world.board.columns).read_page(window, 0, PLAYERS)
            expected = rank_naively(world.population)
            assert [(each.rank, each.player_id, each.columns[0]) for each in entries] == expected
            assert [dict(each.segments) for each in entries] == [
                {SEGMENT: value_of(number_of(player))} if is_split else {} for _, player, _ in expected
            ]
            assert window.lists == (3 if is_split else 1)


HOLDS = """
import json, pathlib, subprocess, sys, tempfile, time
held = b"x" * 40_000_000
file = tempfile.TemporaryFile()
file.write(b"x" * 3_000_000)
file.flush()
named = pathlib.Path(tempfile.gettempdir(), "named")
named.write_bytes(b"x" * 2_000_000)
child = "import sys; held = b'x' * 30_000_000; print('held', flush=True); sys.stdin.read()"
with subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
    process.stdout.readline()
    folder = pathlib.Path(sys.argv[1])
    (folder / "all-is-held").touch()
    until = time.monotonic() + 300
    while not (folder / "seen").exists() and time.monotonic() < until:
        time.sleep(0.01)
print(json.dumps({"seconds": 2, "cpu": 1, "answer": len(held)}))
"""


def test_memory_and_disk_are_those_of_a_process_and_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, looks, seen = (tmp_path / name for name in ("all-is-held", "looks", "seen"))

    def pause(seconds: float) -> None:
        """Let the process end after a look that began when it held all, however long that has taken."""
        if looks.is_file():
            seen.touch()
        elif held.is_file():
            held.rename(looks)
        time.sleep(seconds)

    monkeypatch.setattr("tests.benchmarks.rebuilding.processes.time", SimpleNamespace(sleep=pause))
    took = run(["-c", HOLDS, str(tmp_path)], os.environ, tmp_path)
    assert took.answer == 40_000_000
    assert 70_000_000 < took.memory < 200_000_000
    assert 5_000_000 <= took.disk < 6_000_000
    assert {each.name for each in tmp_path.iterdir()} == {"output", "looks", "seen"}
    with pytest.raises(CommandError, match="ZeroDivisionError"):
        run(["-c", "1 / 0"], os.environ, tmp_path)


def test_each_case_is_measured_and_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "find_server", lambda: None)
    rows = rebuild.measure([PLAYERS], redis=True, workers=1)
    found = {row["case"]: row for row in rows}
    full, nothing = found[rebuild.FULL], found[rebuild.NOTHING]
    assert set(rebuild.CHANGES) < set(found)
    assert full["counts"]["items_read"] == PLAYERS
    assert "items_read" not in nothing["counts"]
    assert nothing["answer"]["published"]
    plain = found[rebuild.PLAIN]
    assert plain["counts"]["read_units"] >= PLAYERS * 140 // 4096
    assert plain["counts"]["items_read"] == plain["answer"]["players"] == PLAYERS
    shown = rebuild.table(rows)
    assert "% of the units" in shown
    assert redis.MISSING in shown


def test_the_steps_of_an_assembly_are_measured() -> None:
    rows = assembly.measure(PLAYERS, part=PLAYERS - 100, workers=1)
    found = {row["case"]: row for row in rows}
    assert list(found) == [assembly.ONE, "read", "count", "write", "gather", "finish", assembly.COMPACTED]
    assert [row["parts"] for row in rows] == [1, 2, 2, 2, 1, 1, 1]
    assert found["read"]["counts"]["items_read"] == PLAYERS
    assert "items_read" not in found[assembly.COMPACTED]["counts"]
    assert assembly.table(rows).splitlines()[-1].startswith("all steps")


def test_prices_are_those_of_the_generator() -> None:
    counts = {"read_units": 10, "write_units": 3, "stream_reads": 7, "PUT": 2, "LIST": 1, "GET": 5, "DELETE": 9}
    amounts = {"read_unit": 10, "write_unit": 3, "stream_read": 7, "s3_write": 3, "s3_read": 5, "lambda_request": 1}
    of_requests = sum(PRICES[name].of(Decimal(number), "eu-central-1") for name, number in amounts.items())
    of_function = 2 * 3 * PRICES["lambda_gb_second"].amount("eu-central-1")
    assert rebuild.price({**counts, "items_read": 1000}, 2, 3 * 1024) == of_requests + of_function


def test_look_ups_are_timed_in_each_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "find_server", lambda: None)
    rows = ranks.measure([PLAYERS], look_ups=3, redis=True, workers=1)
    cases = [row["case"] for row in rows]
    for kind in KINDS:
        assert f"{kind}, again" in cases
        assert f"{kind}, again, 1% changed since" in cases
        assert f"sqlite: {kind}" in cases
    again = next(row for row in rows if row["case"] == f"{KINDS[0]}, again")
    assert again["reads"] == 0
    assert all(row["median_ms"] <= row["p99_ms"] for row in rows if "missing" not in row)
    assert ranks.table(rows).count(redis.MISSING) == len(KINDS)


def test_percentiles() -> None:
    assert describe([each / 1000 for each in range(1, 201)]) == {"median_ms": 100.5, "p99_ms": 199.0}
