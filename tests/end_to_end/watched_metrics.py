"""What an alarm of a bundle watches, and what a function's log adds to that."""

from __future__ import annotations

import json
from typing import Any

import hcl2

from generator.local.local_bundle import generate_local_bundle
from generator.local.stack import Stack
from tests.end_to_end.deployed import (
    read_metrics,
)


def read_alarm_metric(stack: Stack, name: str) -> dict[str, Any]:
    """Namespace, name and dimensions of the metric that the bundle's alarm on processing errors watches."""
    files = generate_local_bundle(stack.boards[name].board)
    tree = json.loads(json.dumps(hcl2.loads(files["terraform/alarms.tf"].decode())).replace('\\"', ""))
    for resource in tree["resource"]:
        for query in (
            resource.get("aws_cloudwatch_metric_alarm", {}).get("processing_errors", {}).get("metric_query", [])
        ):
            if query["id"] == "handled":
                [metric] = query["metric"]
                return {key: metric[key] for key in ("namespace", "metric_name", "dimensions")}
    raise AssertionError("the bundle has no such alarm")


def sum_metric(log: str, watched: dict[str, Any]) -> float:
    """The sum that a log adds to the metric that an alarm watches."""
    total = 0.0
    for document in read_metrics(log):
        for directive in document["_aws"]["CloudWatchMetrics"]:
            dimensions = [{name: document[name] for name in names} for names in directive["Dimensions"]]
            names = [metric["Name"] for metric in directive["Metrics"]]
            if directive["Namespace"] == watched["namespace"] and watched["metric_name"] in names:
                assert dimensions == [watched["dimensions"]]
                values = document[watched["metric_name"]]
                total += sum(values) if isinstance(values, list) else values
    return total
