"""CloudWatch as a run plays it: what is written when, what the clock's moves do, and what other programs may ask."""

from __future__ import annotations

from typing import Any

import pytest

from generator.alarms.alarm import Alarms, Metric, Statistic
from generator.alarms.reading import read_alarms
from generator.errors import InputError, LocalError
from generator.local.doors.metrics_door import POINTS, make_metric_commands
from generator.local.emulator.telling import read_metrics
from generator.local.services.cloudwatch import KEPT_CHANGES, CloudWatch

BEGIN = 1_800_000_000
ALARM = """resource "aws_cloudwatch_metric_alarm" "{name}" {{
  alarm_name          = "{name}"
  namespace           = "AWS/SQS"
  metric_name         = "{metric}"
  dimensions          = {{ QueueName = "dead" }}
  statistic           = "{statistic}"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
}}
"""


class FakeClock:
    """A run's clock that a test sets: since BEGIN it is ten seconds ahead of the machine's."""

    def __init__(self) -> None:
        self.seconds = float(BEGIN)

    def now(self) -> int:
        """The present instant."""
        return int(self.seconds * 1000)

    def at(self, instant: int) -> int:
        """What it showed at an instant of the machine's clock."""
        return instant + 10_000


class Play:
    """A CloudWatch, its clock, and one queue."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.queue: dict[str, float] = {"waiting": 0, "received": 0, "oldest_seconds": 0, "sent": 0}
        self.is_gone = False
        self.cloudwatch = CloudWatch(self.clock, self.describe)  # type: ignore[arg-type]

    def describe(self) -> dict[str, dict[str, float]]:
        """What is in the queue."""
        if self.is_gone:
            raise OSError("gone")
        found = {"dead": {**self.queue}}
        self.queue["sent"] = 0
        return found

    def read(self, namespace: str, name: str, kind: str = "Sum", period: int = 3600, **dimensions: str) -> Any:
        """A statistic of the first hour."""
        metric = Metric.of(namespace, name, dimensions)
        return self.cloudwatch.datapoints.read(Statistic(metric, kind, period), BEGIN // 3600 * 3600 + period)

    def states(self) -> dict[str, str]:
        """The states of the alarms."""
        return {alarm.name: alarm.state for alarm in self.cloudwatch.read_alarms()}


def alarms(
    name: str = "full", metric: str = "ApproximateNumberOfMessagesVisible", statistic: str = "Maximum"
) -> Alarms:
    """One alarm on the queue."""
    text = ALARM.format(name=name, metric=metric, statistic=statistic)
    return read_alarms({"terraform/alarms.tf": text.encode()})


def test_a_run_of_a_function_is_written_when_it_began() -> None:
    play = Play()
    told = {"function": "f", "began": BEGIN + 55.0, "milliseconds": 7000.0, "at_once": 2, "failed": True}
    play.cloudwatch.add_run({**told, "metrics": [["Leaderboards", "Counted", {"service": "b"}, [3, 4]]]})
    play.cloudwatch.add_run({"function": "f", "began": BEGIN + 1.0, "throttled": True})
    names = ("Invocations", "Errors", "Duration", "ConcurrentExecutions", "Throttles")
    assert [play.read("AWS/Lambda", name, FunctionName="f") for name in names] == [1, 1, 7000, 2, 1]
    assert play.read("Leaderboards", "Counted", service="b") == 7
    # By the run's clock, which is ahead: the run began in the second minute, and its log is of the same.
    first = Statistic(Metric.of("AWS/Lambda", "Invocations", {"FunctionName": "f"}), "Sum", 60)
    assert [play.cloudwatch.datapoints.read(first, BEGIN + 60 * number) for number in (1, 2)] == [None, 1]


def test_requests_and_executions() -> None:
    play = Play()
    for status, milliseconds in ((200, 10), (404, 20), (503, 30), (500, 40)):
        play.cloudwatch.add_request("arn:aws:lambda:x:1:function:api", status, milliseconds)
    names = ("UrlRequestCount", "Url4xxCount", "Url5xxCount")
    assert [play.read("AWS/Lambda", name, FunctionName="api") for name in names] == [4, 1, 2]
    assert play.read("AWS/Lambda", "UrlRequestLatency", "p99", FunctionName="api") == 40
    for events, failed in ((5, 0), (4, 4), (3, 1)):
        play.cloudwatch.add_execution("pipe", events, failed)
    parts = ("Invocations", "EventCount", "ExecutionFailed", "ExecutionPartiallyFailed", "TargetStageFailed")
    assert [play.read("AWS/EventBridge/Pipes", name, PipeName="pipe") for name in parts] == [3, 12, 1, 1, 1]


def test_what_readers_get() -> None:
    """CloudFront's rates are percentages, of which the mean is that of all requests."""
    play = Play()
    for status, length in ((200, 100), (304, 0), (404, 20), (502, 30)):
        play.cloudwatch.add_view("arcade-kills", status, length)

    def read(name: str, kind: str) -> Any:
        return play.read("AWS/CloudFront", name, kind, DistributionId="arcade-kills", Region="Global")

    assert [read(name, "Sum") for name in ("Requests", "BytesDownloaded")] == [4, 150]
    assert [read(name, "Average") for name in ("4xxErrorRate", "5xxErrorRate")] == [25, 25]


