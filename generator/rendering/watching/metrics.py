"""The metrics of a board, as widgets name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.board.board import Board
from generator.rendering.watching.widgets import Metric

DISTRIBUTION = "${distribution}"
"""What stands for the id of the board's distribution, which is known once it is made: Terraform puts it in."""
CDN_REGION = "us-east-1"
"""Where CloudFront's metrics are (Amazon CloudFront developer guide, "Types of metrics for CloudFront")."""


def express(expression: str, label: str, **options: Any) -> Metric:
    """An expression of metric math."""
    return [{"expression": expression, "label": label, **options}]


@dataclass(frozen=True)
class BoardMetrics:
    """The metrics of one board. Options are those of a metric in a widget, such as `stat` or `yAxis`."""

    board: Board

    def own(self, name: str, label: str, **options: Any) -> Metric:
        """A metric that the board's functions write."""
        return ["Leaderboards", name, "service", self.board.names.prefix, {"label": label, **options}]

    def measured(self, name: str, label: str, **options: Any) -> Metric:
        """A metric that the watch writes: one value for each of its periods."""
        return self.own(name, label, stat="Maximum", period=300, **options)

    def own_by_reason(self, name: str) -> Metric:
        """Every metric of this name that the board's functions write: the graph has a line for each reason."""
        search = f'{{Leaderboards,reason,service}} MetricName="{name}" service="{self.board.names.prefix}"'
        return express(f"SEARCH('{search}', 'Sum')", "${PROP('Dim.reason')}")

    def function(self, part: str, name: str, label: str, **options: Any) -> Metric:
        """A metric of Lambda."""
        return ["AWS/Lambda", name, "FunctionName", self.board.names.part(part), {"label": label, **options}]

    def queue(self, part: str, name: str, label: str, **options: Any) -> Metric:
        """A metric of SQS: the highest value of a period, if no other statistic is asked for."""
        options = {"label": label, "stat": "Maximum", **options}
        return ["AWS/SQS", name, "QueueName", self.board.names.part(part), options]

    def table(self, part: str, name: str, label: str, **options: Any) -> Metric:
        """A metric of DynamoDB."""
        return ["AWS/DynamoDB", name, "TableName", self.board.names.part(part), {"label": label, **options}]

    def pipe(self, name: str, label: str, **options: Any) -> Metric:
        """A metric of the pipe, which may be a feed's."""
        pipe = self.board.source.part("activities")
        return ["AWS/EventBridge/Pipes", name, "PipeName", pipe, {"label": label, **options}]

    def cdn(self, name: str, label: str, **options: Any) -> Metric:
        """A metric of CloudFront, whose `Region` is always Global."""
        whole = {"label": label, "region": CDN_REGION, **options}
        return ["AWS/CloudFront", name, "DistributionId", DISTRIBUTION, "Region", "Global", whole]

    @property
    def dead_letter_queues(self) -> tuple[str, ...]:
        """What the queues with dead letters are of."""
        return ("activities", "feed" if self.board.feed else "pipe", "schedule")

    @property
    def tables(self) -> tuple[str, ...]:
        """The board's own tables."""
        return (*(() if self.board.feed else ("activities",)), "aggregates", "marks")
