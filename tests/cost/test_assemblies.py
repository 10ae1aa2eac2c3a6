"""What assemblies cost: the calls that are counted are those that the state machine makes."""

from __future__ import annotations

import pytest

from generator.board.board import Board
from generator.cost.assemblies import measure_assembly
from generator.cost.estimate import estimate_board
from generator.cost.term import Term
from generator.pipeline import validate
from runtime.domain.windows import ALL_TIME, Window
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.window_items import WindowState
from runtime.lifecycle.assembling.plan import make_plan
from tests.support.projects import board_yaml, project_yaml

DAY = 86_400_000


def decide(players: int, average: int = 10, window: str = "{every: all_time}") -> Board:
    """A board with so many players."""
    traffic = f"{{players: {players}, activities_per_second: {{average: {average}, peak: 1000}}}}"
    [board] = validate({"leaderboards.yaml": project_yaml(board_yaml(window=window, traffic=traffic)).encode()}).boards
    return board


def find(terms: tuple[Term, ...], part: str = "assemblies") -> dict[str, float]:
    """The units of a part's terms."""
    return {term.what: float(term.units) for term in terms if term.part == part}


@pytest.mark.parametrize(
    ("players", "days"), [(40_000_000, 1), (100_000_000, 1), (5_000_000, 90), (42_000_000, 90), (60_000_000, 7)]
)
def test_each_part_is_counted_as_the_plan_has_it(players: int, days: int) -> None:
    board = decide(players, window=f"{{every: rolling, days: {days}}}" if days > 1 else "{every: all_time}")
    assert board.sizing.assembly
    states = [
        WindowState(Window(f"d{day}", "day", day * DAY, (day + 1) * DAY), board.config.shards) for day in range(days)
    ]
    plan = make_plan(board.config, ALL_TIME, states, "first", 7, None, Decisions(), "", None, players)
    calls = plan.reads + 2 * plan.ranges + plan.groups + 1
    assert measure_assembly(board.config, players, days).calls == calls
    assert plan.ranges == board.sizing.assembly.parts.value


def test_a_board_that_one_function_ranks_pays_for_none() -> None:
    cost = estimate_board(decide(34_000_000))
    assert find(cost.idle) == find(cost.traffic[1]) == find(cost.traffic[100]) == {}


def test_an_idle_board_is_assembled_once_a_day_and_the_rebuilder_reads_no_player() -> None:
    large, small = estimate_board(decide(60_000_000)), estimate_board(decide(30_000_000))
    idle = find(large.idle)
    one = measure_assembly(decide(60_000_000).config, 60_000_000, 1)
    assert idle["state transitions"] == 31 * one.transitions
    assert idle["function, requests"] == 31 * (24 + 3 * 24 + 1)
    # Twice as many players are twice as many units, whoever reads them.
    read = "tables, read as a whole once a day"
    assert idle["tables, read"] / find(small.idle, "rebuilds")[read] == pytest.approx(2, rel=0.01)
    assert find(large.idle, "rebuilds")[read] < 1000
    assert find(large.traffic[1])["tables, read"] == 0


def test_a_window_is_compacted_as_often_as_it_changes_but_never_twice_at_once() -> None:
    slow, fast, faster = (find(estimate_board(decide(60_000_000, rate)).traffic[1]) for rate in (10, 100, 900))
    assert fast["state transitions"] / slow["state transitions"] == pytest.approx(10, rel=0.01)
    # With 900 changes a second an assembly is begun with half as many changes, as far as one may follow on another.
    assert 90 < faster["state transitions"] / slow["state transitions"] < 180
    sizings = (decide(60_000_000, rate).sizing.assembly for rate in (10, 900))
    assert [sizing.begun.value for sizing in sizings if sizing] == [250_000, 125_000]
