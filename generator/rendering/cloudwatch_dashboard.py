"""Renders the team's CloudWatch dashboard: what the board does and how healthy it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.board.board import Board
from generator.rendering.escaping import escape_markdown, to_json_file
from runtime import metrics as names

WIDTH = 24
"""Columns of a dashboard (Amazon CloudWatch API reference, "Dashboard body structure and syntax")."""

Metric = list[Any]
"""A metric as a graph names it: namespace, name, dimension, value, options (the same page)."""
Widget = dict[str, Any]

_FUNCTIONS = ("processor", "rebuilder", "api")


def render_dashboard(board: Board) -> str:
    """Render `cloudwatch-dashboard.json`, the body of the dashboard."""
    metrics = _Metrics(board)
    graphs = [_activity_graphs(metrics), _snapshot_graphs(metrics), _api_graphs(metrics), _resource_graphs(metrics)]
    rows = [[_make_header(board)], *_make_health(board), *graphs]
    return to_json_file({"widgets": _place_widgets(rows)})


def _make_header(board: Board) -> Widget:
    words = f"Board {board.name} of team {board.team}. What to do about an alarm stands in the bundle's README."
    return {"type": "text", "properties": {"markdown": f"# {escape_markdown(board.config.title)}\n{words}"}}


def _make_health(board: Board) -> list[list[Widget]]:
    """A row with the composite alarm. No row if no account is configured: the alarm's ARN has the account in it."""
    if board.account_id is None:
        return []
    arn = f"arn:aws:cloudwatch:{board.region}:{board.account_id}:alarm:{board.names.part('unhealthy')}"
    return [[{"type": "alarm", "properties": {"title": "Health", "alarms": [arn]}}]]


@dataclass(frozen=True)
class _Metrics:
    """The metrics of one board, and graphs of them."""

    board: Board

    def graph(self, title: str, *metrics: Metric) -> Widget:
        return {
            "type": "metric",
            "properties": {
                "title": title,
                "region": self.board.region,
                "view": "timeSeries",
                "stat": "Sum",
                "period": 60,
                "yAxis": {"left": {"min": 0}},
                "metrics": list(metrics),
            },
        }

    def own(self, name: str, label: str, **options: str) -> Metric:
        """A metric that the board's functions write."""
        return ["Leaderboards", name, "service", self.board.names.prefix, {"label": label, **options}]

    def measured(self, name: str, label: str, **options: str) -> Metric:
        """A metric that the watch writes: one value for each of its periods."""
        return self.own(name, label, stat="Maximum", **options)

    def own_by_reason(self, name: str) -> Metric:
        """Every metric of this name that the board's functions write: the graph has a line for each reason."""
        search = f'{{Leaderboards,reason,service}} MetricName="{name}" service="{self.board.names.prefix}"'
        return [{"expression": f"SEARCH('{search}', 'Sum')", "label": "${PROP('Dim.reason')}"}]

    def function(self, part: str, name: str, label: str, **options: str) -> Metric:
        return ["AWS/Lambda", name, "FunctionName", self.board.names.part(part), {"label": label, **options}]

    def queue(self, part: str, name: str, label: str, **options: str) -> Metric:
        options = {"label": label, "stat": "Maximum", **options}
        return ["AWS/SQS", name, "QueueName", self.board.names.part(part), options]

    def table(self, part: str, name: str, label: str) -> Metric:
        names = self.board.source if part == "activities" else self.board.names
        return ["AWS/DynamoDB", name, "TableName", names.part(part), {"label": label}]

    def pipe(self, name: str, label: str) -> Metric:
        return ["AWS/EventBridge/Pipes", name, "PipeName", self.board.source.part("activities"), {"label": label}]


def _activity_graphs(metrics: _Metrics) -> list[Widget]:
    outcomes = (names.COUNTED, names.REJECTED, names.UNFIT, names.IGNORED, names.DUPLICATE)
    return [
        metrics.graph("Activities", *(metrics.own(name, name.removeprefix("Activities").lower()) for name in outcomes)),
        metrics.graph("Rejected, by reason", metrics.own_by_reason(names.REJECTED_BY_REASON)),
        metrics.graph("Windows missed, by reason", metrics.own_by_reason(names.MISSED_BY_REASON)),
        metrics.graph(
            "Waiting for the processor",
            metrics.queue("activities", "ApproximateNumberOfMessagesVisible", "activities"),
            metrics.queue("activities", "ApproximateAgeOfOldestMessage", "age of the oldest, seconds", yAxis="right"),
        ),
    ]


def _snapshot_graphs(metrics: _Metrics) -> list[Widget]:
    sources = ("activities", "feed" if metrics.board.feed else "pipe", "schedule")
    return [
        metrics.graph(
            "Behind, seconds",
            metrics.measured(names.SNAPSHOT_AGE, "age of the newest snapshot"),
            metrics.measured(names.ARRIVAL_LAG, "activities on their way", yAxis="right"),
        ),
        metrics.graph(
            "Rebuild, milliseconds",
            *(metrics.function("rebuilder", "Duration", stat, stat=stat) for stat in ("p99", "Maximum")),
        ),
        metrics.graph(
            "Dead letters",
            *(
                metrics.queue(f"{source}-dead-letters", "ApproximateNumberOfMessagesVisible", source)
                for source in sources
            ),
        ),
    ]


def _api_graphs(metrics: _Metrics) -> list[Widget]:
    return [
        metrics.graph(
            "API behind its cache, requests",
            metrics.function("api", "UrlRequestCount", "all"),
            metrics.function("api", "Invocations", "that got through"),
            metrics.function("api", "Url4xxCount", "4xx"),
            metrics.function("api", "Url5xxCount", "5xx"),
        ),
        metrics.graph(
            "API, milliseconds",
            *(metrics.function("api", "UrlRequestLatency", stat, stat=stat) for stat in ("p50", "p99")),
        ),
        metrics.graph(
            "Errors and throttles",
            metrics.own(names.PROCESSING_ERRORS, "processing errors"),
            *(metrics.function(part, "Errors", f"{part}: errors") for part in _FUNCTIONS),
            *(metrics.function(part, "Throttles", f"{part}: throttles") for part in _FUNCTIONS),
        ),
    ]


def _resource_graphs(metrics: _Metrics) -> list[Widget]:
    tables = ("activities", "aggregates", "marks")
    return [
        metrics.graph(
            "Pipe of the feed" if metrics.board.feed else "Pipe",
            metrics.pipe("EventCount", "activities"),
            metrics.pipe("ExecutionFailed", "failed batches"),
            metrics.pipe("ExecutionPartiallyFailed", "partly failed batches"),
            metrics.pipe("ExecutionTimeout", "late batches"),
            metrics.pipe("ExecutionThrottled", "throttled"),
        ),
        metrics.graph(
            "Functions, p99 milliseconds",
            *(metrics.function(part, "Duration", part, stat="p99") for part in _FUNCTIONS),
        ),
        metrics.graph(
            "Table units",
            *(metrics.table(part, "ConsumedWriteCapacityUnits", f"{part}: written") for part in tables),
            metrics.table("aggregates", "ConsumedReadCapacityUnits", "aggregates: read"),
        ),
    ]


def _place_widgets(rows: list[list[Widget]]) -> list[Widget]:
    """Place widgets side by side in their rows. A row of graphs is 6 units high, any other row 2."""
    placed, y = [], 0
    for row in rows:
        width = WIDTH // len(row)
        height = 6 if row[0]["type"] == "metric" else 2
        placed += [
            {"x": index * width, "y": y, "width": width, "height": height, **widget} for index, widget in enumerate(row)
        ]
        y += height
    return placed
