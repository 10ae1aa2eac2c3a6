"""Graphs and figures that dashboards of boards and of feeds have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.rendering.watching.metrics import BundleMetrics, express, hide
from generator.rendering.watching.widgets import Metric, Widget, make_graph, make_number

WAITING = "ApproximateNumberOfMessagesVisible"
_PIPE_FAILS = {
    "ExecutionFailed": "failed batches",
    "ExecutionTimeout": "late batches",
    "ExecutionThrottled": "throttled",
    "TargetStageFailed": "batches that were not taken",
    "ExecutionPartiallyFailed": "partly failed batches",
}
"""What a pipe may fail by. The last is no failure for the alarm: a record of it that stays becomes a dead letter."""


@dataclass(frozen=True)
class Question:
    """A question, how its answer is read, and the widgets that give it: lines of widgets, each at most 24 wide."""

    asked: str
    read: str
    lines: tuple[tuple[Widget, ...], ...]


def show_pipe(metrics: BundleMetrics, region: str) -> Widget:
    """What fails in the pipe, by the period of its alarm."""
    shown = [metrics.pipe(name, label) for name, label in _PIPE_FAILS.items()]
    return make_graph("The pipe, failures in 5 minutes", region, shown, [("pipe-failures", 1)], period=300)


def show_dead_letters(
    metrics: BundleMetrics, region: str, queues: Sequence[str], threshold: int, always: Metric
) -> tuple[Widget, Widget]:
    """How many dead letters there are, in all and by what they are of.

    A queue has no value in the newest period until SQS has measured it: there its last one stands. `always` has values
    in any case, and gives 0 where no queue ever had one.
    """
    kept = [metrics.queue(f"{part}-dead-letters", WAITING, part) for part in queues]
    terms = [*(f"FILL(q{number}, REPEAT)" for number in range(len(kept))), "FILL(always, 0) * 0"]
    hidden = [*(hide(metric, f"q{number}") for number, metric in enumerate(kept)), hide(always, "always")]
    total = express(f"SUM([{', '.join(terms)}])", "dead letters")
    return (
        make_number("Dead letters", region, [total, *hidden]),
        make_graph("Dead letters", region, kept, [("dead letters", threshold)]),
    )
