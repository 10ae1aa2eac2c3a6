"""What people hear when something fails, and when it works again.

The faults are played on a model of CloudWatch, because the embedded AWS evaluates no alarm as AWS does.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.cloudwatch import ALARM, INSUFFICIENT, OK, Board, Metrics, alarms_of
from tests.support.resources import resources

BUNDLE = "sample/nebula/weekly-kills"
PREFIX = "arcade-weekly-kills"
LAMBDA, PIPES, SQS, DYNAMODB, OWN = "AWS/Lambda", "AWS/EventBridge/Pipes", "AWS/SQS", "AWS/DynamoDB", "Leaderboards"


class Play:
    """A board whose metrics a test makes up minute by minute, from the first minute after it was deployed."""

    def __init__(self, fills_empty: bool, bundle: str = BUNDLE) -> None:
        composite = resources(bundle)["aws_cloudwatch_composite_alarm.unhealthy"]
        self.board = Board(alarms_of(resources(bundle), fills_empty), composite)
        self.metrics = Metrics()
        self.minute = 0

    def put(self, namespace: str, name: str, part: str, *values: float) -> None:
        """Add values to the present minute. `part` is the part of the board that the dimension names."""
        self.metrics.put(self.minute, namespace, name, f"{PREFIX}-{part}" if part else PREFIX, *values)

    def run(self, minutes: int, *happens: Callable[[Play], None]) -> set[str]:
        """Let minutes pass in which these things happen. Returns every alarm that was on in one of them."""
        seen: set[str] = set()
        for _ in range(minutes):
            for happen in happens:
                happen(self)
            self.minute += 1
            self.board.evaluate(self.metrics, self.minute)
            seen |= self.board.up() | ({"unhealthy"} if self.board.state == ALARM else set())
        return seen

    def told(self) -> list[tuple[str, str]]:
        """What people were told since this was asked last."""
        told, self.board.told = self.board.told, []
        return [(name, state) for _, name, state in told]


def rebuilds(play: Play) -> None:
    play.put(LAMBDA, "Duration", "rebuilder", 1500)
    play.put(LAMBDA, "Errors", "rebuilder", 0)


def watches(play: Play, lag: float = 2, age: float = 30) -> None:
    if play.minute % 5 == 3:
        play.put(OWN, "ArrivalLagSeconds", "", lag)
        play.put(OWN, "SnapshotAgeSeconds", "", age)


def heartbeats_arrive(play: Play) -> None:
    if play.minute % 5 == 3:
        for name in ("ExecutionFailed", "ExecutionPartiallyFailed", "ExecutionTimeout", "ExecutionThrottled"):
            play.put(PIPES, name, "activities", 0)
        play.put(LAMBDA, "Errors", "processor", 0)
        play.put(LAMBDA, "Throttles", "processor", 0)


def reads(play: Play, milliseconds: float = 40) -> None:
    play.put(LAMBDA, "UrlRequestCount", "api", 4)
    play.put(LAMBDA, "Invocations", "api", 4)
    play.put(LAMBDA, "UrlRequestLatency", "api", *[milliseconds] * 4)


IDLE = (rebuilds, watches, heartbeats_arrive)
"""A board where nobody plays and nobody reads."""


@pytest.fixture(params=[True, False], ids=["FILL-fills-what-is-empty", "FILL-leaves-what-is-empty"])
def play(request: pytest.FixtureRequest) -> Play:
    """A board that has run for an hour."""
    it = Play(request.param)
    it.run(60, *IDLE)
    it.told()
    return it


@pytest.mark.parametrize("fills_empty", [True, False])
def test_a_new_board_is_never_in_alarm_for_being_new(fills_empty: bool) -> None:
    play = Play(fills_empty)
    assert play.run(30) == set()
    # The pipe comes up last, so the first heartbeat waits for it.
    assert play.run(5, rebuilds, lambda play: watches(play, lag=0, age=0)) == set()
    assert play.run(5, rebuilds, lambda play: watches(play, lag=200, age=40)) == set()
    assert play.run(60, *IDLE) == set()
    assert {name for name, alarm in play.board.alarms.items() if alarm.state != OK} == set()
    assert play.told() == [("unhealthy", OK)]


def test_a_stopped_pipe_is_heard_of_where_nobody_plays(play: Play) -> None:
    stopped = play.minute
    lagging = lambda play: watches(play, lag=60 * (play.minute - stopped))  # noqa: E731
    assert play.run(15, rebuilds, lagging) == {"oldest_activity", "unhealthy"}
    play.run(120, rebuilds, lagging)
    assert play.told() == [("oldest_activity", ALARM)]
    play.run(20, *IDLE)
    assert (play.board.state, play.told()) == (OK, [("unhealthy", OK)])


def test_a_failing_pipe_is_heard_of_and_one_failure_is_not(play: Play) -> None:
    fails = lambda play: play.put(PIPES, "ExecutionFailed", "activities", 1)  # noqa: E731
    assert play.run(1, *IDLE, fails) | play.run(30, *IDLE) == set()
    assert play.run(15, *IDLE, fails) == {"pipe_failures", "unhealthy"}
    play.run(30, *IDLE)
    assert play.told() == [("pipe_failures", ALARM), ("unhealthy", OK)]


def test_a_dead_rebuilder_is_heard_of_at_once(play: Play) -> None:
    def dies(play: Play) -> None:
        play.put(LAMBDA, "Errors", "rebuilder", 1)
        play.put(LAMBDA, "Duration", "rebuilder", 20)
        play.put(SQS, "NumberOfMessagesSent", "schedule-dead-letters", 1)

    assert play.run(2, dies) >= {"schedule_dead_letters", "unhealthy"}
    play.run(60, dies)
    assert play.board.alarms["oldest_activity"].state == INSUFFICIENT
    assert sorted(play.told()) == [
        ("oldest_activity", INSUFFICIENT),
        ("schedule_dead_letters", ALARM),
    ]
    # Its dead letters stay in the queue, and its alarm ends all the same.
    play.run(30, *IDLE)
    assert (play.board.state, play.told()) == (OK, [("unhealthy", OK)])


def test_dead_schedules_are_heard_of_though_nothing_fails(play: Play) -> None:
    assert play.run(30) == {"unhealthy"}
    play.run(300)
    assert play.told() == [("oldest_activity", INSUFFICIENT)]
    play.run(10, *IDLE)
    assert (play.board.state, play.told()) == (OK, [("unhealthy", OK)])


def test_a_board_that_stands_still_is_heard_of_by_its_age(play: Play) -> None:
    stopped = play.minute
    ageing = lambda play: watches(play, age=60 * (play.minute - stopped))  # noqa: E731
    assert play.run(20, ageing, heartbeats_arrive) == {"snapshot_age", "unhealthy"}
    play.run(10, *IDLE)
    assert play.told() == [("snapshot_age", ALARM), ("unhealthy", OK)]


def test_an_api_that_answers_everybody_403_is_heard_of(play: Play) -> None:
    def refuses(play: Play) -> None:
        play.put(LAMBDA, "UrlRequestCount", "api", 4)
        play.put(LAMBDA, "Url4xxCount", "api", 4)

    # Whether or not the function ever ran before.
    for before in ((), (reads,)):
        play.run(60, *IDLE, *before)
        assert play.run(20, *IDLE, refuses) == {"api_errors", "unhealthy"}
        play.run(30, *IDLE, reads)
        assert play.told() == [("api_errors", ALARM), ("unhealthy", OK)]


def test_players_without_a_score_and_a_scanner_set_off_nothing(play: Play) -> None:
    def not_found(play: Play) -> None:
        reads(play)
        play.put(LAMBDA, "Url4xxCount", "api", 4)
        play.put(LAMBDA, "Url5xxCount", "api", 0)

    assert play.run(60, *IDLE, not_found) == set()
    scan = lambda play: play.minute % 5 == 0 and play.put(LAMBDA, "Url4xxCount", "api", 9)  # noqa: E731
    assert play.run(60, *IDLE, scan) == set()


def test_a_second_fault_is_heard_of_while_the_first_is_up(play: Play) -> None:
    stopped = play.minute
    both = lambda play: watches(play, lag=60 * (play.minute - stopped), age=30)  # noqa: E731
    play.run(30, rebuilds, both)
    assert play.told() == [("oldest_activity", ALARM)]
    dead = lambda play: play.put(SQS, "ApproximateNumberOfMessagesVisible", "pipe-dead-letters", 3)  # noqa: E731
    play.run(60, rebuilds, both, dead)
    assert play.told() == [("pipe_dead_letters", ALARM)]
    play.run(20, *IDLE, dead)
    assert (play.board.state, play.told()) == (ALARM, [])
    empty = lambda play: play.put(SQS, "ApproximateNumberOfMessagesVisible", "pipe-dead-letters", 0)  # noqa: E731
    play.run(20, *IDLE, empty)
    assert (play.board.state, play.told()) == (OK, [("unhealthy", OK)])


def test_a_slow_api_is_heard_of_behind_a_cache_and_one_cold_start_is_not(play: Play) -> None:
    assert play.run(1, *IDLE, lambda play: reads(play, 3000)) | play.run(30, *IDLE, reads) == set()
    assert play.run(1, *IDLE, lambda play: reads(play, 3000)) | play.run(60, *IDLE) == set()
    assert play.run(20, *IDLE, lambda play: reads(play, 3000)) == {"api_latency", "unhealthy"}
    play.run(30, *IDLE, reads)
    assert play.told() == [("api_latency", ALARM), ("unhealthy", OK)]


@pytest.mark.parametrize("table", [("ReadThrottleEvents", "aggregates"), ("WriteThrottleEvents", "activities")])
def test_a_throttled_table_is_heard_of_and_the_alarm_ends(play: Play, table: tuple[str, str]) -> None:
    throttles = lambda play: play.put(DYNAMODB, *table, 5)  # noqa: E731
    assert play.run(3, *IDLE, throttles) == {"throttles", "unhealthy"}
    play.run(15, *IDLE)
    assert play.told() == [("throttles", ALARM), ("unhealthy", OK)]


def test_rebuilds_that_overrun_are_heard_of_and_one_is_not(play: Play) -> None:
    slow = lambda play: play.put(LAMBDA, "Duration", "rebuilder", 70_000)  # noqa: E731
    assert play.run(1, *IDLE, slow) | play.run(30, *IDLE) == set()
    assert play.run(12, *IDLE, slow) == {"rebuild_overrun", "unhealthy"}


@pytest.mark.parametrize("fills_empty", [True, False])
@pytest.mark.parametrize("name", ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"])
def test_an_assembly_that_fails_is_heard_of(name: str, fills_empty: bool) -> None:
    play, machine = Play(fills_empty, "large-board/solo/steps"), "AWS/States"
    arn = "arn:aws:states:eu-west-1:222222222222:stateMachine:vast-steps-assembly"
    play.run(20, lambda play: play.metrics.put(play.minute, machine, "ExecutionsStarted", arn, 1))
    assert play.board.alarms["assembly_failures"].state == OK
    play.metrics.put(play.minute, machine, name, arn, 1)
    assert "assembly_failures" in play.run(6)
    play.run(30)
    assert play.board.alarms["assembly_failures"].state == OK


@pytest.mark.parametrize("counted", [0, 3, 100])
def test_rejections_are_heard_of_whether_or_not_others_count(play: Play, counted: int) -> None:
    def rejects(play: Play) -> None:
        play.put(OWN, "ActivitiesCounted", "", counted)
        play.put(OWN, "ActivitiesRejected", "", 10)
        play.put(OWN, "ActivitiesUnfit", "", 10)

    assert play.run(15, *IDLE, rejects) == {"rejected", "unhealthy"}
    play.run(30, *IDLE)
    assert play.told() == [("rejected", ALARM), ("unhealthy", OK)]


def test_one_cheater_and_a_few_rejections_are_nobody_s_alarm(play: Play) -> None:
    def cheats(play: Play) -> None:
        play.put(OWN, "ActivitiesCounted", "", 20)
        play.put(OWN, "ActivitiesRejected", "", 900)

    assert play.run(30, *IDLE, cheats) == set()

    def slips(play: Play) -> None:
        play.put(OWN, "ActivitiesCounted", "", 0)
        play.put(OWN, "ActivitiesUnfit", "", 9 if play.minute % 5 == 0 else 0)

    assert play.run(30, *IDLE, slips) == set()
    # Whoever cheats meanwhile hides no other.
    others = lambda play: play.put(OWN, "ActivitiesUnfit", "", 2)  # noqa: E731
    assert play.run(15, *IDLE, cheats, others) == {"rejected", "unhealthy"}


def test_activities_that_cannot_be_processed_are_heard_of(play: Play) -> None:
    fails = lambda play: play.put(OWN, "ProcessingErrors", "", 1)  # noqa: E731
    assert play.run(1, *IDLE, fails) == {"processing_errors", "unhealthy"}
    play.run(20, *IDLE)
    assert play.told() == [("processing_errors", ALARM), ("unhealthy", OK)]


def test_an_api_that_fails_is_heard_of(play: Play) -> None:
    fails = lambda play: play.put(LAMBDA, "Url5xxCount", "api", 1)  # noqa: E731
    assert play.run(15, *IDLE, reads, fails) == {"api_errors", "unhealthy"}


def floods(play: Play) -> None:
    """More requests come at once than `api.max_concurrency` lets the API work on."""
    play.put(LAMBDA, "UrlRequestCount", "api", 20)
    play.put(LAMBDA, "Url4xxCount", "api", 20)
    play.put(LAMBDA, "Throttles", "api", 20)


def test_a_burst_beyond_the_apis_bound_is_no_alarm_and_a_lasting_flood_is(play: Play) -> None:
    assert play.run(1, *IDLE, reads, floods) | play.run(30, *IDLE, reads) == set()
    assert play.run(15, *IDLE, reads, floods) == {"api_errors", "unhealthy"}
    play.run(30, *IDLE, reads)
    assert play.told() == [("api_errors", ALARM), ("unhealthy", OK)]
