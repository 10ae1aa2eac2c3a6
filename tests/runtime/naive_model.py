"""A naive leaderboard: a list of activities and a sort. It shares no code with what it is compared to.

Zones are left to the windows' own tests: here every window is in UTC and starts at midnight.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction


@dataclass(frozen=True)
class Run:
    """One activity, as a game server wrote it."""

    player: str
    id: str
    at: int
    written: int
    name: str | None
    values: tuple[Fraction, ...]
    """The points that it gives each column, before rounding."""


@dataclass(frozen=True)
class Rules:
    """The rules of a board. Its seasons are the quarters of the year."""

    aggregate: str
    orders: tuple[str, ...]
    decimals: int
    ties: str
    windows: tuple[tuple[str, int], ...]
    """(every, days of a rolling window)"""
    per_minute: int | None = None
    most: int | None = None
    milestones: tuple[int, ...] = ()


@dataclass
class Row:
    """A player's row in the ranking."""

    rank: int
    percentile: float
    player: str
    name: str | None
    columns: tuple[Fraction, ...]
    at: int


@dataclass
class Model:
    """A board with everything that was counted."""

    rules: Rules
    grace: int
    counted: dict[str, list[Run]] = field(default_factory=lambda: defaultdict(list))
    """Runs by window id, in the order of processing."""
    rejected: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[str, str]] = field(default_factory=set)
    minutes: Counter[tuple[str, int]] = field(default_factory=Counter)
    events: list[tuple[str, str, int]] = field(default_factory=list)
    """The milestones that were reached, each once: (window id, player, milestone)."""

    def write(self, run: Run) -> None:
        """Process one activity."""
        if (run.player, run.id) in self.seen:
            return
        self.seen.add((run.player, run.id))
        rounded = run if self.rules.aggregate == "count" else self._rounded(run)
        if self.rules.most is not None and rounded.values[0] > self.rules.most:
            self.rejected["over_limit"] += 1
            return
        taken = [window for every in self.rules.windows if (window := self._takes(every, run))]
        if not taken:
            self.rejected["late"] += 1
            return
        minute = (run.player, run.at // 60_000)
        if self.rules.per_minute is not None and self.minutes[minute] >= self.rules.per_minute:
            self.rejected["over_limit"] += 1
            return
        self.minutes[minute] += 1
        for window in taken:
            self.counted[window].append(rounded)
            if self.rules.milestones and not window.startswith("rolling"):
                self._reach(window, run.player)

    def board(self, every: tuple[str, int], now: int) -> list[Row]:
        """Rank the current window of a kind."""
        runs: dict[str, list[Run]] = defaultdict(list)
        for window in self._current(every, now):
            for run in self.counted.get(window, []):
                runs[run.player].append(run)
        rows = [self._row(player, some) for player, some in runs.items()]
        keys = {row.player: self._key(row) for row in rows}
        rows.sort(key=lambda row: (keys[row.player], row.at, row.player))
        for place, row in enumerate(rows, 1):
            better = [keys[other.player] for other in rows if keys[other.player] < keys[row.player]]
            if self.rules.ties == "first":
                row.rank, worse = place, len(rows) - place
            else:
                row.rank = 1 + (len(better) if self.rules.ties == "shared" else len(set(better)))
                worse = sum(keys[other.player] > keys[row.player] for other in rows)
            others = len(rows) - 1
            row.percentile = 100.0 if not others else float(round(Fraction(1000 * worse, others))) / 10
        return rows

    def _row(self, player: str, runs: list[Run]) -> Row:
        named = [run for run in runs if run.name is not None]
        name = max(named, key=lambda run: run.id).name if named else None
        newest = max(run.at for run in runs)
        totals = tuple(sum(column, Fraction(0)) for column in zip(*(run.values for run in runs), strict=True))
        match self.rules.aggregate:
            case "sum":
                return Row(0, 0, player, name, totals, newest)
            case "count":
                return Row(0, 0, player, name, (Fraction(len(runs)),), newest)
            case "average":
                means = tuple(self._round(total / len(runs)) for total in totals)
                return Row(0, 0, player, name, means, newest)
            case "last":
                run = max(runs, key=lambda run: (run.at, run.id))
            case _:
                run = min(runs, key=lambda run: (self._better(run.values), run.at, run.id))
        return Row(0, 0, player, run.name, run.values, run.at)

    def _reach(self, window: str, player: str) -> None:
        """Note the milestones that a player's score is at or beyond for the first time."""
        runs = [run for run in self.counted[window] if run.player == player]
        first, high = self._row(player, runs).columns[0], self.rules.orders[0] == "descending"
        for milestone in sorted(self.rules.milestones):
            event = (window, player, milestone)
            if (first >= milestone if high else first <= milestone) and event not in self.events:
                self.events.append(event)

    def _better(self, values: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        return tuple(
            -value if order == "descending" else value for value, order in zip(values, self.rules.orders, strict=True)
        )

    def _key(self, row: Row) -> tuple[Fraction, ...]:
        return self._better(row.columns)

    def _rounded(self, run: Run) -> Run:
        return Run(run.player, run.id, run.at, run.written, run.name, tuple(map(self._round, run.values)))

    def _round(self, value: Fraction) -> Fraction:
        return Fraction(round(value * 10**self.rules.decimals), 10**self.rules.decimals)

    def _takes(self, every: tuple[str, int], run: Run) -> str | None:
        kind, days = every
        if kind == "all_time":
            return "all-time"
        if kind == "rolling":
            behind = _date(run.written).toordinal() - _date(run.at).toordinal()
            return None if behind >= days else f"rolling {_date(run.at):%Y-%m-%d}"
        return None if run.written > _end(kind, run.at) + self.grace else _name(kind, run.at)

    def _current(self, every: tuple[str, int], now: int) -> list[str]:
        kind, days = every
        if kind == "all_time":
            return ["all-time"]
        if kind == "rolling":
            return [f"rolling {_date(now) - timedelta(days=back):%Y-%m-%d}" for back in range(days)]
        return [_name(kind, now)]


def _date(instant: int) -> datetime:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _name(kind: str, instant: int) -> str:
    """A name for the window of an instant: any, if it is the same for all instants of the window."""
    if kind == "hour":
        return f"hour {instant // 3_600_000}"
    day = _date(instant)
    if kind == "week":
        return f"week {(day - timedelta(days=day.weekday())):%Y-%m-%d}"
    if kind == "season":
        return f"season {day:%Y} {(day.month - 1) // 3}"
    return f"{day:%Y-%m}" if kind == "month" else f"{day:%Y-%m-%d}"


def _end(kind: str, instant: int) -> int:
    """The end of the window of an instant, found by walking on hour by hour."""
    hour = instant - instant % 3_600_000
    while _name(kind, hour) == _name(kind, instant):
        hour += 3_600_000
    return hour
