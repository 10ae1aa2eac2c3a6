"""Reads the body of a CloudWatch dashboard, as far as ours have it.

(Amazon CloudWatch API reference, "Dashboard body structure and syntax".)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from generator.alarms.alarm import Metric, Query, Statistic

Axis: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True)
class Line:
    """What is to be drawn as one line, or hidden, or several lines where its expression is a search."""

    query: Query
    label: str
    axis: Axis
    visible: bool


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
    query: str


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
    return Chart(
        properties["title"],
        width,
        properties["view"] == "singleValue",
        properties["period"],
        tuple(_read_lines(properties)),
        tuple(Threshold(each["label"], each["value"]) for each in drawn),
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
        yield Line(query, options["label"], axis, options.get("visible", True))
