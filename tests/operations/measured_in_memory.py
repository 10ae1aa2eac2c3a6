"""Metrics and alarms that a test makes up, read as those of CloudWatch are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.alarms.alarm import Metric, State, Statistic
from generator.alarms.datapoints import Datapoints
from generator.operations.measuring.measured import AlarmReading

BEGIN = 1_800_000_000
"""In seconds since 1970: 2027-01-15T08:00:00Z."""


class InMemory:
    """Metrics and alarms that a test makes up."""

    def __init__(self, states: Mapping[str, State | None] | None = None) -> None:
        self.datapoints = Datapoints()
        self.states = states or {}

    def put(self, minute: int, metric: Metric, *values: float) -> None:
        """Write values in a minute after BEGIN."""
        for value in values:
            self.datapoints.put(metric, BEGIN + 60 * minute, value)

    def read_alarms(self) -> tuple[AlarmReading, ...]:
        """Each alarm that a test has given a state."""
        return tuple(AlarmReading(name, f"what {name} means", state, BEGIN) for name, state in self.states.items())

    def list_metrics(self, namespace: str, name: str) -> tuple[Metric, ...]:
        """Those that have a value."""
        return tuple(one for one in self.datapoints.metrics if (one.namespace, one.name) == (namespace, name))

    def read(self, statistics: Sequence[Statistic], begin: int, end: int) -> Mapping[Statistic, Mapping[int, float]]:
        """Their values."""
        return {each: self.datapoints.read_series(each, begin, end) for each in statistics}
