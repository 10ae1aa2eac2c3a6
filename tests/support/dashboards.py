"""Reads the dashboard of a bundle, and holds it against what CloudWatch takes.

(Amazon CloudWatch API reference, "Dashboard body structure and syntax".)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from generator.alarms.metric_math import parse
from tests.support.resources import resources

NUMBER, TEXTS, AXES = (int, float), list[str], dict[str, Any]
PROPERTIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": ({"markdown": str}, {"background": str}),
    "alarm": ({"alarms": list}, {"title": str, "sortBy": str, "states": list}),
    "log": ({"region": str, "query": str}, {"title": str, "view": str, "accountId": str}),
    "metric": (
        {"region": str, "metrics": list},
        {
            "title": str,
            "view": str,
            "stat": str,
            "period": int,
            "yAxis": dict,
            "annotations": dict,
            "sparkline": bool,
            "stacked": bool,
            "legend": dict,
            "liveData": bool,
            "timezone": str,
        },
    ),
}
"""The properties of each type of widget: those that it needs, and others that it may have."""
OPTIONS = {
    "label": str,
    "stat": str,
    "period": int,
    "visible": bool,
    "yAxis": str,
    "color": str,
    "id": str,
    "region": str,
    "expression": str,
    "accountId": str,
}
"""What a metric or an expression may have."""
STATISTIC = re.compile(r"SampleCount|Average|Sum|Minimum|Maximum|p\d{1,2}(\.\d+)?")
VIEWS = {"metric": {"timeSeries", "singleValue"}, "log": {"table"}}
WIDGETS, METRICS_OF_A_WIDGET, METRICS = 500, 500, 2500
"""The most that a dashboard has (Amazon CloudWatch user guide, "CloudWatch service quotas")."""


def body(bundle: str) -> list[dict[str, Any]]:
    """The widgets of a bundle's dashboard, as Terraform sends them."""
    sent = json.loads(resources(bundle)["aws_cloudwatch_dashboard.board"]["dashboard_body"])
    assert list(sent) == ["widgets"]
    return list(sent["widgets"])


def metrics_of(widget: dict[str, Any]) -> list[tuple[list[str], dict[str, Any]]]:
    """The metrics of a widget: their texts, and their options."""
    found = []
    for metric in widget["properties"].get("metrics", []):
        *texts, options = metric
        found.append((texts, options))
    return found


def check_body(widgets: list[dict[str, Any]]) -> None:
    """Fail where CloudWatch would not take the widgets of a dashboard."""
    assert len(widgets) <= WIDGETS
    assert sum(len(metrics_of(widget)) for widget in widgets) <= METRICS
    for widget in widgets:
        assert set(widget) == {"type", "x", "y", "width", "height", "properties"}
        assert 0 <= widget["x"] < widget["x"] + widget["width"] <= 24
        assert 1 <= widget["height"] <= 1000
        needed, others = PROPERTIES[widget["type"]]
        properties = widget["properties"]
        assert needed.keys() <= properties.keys() <= {*needed, *others}, properties
        assert all(isinstance(value, {**needed, **others}[key]) for key, value in properties.items())
        assert properties.get("view") in VIEWS.get(widget["type"], {None})
        assert widget["type"] != "alarm" or 1 <= len(properties["alarms"]) <= 100
        check_metrics(widget)
    for one, other in combinations(widgets, 2):
        assert not overlap(one, other), (one, other)


def check_metrics(widget: dict[str, Any]) -> None:
    """Fail where a metric has a form that CloudWatch does not know, or an expression names no metric of the widget."""
    found = metrics_of(widget)
    assert len(found) <= METRICS_OF_A_WIDGET
    ids = [options["id"] for _, options in found if "id" in options]
    assert len(ids) == len(set(ids))
    used: set[str] = set()
    for texts, options in found:
        assert options.keys() <= OPTIONS.keys(), options
        assert all(isinstance(value, OPTIONS[key]) for key, value in options.items())
        assert re.fullmatch("[a-z][A-Za-z0-9_]*", options.get("id", "a"))
        assert STATISTIC.fullmatch(options.get("stat", "Sum"))
        assert options.get("period", 60) % 60 == 0
        assert options.get("yAxis", "left") in ("left", "right")
        if "expression" in options:
            assert texts == []
            used |= names_in(options["expression"])
        else:
            assert len(texts) >= 4
            assert len(texts) % 2 == 0
    hidden = {options["id"] for _, options in found if options.get("visible") is False}
    assert used <= set(ids)
    assert hidden <= used, "a metric that nothing shows costs a request for nothing"


def names_in(expression: str) -> set[str]:
    """The ids that an expression names, which is held to what is known of metric math."""
    if expression.startswith("SEARCH("):
        return set()
    inner = re.sub(r"^TIME_SERIES\((.*)\)$", r"\1", expression)
    parse(inner)
    return set(re.findall(r"\b[a-z][a-z0-9]*\b(?!\()", inner))


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two widgets lie on each other."""
    return all(
        bool(first[corner] < second[corner] + second[size])
        for corner, size in (("x", "width"), ("y", "height"))
        for first, second in ((one, other), (other, one))
    )


def rows(widgets: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The questions, each with the widgets below it."""
    asked, below = "", list[dict[str, Any]]()
    for widget in widgets:
        heading = re.match(r"## (.*)\n", widget["properties"].get("markdown", ""))
        if not heading:
            below.append(widget)
            continue
        if asked:
            yield asked, below
        asked, below = heading[1], []
    assert asked == "If an alarm is on"
