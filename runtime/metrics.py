"""The metrics that a board's functions write, each as a line of their log (CloudWatch's embedded metric format).

CloudWatch bills a metric for each hour in which it has a value, so a board where nobody plays writes two: those of the
watch. Every other one is written only when it says something. Each has the dimension `service`, the board's name in
AWS; those by reason have `reason` too. An alarm or a graph may only name what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping

COUNTED, REJECTED = "ActivitiesCounted", "ActivitiesRejected"
"""How many activities were counted, and rejected. Both are written where one of them is not 0: a percentage needs
both."""
UNFIT = "ActivitiesUnfit"
"""How many of the rejected do not fit the board, whoever plays: all but those over a limit, which is mostly one
player who cheats. The alarm looks at these."""
IGNORED, DUPLICATE = "ActivitiesIgnored", "ActivitiesDuplicate"
"""How many activities were not for the board, and how many had been decided on before."""
PROCESSING_ERRORS = "ProcessingErrors"
"""How many messages a batch could not process. Lambda itself counts what ends a function."""
REJECTED_BY_REASON, MISSED_BY_REASON = "ActivitiesRejectedByReason", "WindowsMissedByReason"
"""How many activities were rejected, and how often a window did not take one that another window took, by reason."""
ARRIVAL_LAG, SNAPSHOT_AGE = "ArrivalLagSeconds", "SnapshotAgeSeconds"
"""What the watch measures: how long activities are on their way, and how old the newest snapshot is."""
HEALED = "RanksHealed"
"""How often ranks that were made of changes differed from those that were read from the table as a whole."""

NAMES = (COUNTED, REJECTED, UNFIT, IGNORED, DUPLICATE, PROCESSING_ERRORS, ARRIVAL_LAG, SNAPSHOT_AGE, HEALED)
"""Every metric with the one dimension `service`."""
NAMES_BY_REASON = (REJECTED_BY_REASON, MISSED_BY_REASON)
"""Every metric with the dimensions `reason` and `service`."""


def write(values: Mapping[str, float], unit: str = "Count", reason: str | None = None) -> None:
    """Write metrics of one unit as one line of the log; nothing where there are none."""
    # Imported here: the generator reads the names above, and is quicker without the library.
    from aws_lambda_powertools.metrics import EphemeralMetrics

    if not values:
        return
    line = EphemeralMetrics()
    for name, value in values.items():
        line.add_metric(name, unit, value)
    if reason is not None:
        line.add_dimension("reason", reason)
    line.flush_metrics()


def write_by_reason(name: str, counts: Mapping[str, int]) -> None:
    """Write one metric with a value for each reason, in the order of the reasons."""
    for reason, count in sorted(counts.items()):
        write({name: count}, reason=reason)
