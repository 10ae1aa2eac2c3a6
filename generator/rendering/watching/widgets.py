"""The forms of widgets (Amazon CloudWatch API reference, "Dashboard body structure and syntax")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 24
"""Columns of a dashboard."""

Metric = list[Any]
"""A metric as a widget names it: namespace, name, dimensions, options; or an expression."""


@dataclass(frozen=True)
class Widget:
    """A widget before it has a place."""

    kind: str
    width: int
    height: int
    properties: dict[str, Any]

    def place(self, x: int, y: int) -> dict[str, Any]:
        """The widget as the body has it, with its upper left corner there."""
        place = {"x": x, "y": y, "width": self.width, "height": self.height}
        return {"type": self.kind, **place, "properties": self.properties}


def make_text(markdown: str, height: int) -> Widget:
    """A text as wide as the dashboard."""
    return Widget("text", WIDTH, height, {"markdown": markdown})


def make_alarms(title: str, arns: Sequence[str], height: int) -> Widget:
    """The states of alarms. It takes at most 100."""
    return Widget("alarm", WIDTH, height, {"title": title, "alarms": list(arns)})


def make_number(title: str, region: str, metrics: Sequence[Metric], period: int = 300, height: int = 6) -> Widget:
    """One figure: the newest value of each metric that is not hidden."""
    of_all = {"view": "singleValue", "stat": "Maximum", "period": period, "metrics": list(metrics)}
    return Widget("metric", 4, height, {"title": title, "region": region, **of_all})


def make_graph(
    title: str, region: str, metrics: Sequence[Metric], thresholds: Iterable[tuple[str, int]] = (), period: int = 60
) -> Widget:
    """Lines over time. `thresholds`: what is drawn in, each with its label. A sum that has one needs the period of its
    alarm, in seconds: in a shorter one it would lie below while the alarm is on."""
    drawn = [{"label": label, "value": value, "fill": "above"} for label, value in thresholds]
    properties = {
        "title": title,
        "region": region,
        "view": "timeSeries",
        "stat": "Sum",
        "period": period,
        "yAxis": {"left": {"min": 0}},
        "metrics": list(metrics),
        **({"annotations": {"horizontal": drawn}} if drawn else {}),
    }
    return Widget("metric", 6, 6, properties)


def make_query(title: str, region: str, query: str) -> Widget:
    """A table of what a query over logs finds. It runs whenever the dashboard is loaded or refreshed."""
    return Widget("log", 8, 6, {"title": title, "region": region, "view": "table", "query": query})
