"""Plays CloudWatch once a minute over metrics that a test makes up, by the evaluation of alarms of `generator.alarms`.

What the documentation leaves open is a parameter, so that a test can show that an alarm works either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.alarms.alarm import Alarms, Metric, State
from generator.alarms.datapoints import Datapoints
from generator.alarms.evaluation import Evaluation
from generator.alarms.reading import read_metric_alarm
from generator.alarms.rules import parse_rule

OK: State = "OK"
ALARM: State = "ALARM"
INSUFFICIENT: State = "INSUFFICIENT_DATA"

_DIMENSIONS = {"AWS/SQS": "QueueName", "AWS/DynamoDB": "TableName", "AWS/EventBridge/Pipes": "PipeName"}
_DIMENSIONS |= {"AWS/Lambda": "FunctionName", "AWS/States": "StateMachineArn", "Leaderboards": "service"}


@dataclass
class Metrics:
    """The values of metrics, by name, by the value of their one dimension, and by the minute in which they came."""

    values: Datapoints = field(default_factory=Datapoints)

    def put(self, minute: int, namespace: str, name: str, dimension: str, *values: float) -> None:
        """Add values to a minute."""
        metric = Metric.of(namespace, name, {_DIMENSIONS[namespace]: dimension})
        for value in values:
            self.values.put(metric, minute * 60, value)


class Alarm:
    """A metric alarm, from the arguments of its Terraform resource, and its state."""

    def __init__(self, name: str, arguments: Mapping[str, Any], fills_empty: bool) -> None:
        """`fills_empty`: whether FILL gives values for a metric that has none at all in the time that is looked at."""
        self.arguments = arguments
        self.state: State = INSUFFICIENT
        self._read = read_metric_alarm(name, arguments)
        self._fills_empty = fills_empty

    @property
    def metrics(self) -> list[Mapping[str, Any]]:
        """Each metric that the alarm reads, and is billed for."""
        queries = [query["metric"][0] for query in self.arguments.get("metric_query", []) if "metric" in query]
        return queries or [self.arguments]

    def evaluate(self, metrics: Metrics, now: int) -> str:
        """Move on to the state that the alarm has at a minute, and return it."""
        evaluation = Evaluation(Alarms((self._read,), ()), metrics.values.read, self._fills_empty)
        evaluation.states[self._read.name] = self.state
        evaluation.evaluate(now * 60)
        self.state = evaluation.states[self._read.name]
        return self.state


@dataclass
class Board:
    """The alarms of one board, and what they have told people so far."""

    alarms: dict[str, Alarm]
    composite: Mapping[str, Any]
    told: list[tuple[int, str, str]] = field(default_factory=list)
    """Minute, alarm and state of each notification."""
    state: State = INSUFFICIENT

    def evaluate(self, metrics: Metrics, now: int) -> None:
        """Evaluate every alarm at a minute, then the composite alarm."""
        for name, alarm in self.alarms.items():
            before = alarm.state
            if alarm.evaluate(metrics, now) != before:
                self._tell(now, name, alarm.state, alarm.arguments)
        before, self.state = self.state, self._evaluate_rule()
        if self.state != before:
            self._tell(now, "unhealthy", self.state, self.composite)

    def up(self) -> set[str]:
        """The metric alarms that are on."""
        return {name for name, alarm in self.alarms.items() if alarm.state == ALARM}

    def _evaluate_rule(self) -> State:
        states = {alarm.arguments["alarm_name"]: alarm.state for alarm in self.alarms.values()}
        return ALARM if parse_rule(self.composite["alarm_rule"])(states) else OK

    def _tell(self, now: int, name: str, state: State, arguments: Mapping[str, Any]) -> None:
        actions = {OK: "ok_actions", ALARM: "alarm_actions", INSUFFICIENT: "insufficient_data_actions"}[state]
        if arguments.get(actions):
            self.told.append((now, name, state))


def alarms_of(resources: Mapping[str, Mapping[str, Any]], fills_empty: bool = True) -> dict[str, Alarm]:
    """The metric alarms among the resources of a bundle, by the names of their resources."""
    kind = "aws_cloudwatch_metric_alarm."
    return {
        address.removeprefix(kind): Alarm(address.removeprefix(kind), arguments, fills_empty)
        for address, arguments in resources.items()
        if address.startswith(kind)
    }
