"""Finds what the widgets of a dashboard show: from metrics that were written, by the dashboard's own expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from generator.alarms.alarm import Query, Statistic
from generator.alarms.metric_math import Scope, Series, compute
from generator.operations.dashboards.body import AlarmList, Axis, Chart, Line, LogQuery, Text, Threshold, Widget
from generator.operations.measuring.measured import AlarmReading, Measured

_PROPERTY = re.compile(r"\$\{PROP\('Dim\.(\w+)'\)\}")
"""What stands in a label for the value of a dimension."""


@dataclass(frozen=True)
class DrawnLine:
    """One line: its values by the beginning of their period, in seconds since 1970."""

    label: str
    axis: Axis
    period: int
    points: Series

    @property
    def newest(self) -> float | None:
        """Its last value; None where it has none."""
        return self.points[max(self.points)] if self.points else None


@dataclass(frozen=True)
class DrawnChart:
    """A graph or a figure with its values."""

    title: str
    width: int
    is_figure: bool
    lines: tuple[DrawnLine, ...]
    thresholds: tuple[Threshold, ...]
    lacking: tuple[str, ...]
    """Namespaces that its metrics are in, and that are measured nowhere here."""


@dataclass(frozen=True)
class DrawnAlarms:
    """Alarms with their states: those that are on come first."""

    title: str
    alarms: tuple[AlarmReading, ...]


Drawn: TypeAlias = Text | DrawnAlarms | LogQuery | DrawnChart


@dataclass(frozen=True)
class Drawing:
    """A dashboard with its values, from one instant to another, in seconds since 1970."""

    name: str
    """The bundle's."""
    begin: int
    end: int
    widgets: tuple[Drawn, ...]
    prefix: str = field(default="", kw_only=True)
    """What the names of its alarms begin with."""


def draw(
    widgets: Sequence[Widget], measured: Measured, begin: int, end: int, lacks: frozenset[str] = frozenset()
) -> tuple[Drawn, ...]:
    """Find what each widget shows. `lacks`: namespaces that are not measured where the bundle runs.

    Raises OperationError where the metrics cannot be had.
    """
    # Alarms are asked first: a run on this machine then looks into its queues.
    alarms = {alarm.name: alarm for alarm in measured.read_alarms()}
    found = [_search(widget, measured) if isinstance(widget, Chart) else widget for widget in widgets]
    wanted = {line.metric_query.statistic for widget in found if isinstance(widget, Chart) for line in widget.lines}
    series = measured.read([statistic for statistic in wanted if statistic], begin, end)
    drawn: list[Drawn] = []
    for widget in found:
        if isinstance(widget, Chart):
            drawn.append(_draw_chart(widget, series, begin, end, lacks))
        elif isinstance(widget, AlarmList):
            drawn.append(DrawnAlarms(widget.title, tuple(_order(alarms[name] for name in widget.names))))
        else:
            drawn.append(widget)
    return tuple(drawn)


def _order(alarms: Iterable[AlarmReading]) -> list[AlarmReading]:
    urgency = ("ALARM", None, "INSUFFICIENT_DATA", "OK")
    return sorted(alarms, key=lambda alarm: urgency.index(alarm.state))


def _search(chart: Chart, measured: Measured) -> Chart:
    """The chart with a line for each metric that a search finds, in place of the search."""
    return replace(chart, lines=tuple(line for each in chart.lines for line in _search_line(each, chart, measured)))


def _search_line(line: Line, chart: Chart, measured: Measured) -> Iterator[Line]:
    if not line.search:
        yield line
        return
    for number, metric in enumerate(measured.list_metrics(line.search.namespace, line.search.name)):
        has = dict(metric.dimensions)
        if has.keys() == line.search.dimensions and line.search.given.items() <= has.items():
            query = Query(f"{line.metric_query.id}_{number}", Statistic(metric, line.search.kind, chart.period))
            yield replace(line, metric_query=query, label=_name(line.label, has))


def _name(label: str, dimensions: Mapping[str, str]) -> str:
    return _PROPERTY.sub(lambda name: dimensions[name[1]], label)


def _draw_chart(
    chart: Chart, read: Mapping[Statistic, Mapping[int, float]], begin: int, end: int, lacks: frozenset[str]
) -> DrawnChart:
    first = begin // chart.period * chart.period
    series: dict[str, Series] = {
        line.metric_query.id: dict(read[line.metric_query.statistic])
        for line in chart.lines
        if line.metric_query.statistic
    }
    scope = Scope(series, range(first, end, chart.period))
    # Expressions that name others come before them, as CloudWatch shows the first line first.
    for line in reversed(chart.lines):
        if line.metric_query.expression:
            series[line.metric_query.id] = compute(line.metric_query.expression, scope)
    if chart.namespaces and chart.namespaces <= lacks:
        series = {name: {} for name in series}  # expressions fill what is empty, and 0 would say that it was measured
    return DrawnChart(
        chart.title,
        chart.width,
        chart.is_figure,
        tuple(_draw_line(line, chart, series[line.metric_query.id]) for line in chart.lines if line.visible),
        chart.thresholds,
        tuple(sorted(chart.namespaces & lacks)),
    )


def _draw_line(line: Line, chart: Chart, points: Series) -> DrawnLine:
    period = line.metric_query.statistic.period if line.metric_query.statistic else chart.period
    return DrawnLine(line.label, line.axis, period, dict(sorted(points.items())))
