"""Renders a dashboard with its values: as a page that needs nothing beside itself, and as data for scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from generator.alarms.alarm import State
from generator.diagnostics.wording import join_words
from generator.operations.dashboards import charts
from generator.operations.dashboards.body import LogQuery, Text
from generator.operations.dashboards.markdown import to_html
from generator.operations.dashboards.values import Drawing, Drawn, DrawnAlarms, DrawnChart, DrawnLine
from generator.rendering.templates import load_template
from runtime.domain.instants import rfc3339

_FOLDER = Path(__file__).resolve().parent.parent.parent.parent / "blueprints" / "console"
_STATES: Mapping[State | None, str] = {
    "ALARM": "in alarm",
    "OK": "OK",
    "INSUFFICIENT_DATA": "not enough data",
    None: "not there",
}
_CLASSES: Mapping[State | None, str] = {"ALARM": "on", "OK": "off"}


def render_page(drawing: Drawing, refresh_seconds: int) -> str:
    """Render the page. It asks for itself again every so many seconds."""
    return load_template(_FOLDER, "page.html.j2").render(
        name=drawing.name,
        style=_read("page.css"),
        script=_read("page.js"),
        refresh_seconds=refresh_seconds,
        at=_clock(drawing.end),
        instant=rfc3339(drawing.end * 1000),
        widgets=[_describe(widget, drawing) for widget in drawing.widgets],
    )


@cache
def page_headers() -> dict[str, str]:
    """The headers of the page: it may run its own script, have its own style, and ask its own server."""
    script, style = (_hash(_read(name)) for name in ("page.js", "page.css"))
    policy = (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    }


def describe_values(drawing: Drawing) -> dict[str, Any]:
    """The values as data: instants in RFC 3339, each value by the beginning of its period."""
    alarms = [alarm for widget in drawing.widgets if isinstance(widget, DrawnAlarms) for alarm in widget.alarms]
    return {
        "board": drawing.name,
        "begin": rfc3339(drawing.begin * 1000),
        "end": rfc3339(drawing.end * 1000),
        "alarms": [
            {"name": each.name, "state": each.state, "since": each.since and rfc3339(each.since * 1000)}
            for each in alarms
        ],
        "charts": [_chart_as_data(widget) for widget in drawing.widgets if isinstance(widget, DrawnChart)],
    }


def _chart_as_data(chart: DrawnChart) -> dict[str, Any]:
    lines = [
        {
            "label": line.label,
            "period_seconds": line.period,
            "newest": line.newest,
            "values": [[rfc3339(at * 1000), value] for at, value in line.points.items()],
        }
        for line in chart.lines
    ]
    thresholds = [{"label": each.label, "value": each.value} for each in chart.thresholds]
    return {"title": chart.title, "not_measured": [*chart.lacking], "thresholds": thresholds, "lines": lines}


def _describe(widget: Drawn, drawing: Drawing) -> dict[str, Any]:
    """A widget as the template takes it."""
    if isinstance(widget, Text):
        return {"kind": "text", "width": 24, "html": to_html(widget.markdown)}
    if isinstance(widget, LogQuery):
        return {"kind": "log", "width": widget.width, "title": widget.title, "query": widget.log_query}
    if isinstance(widget, DrawnAlarms):
        return {"kind": "alarms", "width": 24, "title": widget.title, "alarms": _describe_alarms(widget, drawing)}
    return _describe_chart(widget, drawing)


def _describe_alarms(widget: DrawnAlarms, drawing: Drawing) -> list[dict[str, str]]:
    return [
        {
            "name": alarm.name.removeprefix(drawing.prefix),
            "state": _STATES[alarm.state],
            "class": _CLASSES.get(alarm.state, "unknown"),
            "since": f"since {_clock(alarm.since)}" if alarm.since else "",
            "description": alarm.description,
        }
        for alarm in widget.alarms
    ]


def _describe_chart(chart: DrawnChart, drawing: Drawing) -> dict[str, Any]:
    graph = charts.lay_out(chart, drawing.begin, drawing.end)
    lines = [
        {"label": line.label, "newest": _write_newest(line), "path": path, "colour": number % charts.COLOURS}
        for number, (line, path) in enumerate(zip(chart.lines, graph.paths, strict=True))
    ]
    spoken = "; ".join(f"{line['label']}: {line['newest']}" for line in lines) or "no metric"
    return {
        "kind": "figure" if chart.is_figure else "graph",
        "width": chart.width,
        "title": chart.title,
        "lines": lines,
        "spoken": f"{chart.title}. The newest values: {spoken}.",
        "thresholds": [{"label": each.label, "value": _write_number(each.value)} for each in chart.thresholds],
        "drawn_thresholds": graph.thresholds,
        "top": "" if graph.top is None else _write_number(graph.top),
        "right_top": "" if graph.right_top is None else _write_number(graph.right_top),
        "from": _clock(drawing.begin),
        "until": _clock(drawing.end),
        "is_empty": not any(line.points for line in chart.lines),
        "lacking": join_words(chart.lacking, "and") if chart.lacking else "",
        "size": (charts.WIDTH, charts.HEIGHT),
    }


def _write_newest(line: DrawnLine) -> str:
    return "no value" if line.newest is None else _write_number(line.newest)


def _write_number(value: float) -> str:
    """A number with the digits that matter to a person who watches."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.2g}"


def _clock(instant: int) -> str:
    """The time of an instant, in UTC, as the rest of the tool writes instants."""
    return rfc3339(instant * 1000)[11:16]


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """A source of a Content-Security-Policy: the text between the tags of an element."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
