"""The plan of an assembly: what is stored of it, and how many parts it has."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import AssemblyConfig, parse_board_json, to_board_json
from runtime.domain.ranking import Pieces, WindowRanks
from runtime.domain.windows import ALL_TIME
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.window_items import open_window
from runtime.lifecycle.assembling.files import AssemblyFiles, find_newest, move_newest
from runtime.lifecycle.assembling.plan import AssemblyPlan, make_plan
from runtime.s3.bucket import Bucket
from tests.runtime.any_window import AnyWindow
from tests.runtime.boards import NOW
from tests.support.effort import examples
from tests.support.memory_aws import HookedAws

RANKS = WindowRanks(ALL_TIME, 1_000_000, "0" * 32, "snapshots/ranks/all-time/x-1/", "shared")


def plan_of(
    players: int, part: int = 100_000, shards: int = 8, days: int = 1, source: WindowRanks | None = None
) -> AssemblyPlan:
    board = replace(AnyWindow(0).board, assembly=AssemblyConfig(1000, players, part, 500))
    parts = [open_window(replace(ALL_TIME, id=f"day-{day}"), shards, None) for day in range(days)]
    given = board, ALL_TIME, parts, "shared", NOW, {"at": 1}, Decisions(), "", source, players
    return make_plan(*given)  # type: ignore[arg-type]


def test_a_board_has_assemblies_only_where_it_says_so() -> None:
    board = AnyWindow(0).board
    assert "assembly" not in json.loads(to_board_json(board))
    large = replace(board, assembly=AssemblyConfig(most=30, players=40, part=5, delta=500))
    assert json.loads(to_board_json(large))["assembly"] == {"most": 30, "players": 40, "part": 5, "delta": 500}
    assert [parse_board_json(to_board_json(each)) for each in (board, large)] == [board, large]


@examples(50)
@given(st.integers(0, 2**32), st.booleans())
def test_a_plan_is_read_as_it_was_written(seed: int, compacts: bool) -> None:
    made = AnyWindow(seed)
    board = replace(made.board, assembly=AssemblyConfig(1, 25, 7, 500))
    source = RANKS if compacts else None
    positions = {"arn": "stream", "shards": {"a": "1"}, "at": NOW}
    plan = make_plan(board, ALL_TIME, made.parts, "dense", NOW, positions, made.decisions, "r1", source, 25)
    files = AssemblyFiles(Bucket(made.aws.client("s3"), "bucket"), plan.id)
    assert files.read_plan() is None
    files.write_plan(plan)
    stored = files.read_plan()
    assert stored == plan
    assert stored.decisions.fingerprint == made.decisions.fingerprint
    assert [part.shows_recount for part in stored.parts] == [part.shows_recount for part in made.parts]


@pytest.mark.parametrize(
    ("plan", "parts"),
    [
        (plan_of(0), (1, 1, 1)),
        (plan_of(1), (1, 1, 1)),
        (plan_of(800_000), (8, 8, 8)),
        (plan_of(800_001, shards=16), (9, 9, 9)),
        # No part of a read is smaller than a unit, no part of a gather than a pack: 64,000 players.
        (plan_of(2_000_000), (8, 20, 20)),
        (plan_of(800_000, part=10_000), (8, 80, 13)),
        (plan_of(200_000, days=3), (6, 2, 2)),
        (plan_of(1_000_000, source=replace(RANKS, blocks=Pieces(2000, (1,) * 16))), (10, 10, 10)),
        (plan_of(1_000_000, part=10_000, source=replace(RANKS, blocks=Pieces(2000, (1,) * 16))), (16, 100, 16)),
    ],
)
def test_the_number_of_parts(plan: AssemblyPlan, parts: tuple[int, int, int]) -> None:
    assert (plan.reads, plan.ranges, plan.groups) == parts
    numbers = json.loads(plan.execution_input)
    assert [len(numbers[name]) for name in ("reads", "ranges", "groups")] == list(parts)
    assert numbers["assembly"] == plan.id
    assert numbers["reads"] == list(range(plan.reads))


def test_nobody_can_foresee_where_a_base_will_be() -> None:
    one, other = plan_of(5), plan_of(5)
    assert one.id == other.id
    assert one.prefix != other.prefix
    assert replace(one, prefix="") == replace(other, prefix="")


def test_the_ranks_are_done_when_they_are_written() -> None:
    files = AssemblyFiles(Bucket(HookedAws().client("s3"), "bucket"), "1-a")
    assert files.read_done() is None
    ranks = replace(RANKS, decided="d", recount="r", blocks=Pieces(5, (1, 2)))
    files.write_done(ranks)
    assert files.read_done() == ranks
    with pytest.raises(LookupError, match="count has not made its part 3"):
        files.read("count", 3)
    files.write("count", 3, {"lines": 5})
    assert files.read("count", 3) == {"lines": 5}


def test_one_of_two_makes_its_assembly_the_newest() -> None:
    bucket = Bucket(HookedAws().client("s3"), "bucket")
    assert find_newest(bucket, "all-time") == (None, None)
    assert move_newest(bucket, "all-time", "1-a", None)
    assert not move_newest(bucket, "all-time", "2-b", None)
    newest, etag = find_newest(bucket, "all-time")
    assert newest == "1-a"
    assert move_newest(bucket, "all-time", "2-b", etag)
    assert find_newest(bucket, "all-time")[0] == "2-b"