def test_an_alarm_goes_by_the_minutes_that_are_over() -> None:
    play = Play()
    play.cloudwatch.put_alarms("bundle", alarms())
    assert play.states() == {"full": "INSUFFICIENT_DATA"}
    play.queue |= {"waiting": 1}
    play.clock.seconds += 59
    assert play.states() == {"full": "INSUFFICIENT_DATA"}
    play.clock.seconds += 1
    assert play.states() == {"full": "ALARM"}
    [alarm] = play.cloudwatch.read_alarms()
    assert alarm.since == BEGIN + 60
    # Another version of the bundle: the alarm is what it was. It may have others, too.
    play.cloudwatch.put_alarms("bundle", alarms())
    play.cloudwatch.put_alarms("another", alarms("other", "NumberOfMessagesSent", "Sum"))
    assert play.states() == {"full": "ALARM", "other": "INSUFFICIENT_DATA"}
    play.queue |= {"waiting": 0}
    play.clock.seconds += 60
    play.states()
    play.clock.seconds += 60
    assert play.states() == {"full": "OK", "other": "OK"}
    play.cloudwatch.remove_alarms("bundle")
    assert play.states() == {"other": "OK"}


def test_minutes_that_the_clock_is_moved_over_are_those_of_the_last_look() -> None:
    """A dead letter is still there after a move, and was not sent again in each of its minutes."""
    play = Play()
    play.cloudwatch.put_alarms("bundle", alarms())
    play.queue |= {"waiting": 1, "sent": 1}
    play.cloudwatch.look()
    play.clock.seconds += 600
    assert play.states() == {"full": "ALARM"}
    assert play.read("AWS/SQS", "NumberOfMessagesSent", QueueName="dead") == 1
    assert play.read("AWS/SQS", "ApproximateNumberOfMessagesVisible", "SampleCount", QueueName="dead") == 11
    # A year is over at once, and of its minutes only the first and last are played.
    play.clock.seconds += 365 * 86_400
    play.queue |= {"waiting": 0}
    assert play.states() == {"full": "ALARM"}
    play.clock.seconds += 120
    assert play.states() == {"full": "OK"}
    assert [change.after for change in play.cloudwatch.changes] == ["ALARM", "OK"]
    assert play.cloudwatch.changes.maxlen == KEPT_CHANGES


def test_a_look_that_fails_is_of_no_harm() -> None:
    play = Play()
    play.is_gone = True
    play.cloudwatch.try_to_look()
    with pytest.raises(LocalError, match="does not tell what is in its queues: gone"):
        make_metric_commands(play.cloudwatch)["alarms"]({})


def test_what_other_programs_may_ask() -> None:
    play = Play()
    play.cloudwatch.put_alarms("bundle", alarms())
    play.queue |= {"waiting": 2}
    commands = make_metric_commands(play.cloudwatch)
    first = {"name": "full", "description": "", "state": "INSUFFICIENT_DATA", "since": None}
    assert commands["alarms"]({}) == {"alarms": [first]}
    waiting = {
        "namespace": "AWS/SQS",
        "name": "ApproximateNumberOfMessagesVisible",
        "dimensions": {"QueueName": "dead"},
    }
    assert waiting in commands["metrics"]({})["metrics"]
    ask = {"statistics": [{**waiting, "kind": "Maximum", "period": 60}], "begin": BEGIN, "end": BEGIN + 3600}
    assert commands["series"](ask) == {"series": [[(BEGIN, 2.0)]]}
    for wrong in (
        {},
        {**ask, "end": BEGIN + 60 * POINTS},
        {**ask, "statistics": [{**waiting, "kind": "tm99", "period": 60}]},
        {**ask, "statistics": [{**waiting, "kind": "Sum", "period": 1}]},
        {**ask, "statistics": "all"},
        {**ask, "statistics": [{**waiting, "dimensions": None, "kind": "Sum", "period": 60}]},
    ):
        with pytest.raises(InputError, match="`series` asks for statistics"):
            commands["series"](wrong)


def test_metrics_in_a_log() -> None:
    line = (
        '{"_aws":{"CloudWatchMetrics":[{"Namespace":"Leaderboards","Dimensions":[["service"]],'
        '"Metrics":[{"Name":"A"},{"Name":"B"}]}]},"service":"b","A":[1.0,2.0],"B":3}'
    )
    assert list(read_metrics(f"START\n{line}\nEND")) == [
        ("Leaderboards", "A", {"service": "b"}, [1.0, 2.0]),
        ("Leaderboards", "B", {"service": "b"}, [3]),
    ]
