"""Reads metrics and alarms from a run of `leaderboards local`, which plays CloudWatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.alarms.alarm import STATES, Metric, State, Statistic
from generator.errors import OperationError
from generator.operations.local_run import LocalRun
from generator.operations.measuring.measured import AlarmReading, NamedAlarms

POINTS = 5000
"""Data points that are asked for at once: a run gives at most twice as many in one answer."""


LACKS = frozenset(("AWS/DynamoDB", "AWS/Events"))
"""Namespaces of metrics that bundles read in AWS, and of which a run writes none: see `local.services.cloudwatch`."""


class MeasuredOnThisMachine:
    """The metrics and alarms of a bundle that runs on this machine: see `Measured`."""

    def __init__(self, run: LocalRun, alarms: NamedAlarms) -> None:
        """`alarms`: those to read."""
        self._run = run
        self._alarms = alarms

    def read_alarms(self) -> tuple[AlarmReading, ...]:
        """Every alarm that the bundle has."""
        found = {each["name"]: each for each in self._ask("alarms", {})}
        return tuple(
            AlarmReading(alarm.name, alarm.description, *_read_state(found.get(alarm.name, {})))
            for alarm in self._alarms.every
        )

    def list_metrics(self, namespace: str, name: str) -> tuple[Metric, ...]:
        """The metrics of this name that have had a value."""
        return tuple(
            sorted(
                Metric.of(namespace, name, each["dimensions"])
                for each in self._ask("metrics", {})
                if (each["namespace"], each["name"]) == (namespace, name)
            )
        )

    def read(self, statistics: Sequence[Statistic], begin: int, end: int) -> Mapping[Statistic, Mapping[int, float]]:
        """Each statistic from one instant to another, in seconds since 1970, by the beginning of its period."""
        found: dict[Statistic, dict[int, float]] = {}
        for statistic in statistics:
            points = (end - begin) // statistic.period + 1
            step = (end - begin if points <= POINTS else POINTS * statistic.period) or 1
            found[statistic] = {}
            for first in range(begin, end, step):
                arguments = {"statistics": [_describe(statistic)], "begin": first, "end": min(first + step, end)}
                [series] = self._ask("series", arguments)
                found[statistic].update({int(at): float(value) for at, value in series})
        return found

    def _ask(self, command: str, arguments: Mapping[str, Any]) -> list[Any]:
        found = self._run.call(command, arguments).get(command)
        if not isinstance(found, list):
            raise OperationError("the run of `leaderboards local` answers what this version does not know")
        return found


def _read_state(found: Mapping[str, Any]) -> tuple[State | None, int | None]:
    return next((state for state in STATES if state == found.get("state")), None), found.get("since")


def _describe(statistic: Statistic) -> dict[str, Any]:
    metric = statistic.metric
    named = {"namespace": metric.namespace, "name": metric.name, "dimensions": dict(metric.dimensions)}
    return {**named, "kind": statistic.kind, "period": statistic.period}
