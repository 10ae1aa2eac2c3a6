"""A window that an operator wants made anew: all its files are written again, whatever is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from runtime import aws, rebuilder
from runtime.domain.ranking import WindowRanks
from runtime.lifecycle import ranking
from runtime.lifecycle.result import RebuildResult
from runtime.queries import ProblemError
from runtime.s3 import description
from runtime.s3.ranks import base_writer
from tests.runtime.boards import NOW
from tests.runtime.daily import DAILY, MINUTE, seal
from tests.runtime.world import World
from tests.support.lambda_context import CONTEXT

DAY_ID = "2026-11-24"


def make_anew(world: World, window: str, now: int) -> RebuildResult:
    return replace(world.rebuilder(now), anew=window).rebuild()


def ranks_of(world: World, window: str) -> WindowRanks:
    newest = world.snapshots.read_newest()
    ranks = newest.find_ranks(window) if newest else None
    assert ranks is not None
    return ranks


def lose_files(world: World, ranks: WindowRanks) -> None:
    """Lose all files of a window, as a wrong command of somebody does."""
    for key in [key for key in world.aws.bucket.objects if key.startswith(ranks.prefix)]:
        del world.aws.bucket.objects[key]
    world.deploy(world.config)  # nothing is in a function's memory


def scores(world: World, now: int, window: str) -> list[tuple[str, int]]:
    return [(entry["player_id"], entry["score"]) for entry in world.page(now, window=window)["entries"]]


def test_a_quiet_window_whose_files_are_lost_is_written_again_and_no_other() -> None:
    world = World(DAILY)
    world.play("ann", "ann", "bob")
    world.rebuild(NOW + 1)
    later = NOW + 20 * MINUTE
    world.rebuild(later)
    before, other = ranks_of(world, DAY_ID), ranks_of(world, "all-time")
    lose_files(world, before)
    assert not world.rebuild(later + 1).published  # what is quiet is not looked at
    made = make_anew(world, DAY_ID, later + 2)
    assert made.published
    assert made.describe(DAY_ID)["window"] == {"players": 2, "sealed": False, "revision": 0}
    assert scores(world, later + 2, "day") == [("ann", 20), ("bob", 10)]
    assert ranks_of(world, DAY_ID).content == before.content
    assert ranks_of(world, "all-time") == other
    assert make_anew(world, "all-time", later + 3).describe("nothing")["window"] is None


def test_final_ranks_that_come_out_the_same_are_no_other_revision() -> None:
    world = World(DAILY)
    world.play("ann", "ann", "bob")
    world.rebuild(NOW + 1)
    now = seal(world)
    before = ranks_of(world, DAY_ID)
    lose_files(world, before)
    make_anew(world, DAY_ID, now + MINUTE)
    after = ranks_of(world, DAY_ID)
    assert (after.sealed, after.revision, after.former, after.content) == (True, 0, (), before.content)
    assert after.prefix != before.prefix
    assert scores(world, now + MINUTE, DAY_ID) == [("ann", 20), ("bob", 10)]


def test_final_ranks_that_come_out_different_are_another_revision_which_stays() -> None:
    world = World(DAILY)
    world.play("ann", "bob")
    world.rebuild(NOW + 1)
    now = seal(world)
    before = ranks_of(world, DAY_ID)
    for (partition, player), row in world.aws.tables["aggregates"].items():
        if (partition.split("#")[0], player) == (DAY_ID, "bob"):
            row["columns"]["L"][0]["N"] = "500"
    make_anew(world, DAY_ID, now + MINUTE)
    after = ranks_of(world, DAY_ID)
    assert (after.sealed, after.revision, [each.prefix for each in after.former]) == (True, 1, [before.prefix])
    world.rebuild(now + 2 * MINUTE)
    assert ranks_of(world, DAY_ID) == after
    assert scores(world, now + 2 * MINUTE, DAY_ID) == [("bob", 500), ("ann", 10)]
    closed = [row for row in world.aws.tables["aggregates"].values() if "window/" in str(row)]
    assert len(closed) == 1, "nobody is told of the same window's end once more"


def test_ranks_in_another_format_are_not_read_and_made_anew_sealed_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(DAILY)
    world.play("ann", "ann", "bob")
    world.rebuild(NOW + 1)
    now = seal(world)
    before = ranks_of(world, DAY_ID)
    # A release with another format: what it writes has its number.
    for module in (base_writer, description, ranking):
        monkeypatch.setattr(module, "FORMAT", 2)
    with pytest.raises(ProblemError, match="the ranks are those of another release") as problem:
        world.page(now)
    assert (problem.value.status, problem.value.cached) == (503, False)
    world.rebuild(now + MINUTE)
    after = ranks_of(world, DAY_ID)
    assert (after.format, after.sealed, after.revision, after.former) == (2, True, 0, ())
    assert after.prefix.split("-")[:-1] != before.prefix.split("-")[:-1]
    assert scores(world, now + MINUTE, DAY_ID) == [("ann", 20), ("bob", 10)]


@pytest.mark.parametrize(("event", "anew"), [({"window": "all-time"}, True), ({"window": 5}, False), ([], False)])
def test_the_handler_makes_the_window_anew_that_its_event_names(
    monkeypatch: pytest.MonkeyPatch, event: Any, anew: bool
) -> None:
    world = World(DAILY)
    world.play("ann")
    world.rebuild(NOW)
    monkeypatch.setattr(aws, "events", lambda: world.event_bus)
    monkeypatch.setattr(rebuilder, "_rebuilder", lambda: world.rebuilder(NOW + 20 * MINUTE))
    before = ranks_of(world, "all-time")
    answer = rebuilder.handler(event, CONTEXT)
    assert answer.get("window") == ({"players": 1, "sealed": False, "revision": 0} if anew else None)
    assert (ranks_of(world, "all-time").prefix != before.prefix) is anew
