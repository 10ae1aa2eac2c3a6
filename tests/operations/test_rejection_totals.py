"""Rejected activities, counted by reason and by player."""

from __future__ import annotations

import pytest

from generator.operations import rejections
from generator.operations.rejections import Rejection, RejectionTotals


def reject(player: str, reason: str = "late") -> Rejection:
    return Rejection(("p", "s"), reason, "", player, "id", 0, None, None, None)


def count(*rejections: Rejection) -> RejectionTotals:
    totals = RejectionTotals()
    for each in rejections:
        totals.add(each)
    return totals


def test_the_most_frequent_come_first_and_equal_ones_by_name() -> None:
    totals = count(reject("bob"), reject("ann", "unknown_type"), reject("cleo"), reject("cleo"))
    assert totals.total == 4
    assert totals.reasons() == [("late", 3), ("unknown_type", 1)]
    assert totals.players(2) == [("cleo", 2), ("ann", 1)]


def test_players_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejections, "MOST_PLAYERS", 2)
    totals = count(*(reject(player) for player in ("ann", "bob", "cleo", "ann", "dora")))
    assert (totals.total, totals.by_player) == (5, {"ann": 2, "bob": 1})
