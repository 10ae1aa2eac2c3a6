"""What can be asked of the metrics and alarms of a board or a feed, wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from generator.alarms.alarm import Metric, State, Statistic


@dataclass(frozen=True)
class AlarmReading:
    """One alarm of a bundle."""

    name: str
    description: str
    state: State | None
    """None where it is not there: somebody has deleted it, or another version is deployed."""
    since: int | None = None
    """When it last changed, in seconds since 1970; None where it has not, or where nobody knows."""


class NamedAlarm(Protocol):
    """An alarm of a bundle: as its Terraform has it, or as the runbook names it."""

    @property
    def name(self) -> str:
        """Its name in AWS."""

    @property
    def description(self) -> str:
        """What people are told of it."""


class NamedAlarms(Protocol):
    """The alarms whose states are asked for: those of one bundle, or of several."""

    @property
    def every(self) -> Sequence[NamedAlarm]:
        """All of them, in the order in which they are told."""


class Measured(Protocol):
    """The metrics and alarms of one bundle. Each method raises OperationError where they cannot be had."""

    def read_alarms(self) -> tuple[AlarmReading, ...]:
        """Every alarm that the bundle has: the composite alarms last."""

    def list_metrics(self, namespace: str, name: str) -> tuple[Metric, ...]:
        """The metrics of this name that have had a value, whatever their dimensions: also those of other bundles."""

    def read(self, statistics: Sequence[Statistic], begin: int, end: int) -> Mapping[Statistic, Mapping[int, float]]:
        """Each statistic from one instant to another, in seconds since 1970, by the beginning of its period.

        A period without a value is not in it.
        """
