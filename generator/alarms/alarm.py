"""What an alarm is: the metrics that it reads, and what it does with them. The words are CloudWatch's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
"""What CloudWatch says of an alarm."""

STATES: tuple[State, ...] = ("OK", "ALARM", "INSUFFICIENT_DATA")

Missing: TypeAlias = Literal["missing", "ignore", "breaching", "notBreaching"]
"""How an alarm takes a data point that is missing."""

HOUR, DAY = 3600, 86_400
"""Seconds."""


@dataclass(frozen=True, order=True)
class Metric:
    """A metric: its namespace, its name, and its dimensions in the order of their names."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Mapping[str, str]) -> Metric:
        """The metric with these dimensions, in whatever order they are given."""
        return cls(namespace, name, tuple(sorted(dimensions.items())))


@dataclass(frozen=True)
class Statistic:
    """What is made of a metric's values in a period: their Sum, Maximum, p99 and so on."""

    metric: Metric
    kind: str
    period: int
    """Seconds."""


@dataclass(frozen=True)
class Query:
    """One line of what an alarm reads: either a statistic, or an expression over other lines."""

    id: str
    statistic: Statistic | None = None
    expression: str = ""


@dataclass(frozen=True)
class MetricAlarm:
    """An alarm that compares a metric, or an expression over metrics, with a threshold."""

    address: str
    """The address of its resource in Terraform."""
    name: str
    description: str
    queries: tuple[Query, ...]
    returned: str
    """The id of the query that is compared."""
    period: int
    """Seconds for which a data point stands."""
    evaluation_periods: int
    datapoints_to_alarm: int
    comparison: str
    threshold: float
    treat_missing: Missing
    actions: Mapping[State, tuple[str, ...]]
    """What is told of a change to a state: the addresses of SNS topics."""

    @property
    def statistics(self) -> tuple[Statistic, ...]:
        """Every statistic that it reads."""
        return tuple(query.statistic for query in self.queries if query.statistic)

    @property
    def gap_seconds(self) -> int:
        """Seconds from one evaluation to the next: a minute, and an hour where it looks back for more than a day.

        (Amazon CloudWatch user guide, "Alarm evaluation".)
        """
        return HOUR if self.period * self.evaluation_periods > DAY else 60


@dataclass(frozen=True)
class CompositeAlarm:
    """An alarm over other alarms."""

    address: str
    name: str
    description: str
    rule: str
    actions: Mapping[State, tuple[str, ...]]


@dataclass(frozen=True)
class Alarms:
    """All alarms of a bundle, those of a kind in the order of its Terraform."""

    metric: tuple[MetricAlarm, ...]
    composite: tuple[CompositeAlarm, ...]

    @property
    def every(self) -> tuple[MetricAlarm | CompositeAlarm, ...]:
        """All of them: the composite alarms last, each after those that it names."""
        return (*self.metric, *self.composite)

    @property
    def statistics(self) -> frozenset[Statistic]:
        """Every statistic that one of them reads."""
        return frozenset(statistic for alarm in self.metric for statistic in alarm.statistics)
