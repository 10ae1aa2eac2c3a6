"""The operations dashboard is drawn from what was measured, by its own expressions, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from generator.alarms.alarm import Metric, State
from generator.operations.dashboards.body import LogQuery, Text, Threshold, read_widgets
from generator.operations.dashboards.charts import HEIGHT, WIDTH, lay_out
from generator.operations.dashboards.markdown import to_html
from generator.operations.dashboards.page import describe_values, page_headers, render_page
from generator.operations.dashboards.values import Drawing, DrawnAlarms, DrawnChart, DrawnLine, draw
from generator.operations.measuring.on_this_machine import LACKS
from generator.rendering.watching.dashboard import render_dashboard
from tests.operations.measured_in_memory import BEGIN, InMemory
from tests.support.bundles import everything
from tests.support.projects import board_yaml, boards_of, project_yaml

END = BEGIN + 3600
PREFIX = "arcade-test-weekly"


def chart_of(
    *metrics: Any, view: str = "timeSeries", thresholds: Sequence[tuple[str, float]] = (), measured: InMemory
) -> DrawnChart:
    """A widget with these metrics, as it is drawn."""
    properties = {
        "title": "T",
        "region": "eu-west-1",
        "view": view,
        "stat": "Sum",
        "period": 60,
        "metrics": [*metrics],
        "annotations": {"horizontal": [{"label": label, "value": value} for label, value in thresholds]},
    }
    body = {"widgets": [{"type": "metric", "x": 0, "y": 0, "width": 6, "height": 6, "properties": properties}]}
    [drawn] = draw(read_widgets(json.dumps(body)), measured, BEGIN, END, LACKS)
    assert isinstance(drawn, DrawnChart)
    return drawn


def queue(part: str) -> list[Any]:
    return ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", f"{PREFIX}-{part}"]


def metric_of(texts: Sequence[str]) -> Metric:
    namespace, name, dimension, value = texts
    return Metric.of(namespace, name, {dimension: value})


def test_a_line_has_its_own_statistic_and_period_or_those_of_its_widget() -> None:
    measured = InMemory()
    for minute, values in ((1, (1, 2)), (2, (3,)), (9, (7,))):
        measured.put(minute, metric_of(queue("a")), *values)
    chart = chart_of(
        [*queue("a"), {"label": "sum"}],
        [*queue("a"), {"label": "highest", "stat": "Maximum", "period": 300, "yAxis": "right"}],
        measured=measured,
    )
    one, other = chart.lines
    assert one == DrawnLine("sum", "left", 60, {BEGIN + 60: 3, BEGIN + 120: 3, BEGIN + 540: 7})
    assert other == DrawnLine("highest", "right", 300, {BEGIN: 3, BEGIN + 300: 7})
    assert [line.newest for line in chart.lines] == [7, 7]


def test_an_expression_may_name_others_and_what_is_hidden() -> None:
    measured = InMemory()
    measured.put(1, metric_of(queue("a")), 2)
    measured.put(58, metric_of(queue("b")), 5)
    chart = chart_of(
        [{"expression": "TIME_SERIES(AVG(total))", "label": "mean"}],
        [{"expression": "SUM([FILL(a, 0), FILL(b, 0)])", "label": "hidden", "id": "total", "visible": False}],
        [*queue("a"), {"label": "a", "id": "a", "visible": False}],
        [*queue("b"), {"label": "b", "id": "b", "visible": False}],
        measured=measured,
    )
    [mean] = chart.lines
    assert len(mean.points) == 60
    assert [*mean.points.values()] == pytest.approx([7 / 60] * 60)


def test_a_search_draws_a_line_for_each_metric_of_this_board() -> None:
    measured = InMemory()
    for reason, service, value in (("late", PREFIX, 2), ("too_old", PREFIX, 3), ("late", "another", 9)):
        measured.put(1, Metric.of("Leaderboards", "Rejected", {"reason": reason, "service": service}), value)
    measured.put(1, Metric.of("Leaderboards", "Rejected", {"service": PREFIX}), 5)
    expression = f"SEARCH('{{Leaderboards,reason,service}} MetricName=\"Rejected\" service=\"{PREFIX}\"', 'Sum')"
    chart = chart_of([{"expression": expression, "label": "${PROP('Dim.reason')}"}], measured=measured)
    assert [(line.label, line.newest) for line in chart.lines] == [("late", 2), ("too_old", 3)]


def test_nothing_is_drawn_of_what_nobody_measures_here() -> None:
    table = ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", PREFIX]
    total = [{"expression": "FILL(m, 0) * 2", "label": "dollars"}]
    chart = chart_of(total, [*table, {"label": "units", "id": "m", "visible": False}], measured=InMemory())
    assert (chart.lacking, chart.lines[0].newest) == (("AWS/DynamoDB",), None)
    # With a metric that is measured, there is a sum, and the page says what it lacks.
    both = [{"expression": "SUM([FILL(m, 0), FILL(q, 0)])", "label": "dollars"}]
    hidden = [[*name, {"label": "", "id": key, "visible": False}] for key, name in (("m", table), ("q", queue("a")))]
    chart = chart_of(both, *hidden, measured=InMemory())
    assert (chart.lacking, chart.lines[0].newest) == (("AWS/DynamoDB",), 0)


@pytest.mark.parametrize("folder", ["prod/nebula/arena", "nebula/kills", "solo/wins", "nebula/feed-matches"])
def test_every_widget_of_a_board_is_drawn(folder: str) -> None:
    """Each expression that is emitted can be computed, and each alarm is found."""
    board = next(bundle for bundle in everything().bundles if bundle.folder == folder)
    body = json.loads(render_dashboard(board))["widgets"]
    [alarms] = [widget["properties"]["alarms"] for widget in body if widget["type"] == "alarm"]
    states: dict[str, State | None] = {arn.rpartition(":")[2]: "OK" for arn in alarms}
    states |= dict(zip([*states][-2:], (None, "ALARM"), strict=True))
    drawn = draw(read_widgets(render_dashboard(board)), InMemory(states), BEGIN, END, LACKS)
    assert len(drawn) == len(body)
    [shown] = [widget for widget in drawn if isinstance(widget, DrawnAlarms)]
    assert [alarm.state for alarm in shown.alarms[:3]] == ["ALARM", None, "OK"]
    page = render_page(Drawing(board.name, BEGIN, END, drawn, prefix=f"{board.names.prefix}-"), 10)
    assert page.count("<section") == len(body)
    assert "in alarm since 08:00" in page
    queries = [widget for widget in drawn if isinstance(widget, LogQuery)]
    assert len(queries) == (1 if "feed" in folder else 5)


def line(points: Mapping[int, float], period: int = 60) -> DrawnLine:
    return DrawnLine("l", "left", period, dict(points))


def test_a_graph_has_a_stroke_where_values_follow_each_other_and_a_dot_for_one_alone() -> None:
    points = {BEGIN: 0.0, BEGIN + 60: 50.0, BEGIN + 1800: 100.0}
    chart = DrawnChart("T", 6, False, (line(points),), (), ())
    graph = lay_out(chart, BEGIN, END)
    assert graph.paths == (f"M8.3 {HEIGHT}L25 {HEIGHT // 2}M508.3 0h0".replace("M508", " M508"),)
    assert (graph.top, graph.right_top) == (100, None)


@pytest.mark.parametrize(
    ("highest", "threshold", "top", "drawn"),
    [(0.0, 3, 5, True), (10.0, 50, 50, True), (10.0, 51, 10, False), (None, 7, 10, True), (None, None, None, False)],
)
def test_a_threshold_is_drawn_unless_values_would_lie_flat_below_it(
    highest: float | None, threshold: float | None, top: float | None, drawn: bool
) -> None:
    lines = (line({} if highest is None else {BEGIN: highest}),)
    thresholds = () if threshold is None else (Threshold("alarm", threshold),)
    graph = lay_out(DrawnChart("T", 6, False, lines, thresholds, ()), BEGIN, END)
    assert (graph.top, len(graph.thresholds) == 1) == (top, drawn)


def test_what_is_out_of_the_time_or_below_zero_lies_at_the_edge() -> None:
    graph = lay_out(DrawnChart("T", 6, False, (line({BEGIN - 300: -5, END: 1}, 300),), (), ()), BEGIN, END)
    assert graph.paths == (f"M0 {HEIGHT}h0 M{WIDTH} 0h0",)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# A \\<b\\> \\*c\\*\nfirst\nsecond", "<h1>A &lt;b&gt; *c*</h1>\n<p>first second</p>"),
        ("a `x|<y>` [to \\[it\\]](https://a.example/?b) z", "<p>a <code>x|&lt;y&gt;</code> to [it] z</p>"),
        ("| A | B |\n|---|---|\n| a\\|b | `c` |", None),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[a](javascript:alert(1))", "<p>a)</p>"),
        ("[a](b", "<p>[a](b</p>"),
    ],
)
def test_markdown(markdown: str, html: str | None) -> None:
    cells = '<thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>'
    table = f"<table>{cells}<tbody><tr><td>a|b</td><td><code>c</code></td></tr></tbody></table>"
    assert to_html(markdown).strip() == (html or table)


def test_texts_of_people_stay_texts() -> None:
    (board,) = boards_of(project_yaml(board_yaml()))
    hostile = "</h1><script>alert(1)</script> [x](https://evil.example) `y` <img src=x onerror=alert(2)> ${account}"
    board = replace(board, config=replace(board.config, title=hostile))
    names = {each.rpartition(":alarm:")[2]: "OK" for each in render_dashboard(board).split('"') if ":alarm:" in each}
    states: dict[str, State | None] = {**names}  # type: ignore[dict-item]
    drawn = draw(read_widgets(render_dashboard(board)), InMemory(states), BEGIN, END)
    page = render_page(Drawing('"><script>', BEGIN, END, drawn), 10)
    [header] = [widget for widget in drawn if isinstance(widget, Text) and widget.markdown.startswith("# ")]
    assert to_html(header.markdown).striptags().startswith(hostile)
    assert page.count("<script") == 1
    assert "<img" not in page
    assert 'href="https' not in page


def test_the_page_runs_and_shows_only_what_its_policy_names() -> None:
    drawing = Drawing("wins", BEGIN, END, ())
    policy = page_headers()["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    page = render_page(drawing, 10)
    assert " style=" not in page
    assert "http" not in page.replace("http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg", "")


def test_the_values_as_data() -> None:
    measured = InMemory({"x-unhealthy": "OK"})
    measured.put(3, metric_of(queue("a")), 4)
    chart = chart_of([*queue("a"), {"label": "a"}], thresholds=[("dead letters", 2)], measured=measured)
    alarms = DrawnAlarms("Alarms", measured.read_alarms())
    assert describe_values(Drawing("wins", BEGIN, END, (alarms, chart))) == {
        "board": "wins",
        "begin": "2027-01-15T08:00:00.000Z",
        "end": "2027-01-15T09:00:00.000Z",
        "alarms": [{"name": "x-unhealthy", "state": "OK", "since": "2027-01-15T08:00:00.000Z"}],
        "charts": [
            {
                "title": "T",
                "not_measured": [],
                "thresholds": [{"label": "dead letters", "value": 2}],
                "lines": [
                    {"label": "a", "period_seconds": 60, "newest": 4, "values": [["2027-01-15T08:03:00.000Z", 4]]}
                ],
            }
        ],
    }
