"""Reads what CloudWatch has of bundles: of many in few requests, and of one in more detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generator.alarms.alarm import DAY, HOUR, Metric, Statistic
from generator.board.board import Board
from generator.board.feed import Feed
from generator.board.runbook.bundles import UNHEALTHY, list_entries
from generator.operations.measuring.measured import Measured
from generator.operations.status.facts import Measurements
from generator.operations.status.reached import Reached
from runtime import metrics
from runtime.domain.rejection import REASONS

PERIOD = 300
"""Seconds of a data point: the hour has twelve, and the gap of a watch is one."""
LAG_SECONDS = 3 * PERIOD
"""For how long the last value of a watch says how things are: one may be missed, and one is late."""
NAMESPACE = "Leaderboards"

_Points = Mapping[Statistic, Mapping[int, float]]


@dataclass(frozen=True)
class RunbookAlarm:
    """An alarm, as the runbook names it. Reading the Terraform of hundreds of bundles for their names takes long."""

    name: str
    description: str = ""


@dataclass(frozen=True)
class RunbookAlarms:
    """The alarms of bundles, each bundle's composite alarm last."""

    every: tuple[RunbookAlarm, ...]


def name_alarms(bundle: Board | Feed) -> tuple[str, ...]:
    """The names of a bundle's alarms in AWS: the composite alarm last."""
    parts = (*(entry.alarm for entry in list_entries(bundle)), UNHEALTHY)
    return tuple(bundle.names.part(part) for part in parts)


def measure(reached: Reached, bundles: Sequence[Board | Feed]) -> dict[str, Measurements]:
    """Read the alarms of all these bundles, and the two figures of each board that a table has, by their folders.

    Raises OperationError.
    """
    named = {bundle.folder: name_alarms(bundle) for bundle in bundles}
    alarms = RunbookAlarms(tuple(RunbookAlarm(name) for names in named.values() for name in names))
    measured = reached.measure(alarms)
    found = {alarm.name: alarm for alarm in measured.read_alarms()}
    now = reached.now() // 1000
    boards = [bundle for bundle in bundles if isinstance(bundle, Board)]
    rejected = _read(measured, [_of_board(board, metrics.REJECTED, "Sum") for board in boards], now, HOUR)
    lags = _read(measured, [_of_board(board, metrics.ARRIVAL_LAG, "Maximum") for board in boards], now, LAG_SECONDS)
    figures = {
        board.folder: Measurements(
            lag_seconds=_newest(lags[_of_board(board, metrics.ARRIVAL_LAG, "Maximum")]),
            rejected_hour=_total(rejected[_of_board(board, metrics.REJECTED, "Sum")], now - HOUR),
        )
        for board in boards
    }
    return {
        folder: replace(figures.get(folder, Measurements()), alarms=tuple(found[name] for name in names))
        for folder, names in named.items()
    }


def measure_more(reached: Reached, board: Board, known: Measurements, snapshot_at: int | None) -> Measurements:
    """Read also what only one board's page has room for. `snapshot_at`: when the newest snapshot's rebuild began.

    Raises OperationError.
    """
    measured, now = reached.measure(RunbookAlarms(())), reached.now() // 1000
    by_reason = [_of_board(board, metrics.REJECTED_BY_REASON, "Sum", reason=reason) for reason in REASONS]
    points = _read(measured, by_reason, now, DAY)
    counts = {
        seconds: {
            str(reason): _total(points[each], now - seconds) for reason, each in zip(REASONS, by_reason, strict=True)
        }
        for seconds in (HOUR, DAY)
    }
    return replace(
        known,
        reasons_hour=_leave_out_zeros(counts[HOUR]),
        reasons_day=_leave_out_zeros(counts[DAY]),
        rebuild_seconds=_read_duration(measured, board, snapshot_at),
    )


def _read_duration(measured: Measured, board: Board, snapshot_at: int | None) -> float | None:
    """How long the rebuild took that began at an instant.

    A duration stands at the instant at which the function began (AWS Lambda developer guide, "Types of metrics for
    Lambda functions"). A watch runs the same function, and takes less time.
    """
    if snapshot_at is None:
        return None
    dimensions = {"FunctionName": board.names.part("rebuilder")}
    statistic = Statistic(Metric.of("AWS/Lambda", "Duration", dimensions), "Maximum", 60)
    minute = snapshot_at // 60_000 * 60
    points = measured.read([statistic], minute - 60, minute + 60)[statistic]
    # One that began just before the minute had to start first.
    longest = points.get(minute, points.get(minute - 60))
    return None if longest is None else longest / 1000


def _of_board(board: Board, name: str, kind: str, **dimensions: str) -> Statistic:
    return Statistic(Metric.of(NAMESPACE, name, {"service": board.names.prefix, **dimensions}), kind, PERIOD)


def _read(measured: Measured, statistics: Sequence[Statistic], now: int, seconds: int) -> _Points:
    """Read statistics of the time until now. Periods are whole: the oldest begins a little before it."""
    begin = (now - seconds) // PERIOD * PERIOD
    return measured.read(statistics, begin, now) if statistics else {}


def _total(points: Mapping[int, float], begin: int) -> int:
    return round(sum(value for at, value in points.items() if at + PERIOD > begin))


def _newest(points: Mapping[int, float]) -> float | None:
    return points[max(points)] if points else None


def _leave_out_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    found = [(name, count) for name, count in counts.items() if count]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
