"""Evaluates the alarms of a bundle minute by minute, and remembers their states: some depend on the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from generator.alarms.alarm import Alarms, MetricAlarm, State, Statistic
from generator.alarms.comparing import EXTRA_PERIODS, find_state
from generator.alarms.metric_math import Scope, Series, compute
from generator.alarms.rules import parse_rule

Read: TypeAlias = Callable[[Statistic, int], float | None]
"""A statistic over the period that ends at an instant, in seconds since 1970; None where the metric has no value."""


@dataclass(frozen=True)
class Change:
    """An alarm has changed its state."""

    at: int
    """In seconds since 1970."""
    alarm: str
    before: State
    after: State
    actions: tuple[str, ...]
    """Who is told: the addresses of SNS topics."""


class Evaluation:
    """The states of a bundle's alarms. A new alarm has INSUFFICIENT_DATA until it is first evaluated."""

    def __init__(self, alarms: Alarms, read: Read, fills_empty: bool = True) -> None:
        """`fills_empty`: whether FILL gives values for a metric that has none at all: see `metric_math.Scope`."""
        self.alarms = alarms
        self.states: dict[str, State] = {alarm.name: "INSUFFICIENT_DATA" for alarm in alarms.every}
        """By the name of the alarm."""
        self._read = read
        self._fills_empty = fills_empty

    def evaluate(self, minute: int) -> list[Change]:
        """Evaluate every alarm at the end of a minute, an instant in seconds since 1970. Returns what has changed.

        What came in that minute counts; what came later does not.
        """
        changes: list[Change] = []
        for alarm in self.alarms.metric:
            if minute % alarm.gap_seconds == 0:
                state = find_state(alarm, self.read_points(alarm, minute), self.states[alarm.name])
                self._move(changes, minute, alarm.name, state, alarm.actions.get(state, ()))
        for composite in self.alarms.composite:
            state = "ALARM" if parse_rule(composite.rule)(self.states) else "OK"
            self._move(changes, minute, composite.name, state, composite.actions.get(state, ()))
        return changes

    def read_points(self, alarm: MetricAlarm, minute: int) -> list[float | None]:
        """The data points that an alarm looks at, the newest first; None is missing."""
        count = alarm.evaluation_periods + EXTRA_PERIODS
        instants = [minute - number * alarm.period for number in range(count)]
        lines = _Lines(alarm, Scope({}, instants, self._fills_empty))
        for query in alarm.queries:
            if query.statistic:
                points = {instant: self._read(query.statistic, instant) for instant in instants}
                lines[query.id] = {instant: point for instant, point in points.items() if point is not None}
        return [lines[alarm.returned].get(instant) for instant in instants]

    def _move(self, changes: list[Change], minute: int, name: str, after: State, actions: tuple[str, ...]) -> None:
        before, self.states[name] = self.states[name], after
        if before != after:
            changes.append(Change(minute, name, before, after, actions))


class _Lines(dict[str, Series]):
    """The series of an alarm's queries. One of an expression is computed when it is asked for."""

    def __init__(self, alarm: MetricAlarm, scope: Scope) -> None:
        super().__init__()
        self._expressions = {query.id: query.expression for query in alarm.queries if query.expression}
        self._scope = replace(scope, series=self)

    def __missing__(self, name: str) -> Series:
        self[name] = series = compute(self._expressions[name], self._scope)
        return series
