"""The commands by which other programs read the metrics and alarms of a run, as AWS's CloudWatch would tell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from generator.alarms.alarm import Metric, Statistic
from generator.alarms.comparing import is_statistic
from generator.errors import InputError, LocalError
from generator.local.doors.control import Command
from generator.local.services.cloudwatch import CloudWatch

POINTS = 10_000
"""Data points that one answer has at the most."""


def make_metric_commands(cloudwatch: CloudWatch) -> dict[str, Command]:
    """The commands by name. Instants are numbers, in seconds since 1970.

    alarms   {} -> {"alarms": [{"name", "description", "state", "since"}]}, at the end of the last minute
    metrics  {} -> {"metrics": [{"namespace", "name", "dimensions"}]}, those that have a value
    series   {"statistics": [{"namespace", "name", "dimensions", "kind", "period"}], "begin", "end"}
             -> {"series": [[[instant, value], ...], ...]}, by the beginning of each period that has a value
    """

    def alarms(_arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return {"alarms": [asdict(alarm) for alarm in cloudwatch.read_alarms()]}
        except OSError as error:
            raise LocalError(f"the embedded AWS does not tell what is in its queues: {error}") from None

    def metrics(_arguments: Mapping[str, Any]) -> dict[str, Any]:
        found = cloudwatch.datapoints.metrics
        return {
            "metrics": [
                {"namespace": one.namespace, "name": one.name, "dimensions": dict(one.dimensions)} for one in found
            ]
        }

    def series(arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            statistics = [_read_statistic(each) for each in arguments["statistics"]]
            begin, end = int(arguments["begin"]), int(arguments["end"])
            if sum((end - begin) // each.period + 1 for each in statistics) > POINTS:
                raise ValueError("too many data points")
        except (KeyError, TypeError, ValueError, AttributeError):
            raise InputError(
                f"`series` asks for statistics, from `begin` to `end`, of {POINTS} values or less"
            ) from None
        return {"series": [[*cloudwatch.datapoints.read_series(each, begin, end).items()] for each in statistics]}

    return {"alarms": alarms, "metrics": metrics, "series": series}


def _read_statistic(given: Mapping[str, Any]) -> Statistic:
    kind, period = str(given["kind"]), int(given["period"])
    if not is_statistic(kind) or period < 60 or period % 60:
        raise ValueError(kind)
    dimensions = {str(name): str(value) for name, value in given["dimensions"].items()}
    return Statistic(Metric.of(str(given["namespace"]), str(given["name"]), dimensions), kind, period)
