"""Random boards and activities, compared to the naive model: every rank, page, neighbour, percentile and score."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.dynamodb import outbox
from runtime.queries import ProblemError
from runtime.s3 import rank_files
from tests.runtime.boards import BOARD, NOW
from tests.runtime.naive_model import Model, Row
from tests.runtime.random_boards import GRACE, any_rules, any_runs, config_of, entry_of, image_of
from tests.runtime.world import World
from tests.support.effort import examples


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank_files, "BLOCK", 3)


@pytest.mark.usefixtures("one_thread")
@examples(60)
@given(st.data())
def test_every_answer_agrees_with_the_naive_model(data: st.DataObject) -> None:
    board_rules = data.draw(any_rules())
    world = World(config_of(board_rules))
    model = Model(board_rules, GRACE * 1000)
    for run in data.draw(any_runs(len(board_rules.orders))):
        model.write(run)
        for _ in range(data.draw(st.sampled_from([1, 1, 2]))):
            batch = world.put(image_of(run), written=run.written, now=NOW)
            assert not batch.failed
    now = NOW + 999
    world.rebuild(now)
    for every in board_rules.windows:
        compare(world, model.board(every, now), every[0], now, data)
    outbox.send(world.table, world.event_bus, "arcade")
    milestones = [detail for kind, detail in world.aws.events.sent if kind == "leaderboard.milestone_reached"]
    assert len({detail["id"] for detail in milestones}) == len(milestones) == len(model.events)
    assert sorted((detail["player_id"], detail["milestone"]) for detail in milestones) == sorted(
        (player, milestone) for _, player, milestone in model.events
    )


def compare(world: World, rows: list[Row], every: str, now: int, data: st.DataObject) -> None:
    expected = [entry_of(row) for row in rows]

    def plain(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: value for key, value in each.items() if key not in ("at", "percentile")} for each in entries]

    limit = data.draw(st.integers(1, 4))
    found = []
    for offset in range(0, len(rows) + limit, limit):
        page = world.page(now, window=every, offset=str(offset), limit=str(limit))
        assert page["players"] == len(rows)
        found += page["entries"]
    assert plain(found) == expected
    for place, row in enumerate(rows):
        answer = world.player(row.player, now, window=every)["entry"]
        assert plain([answer]) == [expected[place]]
        assert answer["percentile"] == row.percentile
        span = data.draw(st.integers(1, 3))
        around = world.api.neighbours(row.player, {"window": every, "span": str(span)}, now).body["entries"]
        assert plain(around) == expected[max(0, place - span) : place + span + 1]
    friends = data.draw(st.lists(st.sampled_from(["p1", "p3", "p5", "p8"]), min_size=1, unique=True))
    answer = world.api.friends({"window": every, "ids": ",".join(friends)}, now).body["entries"]
    assert plain(answer) == [each for each in expected if each["player_id"] in friends]
    with pytest.raises(ProblemError):
        world.player("p8", now, window=every)


def test_the_shared_board_is_a_valid_config() -> None:
    assert BOARD.keeps_one_run is False
