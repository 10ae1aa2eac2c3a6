"""Reads the body of a CloudWatch dashboard, as far as ours have it.

(Amazon CloudWatch API reference, "Dashboard body structure and syntax".)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from generator.alarms.alarm import Metric, Query, Statistic

Axis: TypeAlias = Literal["left", "right"]

_SEARCH = re.compile(
    r"""SEARCH\('\{(?P<scheme>[^}]+)\} MetricName="(?P<name>[^"]+)"(?P<given>[^']*)', '(?P<kind>\w+)'\)"""
)
"""A search as our dashboards have it: a namespace and the names of all dimensions, a metric, and values of some
dimensions (Amazon CloudWatch user guide, "CloudWatch search expression syntax")."""
_GIVEN = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Search:
    """Metrics of a name, with these dimensions and no others, of which some have a given value."""

    namespace: str
    name: str
    dimensions: frozenset[str]
    given: Mapping[str, str]
    kind: str
    """The statistic of each."""


@dataclass(frozen=True)
class Line:
    """What is to be drawn as one line, or hidden, or several lines where its expression is a search."""

    metric_query: Query
    label: str
    axis: Axis
    visible: bool
    search: Search | None = None

    @property
    def namespace(self) -> str | None:
        """The namespace of its metrics; None for an expression over other lines."""
        if self.search:
            return self.search.namespace
        return self.metric_query.statistic.metric.namespace if self.metric_query.statistic else None


@dataclass(frozen=True)
class Threshold:
    """A value of a graph from which something is wrong."""

    label: str
    value: float


@dataclass(frozen=True)
class Text:
    """A text in Markdown."""

    markdown: str


@dataclass(frozen=True)
class AlarmList:
    """The states of alarms, by their names."""

    title: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class LogQuery:
    """A query over logs, which only CloudWatch can answer."""

    title: str
    width: int
    log_query: str


@dataclass(frozen=True)
class Chart:
    """Metrics, as one figure each or as lines over time."""

    title: str
    width: int
    """Columns, of the 24 that a dashboard has."""
    is_figure: bool
    period: int
    """Seconds for which a value stands where a line says nothing else."""
    lines: tuple[Line, ...]
    thresholds: tuple[Threshold, ...]
    namespaces: frozenset[str]
    """Those of all its metrics."""


Widget: TypeAlias = Text | AlarmList | LogQuery | Chart


def read_widgets(body: str) -> tuple[Widget, ...]:
    """Read the widgets of a body, in their order."""
    return tuple(_read_widget(each) for each in json.loads(body)["widgets"])


def _read_widget(widget: Mapping[str, Any]) -> Widget:
    kind, width, properties = widget["type"], widget["width"], widget["properties"]
    if kind == "text":
        return Text(properties["markdown"])
    if kind == "alarm":
        return AlarmList(properties["title"], tuple(arn.rpartition(":alarm:")[2] for arn in properties["alarms"]))
    if kind == "log":
        return LogQuery(properties["title"], width, properties["query"])
    drawn = properties.get("annotations", {}).get("horizontal", ())
    lines = tuple(_read_lines(properties))
    return Chart(
        properties["title"],
        width,
        properties["view"] == "singleValue",
        properties["period"],
        lines,
        tuple(Threshold(each["label"], each["value"]) for each in drawn),
        frozenset(line.namespace for line in lines if line.namespace),
    )


def _read_lines(properties: Mapping[str, Any]) -> Iterator[Line]:
    for number, (*texts, options) in enumerate(properties["metrics"]):
        name = options.get("id", f"line{number}")
        if texts:
            namespace, metric, *dimensions = texts
            query = Query(
                name,
                Statistic(
                    Metric.of(namespace, metric, dict(zip(dimensions[::2], dimensions[1::2], strict=True))),
                    options.get("stat", properties["stat"]),
                    options.get("period", properties["period"]),
                ),
            )
        else:
            query = Query(name, expression=options["expression"])
        axis = cast(Axis, options.get("yAxis", "left"))
        yield Line(query, options["label"], axis, options.get("visible", True), _read_search(query.expression))


def _read_search(expression: str) -> Search | None:
    if not expression.startswith("SEARCH("):
        return None
    found = _SEARCH.fullmatch(expression)
    assert found, expression
    namespace, *dimensions = found["scheme"].split(",")
    given = dict(_GIVEN.findall(found["given"]))
    return Search(namespace, found["name"], frozenset(dimensions), given, found["kind"])
