"""A way ahead: where a long one stops, so that windows are opened on it, and what nobody may do meanwhile."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from generator.local.rehearsal.passage import Passage, find_starts
from runtime.config import Season, WindowKind
from runtime.domain.edges.timeline import Timeline
from runtime.domain.instants import DAY, HOUR, parse_rfc3339, rfc3339

FRIDAY = parse_rfc3339("2026-11-27T21:00:00.000Z")
WEEK = WindowKind("week", "America/Sao_Paulo", at_minutes=18 * 60, starts=4)


def test_it_stops_at_each_start_up_to_the_end_of_the_way() -> None:
    assert find_starts(Timeline(WEEK), FRIDAY - HOUR, FRIDAY - 1) == []
    assert find_starts(Timeline(WEEK), FRIDAY - HOUR, FRIDAY) == [FRIDAY]
    assert find_starts(Timeline(WEEK), FRIDAY, FRIDAY + DAY) == []
    assert find_starts(Timeline(WEEK), FRIDAY - HOUR, FRIDAY + 15 * DAY) == [FRIDAY + days * DAY for days in (0, 7, 14)]


@pytest.mark.parametrize("keep", [1, 8])
def test_of_many_windows_only_the_newest_are_opened(keep: int) -> None:
    starts = find_starts(Timeline(WindowKind("hour", keep=keep)), FRIDAY, FRIDAY + 365 * DAY)
    assert starts == [FRIDAY + 365 * DAY - hours * HOUR for hours in reversed(range(keep + 1))]


def test_local_days_are_followed_through_a_change_of_the_clock() -> None:
    day = WindowKind("day", "Europe/Berlin")
    began, ends = parse_rfc3339("2026-10-24T12:00:00.000Z"), parse_rfc3339("2026-10-26T12:00:00.000Z")
    assert [rfc3339(start) for start in find_starts(Timeline(day), began, ends)] == [
        "2026-10-24T22:00:00.000Z",
        "2026-10-25T23:00:00.000Z",
    ]


def test_short_windows_start_where_whole_ones_would() -> None:
    weekend = replace(WEEK, lasts_seconds=2 * 86_400)
    for to in (FRIDAY - 1, FRIDAY, FRIDAY + DAY, FRIDAY + 15 * DAY):
        assert find_starts(Timeline(weekend), FRIDAY - HOUR, to) == find_starts(Timeline(WEEK), FRIDAY - HOUR, to)


def test_seasons_start_where_they_are_written() -> None:
    seasons = (
        Season("one", date(2026, 1, 1), date(2026, 4, 1)),
        Season("two", date(2026, 12, 1), date(2027, 1, 1)),
        Season("three", date(2027, 6, 1), date(2027, 7, 1)),
    )
    kind = WindowKind("season", seasons=seasons)
    assert [rfc3339(start) for start in find_starts(Timeline(kind), FRIDAY, FRIDAY + 300 * DAY)] == [
        "2026-12-01T00:00:00.000Z",
        "2027-06-01T00:00:00.000Z",
    ]


@pytest.mark.parametrize("kind", [WindowKind("all_time"), WindowKind("rolling", days=7)])
def test_a_window_that_never_closes_stops_nothing(kind: WindowKind) -> None:
    assert find_starts(Timeline(kind), FRIDAY, FRIDAY + 30 * DAY) == []


def test_a_save_takes_no_board_away_before_each_has_new_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    rebuilt: list[str] = []
    stack: Any = SimpleNamespace(
        turn=threading.Lock(),
        boards=["kills", "wins"],
        aws=SimpleNamespace(clock=SimpleNamespace(now=lambda: FRIDAY)),
        hold_workers=nullcontext,
    )

    def rebuild(name: str) -> None:
        assert stack.turn.locked()
        rebuilt.append(name)

    stack.rebuild = rebuild
    monkeypatch.setattr(Passage, "_hold_processors", nullcontext)
    assert Passage(stack).advance(FRIDAY)
    assert (rebuilt, stack.turn.locked()) == (["kills", "wins"], False)
