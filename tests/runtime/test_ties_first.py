"""`ties: first`: who got to a score first stays ahead, whatever comes that does not change the score."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runtime.config import AggregateKind, Column, Points, Rule, WindowKind
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World

SECOND = 1000
WINDOWS = (WindowKind("all_time"), WindowKind("day"), WindowKind("rolling", days=2))


@pytest.mark.parametrize("window", ["all_time", "day", "rolling"])
@pytest.mark.parametrize(
    ("kinds", "first"),
    [
        (("sum",), True),
        (("sum", "sum"), True),
        (("sum", "best"), True),
        (("best",), True),
        (("best", "sum"), True),
        # These columns change with each activity: a count by one, a mean by its weight, the last value by being newer.
        (("count",), False),
        (("average",), False),
        (("last",), False),
        (("sum", "count"), False),
        (("sum", "average"), False),
        (("sum", "last"), False),
    ],
)
def test_an_activity_worth_0_costs_no_tie(kinds: tuple[AggregateKind, ...], first: bool, window: str) -> None:
    """Ann is there first and then plays for 0; bob comes between, and so that both are level, plays for 0 too."""
    columns = tuple(Column(f"c{number}", "descending", kind) for number, kind in enumerate(kinds))
    rules = (Rule("kill", tuple(Points(Decimal(0), "worth") for _ in columns)),)
    world = World(board(columns=columns, rules=rules, windows=WINDOWS))
    plays = [("ann", 10, 0), ("bob", 0, 1), ("bob", 10, 2), ("ann", 0, 3)]
    if kinds == ("last",) or "last" in kinds:
        plays = [("ann", 10, 0), ("bob", 10, 1), ("ann", 0, 2), ("bob", 0, 3), ("ann", 0, 4)]
    for number, (player, worth, second) in enumerate(plays):
        world.put(item(player, at=NOW + second * SECOND, number=number, worth=worth), written=NOW + 10 * SECOND)
    world.rebuild(NOW + 60 * SECOND)
    ann, bob = (world.player(player, NOW + 60 * SECOND, window=window)["entry"] for player in ("ann", "bob"))
    assert ann["columns"] == bob["columns"]
    assert (ann["rank"], bob["rank"]) == ((1, 2) if first else (2, 1))


@pytest.mark.parametrize(("aggregate", "first"), [("best", True), ("last", False)])
def test_a_run_that_is_not_kept_costs_no_tie(aggregate: AggregateKind, first: bool) -> None:
    """The last run is always kept: then the later one has the later time."""
    rules = (Rule("kill", (Points(Decimal(0), "worth"),)),)
    world = World(board(aggregate=aggregate, rules=rules, windows=WINDOWS[:1]))
    for number, (player, worth) in enumerate([("ann", 10), ("bob", 10), ("ann", 0 if first else 10)]):
        world.put(item(player, at=NOW + number * SECOND, number=number, worth=worth), written=NOW + 10 * SECOND)
    world.rebuild(NOW + 60 * SECOND)
    assert [entry["player_id"] for entry in world.page(NOW + 60 * SECOND)["entries"]] == (
        ["ann", "bob"] if first else ["bob", "ann"]
    )


def test_a_sum_that_moved_and_came_back_was_reached_when_it_came_back() -> None:
    rules = (Rule("kill", (Points(Decimal(0), "worth"),)),)
    world = World(board(rules=rules, windows=WINDOWS[:1]))
    for number, (player, worth) in enumerate([("ann", 10), ("bob", 10), ("ann", 5), ("ann", -5)]):
        world.put(item(player, at=NOW + number * SECOND, number=number, worth=worth), written=NOW + 10 * SECOND)
    world.rebuild(NOW + 60 * SECOND)
    assert [entry["player_id"] for entry in world.page(NOW + 60 * SECOND)["entries"]] == ["bob", "ann"]


def test_changed_points_leave_the_scores_so_far() -> None:
    """New activities give the new points, also in a window that is open; nothing that was counted is counted anew."""
    ten, three = ((Rule("kill", (Points(Decimal(points)),)),) for points in (10, 3))
    for aggregate, expected in (("sum", 23), ("best", 10), ("last", 3), ("average", 7.67)):
        decimals = 2 if aggregate == "average" else 0
        world = World(board(aggregate=aggregate, decimals=decimals, rules=ten, windows=WINDOWS))
        world.play("ann", "ann", at=NOW)
        world.rebuild(NOW + SECOND)
        world.deploy(board(aggregate=aggregate, decimals=decimals, rules=three, windows=WINDOWS))
        world.rebuild(NOW + 2 * SECOND)
        assert world.page(NOW + 3 * SECOND)["entries"][0]["score"] == {"sum": 20}.get(aggregate, 10)
        world.play("ann", at=NOW + 4 * SECOND)
        world.rebuild(NOW + 5 * SECOND)
        for window in ("all_time", "day", "rolling"):
            assert world.page(NOW + 6 * SECOND, window=window)["entries"][0]["score"] == expected, (aggregate, window)
