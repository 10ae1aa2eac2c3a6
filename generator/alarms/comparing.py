"""Compares data points with a threshold, and says what state they make, with CloudWatch's rules of missing data.

(Amazon CloudWatch user guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data".)
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence

from generator.alarms.alarm import MetricAlarm, State

EXTRA_PERIODS = 2
"""How many periods more than it needs CloudWatch looks back where data are missing. It depends, says the user guide,
which shows five for an alarm of three."""

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


def is_statistic(kind: str) -> bool:
    """Whether `find_statistic` knows a statistic."""
    return kind in ("SampleCount", "Sum", "Average", "Minimum", "Maximum") or _PERCENTILE.fullmatch(kind) is not None


def find_statistic(kind: str, counts: Mapping[float, int]) -> float:
    """A statistic of values: `counts` says how often each came, of which there must be one at least.

    A percentile is a value that came: the least one that so many percent of them do not go beyond.
    """
    samples = sum(counts.values())
    if kind == "SampleCount":
        return float(samples)
    if kind == "Minimum":
        return min(counts)
    if kind == "Maximum":
        return max(counts)
    if found := _PERCENTILE.fullmatch(kind):
        return _find_percentile(float(found[1]), counts, samples)
    total = sum(value * count for value, count in counts.items())
    return total if kind == "Sum" else total / samples


def _find_percentile(percent: float, counts: Mapping[float, int], samples: int) -> float:
    passed = 0
    for value in sorted(counts):
        passed += counts[value]
        if passed * 100 >= percent * samples:
            return value
    return max(counts)


def find_state(alarm: MetricAlarm, points: Sequence[float | None], before: State) -> State:
    """The state of an alarm whose state was `before`. `points`: those it looks at, the newest first; None is missing.

    Where enough real data points are there, those decide. Else as few as possible are taken for what the alarm says of
    missing ones.
    """
    breaches = COMPARISONS[alarm.comparison]
    found = [(age, point) for age, point in enumerate(points, 1) if point is not None][: alarm.evaluation_periods]
    ages = [age for age, point in found if breaches(point, alarm.threshold)]
    missing = alarm.evaluation_periods - len(found)
    breaching = len(ages) + (missing if alarm.treat_missing == "breaching" else 0)
    if breaching >= alarm.datapoints_to_alarm:
        return "ALARM"
    if not missing or alarm.treat_missing in ("breaching", "notBreaching"):
        return "OK"
    if not found:
        return "INSUFFICIENT_DATA" if alarm.treat_missing == "missing" else before
    if len(ages) < len(found):
        return "OK"
    # All that is there breaches, but it is too little. An alarm that ignores what is missing stays as it is. Another
    # waits until the oldest is as old as the points that it needs ("Avoiding premature transitions to alarm state").
    if alarm.treat_missing == "ignore":
        return before
    return "ALARM" if ages[-1] >= alarm.datapoints_to_alarm else "OK"
