"""The metrics of a board or a feed, as widgets name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.board.board import Board
from generator.board.bundle import ResourceNames
from generator.board.feed import Feed
from generator.rendering.watching.widgets import Metric

DISTRIBUTION = "${distribution}"
"""What stands for the id of the board's distribution, which is known once it is made: Terraform puts it in."""
ACCOUNT = "${account}"
"""What stands for the account in an ARN, which may be known only when it is applied: Terraform puts it in."""
CDN_REGION = "us-east-1"
"""Where CloudFront's metrics are (Amazon CloudFront developer guide, "Types of metrics for CloudFront")."""


def express(expression: str, label: str, **options: Any) -> Metric:
    """An expression of metric math."""
    return [{"expression": expression, "label": label, **options}]


def hide(metric: Metric, name: str) -> Metric:
    """A metric that is not shown, for expressions that name it."""
    return [*metric[:-1], {**metric[-1], "id": name, "visible": False}]


def search(scheme: Sequence[str], name: str, given: str, by: str) -> Metric:
    """Every metric of a name: the graph has a line for each value of a dimension, `by`. `scheme`: namespace and
    dimensions; `given`: a dimension with its value."""
    return express(f"SEARCH('{{{','.join(scheme)}}} MetricName=\"{name}\" {given}', 'Sum')", f"${{PROP('Dim.{by}')}}")


@dataclass(frozen=True)
class BundleMetrics:
    """The metrics of what boards and feeds both have. Options are those of a metric in a widget, such as `stat`."""

    names: ResourceNames
    source: ResourceNames
    """The names of what has the pipe, which may be those of a feed."""

    def queue(self, part: str, name: str, label: str, **options: Any) -> Metric:
        """A metric of SQS: the highest value of a period, if no other statistic is asked for."""
        options = {"label": label, "stat": "Maximum", **options}
        return ["AWS/SQS", name, "QueueName", self.names.part(part), options]

    def table(self, part: str, name: str, label: str, **options: Any) -> Metric:
        """A metric of DynamoDB."""
        return ["AWS/DynamoDB", name, "TableName", self.names.part(part), {"label": label, **options}]

    def pipe(self, name: str, label: str, **options: Any) -> Metric:
        """A metric of the pipe."""
        return ["AWS/EventBridge/Pipes", name, "PipeName", self.source.part("activities"), {"label": label, **options}]


@dataclass(frozen=True)
class BoardMetrics(BundleMetrics):
    """The metrics of one board."""

    board: Board

    @classmethod
    def of(cls, board: Board) -> BoardMetrics:
        """Those of a board."""
        return cls(board.names, board.source, board)

    def own(self, name: str, label: str, **options: Any) -> Metric:
        """A metric that the board's functions write."""
        return ["Leaderboards", name, "service", self.names.prefix, {"label": label, **options}]

    def measured(self, name: str, label: str, **options: Any) -> Metric:
        """A metric that the watch writes: one value for each of its periods."""
        return self.own(name, label, stat="Maximum", period=300, **options)

    def own_by_reason(self, name: str) -> Metric:
        """Every metric of this name that the board's functions write: the graph has a line for each reason."""
        return search(("Leaderboards", "reason", "service"), name, f'service="{self.names.prefix}"', "reason")

    def function(self, part: str, name: str, label: str, **options: Any) -> Metric:
        """A metric of Lambda."""
        return ["AWS/Lambda", name, "FunctionName", self.names.part(part), {"label": label, **options}]

    def machine(self, name: str, label: str, **options: Any) -> Metric:
        """A metric of Step Functions: of the state machine that assembles."""
        arn = f"arn:aws:states:{self.board.region}:{ACCOUNT}:stateMachine:{self.names.part('assembly')}"
        return ["AWS/States", name, "StateMachineArn", arn, {"label": label, **options}]

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


@dataclass(frozen=True)
class FeedMetrics(BundleMetrics):
    """The metrics of one feed."""

    feed: Feed

    @classmethod
    def of(cls, feed: Feed) -> FeedMetrics:
        """Those of a feed."""
        return cls(feed.names, feed.names, feed)

    def bus_by_rule(self, name: str) -> Metric:
        """Every metric of this name that EventBridge has of the feed's bus: the graph has a line for each rule, which
        is a board's, or the one of strays."""
        scheme = ("AWS/Events", "EventBusName", "RuleName")
        return search(scheme, name, f'EventBusName="{self.names.part("activities")}"', "RuleName")
