"""What happens while a player is erased: activities, slow batches, and rebuilds that began before or later."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from runtime.domain.activity import StreamRecord, parse_stream_record
from runtime.domain.judging import Contribution, JudgedRecord, judge
from runtime.dynamodb.decisions import DecisionStore
from tests.operations.lived import BOARD, WORDS, deliver_again, happen_at, lived
from tests.operations.managed import Managed
from tests.runtime.boards import NOW, item, stream_record
from tests.runtime.world import World


def test_an_erasure_is_whole_whatever_happens_between_two_of_its_writes() -> None:
    """A rebuild, all that bob-7 has written once more, and what ann does."""
    for step in range(0, 36, 4):
        managed, written = lived()
        world = managed.world
        happened = happen_at(world, step, partial(meet, managed, written))
        managed.erase("bob-7", "Bobby", "Bobby Two")
        managed.rebuild()
        assert happened
        assert managed.find_traces(*WORDS) == [], step
        assert world.player("ann", managed.now, window="all_time")["entry"]["score"] == 30, step


def erase_and_look(managed: Managed) -> None:
    """Erase bob-7, and see that readers get nobody of that name as soon as it is done."""
    managed.erase("bob-7", "Bobby", "Bobby Two")
    for window in ("all_time", "2026-11-24"):
        assert "bob-7" not in str(managed.world.page(managed.now, window=window))


def test_an_erasure_waits_until_a_rebuild_has_left_the_player_out() -> None:
    """Another one is under way, so that the first two are skipped."""
    managed, _ = lived()
    DecisionStore(managed.world.table).restore("bob-7", managed.now)
    managed.rebuild()
    asked: list[int] = []

    def skip_two() -> dict[str, Any]:
        asked.append(managed.now)
        return managed.rebuild() if len(asked) > 2 else {"skipped": "another rebuild is under way"}

    managed.board = replace(managed.board, rebuild=skip_two)
    managed.erase("bob-7", "Bobby", "Bobby Two")
    assert len(asked) == 3
    assert managed.find_traces(*WORDS) == []


def test_files_of_a_rebuild_that_began_later_stay() -> None:
    managed, _ = lived()
    later, sooner = (f"snapshots/ranks/all-time/{'0' * 32}-{managed.now + moved}/top" for moved in (10**9, -1))
    for key in (later, sooner):
        managed.world.aws.bucket.write(key, b"")
    managed.erase("bob-7")
    assert later in managed.world.aws.bucket.bodies()
    assert sooner not in managed.world.aws.bucket.bodies()


def meet(managed: Managed, written: list[dict[str, Any]]) -> None:
    managed.rebuild()
    deliver_again(managed, written)
    assert managed.world.put(item("ann", at=managed.now, number=50), written=managed.now).counts["Counted"] == 1


def test_a_slow_rebuild_that_an_erasure_overtakes_brings_nobody_back() -> None:
    """Its lease has run out. What it still writes no reader gets, and the sweep takes it within an hour."""
    for step in range(0, 40, 3):
        managed, _ = lived()
        world = managed.world
        DecisionStore(world.table).restore("bob-7", managed.now)
        managed.rebuild()
        assert "bob-7" in str(world.page(managed.now, window="all_time"))
        world.put(item("ann", at=managed.now, number=50), item("bob-7", at=managed.now, number=51), written=managed.now)
        happened = happen_at(world, step, partial(erase_and_look, managed))
        managed.rebuild()
        if not happened:
            assert step > 10
            break
        for window in ("all_time", "rolling", "2026-11-24", "day"):
            page = world.page(managed.now, window=window)
            assert "bob-7" not in str(page), (step, window)
            assert page["entries"], (step, window)
        managed.now += 2 * 3_600_000
        managed.rebuild()
        world.snapshots.sweep(managed.now, 10)
        managed.rebuild()
        assert managed.find_traces(*WORDS) == [], step
        assert world.page(managed.now, window="2026-11-24")["players"] == 1


def test_what_comes_while_an_erasure_is_under_way_goes_too() -> None:
    managed, _ = lived()
    world = managed.world

    ignored = 0

    def play() -> None:
        nonlocal ignored
        result = world.put(item("bob-7", at=managed.now, number=managed.now % 1000, name="Bobby"), written=managed.now)
        ignored += result.counts["Ignored"]

    managed.meanwhile = play
    managed.erase("bob-7")
    assert ignored == BOARD.batch_seconds
    assert managed.find_traces(*WORDS) == []


def test_a_batch_that_began_before_an_erasure_writes_nothing_that_stays() -> None:
    """The processor has judged before the erasure begins, and writes while the operator waits."""
    managed, _ = lived()
    world = managed.world
    judged = JudgedRecord(
        record := parse_stream_record(stream_record(late := item("bob-7", at=NOW + 9, number=77))),
        (_contribution(world, record)),
    )
    written: list[int] = []

    def write_late() -> None:
        if len(written) == BOARD.batch_seconds - 1:
            written.append(world.aggregates.write_once("bob-7", [judged], managed.now).counted)
        else:
            written.append(0)

    managed.meanwhile = write_late
    managed.erase("bob-7")
    assert sum(written) == 1
    assert managed.find_traces(*WORDS) == []
    deliver_again(managed, [late])
    assert managed.find_traces(*WORDS) == []


def _contribution(world: World, record: StreamRecord) -> Contribution:
    verdict = judge(world.config, record, NOW, world.window_store.refresh())
    assert isinstance(verdict, Contribution)
    return verdict
