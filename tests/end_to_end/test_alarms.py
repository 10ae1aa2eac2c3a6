"""The alarms that a bundle has, on what a board really writes: one thing breaks, its alarms go off and no other, and
where it is mended they end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.alarms.alarm import Statistic
from generator.alarms.reading import read_alarms
from generator.local.local_bundle import generate_local_bundle
from generator.local.reporter import Reporter
from generator.local.stack import Stack
from generator.operations.local_run import read_local_run
from generator.operations.measuring.on_this_machine import MeasuredOnThisMachine
from runtime import metrics
from tests.end_to_end.deployed import deploy_boards, wait_until, write_ready_file
from tests.end_to_end.game import activity
from tests.end_to_end.storm import begin_pipe_again, set_redelivery
from tests.end_to_end.watched_game import DAY_SECONDS, YAML, WatchedGame
from tests.support.projects import boards_of

SECONDS = 60.0
"""Seconds that something may take on a machine that has much else to do."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deploy_boards(boards_of(YAML)) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def game(stack: Stack) -> WatchedGame:
    """A board that has run for five minutes, and whose alarms are all OK."""
    game = WatchedGame(stack, "wins")
    # What cannot be processed is to be a dead letter at once, and not after half an hour.
    set_redelivery(game, 0, 3)
    assert game.live() == set()
    return game


def empty_dead_letters(game: WatchedGame) -> None:
    """Throw away the activities that could not be processed."""
    queue = game.stack.boards[game.name].deployment.dead_letter_queue_url
    game.stack.aws.client("sqs").purge_queue(QueueUrl=queue)


def test_a_poison_message(game: WatchedGame) -> None:
    queue = game.stack.boards[game.name].deployment.queue_url
    game.stack.aws.client("sqs").send_message(QueueUrl=queue, MessageBody="poison")
    wait_until(lambda: game.count_in("activities-dead-letters") == 1, SECONDS)
    assert game.live() == {"activities-dead-letters", "processing-errors"}
    empty_dead_letters(game)
    assert game.live() == set()


def test_a_wrong_bundle(game: WatchedGame) -> None:
    first = game.config
    (own,) = first.columns
    game.deploy_code(replace(first, columns=(replace(own, name="other"),)))
    # As the schedule does: the function is tried three times, and then that is a dead letter of the schedule.
    rebuilder = game.function("rebuilder")
    game.stack.aws.client("lambda").invoke(FunctionName=rebuilder, InvocationType="Event", Payload=b"{}")
    wait_until(lambda: game.count_in("schedule-dead-letters") == 1, SECONDS)
    assert game.live() == {"activities-dead-letters", "processing-errors", "schedule-dead-letters"}
    game.deploy_code(first)
    empty_dead_letters(game)
    # The first watch tells of the heartbeat that is among those dead letters, the next one of one that arrived. The
    # dead letter of the schedule stays: its alarm looks at new ones.
    assert game.live(2) == set()


def test_a_stopped_pipe(game: WatchedGame) -> None:
    pipe = game.stack.boards[game.name].pipe
    pipe.stop()
    pipe.join(SECONDS)
    assert game.live(3) == {"oldest-activity"}
    begin_pipe_again(game.stack, game.name, Reporter())
    assert game.live(2) == set()


def test_a_schedule_that_is_off(game: WatchedGame) -> None:
    game.set_schedule("DISABLED")
    assert game.live(3) == {"snapshot-age"}
    game.set_schedule("ENABLED")
    # The watch comes before the rebuild here.
    assert game.live(2) == set()


def test_what_aws_would_write(game: WatchedGame) -> None:
    """Every activity is in the metrics of each part that it went through, once."""
    names, functions = game.stack.boards[game.name].board.names, game.stack.aws.client("lambda")
    before = game.read_sums()
    game.put_all([activity(f"p{number}", "win") for number in range(30)])
    game.stack.drain(game.name)
    api = names.part("api")
    functions.put_function_concurrency(FunctionName=api, ReservedConcurrentExecutions=0)
    url = game.stack.boards[game.name].api
    assert url
    assert url.respond("GET", "/v1/health", "", {}).status == 502
    functions.delete_function_concurrency(FunctionName=api)
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
    here = {alarm.name: (alarm.state, alarm.since) for alarm in game.stack.aws.cloudwatch.read_alarms()}
    assert {alarm.name: (alarm.state, alarm.since) for alarm in measured.read_alarms()} == here
    [counted] = measured.list_metrics("Leaderboards", metrics.COUNTED)
    statistic, now = Statistic(counted, "Sum", 60), game.stack.aws.clock.now() // 1000
    by_minute = measured.read([statistic], now - DAY_SECONDS, now + 60)[statistic]
    assert sum(by_minute.values()) == game.read_sums()["Leaderboards", metrics.COUNTED, board.names.prefix] > 0
