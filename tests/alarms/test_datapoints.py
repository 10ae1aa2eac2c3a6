"""Values by the minute: statistics, percentiles, and bounds."""

from __future__ import annotations

import pytest

from generator.alarms.alarm import Metric, Statistic
from generator.alarms.datapoints import KEPT_METRICS, KEPT_MINUTES, Datapoints

METRIC = Metric.of("AWS/Lambda", "Duration", {"FunctionName": "processor"})


def read(datapoints: Datapoints, kind: str, period: int = 300, end: int = 300) -> float | None:
    """A statistic of METRIC."""
    return datapoints.read(Statistic(METRIC, kind, period), end)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("SampleCount", 100), ("Sum", 5050), ("Average", 50.5), ("Minimum", 1), ("Maximum", 100)),
        *(("p50", 50), ("p99", 99), ("p99.9", 100), ("p0", 1), ("p100", 100)),
    ],
)
def test_statistics_of_several_minutes(kind: str, value: float) -> None:
    datapoints = Datapoints()
    for number in range(1, 101):
        datapoints.put(METRIC, number % 5 * 60 + 59.9, number)
    assert read(datapoints, kind) == value
    assert read(datapoints, kind, end=600) is None
    assert read(datapoints, kind, period=3600, end=3600) == value


def test_a_period_begins_and_ends_with_its_minutes() -> None:
    datapoints = Datapoints()
    for instant in (59.9, 60, 119.9, 120):
        datapoints.put(METRIC, instant, 1)
    assert [read(datapoints, "Sum", 60, end) for end in (60, 120, 180, 240)] == [1, 2, 1, None]
    assert datapoints.read_series(Statistic(METRIC, "Sum", 60), 0, 300) == {0: 1, 60: 2, 120: 1}
    assert datapoints.read_series(Statistic(METRIC, "Sum", 120), 60, 240) == {0: 3, 120: 1}


def test_values_keep_three_digits_and_counts_all_of_them() -> None:
    datapoints = Datapoints()
    for value, kept in ((12.3456, 12.3), (0.0012345, 0.00123), (-0.5, -0.5), (0, 0), (123_456, 123_456)):
        datapoints = Datapoints()
        datapoints.put(METRIC, 0, value, times=2)
        assert (read(datapoints, "Maximum"), read(datapoints, "SampleCount")) == (kept, 2)


def test_nothing_grows_for_ever() -> None:
    """The newest minutes stay, and what comes late for one that is gone is dropped."""
    datapoints = Datapoints()
    for minute in range(KEPT_MINUTES + 20):
        datapoints.put(METRIC, minute * 60, 1)
    datapoints.put(METRIC, 0, 1)
    assert read(datapoints, "SampleCount", 86_400, 86_400) == KEPT_MINUTES
    assert read(datapoints, "Sum", 60, 60) is None
    assert read(datapoints, "Sum", 60, (KEPT_MINUTES + 20) * 60) == 1
    for number in range(KEPT_METRICS + 10):
        datapoints.put(Metric.of("Leaderboards", "x", {"reason": str(number)}), 0, 1)
    assert len(datapoints.metrics) == KEPT_METRICS
