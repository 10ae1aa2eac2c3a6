"""Reads metrics and alarms from Amazon CloudWatch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from generator.alarms.alarm import Metric, Statistic
from generator.operations.measuring.measured import AlarmReading, NamedAlarms
from generator.operations.running_board import aws_errors_as_operation_errors

ALARMS, QUERIES = 100, 500
"""Alarms that DescribeAlarms takes by name, and queries that GetMetricData takes, in one request (Amazon CloudWatch API
reference, "DescribeAlarms" and "GetMetricData")."""

_Each = TypeVar("_Each")


class MeasuredInAws:
    """The metrics and alarms of a bundle that is deployed: see `Measured`."""

    def __init__(self, cloudwatch: Any, alarms: NamedAlarms) -> None:
        """`cloudwatch`: a boto3 client for CloudWatch, in the bundle's region. `alarms`: those to read."""
        self._cloudwatch = cloudwatch
        self._alarms = alarms

    def read_alarms(self) -> tuple[AlarmReading, ...]:
        """Every alarm that the bundle has."""
        found: dict[str, dict[str, Any]] = {}
        with aws_errors_as_operation_errors():
            for some in _split([alarm.name for alarm in self._alarms.every], ALARMS):
                answer = self._cloudwatch.describe_alarms(
                    AlarmNames=some, AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=ALARMS
                )
                alarms = (*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ()))
                found.update({alarm["AlarmName"]: alarm for alarm in alarms})
        return tuple(_read_alarm(alarm.name, alarm.description, found.get(alarm.name)) for alarm in self._alarms.every)

    def list_metrics(self, namespace: str, name: str) -> tuple[Metric, ...]:
        """The metrics of this name that have had a value in the last two weeks."""
        found: list[Metric] = []
        request = {"Namespace": namespace, "MetricName": name}
        with aws_errors_as_operation_errors():
            while True:
                answer = self._cloudwatch.list_metrics(**request)
                for each in answer["Metrics"]:
                    found.append(Metric.of(namespace, name, {one["Name"]: one["Value"] for one in each["Dimensions"]}))
                if not answer.get("NextToken"):
                    return tuple(sorted(found))
                request["NextToken"] = answer["NextToken"]

    def read(self, statistics: Sequence[Statistic], begin: int, end: int) -> Mapping[Statistic, Mapping[int, float]]:
        """Each statistic from one instant to another, in seconds since 1970, by the beginning of its period."""
        found: dict[Statistic, dict[int, float]] = {statistic: {} for statistic in statistics}
        times = {"StartTime": datetime.fromtimestamp(begin, UTC), "EndTime": datetime.fromtimestamp(end, UTC)}
        with aws_errors_as_operation_errors():
            for some in _split([*found], QUERIES):
                queries = [_make_query(number, statistic) for number, statistic in enumerate(some)]
                request = {"MetricDataQueries": queries, **times}
                while True:
                    answer = self._cloudwatch.get_metric_data(**request)
                    for result in answer["MetricDataResults"]:
                        points = zip(result["Timestamps"], result["Values"], strict=True)
                        found[some[int(result["Id"][1:])]].update({int(at.timestamp()): value for at, value in points})
                    if not answer.get("NextToken"):
                        break
                    request["NextToken"] = answer["NextToken"]
        return found


def _read_alarm(name: str, description: str, found: Mapping[str, Any] | None) -> AlarmReading:
    if found is None:
        return AlarmReading(name, description, None)
    changed = found.get("StateTransitionedTimestamp") or found.get("StateUpdatedTimestamp")
    return AlarmReading(name, description, found["StateValue"], int(changed.timestamp()) if changed else None)


def _make_query(number: int, statistic: Statistic) -> dict[str, Any]:
    metric = statistic.metric
    return {
        "Id": f"q{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
            },
            "Period": statistic.period,
            "Stat": statistic.kind,
        },
    }


def _split(items: Sequence[_Each], size: int) -> Iterator[Sequence[_Each]]:
    """Parts of a sequence, each of which is as long as `size` or shorter."""
    return (items[begin : begin + size] for begin in range(0, len(items), size))
