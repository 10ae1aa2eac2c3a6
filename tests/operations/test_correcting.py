"""Correcting a score: what each kind of aggregate makes of it, and who can do it."""

from __future__ import annotations

import pytest

from generator.errors import InputError
from generator.operations.corrections.correction import Correction, list_corrections
from generator.operations.corrections.counting import count_correction
from runtime.config import WindowKind
from runtime.domain.activity import make_id
from runtime.domain.instants import DAY
from runtime.dynamodb.decisions import DecisionStore
from tests.operations.corrected import MINUTE, MIXED, best, boss, correct, played, refused, score
from tests.operations.managed import Managed
from tests.runtime.boards import NOW, board
from tests.runtime.world import World


def test_a_score_is_added_to_and_set_in_the_windows_that_are_asked_for() -> None:
    managed = played()
    counted, is_new = correct(managed, "add", score=5)
    assert is_new
    assert counted.before == {"2026-11-24": {"score": 20}, "all-time": {"score": 20}}
    assert counted.after == {"2026-11-24": {"score": 25}, "all-time": {"score": 25}}
    correct(managed, "set", windows=("day",), score=3)
    assert (score(managed, "day"), score(managed)) == (3, 25)
    managed.world.play("ann", at=managed.now)
    assert (score(managed, "day"), score(managed)) == (13, 35)
    assert [each.action for each in list_corrections(managed.board.running.marks, "ann")] == ["add", "set"]
    assert [each.action for each in list_corrections(managed.board.running.marks, None, "all-time")] == ["add"]
    assert list(list_corrections(managed.board.running.marks, "bob")) == []


def test_the_same_correction_counts_once_also_in_the_next_window() -> None:
    managed = played()
    first, _ = correct(managed, "add", score=5)
    managed.now += DAY
    managed.world.play("ann", at=managed.now)
    assert correct(managed, "add", score=5) == (first, False)
    assert (score(managed, "day"), score(managed)) == (10, 35)
    assert correct(managed, "add", "ticket 2", score=5)[1]
    assert score(managed) == 40


def test_each_column_is_set_by_its_own_aggregate() -> None:
    managed = played(MIXED)
    named = {"fish": 7, "catches": 1, "mean": 250, "biggest": 4, "newest": 3}
    managed.world.play("ann")
    count_correction(managed.board, Correction("ann", "set", named, (), "ticket 1"), reopen=False)
    managed.rebuild()
    entry = managed.world.player("ann", managed.now)["entry"]
    assert entry["columns"] == {**named, "mean": 2.5}
    # Three activities had that mean; a fourth worth 10 weighs as much as each of them.
    managed.world.play("ann", at=managed.now)
    managed.rebuild()
    entry = managed.world.player("ann", managed.now)["entry"]
    assert entry["columns"] == {"fish": 17, "catches": 2, "mean": 4.38, "biggest": 10, "newest": 10}


def test_what_cannot_be_corrected_so_is_refused_by_name() -> None:
    managed = played(MIXED)
    assert refused(managed, "add", catches=-3) == "all-time: catches counts, and would be below 0"
    assert refused(managed, "add", fish=10**15) == "all-time: fish would be over the bound of the board"
    asked = Correction("cat", "set", {"fish": 1}, (), "ticket")
    with pytest.raises(InputError) as caught:
        count_correction(managed.board, asked, reopen=False)
    assert str(caught.value) == "all-time: the player has no score there: set mean, biggest and newest too"
    DecisionStore(managed.world.table).begin_erasing("ann", managed.now, managed.now)
    assert "an erasure of this player has begun" in refused(managed, "set", fish=1)
    assert list(list_corrections(managed.board.running.marks)) == []


