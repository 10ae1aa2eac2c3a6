"""What a call of the assembler holds in memory and on its disk: its own part, and little of what belongs to others."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from unittest.mock import patch

import pytest

from runtime.aws import THREADS
from runtime.domain.deltas.delta import strip_place
from runtime.dynamodb.table import Table
from runtime.lifecycle.assembling import gathering, reading
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.work import Work
from runtime.s3.bucket import UPLOADS
from runtime.sorting.runs import split_lines
from tests.runtime.assembling.any_assembly import BOARD, PLAYERS, small_sizes
from tests.runtime.assembling.assembled import Assembly, begin
from tests.runtime.updated_ranks import UpdatedWindow
from tests.support.memory_aws import HookedAws


@pytest.fixture(autouse=True)
def _small_sizes() -> Iterator[None]:
    with small_sizes():
        yield


def work_of(assembly: Assembly) -> Work:
    """What a call works with."""
    table = Table(assembly.aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    return Work(assembly.board, table, AssemblyFiles(assembly.bucket, assembly.plan.id), assembly.plan)


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
    assembly = begin(BOARD, HookedAws(), (), "shared", 5, 100)
    files = AssemblyFiles(assembly.bucket, assembly.plan.id)
    firsts = [f"{number:031}player-{number:09}" for number in range(1000)]
    places = {"firsts": firsts, "offsets": [each * 65_536 for each in range(1001)], "per_block": 9}
    told = [{"name": "a" * 32, **places, "last": "9" * 47, "lines": 9000}]
    for number in range(20):
        files.write("read", number, told)
    with patch.object(type(assembly.plan), "reads", 20):
        tracemalloc.start()
        try:
            runs = work_of(assembly).load_runs()
            stays, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert sum(len(run.firsts) for run in runs) == 20_000
    assert most < 1.5 * stays


class Disk(BytesIO):
    """A file that says how large it was when it was closed."""

    size = 0

    def close(self) -> None:
        self.size = max(self.size, 0 if self.closed else len(self.getvalue()))
        super().close()


def test_a_part_that_is_larger_than_planned_has_room_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that was opened with few shards is read in few parts, however many players it has by now."""
    monkeypatch.setattr(reading, "SORTED_BYTES", 1000)
    monkeypatch.setattr(reading, "RUN_BYTES", 100)
    disk = Disk()
    monkeypatch.setattr(reading, "TemporaryFile", lambda: disk)
    lines = [b"%031d\t[null]" % (number * 7 % 1000) for number in range(1000)]
    monkeypatch.setattr(reading, "_read_pages", lambda *_: (lines[start : start + 5] for start in range(0, 1000, 5)))
    assembly = begin(BOARD, HookedAws(), (), "shared", 5, 100)
    assembly.run("read", 0)
    found = work_of(assembly).load_runs()
    assert sorted(line for run in found for line in split_lines(run.read(0, len(run.firsts)))) == sorted(lines)
    assert 1000 < disk.size < 1400


def test_a_pack_is_put_together_with_as_many_connections_as_there_are() -> None:
    assert gathering.READS_AT_ONCE + UPLOADS <= THREADS
