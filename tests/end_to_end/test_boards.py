"""Twenty random boards against the naive model, the whole way: what is put into the table is what the API answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from generator.board.board import Board, Names
from generator.local.stack import Stack
from runtime.domain.activity import make_id, time_of
from runtime.domain.instants import rfc3339
from tests.end_to_end.deployed import Operated, away_from_the_hour, deployed
from tests.end_to_end.game import get
from tests.runtime.boards import NOW
from tests.runtime.naive_model import Model, Row, Rules, Run
from tests.runtime.random_boards import GRACE, KINDS, any_rules, any_runs, config_of, entry_of, image_of
from tests.support.projects import board_yaml, boards_of, project_yaml

BOARDS = 20
TOGETHER = 5
"""Boards in one embedded AWS."""
ENOUGH = 8
"""Activities that a board has at the least."""


@cache
def drawn() -> list[tuple[Rules, list[Run]]]:
    """The same boards and activities each time: as many of each aggregate."""
    found: dict[str, list[tuple[Rules, list[Run]]]] = {}

    @seed(2026)
    @settings(max_examples=400, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        board = data.draw(any_rules())
        played = data.draw(any_runs(len(board.orders)))
        if len(played) >= ENOUGH:
            found.setdefault(board.aggregate, []).append((board, played))

    draw()
    # Examples that follow each other are alike.
    each = BOARDS // len(found)
    return [one for alike in found.values() for one in alike[:: len(alike) // each][:each]]


def test_the_boards_differ() -> None:
    boards = [board for board, _ in drawn()]
    assert len(boards) == BOARDS
    assert {board.aggregate for board in boards} == {"sum", "count", "average", "best", "last"}
    assert {board.ties for board in boards} == {"first", "shared", "dense"}
    assert {every for board in boards for every, _ in board.windows} == set(KINDS)
    assert any(board.per_minute for board in boards)
    assert any(board.most for board in boards)
    assert any(board.milestones for board in boards)
    assert {len(board.orders) for board in boards} == {1, 2, 3}


def named(number: int) -> Board:
    """A board that is deployable."""
    [any_board] = boards_of(project_yaml(board_yaml()))
    name = f"board-{number}"
    return replace(
        any_board,
        name=name,
        folder=f"nebula/{name}",
        names=Names(f"random-{name}"),
        config=replace(config_of(drawn()[number][0]), name=name),
    )


@pytest.mark.parametrize("numbers", [range(start, start + TOGETHER) for start in range(0, BOARDS, TOGETHER)], ids=str)
def test_every_answer_agrees_with_the_naive_model(numbers: range) -> None:
    away_from_the_hour(60)
    with deployed(tuple(map(named, numbers))) as stack, ThreadPoolExecutor(TOGETHER) as pool:
        faults = pool.map(lambda number: play(stack, number, *drawn()[number]), numbers)
        assert [fault for found in faults for fault in found] == []


def play(stack: Stack, number: int, board: Rules, played: list[Run]) -> list[str]:
    """One board, from its first activity to the last answer; where it is not as the model says."""
    game = Operated(stack, f"board-{number}")
    # Held until all are in the queue: limits and milestones follow the order of processing.
    game.hold()
    now = int(time.time() * 1000)
    made = [moved(run, now) for run in played]
    for run in made:
        game.put(image_of(run))
    wait_for_queue(game, len({run.id for run in made}))
    game.let_go()
    stack.drain(game.name)
    as_of = game.rebuild()["as_of"]
    when = game.written()
    model = Model(board, GRACE * 1000)
    for run in made:
        model.write(replace(run, written=when[run.id]))
    faults = [f"dead letters of {game.name}"] if game.waiting("dead_letter_queue_url") else []
    for every in board.windows:
        for path, expected in answers(model.board(every, as_of), every[0]):
            status, body = get(f"{game.api_url}{path}")
            if (status, found(body)) != (200, expected):
                faults.append(f"{game.name} {board} {path}: {found(body)} and not {expected}")
    return faults


def moved(run: Run, now: int) -> Run:
    """The run as far behind this moment as it was behind the strategies' own."""
    at = run.at - NOW + now
    bits = int(run.id.replace("-", "")[12:], 16)
    identity = make_id(at, bits & (1 << 62) - 1 | (bits >> 64 & 0xFFF) << 62)
    assert time_of(identity) == at
    return replace(run, id=identity, at=at)


def wait_for_queue(game: Operated, messages: int) -> None:
    until = time.monotonic() + 30
    while game.waiting("queue_url") < messages:
        assert time.monotonic() < until, (game.name, game.waiting("queue_url"), messages)
        time.sleep(0.05)


def answers(rows: list[Row], every: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Questions, and the entries that the model answers."""
    expected = [{**entry_of(row), "at": rfc3339(row.at)} for row in rows]
    pages = {"limit": "3", "window": every}
    for offset in range(0, len(rows) + 1, 3):
        yield f"/v1/leaderboard?{urlencode({**pages, 'offset': offset})}", expected[offset : offset + 3]
    # Both ends and the middle: pages show all ranks, and the same comparison without AWS asks for every player.
    for place in sorted({0, len(rows) // 2, len(rows) - 1} if rows else ()):
        row = rows[place]
        one = {**expected[place], "percentile": row.percentile}
        yield f"/v1/players/{row.player}?window={every}", [one]
        around = expected[max(0, place - 1) : place + 2]
        yield f"/v1/players/{row.player}/neighbours?span=1&window={every}", around
    friends = [each for each in expected if each["player_id"] in ("p1", "p3", "p5")]
    yield f"/v1/players?ids=p5,p1,p8,p3&window={every}", friends


def found(body: dict[str, Any]) -> Any:
    return body.get("entries", [body["entry"]] if "entry" in body else body)
