"""Keeps the values of metrics by the minute, for alarms and graphs: as much as they need, and no more than fits."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterable

from generator.alarms.alarm import Metric, Statistic
from generator.alarms.comparing import find_statistic

KEPT_MINUTES = 180
"""Minutes with values that are kept of a metric, the newest: three hours of one that has some in each."""

KEPT_METRICS = 5000
"""Metrics that are kept: those that came first. A board has some eighty."""

DIGITS = 3
"""Decimal digits of a value that are kept, for percentiles. Sums are exact where values have no more, as counts have
up to 999; a minute of latencies holds a few hundred different ones."""

MINUTE = 60
"""Seconds."""


class Datapoints:
    """The values of metrics. Several threads may write and read it."""

    def __init__(self) -> None:
        self._minutes: dict[Metric, dict[int, Counter[float]]] = {}
        self._lock = threading.Lock()

    def put(self, metric: Metric, instant: float, value: float, times: int = 1) -> None:
        """Write a value that came at an instant, in seconds since 1970, once or several times."""
        with self._lock:
            if metric not in self._minutes and len(self._minutes) >= KEPT_METRICS:
                return
            minutes = self._minutes.setdefault(metric, {})
            minute = int(instant) // MINUTE * MINUTE
            if minute not in minutes:
                minutes[minute] = Counter()
                if len(minutes) > KEPT_MINUTES:
                    del minutes[min(minutes)]
            if minute in minutes:
                minutes[minute][_round(value)] += times

    def read(self, statistic: Statistic, end: int) -> float | None:
        """A statistic over the period that ends at an instant, in seconds since 1970; None where no value came."""
        with self._lock:
            minutes = self._minutes.get(statistic.metric, {})
            begin = end - statistic.period
            wanted: Iterable[int] = range(begin, end, MINUTE)
            if statistic.period > MINUTE * len(minutes):
                wanted = [minute for minute in minutes if begin <= minute < end]
            found = [minutes[minute] for minute in wanted if minute in minutes]
            if not found:
                return None
            counts = found[0] if len(found) == 1 else sum(found, Counter[float]())
            return find_statistic(statistic.kind, counts)

    def read_series(self, statistic: Statistic, begin: int, end: int) -> dict[int, float]:
        """A statistic of each period between two instants, by the beginning of the period; without empty ones.

        Periods begin at multiples of their length since 1970.
        """
        first = begin // statistic.period * statistic.period
        points = {at: self.read(statistic, at + statistic.period) for at in range(first, end, statistic.period)}
        return {at: point for at, point in points.items() if point is not None}

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric that has a value."""
        with self._lock:
            return tuple(sorted(self._minutes))


def _round(value: float) -> float:
    """A value with DIGITS digits, and a whole number as it is up to a million: counts are summed up."""
    if value == int(value) and abs(value) < 1e6:
        return float(value)
    return round(value, DIGITS - 1 - math.floor(math.log10(abs(value))))