def test_a_best_run_is_set_lower_and_no_delivery_brings_the_old_one_back() -> None:
    managed, runs = best()
    world = managed.world
    correct(managed, "set", score=100)
    assert score(managed) == 100
    world.put(*runs, written=NOW + 2, now=managed.now)
    assert score(managed) == 100
    # In one batch: an old run that would win, and new ones of which the better one counts.
    later = [boss(70, managed.now + 1, 3), boss(80, managed.now + 2, 4), boss(75, managed.now + 3, 5)]
    world.put(runs[1], *later, written=managed.now, now=managed.now)
    assert score(managed) == 130
    world.put(*runs, boss(10, managed.now, 6), written=managed.now)
    assert score(managed) == 130
    correct(managed, "set", "ticket 2", score=60)
    world.put(*runs, *later, written=managed.now)
    assert score(managed) == 60


def test_a_correction_is_newer_than_the_last_run_of_a_clock_that_is_ahead() -> None:
    world = World(board(decimals=0, aggregate="last", windows=(WindowKind("all_time"),)))
    managed = Managed(world, NOW + MINUTE)
    ahead = boss(900, managed.now + 4 * MINUTE, 1)
    world.put(ahead, written=managed.now)
    correct(managed, "set", score=60)
    world.put(ahead, written=managed.now)
    assert score(managed) == 60
    world.put(boss(5, managed.now + 5 * MINUTE, 2), written=managed.now)
    assert score(managed) == 55


def test_milestones_are_told_of_a_correction_unless_the_player_is_hidden() -> None:
    for is_hidden in (False, True):
        managed = played()
        if is_hidden:
            DecisionStore(managed.world.table).hide("ann", managed.now)
        correct(managed, "add", score=30)
        told = [key[1] for key in managed.world.aws.tables["aggregates"] if key[0].startswith("#outbox")]
        assert len(told) == (0 if is_hidden else 2)


def test_a_rolling_window_is_corrected_by_its_days() -> None:
    managed = played(board(decimals=0, windows=(WindowKind("rolling", days=2),)))
    assert refused(managed, "set", score=1) == "--window: say in which window the score is set, by its id or as rolling"
    managed.now += DAY
    # Nobody has played today, so the day is opened.
    counted, _ = correct(managed, "add", score=-5)
    assert list(counted.after) == ["rolling-2d.2026-11-25"]
    assert score(managed, "rolling") == 15
    yesterday = "rolling-2d.2026-11-24"
    correct(managed, "set", windows=(yesterday,), score=1)
    assert score(managed, "rolling") == -4
    managed.now += DAY
    asked = Correction("ann", "set", {"score": 1}, ("rolling", yesterday, "weak"), "ticket")
    with pytest.raises(InputError) as caught:
        count_correction(managed.board, asked, reopen=False)
    assert str(caught.value) == (
        "--window: rolling is made of days: set the score of one, such as rolling-2d.2026-11-26, or use --add\n"
        '--window: the board has no window "weak".'
    )
    asked = Correction("ann", "set", {"score": 1}, (yesterday,), "ticket")
    with pytest.raises(InputError, match=f"^{yesterday}: the board keeps it no longer$"):
        count_correction(managed.board, asked, reopen=False)


def test_a_quiet_board_shows_a_correction_of_an_operator_whose_clock_is_behind() -> None:
    managed = played()
    for _ in range(10):
        managed.now += MINUTE
        managed.rebuild()
    behind = Managed(managed.world, NOW - MINUTE)
    managed.world.aws.clock = lambda: managed.now
    correct(behind, "add", windows=("all_time",), score=5)
    assert score(managed) == 25


def test_no_producer_can_make_a_correction() -> None:
    """Whatever is in the activities table is judged as an activity, of whatever type and player it says it is."""
    managed = played()
    forged = {
        "player_id": {"S": "#corrections"},
        "activity_id": {"S": make_id(NOW, 9)},
        "type": {"S": "#correction"},
        "player": {"S": "ann"},
        "action": {"S": "add"},
        "values": {"S": '{"score": 5}'},
        "windows": {"L": [{"S": "all-time"}]},
    }
    result = managed.world.put(forged, {**forged, "player_id": {"S": "ann"}})
    assert result.reasons == {"bad_player_id": 1, "unknown_type": 1}
    assert list(list_corrections(managed.board.running.marks)) == []
    assert score(managed) == 20
