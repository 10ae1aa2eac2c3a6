"""Random boards on the embedded AWS: what the API answers agrees with the naive model of each board."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest

from generator.board.board import Board
from generator.board.bundle import ResourceNames
from generator.local.stack import Stack
from runtime.domain.instants import rfc3339
from runtime.domain.texts.segments import MAX_VALUES
from tests.end_to_end.deployed import OperatedGame, deploy_boards
from tests.end_to_end.game import get
from tests.runtime.boards import NOW
from tests.runtime.naive_model import SEARCHES, Model, Row, find_named
from tests.runtime.naive_rules import Rules, Run
from tests.runtime.random_boards import AGGREGATES, GRACE, KINDS, any_rules, any_runs, config_of, entry_of, image_of
from tests.runtime.segment_checks import Within, player_part
from tests.support.effort import TIMES
from tests.support.projects import board_yaml, boards_of, project_yaml

BOARDS = 10 * TIMES
BOARDS_PER_STACK = 10
LEAST_ACTIVITIES = 8
"""The least number of activities that each board has."""

Drawn = tuple[Rules, list[Run]]


@cache
def draw_boards() -> list[Drawn]:
    """Choose BOARDS boards, each with its rules and activities: the same in each run, equally many of each aggregate.

    Of the boards that are drawn, those that differ most from the ones before are chosen.
    """
    ahead = {aggregate: draw_many(aggregate) for aggregate in AGGREGATES}
    found: list[Drawn] = []
    seen: set[object] = set()
    for _ in range(BOARDS // len(AGGREGATES)):
        for boards in ahead.values():
            found.append(max(boards, key=lambda drawn: len(features(drawn[0]) - seen)))
            boards.remove(found[-1])
            seen |= features(found[-1][0])
    return found


def draw_many(aggregate: str) -> list[Drawn]:
    """Draw many boards with this aggregate, more than are needed, to choose from."""
    found: list[Drawn] = []
    for number in range(5 * BOARDS):
        chance = Random(f"{aggregate}/{number}")
        drawn = any_rules(chance, (aggregate,))
        # The others begin and end at a full hour, and none of these goes by while a board is played.
        rules = replace(drawn, lasts=tuple(each for each in drawn.lasts if each[0] != "hour"))
        played = any_runs(chance, rules)
        if len(played) >= LEAST_ACTIVITIES:
            found.append((rules, played))
    return found


def features(rules: Rules) -> set[object]:
    """The features by which boards differ: ties, number of orders, limits, windows, aggregates of columns."""
    named = ("per_minute", "most", "milestones", "lasts", "searches", "segments")
    limits = {name for name in named if getattr(rules, name)}
    limits |= {f"{aggregate} beside others" for aggregate, _ in rules.own}
    return {rules.ties, len(rules.orders), *limits, *(every for every, _ in rules.windows)}


def test_the_drawn_boards_differ() -> None:
    boards = [board for board, _ in draw_boards()]
    assert len(boards) == BOARDS
    assert {board.aggregate for board in boards} == set(AGGREGATES)
    assert {board.ties for board in boards} == {"first", "shared", "dense"}
    assert {every for board in boards for every, _ in board.windows} == set(KINDS)
    assert any(board.lasts for board in boards)
    assert any(board.per_minute for board in boards)
    assert any(board.most for board in boards)
    assert any(board.milestones for board in boards)
    assert {board.searches for board in boards} == {True, False}
    assert {board.aggregate in ("best", "last") for board in boards if board.segments} == {True, False}
    assert {len(board.orders) for board in boards} == {1, 2, 3}
    assert {aggregate for board in boards for aggregate, _ in board.own} == set(AGGREGATES)


def make_board(number: int) -> Board:
    """The chosen board with this number, ready to be deployed."""
    [any_board] = boards_of(project_yaml(board_yaml()))
    name = f"board-{number}"
    return replace(
        any_board,
        name=name,
        folder=f"nebula/{name}",
        names=ResourceNames(f"random-{name}"),
        config=replace(config_of(draw_boards()[number][0]), name=name),
    )


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, BOARDS, BOARDS_PER_STACK))
def test_every_answer_agrees_with_the_naive_model(first: int) -> None:
    numbers = range(first, first + BOARDS_PER_STACK)
    # By the clock of the run an hour has begun, at whose end windows would end in the middle of the test.
    with (
        deploy_boards(tuple(map(make_board, numbers)), begins=NOW) as stack,
        ThreadPoolExecutor(BOARDS_PER_STACK) as pool,
    ):
        faults = pool.map(lambda number: play(stack, number, *draw_boards()[number]), numbers)
        assert [fault for found in faults for fault in found] == []


def play(stack: Stack, number: int, board: Rules, played: list[Run]) -> list[str]:
    """Play one board, from the first activity to the last answer. Returns where it differs from the model."""
    game = OperatedGame(stack, f"board-{number}")
    # Wait until all are in the queue: limits and milestones follow the order of processing.
    game.stop_processing()
    for run in played:
        game.put(image_of(run))
    # The pipe leaves out the types that are not for the board.
    wait_for_queue(game, len({run.id for run in played if run.type not in board.ignore}))
    game.resume_processing()
    stack.drain(game.name)
    as_of = game.rebuild()["as_of"]
    when = game.read_write_times()
    model = Model(board, GRACE * 1000)
    for run in played:
        model.write(replace(run, written=when[run.id]))
    faults = [f"dead letters of {game.name}"] if game.count_messages("dead_letter_queue_url") else []
    for every in board.windows:
        if model.window(every[0], as_of) is None:
            status, _ = get(f"{game.api_url}/v1/leaderboard?window={every[0]}")
            faults += [f"{game.name} {board} between two of {every[0]}: {status}"] if status != 404 else []
            continue
        rows, within = model.board(every, as_of), model.rank_within(model.windows_of(every, as_of), MAX_VALUES)
        answers = [*list_answers(rows, within, every[0]), *list_searches(board, rows, every[0])]
        for path, expected in answers:
            status, body = get(f"{game.api_url}{path}")
            if (status, entries_of(body)) != (200, expected):
                faults.append(f"{game.name} {board} {path}: {entries_of(body)} not {expected}")
    return faults


def wait_for_queue(game: OperatedGame, messages: int) -> None:
    """Wait until there are that many messages in the queue."""
    until = time.monotonic() + 240
    while game.count_messages("queue_url") < messages:
        assert time.monotonic() < until, (game.name, game.count_messages("queue_url"), messages)
        time.sleep(0.05)


def list_answers(rows: list[Row], within: Within, every: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Paths of the API, each with the entries that the model expects."""
    expected = [{**entry_of(row), "at": rfc3339(row.at)} for row in rows]
    pages = {"limit": "3", "window": every}
    for offset in range(0, len(rows) + 1, 3):
        yield f"/v1/leaderboard?{urlencode({**pages, 'offset': offset})}", expected[offset : offset + 3]
    # The first, the middle and the last player. The pages show all ranks, and test_model asks for every player.
    for place in sorted({0, len(rows) // 2, len(rows) - 1} if rows else ()):
        row = rows[place]
        one = {**expected[place], "percentile": row.percentile, **player_part(within, row.player)}
        yield f"/v1/players/{row.player}?window={every}", [one]
        around = expected[max(0, place - 1) : place + 2]
        yield f"/v1/players/{row.player}/neighbours?span=1&window={every}", around
    friends = [each for each in expected if each["player_id"] in ("p1", "p3", "p5")]
    yield f"/v1/players?ids=p5,p1,p8,p3&window={every}", friends
    for name, values in within.items():
        for value, own in values.items():
            query = urlencode({"window": every, "segment": f"{name}:{value}"})
            yield f"/v1/leaderboard?{query}", [{**entry_of(row), "at": rfc3339(row.at)} for row in own]


def list_searches(board: Rules, rows: list[Row], every: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Searches by name, each with the entries that the model expects."""
    for text in SEARCHES if board.searches else ():
        named = [{**entry_of(row), "at": rfc3339(row.at)} for row in find_named(rows, text)]
        yield f"/v1/players?{urlencode({'name': text, 'window': every})}", named


def entries_of(body: dict[str, Any]) -> Any:
    """The entries of an answer, whether it has one or several."""
    return body.get("entries", [body["entry"]] if "entry" in body else body)
