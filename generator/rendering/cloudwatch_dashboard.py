"""The team's CloudWatch dashboard, as data: what the board does and how well it is."""

from __future__ import annotations

from typing import Any

from generator.board.board import Board
from generator.rendering import escaping

WIDTH = 24
"""Columns of a dashboard (Amazon CloudWatch API reference, "Dashboard body structure and syntax")."""

Metric = list[Any]
Widget = dict[str, Any]


def operations(board: Board) -> str:
    """`cloudwatch-dashboard.json`: the body of the dashboard."""
    rows = [[_header(board)], *_health(board), *_rows(board)]
    return escaping.json_file({"widgets": _placed(rows)})


def _header(board: Board) -> Widget:
    words = f"Board {board.name} of team {board.team}. What to do about an alarm stands in the bundle's README."
    return {"type": "text", "properties": {"markdown": f"# {escaping.markdown(board.config.title)}\n{words}"}}


def _health(board: Board) -> list[list[Widget]]:
    # An alarm is shown by its ARN, which needs the account.
    if board.account_id is None:
        return []
    arn = f"arn:aws:cloudwatch:{board.region}:{board.account_id}:alarm:{board.names.part('unhealthy')}"
    return [[{"type": "alarm", "properties": {"title": "Health", "alarms": [arn]}}]]


def _rows(board: Board) -> list[list[Widget]]:
    functions = ("processor", "rebuilder", "api")

    def graph(title: str, *metrics: Metric) -> Widget:
        return _graph(board.region, title, list(metrics))

    def own(name: str, label: str, **options: str) -> Metric:
        return ["Leaderboards", name, "service", board.names.prefix, {"label": label, **options}]

    def function(part: str, name: str, label: str, **options: str) -> Metric:
        return ["AWS/Lambda", name, "FunctionName", board.names.part(part), {"label": label, **options}]

    def queue(part: str, name: str, label: str, **options: str) -> Metric:
        return ["AWS/SQS", name, "QueueName", board.names.part(part), {"label": label, "stat": "Maximum", **options}]

    def table(part: str, name: str, label: str) -> Metric:
        return ["AWS/DynamoDB", name, "TableName", board.names.part(part), {"label": label}]

    def pipe(name: str, label: str) -> Metric:
        return ["AWS/EventBridge/Pipes", name, "PipeName", board.names.part("activities"), {"label": label}]

    def by_reason(name: str) -> Metric:
        search = f'{{Leaderboards,reason,service}} MetricName="{name}" service="{board.names.prefix}"'
        return [{"expression": f"SEARCH('{search}', 'Sum')", "label": "${PROP('Dim.reason')}"}]

    return [
        [
            graph(
                "Activities",
                *(own(f"Activities{name}", name.lower()) for name in ("Counted", "Rejected", "Ignored", "Duplicate")),
            ),
            graph("Rejected, by reason", by_reason("ActivitiesRejectedByReason")),
            graph("Windows missed, by reason", by_reason("WindowsMissedByReason")),
            graph(
                "Waiting for the processor",
                queue("activities", "ApproximateNumberOfMessagesVisible", "activities"),
                queue("activities", "ApproximateAgeOfOldestMessage", "age of the oldest, seconds", yAxis="right"),
            ),
        ],
        [
            graph(
                "Snapshots",
                own("SnapshotsWritten", "written"),
                own("SnapshotPlayers", "players", stat="Maximum", yAxis="right"),
            ),
            graph("Events to EventBridge", own("EventsSent", "sent")),
            graph("Rebuild, milliseconds", *(own("RebuildMilliseconds", stat, stat=stat) for stat in ("p50", "p99"))),
            graph(
                "Dead letters",
                *(
                    queue(f"{source}-dead-letters", "ApproximateNumberOfMessagesVisible", source)
                    for source in ("activities", "pipe", "schedule")
                ),
            ),
        ],
        [
            graph(
                "API behind its cache, requests",
                function("api", "UrlRequestCount", "all"),
                function("api", "Url4xxCount", "4xx"),
                function("api", "Url5xxCount", "5xx"),
            ),
            graph(
                "API, milliseconds",
                *(function("api", "UrlRequestLatency", stat, stat=stat) for stat in ("p50", "p99")),
            ),
            graph(
                "Errors and throttles",
                own("ProcessingErrors", "processing errors"),
                *(function(part, "Errors", f"{part}: errors") for part in functions),
                *(function(part, "Throttles", f"{part}: throttles") for part in functions),
            ),
        ],
        [
            graph(
                "Pipe",
                pipe("EventCount", "activities"),
                pipe("ExecutionFailed", "failed batches"),
                pipe("ExecutionThrottled", "throttled"),
            ),
            graph(
                "Functions, p99 milliseconds",
                *(function(part, "Duration", part, stat="p99") for part in functions),
            ),
            graph(
                "Table units",
                *(
                    table(part, "ConsumedWriteCapacityUnits", f"{part}: written")
                    for part in ("activities", "aggregates", "marks")
                ),
                table("aggregates", "ConsumedReadCapacityUnits", "aggregates: read"),
            ),
        ],
    ]


def _graph(region: str, title: str, metrics: list[Metric]) -> Widget:
    return {
        "type": "metric",
        "properties": {
            "title": title,
            "region": region,
            "view": "timeSeries",
            "stat": "Sum",
            "period": 60,
            "yAxis": {"left": {"min": 0}},
            "metrics": metrics,
        },
    }


def _placed(rows: list[list[Widget]]) -> list[Widget]:
    """Widgets side by side in their rows, each row as high as what is in it."""
    placed, y = [], 0
    for row in rows:
        width = WIDTH // len(row)
        height = 6 if row[0]["type"] == "metric" else 2
        placed += [
            {"x": index * width, "y": y, "width": width, "height": height, **widget} for index, widget in enumerate(row)
        ]
        y += height
    return placed
