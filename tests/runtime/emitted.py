"""Reads the metrics that a function writes into its log."""

from __future__ import annotations

import json


def emitted_metrics(output: str) -> dict[tuple[str, ...], list[float]]:
    """The values of each metric in a function's output, by its name and its dimensions other than `service`."""
    metrics: dict[tuple[str, ...], list[float]] = {}
    for line in output.splitlines():
        written = json.loads(line)
        for block in written.get("_aws", {}).get("CloudWatchMetrics", []):
            assert block["Namespace"] == "Leaderboards"
            assert written["service"] == "arcade-weekly-kills"
            for metric in block["Metrics"]:
                metrics[metric["Name"], *sorted(set(block["Dimensions"][0]) - {"service"})] = written[metric["Name"]]
    return metrics
