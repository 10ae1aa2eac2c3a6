"""What a call of the assembler holds in memory: its own part, and little of what belongs to others."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from runtime.domain.deltas.delta import strip_place
from runtime.dynamodb.table import Table
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.work import Work
from runtime.s3.bucket import Bucket
from tests.runtime.assembling.any_assembly import BOARD, PLAYERS, small_sizes
from tests.runtime.assembling.assembled import begin
from tests.runtime.updated_ranks import UpdatedWindow
from tests.support.memory_aws import HookedAws


@pytest.fixture(autouse=True)
def _small_sizes() -> Iterator[None]:
    with small_sizes():
        yield


def test_a_part_of_a_base_takes_no_more_of_the_delta_than_its_own() -> None:
    """A delta may have as many lines as a part, which would all be there once more."""
    window = UpdatedWindow()
    ranks = window.write({player: (number, 0, None) for number, player in enumerate(PLAYERS)})
    ranks = window.update(ranks, {player: (2 * number, 1, None) for number, player in enumerate(PLAYERS[1:], 1)})
    assembly = begin(BOARD, window.aws, (), "shared", 6, ranks.players, source=ranks)
    assert len(assembly.parts("read")) == 10
    with patch("runtime.s3.ranks.merged_reader.strip_place", wraps=strip_place) as strip:
        assembly.run_parts("read")
    assert strip.call_count == 59


def test_where_blocks_lie_is_in_memory_once() -> None:
    """It is what grows with the board: of a hundred million players, some hundred megabytes."""
    aws = HookedAws()
    bucket = Bucket(aws.client("s3"), "bucket")
    assembly = begin(BOARD, aws, (), "shared", 5, 100)
    files = AssemblyFiles(bucket, assembly.plan.id)
    firsts = [f"{number:031}player-{number:09}" for number in range(1000)]
    places = {"firsts": firsts, "offsets": [each * 65_536 for each in range(1001)], "per_block": 9}
    told = [{"name": "a" * 32, **places, "last": "9" * 47, "lines": 9000}]
    for number in range(20):
        files.write("read", number, told)
    table = Table(aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    with patch.object(type(assembly.plan), "reads", 20):
        work = Work(assembly.board, table, files, assembly.plan)
        tracemalloc.start()
        try:
            runs = work.load_runs()
            stays, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert sum(len(run.firsts) for run in runs) == 20_000
    assert most < 1.5 * stays
