"""The soak for some seconds, and what it takes for flat."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.soak import reading
from tests.soak.boards import TROUBLED
from tests.soak.memory import EMULATOR, OWN, Series
from tests.soak.soak import Outcome, Plan, soak
from tests.soak.summary import describe_outcome, find_growth

SECONDS, RATE = 2.0, 25.0


def test_all_count_once_while_it_is_troubled(tmp_path: Path) -> None:
    outcome = soak(Plan(SECONDS, RATE, trouble_every=0.5, troubles=3, sample_every=1.0, visibility=5), tmp_path, print)
    assert outcome.faults == []
    assert outcome.written > 0
    assert outcome.found.answers > 0
    assert {OWN, EMULATOR, f"soak-{TROUBLED}-processor"} <= outcome.memory.keys()
    assert describe_outcome(outcome).endswith("nothing lost, nothing counted twice, every answer consistent")


def test_a_reader_of_one_player_compares_what_a_page_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a machine is slow, the first snapshot has no more, and who is asked for alone gets a percentile."""
    entry = {"rank": 1, "player_id": "ann", "score": 5, "at": "2026-11-27T21:00:00.000Z"}

    def answer(url: str) -> tuple[int, dict[str, Any]]:
        more = {"percentile": 100} if "ids=" in url else {}
        return 200, {"as_of": "2026-11-27T21:00:01.000Z", "players": 1, "entries": [entry | more]}

    monkeypatch.setattr(reading, "get", answer)
    found = reading.Findings()
    reading.Reader("http://board", found, random.Random(1)).read()
    assert (found.answers, found.wrong) == (3, [])


def grow(per_minute: float, jumps: float = 0.0) -> Series:
    """The memory of half an hour, from 100 MB on, after a minute in which it comes to that."""
    series = Series()
    for step in range(180):
        minute = step / 6
        series.times.append(60 * minute)
        series.values.append(50 + 50 * min(1.0, minute) + per_minute * minute + jumps * (step % 7 == 0))
    return series


@pytest.mark.parametrize(
    ("series", "is_flat"),
    [(grow(0), True), (grow(0.1), True), (grow(1), False), (grow(0, jumps=40), True), (grow(-2), True)],
    ids=["even", "a little", "a leak", "jumps", "falls"],
)
def test_memory_is_flat_where_a_line_through_its_last_two_thirds_does_not_rise(series: Series, is_flat: bool) -> None:
    assert series.is_flat is is_flat


def test_the_embedded_aws_and_what_is_killed_are_not_judged() -> None:
    leak = grow(5)
    memory = {OWN: leak, EMULATOR: leak, f"soak-{TROUBLED}-processor": leak, "soak-record-api": grow(0)}
    outcome = Outcome(memory=memory, seconds=1)
    assert find_growth(outcome) == [OWN]
    assert f"wrong: the memory of {OWN} grows" in describe_outcome(outcome).splitlines()
