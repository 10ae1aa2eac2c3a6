"""The metrics that a board writes and the states of its alarms, as programs read them; tests/gameday sets them off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.alarms.alarm import Statistic
from generator.alarms.reading import read_alarms
from generator.local.local_bundle import generate_local_bundle
from generator.local.stack import Stack
from generator.operations.local_run import read_local_run
from generator.operations.measuring.on_this_machine import MeasuredOnThisMachine
from runtime import metrics
from tests.end_to_end.deployed import deploy_boards, wait_until, write_ready_file
from tests.end_to_end.game import activity
from tests.end_to_end.watched_game import DAY_SECONDS, YAML, WatchedGame
from tests.support.projects import boards_of


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deploy_boards(boards_of(YAML)) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def game(stack: Stack) -> WatchedGame:
    """A board that has run for five minutes, and whose alarms are all OK."""
    game = WatchedGame(stack, "wins")
    assert game.live() == set()
    return game


def test_what_aws_would_write(game: WatchedGame) -> None:
    """Every activity is in the metrics of each part that it went through, once."""
    names, functions = game.stack.boards[game.name].board.names, game.stack.aws.client("lambda")
    counted, throttled = (
        ("Leaderboards", "ActivitiesCounted", names.prefix),
        ("AWS/Lambda", "Throttles", names.part("api")),
    )

    def read(what: tuple[str, str, str]) -> float:
        return game.read_sums().get(what, 0.0)

    # What a function has done is told a moment after it.
    wait_until(lambda: read(counted) == game.written.total())
    before = game.read_sums()
    game.put_all([activity(f"p{number}", "win") for number in range(30)])
    game.stack.drain(game.name)
    wait_until(lambda: read(counted) == game.written.total() + 30)
    api = names.part("api")
    functions.put_function_concurrency(FunctionName=api, ReservedConcurrentExecutions=0)
    url = game.stack.boards[game.name].api
    assert url
    assert url.respond("GET", "/v1/health", "", {}).status == 502
    functions.delete_function_concurrency(FunctionName=api)
    wait_until(lambda: read(throttled) > before.get(throttled, 0.0))
    game.stack.aws.cloudwatch.look()
    added = {name: value - before.get(name, 0) for name, value in game.read_sums().items()}
    assert added.pop(("AWS/EventBridge/Pipes", "Invocations", names.part("activities"))) > 0
    assert {name: value for name, value in added.items() if value and name[0] != "AWS/Lambda"} == {
        ("AWS/EventBridge/Pipes", "EventCount", names.part("activities")): 30,
        ("AWS/SQS", "NumberOfMessagesSent", names.part("activities")): 30,
        ("Leaderboards", "ActivitiesCounted", names.prefix): 30,
    }
    assert added["AWS/Lambda", "Invocations", names.part("processor")] > 0
    assert added["AWS/Lambda", "Duration", names.part("processor")] > 0
    assert [added["AWS/Lambda", name, api] for name in ("Throttles", "UrlRequestCount", "Url5xxCount")] == [1, 1, 1]


def test_other_programs_read_the_same(game: WatchedGame, tmp_path: Path) -> None:
    """By the interface that reads CloudWatch in AWS, too."""
    run = read_local_run(write_ready_file(game.stack, tmp_path))
    board = game.stack.boards[game.name].board
    measured = MeasuredOnThisMachine(run, read_alarms(generate_local_bundle(board)))
    sources = (game.stack.aws.cloudwatch, measured, game.stack.aws.cloudwatch)
    before, told, after = ([(each.name, each.state, each.since) for each in one.read_alarms()] for one in sources)
    assert sorted(told) in (sorted(before), sorted(after)), "a minute may end meanwhile"
    [counted] = measured.list_metrics("Leaderboards", metrics.COUNTED)
    statistic, now = Statistic(counted, "Sum", 60), game.stack.aws.clock.now() // 1000
    by_minute = measured.read([statistic], now - DAY_SECONDS, now + 60)[statistic]
    assert sum(by_minute.values()) == game.read_sums()["Leaderboards", metrics.COUNTED, board.names.prefix] > 0
