"""A fleet is looked at as a whole: the worst first, in few requests, and what cannot be read stops nothing else."""

from __future__ import annotations

import threading

from generator.operations.measuring.in_aws import ALARMS, QUERIES
from generator.operations.status import fleet
from runtime import metrics
from tests.operations.watched import OTHER, Watched


def test_the_worst_is_first_and_one_that_cannot_be_read_is_a_row() -> None:
    watched = Watched()
    watched.play_all()
    watched.refused.add("arcade-shared-api")
    watched.codes["arcade-kills-api"] = OTHER
    watched.depths["arcade-laps-activities-dead-letters"] = (1, 0)
    found = watched.look_at_all()
    assert [(status.bundle.name, status.state) for status in found] == [
        ("laps", "unhealthy"),
        ("shared", "unreadable"),
        ("kills", "drifted"),
        ("feed-matches", "well"),
    ]
    assert found[1].failure.endswith("AccessDeniedException it is")


def test_without_cloudwatch_nothing_is_known_of_any() -> None:
    watched = Watched()
    watched.play_all()
    watched.refused.add("alarms")
    watched.codes = {name: code for name, code in watched.codes.items() if "laps" not in name}
    assert {status.state for status in watched.look_at_all()} == {"unreadable"}


def test_what_pages_comes_before_what_does_not() -> None:
    watched = Watched()
    watched.play_all()
    watched.alarms |= {f"arcade-kills-{name}": ("ALARM", None) for name in ("rejected", "throttles")}
    watched.alarms["arcade-laps-snapshot-age"] = ("ALARM", None)
    assert [status.bundle.name for status in watched.look_at_all()][:2] == ["laps", "kills"]


def test_cloudwatch_is_asked_for_all_boards_at_once() -> None:
    """Two hundred boards are 2,600 alarms and 400 statistics: 26 requests of 100 names, and 1 of 500 queries each."""
    watched = Watched()
    watched.play_all()
    watched.put("kills", metrics.REJECTED, 3)
    found = {status.bundle.name: status for status in watched.look_at_all()}
    assert watched.asked == [("alarms", 3 * 13 + 6), ("statistics", 3), ("statistics", 3)]
    assert (ALARMS, QUERIES) == (100, 500)
    assert found["kills"].measured.rejected_hour == 3


def test_only_some_are_read_at_the_same_time(monkeypatch: object) -> None:
    watched = Watched()
    board, lock, seen = watched.boards["kills"], threading.Lock(), [0, 0]
    bundles, together = [board] * 40, threading.Barrier(fleet.AT_ONCE)

    def expect(_board: object) -> object:
        with lock:
            seen[0] += 1
            seen[1] = max(seen)
        together.wait(60)
        with lock:
            seen[0] -= 1
        from tests.operations.watched import expect as same

        return same(board)

    assert len([*fleet.look_at_fleet(watched.reached, bundles, expect)]) == 40  # type: ignore[arg-type]
    assert seen[1] == fleet.AT_ONCE
