"""What becomes of large windows as boards change, days begin and windows are sealed, and what is left in the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runtime.config import AssemblyConfig, WindowKind
from runtime.domain.instants import HOUR
from runtime.dynamodb.decisions import DecisionStore
from runtime.lifecycle.assembled.assemblies import UnreadyError
from runtime.lifecycle.assembling.files import ASSEMBLIES, NEWEST, AssemblyFiles
from runtime.lifecycle.assembling.steps import run_step
from runtime.s3.ranks import sizes
from tests.runtime.assembled.assembler import list_calls
from tests.runtime.assembled.large_board import CONFIG, DAILY, MANY, ROLLING, Board, begun
from tests.runtime.boards import NOW
from tests.runtime.daily import probes

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _small_deltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", 12)
    monkeypatch.setattr(sizes, "HELD_CHANGES", 24)


def test_one_of_another_key_or_another_board_is_not_adopted() -> None:
    made = begun()
    made.next_day()
    made.rebuild()
    made.world.deploy(CONFIG, "other")
    made.assembler.work()
    made.play("a")
    made.rebuild()
    made.rebuild()
    assert made.begun == 3
    made.assemble()
    keys = {key for key in made.world.aws.bucket.objects if key.startswith(made.ranks()["prefix"])}
    assert {made.world.aws.bucket.kms_keys()[key] for key in keys} == {"other"}
    assert made.shown()["a"] == 20
    made.world.deploy(replace(CONFIG, ties="dense"), "other")
    assert "is being assembled" in made.wait()
    made.assemble()
    assert made.ranks()["ties"] == "dense"


def test_a_window_is_sealed_by_what_was_read_after_it_was_closed() -> None:
    made = begun(DAILY)
    made.play("a")
    made.next_day()
    for _ in range(40):
        made.play("a", NOW + HOUR)
        made.rebuild()
        made.world.put(*probes(made.world), written=made.now)
        made.assembler.work(3)
        found = made.world.window_store.find("2026-11-24")
        assert found is not None
        if found.final:
            break
    assert found is not None
    assert found.final
    as_of = int(found.final.prefix.rpartition("-")[2][:-1])
    assert (found.final.delta, as_of >= found.closed_at + DAILY.batch_seconds * 1000) == ("", True)
    assert len(made.shown(window="2026-11-24")) == 5
    made.rebuild(120)
    begun_by_now = made.begun
    DecisionStore(made.world.table).hide("b", made.now)
    made.rebuild()
    assert len(made.shown(window="2026-11-24")) == 5
    made.assemble()
    made.assemble()
    assert (len(made.shown(window="2026-11-24")), "b" in made.shown(window="2026-11-24")) == (4, False)
    assert made.world.window_store.find("2026-11-24").final.revision == 0  # type: ignore[union-attr]
    assert made.begun == begun_by_now + 2


def test_the_scores_of_a_sealed_window_stay_until_it_is_assembled_again() -> None:
    test_config = replace(DAILY, windows=(replace(DAILY.windows[0], keep=1), DAILY.windows[1]))
    made = Board(test_config)
    made.play(MANY)
    made.wait()
    for _ in range(60):
        made.now += HOUR // 2
        made.assembler.work()
        made.world.put(*probes(made.world), written=made.now)
        try:
            made.rebuild()
        except UnreadyError:
            continue
    assert made.shown(window="2026-11-24")
    made.world.aws.bucket.objects.clear()
    made.wait()
    made.assembler.work()
    for _ in range(3):
        made.rebuild()
        made.assembler.work()
    assert len(made.shown(window="2026-11-24")) == 5


def test_the_window_of_yesterday_is_shown_until_that_of_today_is_assembled() -> None:
    made = begun(ROLLING)
    window = made.ranks()["span"]
    made.next_day()
    made.play("bx")
    made.rebuild()
    assert made.ranks()["span"] == window
    made.play("c", NOW + HOUR)
    made.rebuild()
    assert made.shown() == {"a": 10, "b": 10, "c": 20, "d": 10, "e": 10}
    made.assemble()
    assert made.shown() == {"a": 10, "b": 20, "c": 20, "d": 10, "e": 10, "x": 10}
    assert made.ranks()["span"] != window


def test_a_small_window_that_has_grown_is_followed_and_then_assembled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", 1000)
    made = Board(replace(CONFIG, assembly=AssemblyConfig(3, 10, 2, 500)))
    made.play("abc")
    made.rebuild()
    made.play("abcdefg")
    made.rebuild()
    assert (made.begun, len(made.shown())) == (0, 7)
    made.next_day()
    made.rebuild()
    assert (made.begun, len(made.shown())) == (1, 7)
    made.assemble()
    assert (made.begun, len(made.shown())) == (1, 7)


def test_nothing_is_left_of_assemblies_that_have_ended() -> None:
    made = begun()
    for _ in range(5):
        made.next_day()
        made.play("a")
        made.rebuild()
        made.assemble()
    made.rebuild(61)
    made.rebuild(61)
    left = [key for key in made.world.aws.bucket.objects if key.startswith((ASSEMBLIES, NEWEST))]
    assert left == [f"{NEWEST}all-time"]
    made.world.deploy(replace(CONFIG, assembly=None))
    made.rebuild(61)
    made.world.deploy(replace(CONFIG, windows=(WindowKind("week"),)))
    made.rebuild(61)
    assert [key for key in made.world.aws.bucket.objects if key.startswith((ASSEMBLIES, NEWEST))] == []


def test_the_execution_of_an_assembly_that_midnight_has_overtaken_does_not_fail() -> None:
    """A person would be told each night."""
    made = begun(ROLLING)
    made.play(MANY)
    made.next_day()
    made.rebuild()
    [name] = made.assembler.open
    made.assembler.work(2)
    made.next_day()
    made.rebuild()
    world = made.world
    assert AssemblyFiles(world.bucket, name).read_ended()
    for call in list_calls(world.aws.step_functions.executions[name].input):
        run_step(world.config, world.table, world.bucket, name, *call)
    assert AssemblyFiles(world.bucket, name).read_done() is None
