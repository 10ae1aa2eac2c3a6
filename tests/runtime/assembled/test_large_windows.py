"""Windows with more players than one function ranks: what is shown of them, and when others assemble their ranks."""

from __future__ import annotations

import pytest

from runtime.domain.instants import DAY, MINUTE
from runtime.dynamodb.decisions import DecisionStore
from runtime.s3.ranks import sizes
from tests.runtime.assembled.large_board import CONFIG, MANY, Board, begun
from tests.runtime.boards import NOW

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _small_deltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", 12)
    monkeypatch.setattr(sizes, "HELD_CHANGES", 24)


def test_nothing_is_published_before_the_first_ranks_are_assembled() -> None:
    made = Board()
    made.play(MANY)
    assert made.wait() == "window all-time is being assembled since 2026-11-24T00:01:00.000Z"
    made.world.aws.calls.clear()
    assert made.wait() == "window all-time is being assembled since 2026-11-24T00:01:00.000Z"
    # What one function cannot read is not read in vain.
    assert not [call for call in made.world.aws.calls if call.operation == "query" and "all-time#" in str(call.request)]
    made.assembler.work()
    made.play("ax")
    made.rebuild()
    assert made.shown() == {"a": 20, "b": 10, "c": 10, "d": 10, "e": 10, "x": 10}
    assert made.begun == 1


def test_its_chain_goes_on_from_there_and_nothing_else_is_begun() -> None:
    made = begun()
    for _ in range(3):
        made.play("bz")
        made.rebuild()
    assert made.shown() == {"a": 10, "b": 40, "c": 10, "d": 10, "e": 10, "z": 30}
    assert (made.begun, made.ranks()["changes"] > 0) == (1, True)


def test_what_is_played_while_it_runs_is_in_its_ranks() -> None:
    made = begun()
    made.next_day()
    made.play("a")
    made.rebuild()
    for step in range(7):
        made.play("bf")
        made.assembler.work(1)
        made.rebuild()
        assert made.shown()["f"] == 10 * (step + 1)
    made.assembler.work()
    made.play("f")
    made.rebuild()
    assert made.shown() == {"a": 20, "b": 80, "c": 10, "d": 10, "e": 10, "f": 80}
    assert (made.begun, made.ranks()["prefix"].endswith(f"-{NOW + DAY + 3 * MINUTE}/")) == (2, True)


def test_a_delta_that_has_grown_is_compacted_elsewhere() -> None:
    made = begun()
    while made.begun == 1:
        made.play(MANY)
        made.rebuild()
    before = made.ranks()
    made.play("a")
    made.assemble()
    assert made.ranks()["prefix"] != before["prefix"]
    assert made.ranks()["changes"] == 10


def test_a_delta_that_readers_have_no_room_for_is_not_written() -> None:
    made = begun()
    made.play(MANY)
    made.rebuild()
    made.play("a")
    made.rebuild()
    assert (made.begun, made.ranks()["changes"]) == (2, 10)
    made.play("0123456789ABCDEFGHIJKLMNO")
    assert "is being assembled" in made.wait()
    # What has changed while it ran is too much for it, too.
    made.assembler.work()
    assert "is being assembled" in made.wait()
    made.play("b")
    made.assemble()
    assert (len(made.shown()), made.shown()["b"], made.begun) == (30, 30, 3)


def test_where_it_fails_the_next_is_begun_an_hour_later_or_when_a_person_asks() -> None:
    made = begun()
    made.next_day()
    made.rebuild()
    made.assembler.fail()
    for _ in range(59):
        made.play("b")
        made.rebuild()
    assert (made.begun, made.shown()["b"]) == (2, 600)
    made.rebuild(3)
    assert made.begun == 3
    made.assembler.fail()
    made.rebuild()
    made.rebuild(anew="all-time")
    assert made.begun == 4
    made.assemble()
    assert made.shown()["b"] == 600


def test_who_waits_for_one_that_has_failed_is_told_so() -> None:
    made = Board()
    made.play(MANY)
    made.wait()
    made.assembler.fail()
    told = made.wait()
    assert told.startswith(
        "the assembly of window all-time failed at 2026-11-24T00:02:00.000Z: the next one is begun at "
    )
    assert made.wait(30) == told
    assert "is being assembled since" in made.wait(30)
    assert made.begun == 2


def test_an_assembly_is_started_by_the_next_rebuild_where_one_has_died() -> None:
    made = Board()
    made.play(MANY)
    start = lambda *_: (_ for _ in ()).throw(ValueError)  # noqa: E731
    with pytest.raises(ValueError):
        made.rebuild(start=start)
    made.wait()
    made.assemble()
    assert (made.begun, len(made.shown())) == (1, 5)


def test_who_is_hidden_is_shown_no_more_though_an_assembly_runs() -> None:
    made = begun()
    DecisionStore(made.world.table).hide("b", made.now)
    DecisionStore(made.world.table).rename("c", "Someone", made.now)
    made.rebuild()
    assert "b" not in made.shown()
    assert made.ranks()["decided"] == "partly"
    made.play("b")
    made.rebuild()
    made.assemble()
    assert ("b" in made.shown(), made.begun) == (False, 2)
    assert made.world.player("c", made.now)["entry"]["name"] == "Someone"
    DecisionStore(made.world.table).restore("b", made.now)
    made.rebuild()
    made.assemble()
    assert made.shown()["b"] == 20
    made.rebuild()
    assert made.begun == 3


def test_a_gap_in_the_stream_is_bridged_by_an_assembly() -> None:
    made = begun()
    made.play("ab")
    made.world.aws.stream.renew()
    made.world.deploy(CONFIG)
    assert "is being assembled" in made.wait()
    made.play("c")
    made.assemble()
    assert made.shown() == {"a": 20, "b": 20, "c": 20, "d": 10, "e": 10}


def test_a_gap_while_it_runs_makes_it_useless() -> None:
    made = begun()
    made.next_day()
    made.rebuild()
    made.world.aws.stream.renew()
    made.world.deploy(CONFIG)
    made.assembler.work()
    made.play("a")
    assert "is being assembled" in made.wait()
    assert made.begun == 3
    made.assemble()
    assert made.shown()["a"] == 20
