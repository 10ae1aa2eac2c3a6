"""What people hear when something of a feed fails, and when it works again, as test_alarms_go_off.py plays it for a
board."""

from __future__ import annotations

import pytest

from generator.alarms.alarm import Metric
from tests.support.cloudwatch import ALARM, OK, Board, Metrics, alarms_of
from tests.support.resources import BUNDLES, resources

[BUNDLE] = [bundle for bundle in BUNDLES if "/feed-" in bundle]
PREFIX = "fleet-feed-matches"
PIPES = "AWS/EventBridge/Pipes"
FAULTS = [
    ("pipe_dead_letters", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "pipe-dead-letters", 1),
    ("strays_dead_letters", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "strays-dead-letters", 1),
    ("strays", "AWS/SQS", "NumberOfMessagesSent", "strays", 10),
    ("pipe_failures", PIPES, "TargetStageFailed", "activities", 1),
    ("throttles", "AWS/DynamoDB", "WriteThrottleEvents", "activities", 1),
]
"""For each alarm what sets it off: namespace, metric, the part that the dimension names, and a value for a minute."""


class Play:
    """A feed with a board that sends heartbeats, minute by minute."""

    def __init__(self, fills_empty: bool) -> None:
        composite = resources(BUNDLE)["aws_cloudwatch_composite_alarm.unhealthy"]
        self.board = Board(alarms_of(resources(BUNDLE), fills_empty), composite)
        self.metrics = Metrics()
        self.minute = 0

    def run(self, minutes: int, *fault: str, value: float = 0) -> set[str]:
        """Let minutes pass, with a fault in each. Returns every alarm that was on in one of them."""
        seen: set[str] = set()
        for _ in range(minutes):
            if self.minute % 5 == 3:
                self.metrics.put(self.minute, PIPES, "Invocations", f"{PREFIX}-activities", 1)
            if fault:
                namespace, name, part = fault
                self.metrics.put(self.minute, namespace, name, f"{PREFIX}-{part}", value)
            self.minute += 1
            self.board.evaluate(self.metrics, self.minute)
            seen |= self.board.up()
        return seen


@pytest.mark.parametrize("fills_empty", [True, False], ids=["FILL-fills-what-is-empty", "FILL-leaves-what-is-empty"])
@pytest.mark.parametrize(("alarm", "namespace", "name", "part", "value"), FAULTS, ids=[each[0] for each in FAULTS])
def test_a_fault_is_heard_of_and_the_alarm_ends(
    alarm: str, namespace: str, name: str, part: str, value: float, fills_empty: bool
) -> None:
    play = Play(fills_empty)
    assert play.run(60) == set()
    play.board.told.clear()
    assert play.run(12, namespace, name, part, value=value) == {alarm}
    play.run(30)
    assert [(name, state) for _, name, state in play.board.told] == [(alarm, ALARM), ("unhealthy", OK)]


def test_each_alarm_is_set_off() -> None:
    assert {alarm for alarm, *_ in FAULTS} == set(alarms_of(resources(BUNDLE)))


def test_few_strays_are_nobody_s_alarm() -> None:
    """`alarms: {strays: 10}` in the YAML: fewer in five minutes are a trial, or a typing error."""
    assert Play(True).run(30, "AWS/SQS", "NumberOfMessagesSent", "strays", value=1) == set()


def test_what_a_feed_loses_of_a_board_s_activities_is_heard_of_and_the_alarm_ends() -> None:
    """EventBridge says no word of it in any queue."""
    [made, *_] = [made for bundle in BUNDLES if "aws_cloudwatch_event_rule.activities" in (made := resources(bundle))]
    rule = made["aws_cloudwatch_event_rule.activities"]
    place = {"EventBusName": rule["event_bus_name"], "RuleName": rule["name"]}
    [metrics, alarm] = [Metrics(), alarms_of(made)["feed_losses"]]
    states = []
    for minute in range(1, 51):
        if minute == 8:
            metrics.values.put(Metric.of("AWS/Events", "InvocationsFailedToBeSentToDlq", place), minute * 60, 2)
        states.append(alarm.evaluate(metrics, minute + 1))
    assert [states[0], ALARM in states, states[-1]] == [OK, True, OK]
    assert states.index(ALARM) >= 7
