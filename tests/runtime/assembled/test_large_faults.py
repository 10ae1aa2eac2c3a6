"""What was seen to go wrong with windows that are assembled: each life here has shown a fault once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from runtime.config import BoardConfig, Season, WindowKind
from runtime.domain.instants import DAY, HOUR, MINUTE
from runtime.dynamodb.decisions import DecisionStore
from runtime.lifecycle.assembling.files import ASSEMBLIES
from runtime.s3.ranks import sizes
from runtime.s3.snapshots import POINTER
from tests.runtime.assembled.large_board import CONFIG, DAILY, MANY, ROLLING, Board, begun
from tests.runtime.boards import NOW, item
from tests.runtime.daily import probes
from tests.runtime.stepping import Process

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _small_deltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", 12)
    monkeypatch.setattr(sizes, "HELD_CHANGES", 24)


def test_the_window_of_yesterday_is_not_compared_with_that_of_today(capsys: pytest.CaptureFixture[str]) -> None:
    made = begun(ROLLING)
    for _ in range(3):
        made.next_day()
        made.play("bx")
        made.rebuild()
        made.assemble()
    assert made.shown() == {"b": 20, "x": 20}
    assert "RanksHealed" not in capsys.readouterr().out


def test_ranks_by_former_decisions_are_not_compared_with_those_by_others(capsys: pytest.CaptureFixture[str]) -> None:
    made = begun()
    decisions = DecisionStore(made.world.table)
    for player in "ab":
        decisions.rename(player, "someone", made.now)
        made.rebuild()
    made.assemble()
    assert "RanksHealed" not in capsys.readouterr().out


def test_a_window_that_grows_while_it_is_closed_is_sealed_by_an_assembly() -> None:
    config = replace(DAILY, windows=(WindowKind("hour", grace_seconds=60),))
    made = Board(config)
    made.play("abc")
    made.rebuild()
    made.now += HOUR
    state = made.world.window_store.find("2026-11-24T00")
    while state and not state.final:
        if not state.closed_at:
            late = Process(made.world, lambda own: own.put(item("d", NOW, 99), written=NOW, now=made.now))
            late.step_to(lambda call: "'#changes'" in str(call.request)).step()
        made.rebuild()
        made.world.put(*probes(made.world), written=made.now)
        made.assembler.work()
        state = made.world.window_store.find("2026-11-24T00")
        # What had not seen that it was closed writes until just before it is sealed.
        if state and made.now + MINUTE - state.closed_at >= config.batch_seconds * 1000:
            late.finish() if state.closed_at else late.kill()
    assert state
    assert state.final
    assert (state.final.delta, state.final.players) == ("", 4)
    assert int(state.final.prefix.rpartition("-")[2][:-1]) >= state.closed_at + config.batch_seconds * 1000


def test_a_window_of_which_little_was_known_is_made_in_as_many_parts_as_the_board_expects() -> None:
    made = Board()
    made.play("a")
    made.rebuild()
    made.world.aws.stream.renew()
    made.world.deploy(CONFIG)
    made.play("bcdefghijkl")
    made.wait()
    (execution,) = made.world.aws.step_functions.executions.values()
    assert '"ranges":[0,1,2,3,4]' in execution.input
    made.assemble()
    assert len(made.shown()) == 12


def test_a_clock_that_was_ahead_makes_no_assembly_useless() -> None:
    made = begun()
    made.next_day()
    made.now += 3 * HOUR
    made.rebuild()
    made.assemble()
    made.now -= 3 * HOUR
    number = made.begun
    made.play("a")
    made.wait()
    made.assemble()
    assert (made.shown()["a"], made.begun) == (20, number + 1)


def test_a_season_of_another_end_goes_on() -> None:
    def config(ends: str) -> BoardConfig:
        autumn = Season("autumn", date(2026, 9, 1), date.fromisoformat(ends))
        return replace(CONFIG, windows=(WindowKind("season", seasons=(autumn,)),))

    made = begun(config("2027-01-01"))
    end = made.ranks()["span"]["ends_at"]
    made.next_day()
    made.play("a")
    made.world.deploy(config("2027-02-01"))
    made.rebuild()
    assert (made.shown()["a"], made.ranks()["span"]["ends_at"]) == (20, end + 31 * DAY)
    assert made.begun == 2
    made.world.deploy(config("2027-03-01"))
    made.now += 2 * HOUR
    made.assemble()
    assert made.ranks()["span"]["ends_at"] == end + 59 * DAY
    assert (made.shown()["a"], made.begun) == (20, 2)


def test_an_assembly_whose_files_are_gone_is_begun_again() -> None:
    made = begun()
    made.next_day()
    made.rebuild()
    made.assembler.work()
    (execution,) = list(made.world.aws.step_functions.executions)[1:]
    for key in list(made.world.aws.bucket.objects):
        if key.endswith(f"-{execution.partition('-')[0]}/players/000000"):
            del made.world.aws.bucket.objects[key]
    made.play("a")
    made.rebuild()
    assert (made.shown()["a"], made.begun) == (20, 3)
    made.assemble()
    assert made.shown()["a"] == 20


def test_who_asks_for_other_files_gets_none_that_are_made_of_the_same() -> None:
    made = begun()
    while made.begun == 1:
        made.play(MANY)
        made.rebuild()
    told = made.rebuild(anew="all-time").describe("all-time")
    assert "is being assembled since" in told["waits"]
    assert made.begun == 3
    made.assembler.work()
    prefix = made.ranks()["prefix"]
    assert "waits" not in made.rebuild(anew="all-time").describe("all-time")
    assert made.ranks()["prefix"] != prefix


def test_positions_that_were_not_known_once_stop_no_assembly() -> None:
    made = begun()
    made.next_day()
    made.rebuild()
    made.assembler.fail()
    made.rebuild()
    pointer, etag = made.world.bucket.get(POINTER)
    assert pointer
    # As a rebuild publishes it that adopts an assembly and finds no end of the stream.
    assert made.world.bucket.put_if_unchanged(POINTER, {**pointer, "positions": None}, etag)
    made.rebuild(70)
    assert made.begun == 3
    made.assemble()
    assert made.ranks()["prefix"] != pointer["windows"][0]["prefix"]


def test_of_assemblies_that_fail_one_is_left() -> None:
    made = Board()
    made.play(MANY)
    for _ in range(8):
        made.wait(61)
        made.assembler.work(4)
        made.assembler.fail()
        made.wait()
    left = {key.split("/")[2] for key in made.world.aws.bucket.objects if key.startswith(ASSEMBLIES)}
    assert (len(left), made.begun) == (1, 8)


def test_windows_that_are_full_at_once_are_assembled_at_once() -> None:
    made = begun(replace(CONFIG, windows=(WindowKind("week"), WindowKind("all_time"))))
    number = made.begun
    made.play("0123456789ABCDEFGHIJKLMNO")
    told = made.wait()
    assert ("window 2026-W48" in told, "window all-time" in told, made.begun) == (True, True, number + 2)
    made.assemble()
    assert len(made.shown()) == len(made.shown(window="2026-W48")) == 30


def test_an_assembly_during_which_too_much_has_changed_is_begun_again() -> None:
    made = begun()
    made.next_day()
    made.rebuild()
    for player in "klmnop":
        made.play(player)
        made.rebuild()
    made.assembler.work()
    made.world.stream._most = 4
    made.rebuild()
    made.rebuild()
    assert made.begun == 3
    made.assemble()
    assert (len(made.shown()), made.begun) == (11, 3)
