"""A naive leaderboard: a list of activities and a sort. It shares no code with what it is compared to."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from fractions import Fraction

from tests.runtime.naive_rules import Columns, Rules, Run, attached, segment_value
from tests.runtime.naive_windows import DAY, date_of, end_of, rolling_days, start_of, window_of

MINUTE = 60_000


@dataclass
class Row:
    """A player's row in the ranking."""

    rank: int
    percentile: float
    player: str
    name: str | None
    columns: Columns
    at: int
    attached: dict[str, str] | None = None
    """None on a board that attaches nothing."""


SEARCHES = {"a": "ann", "BO": "bob", "uni": "uni", "ÜNÏ": "uni", "n": None, "Ann ": "ann"}
"""Texts to search for, each with the letters of the names that begin with it; None where no name does."""
BAD_NAMES = ("", "x" * 65, "a\nb", "\u200b", " \u3000")
"""Too short, too long, with a control character, and two that nobody can see."""


def find_named(rows: list[Row], text: str) -> list[Row]:
    """The rows whose name begins with one of SEARCHES. The names that runs have differ in their first letters."""
    plain = {"Ünï": "uni"}
    return [row for row in rows if row.name and plain.get(row.name, row.name.lower()) == SEARCHES[text]]


@dataclass
class Model:
    """A board with everything that was counted."""

    rules: Rules
    grace: int
    """In milliseconds."""
    counted: dict[str, list[Run]] = field(default_factory=lambda: defaultdict(list))
    """By window id, in the order of processing; the values are the points that the rules give."""
    rejected: Counter[str] = field(default_factory=Counter)
    """How many were rejected, by reason."""
    seen: set[tuple[str, str]] = field(default_factory=set)
    minutes: Counter[tuple[str, int]] = field(default_factory=Counter)
    events: list[tuple[str, str, int]] = field(default_factory=list)
    opened: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The windows that close, by id: (kind, end)."""
    closed: set[str] = field(default_factory=set)
    """The windows that take nothing any more, by id."""

    def write(self, run: Run, now: int | None = None) -> str:
        """Process one activity at `now` (or before it is too old for it), and say what became of it.

        That is counted, ignored, duplicate, or why it was rejected.
        """
        if (run.player, run.id) in self.seen:
            return "duplicate"
        verdict = self._judge(run, now)
        # Only what is counted or rejected is remembered.
        if verdict != "ignored":
            self.seen.add((run.player, run.id))
        if verdict not in ("ignored", "counted"):
            self.rejected[verdict] += 1
        return verdict

    def open_current(self, now: int) -> None:
        """A rebuild opens the windows of now, so that they are sealed though nobody plays in them."""
        for every, _ in self.rules.windows:
            self._open(every, now)

    def list_ended(self, now: int) -> set[str]:
        """The windows whose end and grace are over."""
        return {name for name, (_, end) in self.opened.items() if end + self.grace <= now}

    def board(self, every: tuple[str, int], now: int) -> list[Row]:
        """Rank the current window of a kind."""
        return self.rank(self.windows_of(every, now))

    def windows_of(self, every: tuple[str, int], now: int) -> list[str]:
        """The ids under which the current window of a kind is counted; none between two windows."""
        kind, days = every
        window = self.window(kind, now)
        return rolling_days(days, now) if kind == "rolling" else [window] if window else []

    def window(self, kind: str, instant: int) -> str | None:
        """The id of the window that an instant falls into; None between two windows."""
        lasts = dict(self.rules.lasts).get(kind)
        is_over = lasts is not None and instant >= start_of(kind, instant) + lasts
        return None if is_over else window_of(kind, instant)

    def previous(self, kind: str, now: int) -> str:
        """The id of the window before the current one; between two windows, of the one that was the last to end."""
        return window_of(kind, start_of(kind, now) - 1 if self.window(kind, now) else now)

    def rank(self, windows: list[str]) -> list[Row]:
        """Rank what was counted in some windows, taken together."""
        return self._place([self._row(player, runs) for player, runs in self._by_player(windows).items()])

    def rank_within(self, windows: list[str], most: int) -> dict[str, dict[str, list[Row]]]:
        """The same for the players of each value of each segment, among themselves; of the `most` largest values."""
        ranked = {}
        for name, field_, allowed in self.rules.segments:
            rows: dict[str, list[Row]] = defaultdict(list)
            for player, runs in self._by_player(windows).items():
                given = [(run.at, run.id, segment_value(run, field_, allowed)) for run in runs]
                _, _, newest = max((each for each in given if each[2] is not None), default=(0, "", None))
                if newest is not None:
                    rows[newest].append(self._row(player, runs))
            largest = sorted(rows, key=lambda value: (-len(rows[value]), value))[:most]
            ranked[name] = {value: self._place(rows[value]) for value in largest}
        return ranked

    def _by_player(self, windows: list[str]) -> dict[str, list[Run]]:
        by_player: dict[str, list[Run]] = defaultdict(list)
        for window in windows:
            for each in self.counted.get(window, []):
                by_player[each.player].append(each)
        return by_player

    def _place(self, rows: list[Row]) -> list[Row]:
        keys = {row.player: self._better(row.columns) for row in rows}
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

    def _judge(self, run: Run, now: int | None) -> str:
        if run.at > run.written + 5 * MINUTE:
            return "in_future"
        if run.at < run.written - 30 * DAY or (now is not None and run.written < now - 30 * DAY):
            return "too_old"
        points = self._points(run)
        if isinstance(points, str):
            return points
        verdicts = [self._takes(every, run) for every in self.rules.windows]
        taken = [window for window, reason in verdicts if not reason]
        if not taken:
            return verdicts[0][1]
        minute = (run.player, run.at // MINUTE)
        if self.rules.per_minute is not None and self.minutes[minute] >= self.rules.per_minute:
            return "over_limit"
        self.minutes[minute] += 1
        for kind, _ in self.rules.windows:
            if self.window(kind, run.at) in taken:
                self._open(kind, run.at)
        for window in taken:
            before = self._reached(window, run.player)
            self.counted[window].append(replace(run, values=points))
            if not window.startswith("rolling"):
                for milestone in sorted(self._reached(window, run.player) - before):
                    self.events.append((window, run.player, milestone))
        return "counted"

    def _points(self, run: Run) -> Columns | str:
        """The points that a run gives each column, or why it gives none."""
        fields = run.all_fields
        rules = [rule for rule in self.rules.rules if rule.type == run.type]
        if not rules:
            return "ignored" if run.type in self.rules.ignore else "unknown_type"
        rules = [
            rule
            for rule in rules
            if all(
                any(type(fields.get(name)) is type(one) and fields[name] == one for one in some)
                for name, some in rule.when.items()
            )
        ]
        if not rules:
            return "ignored"
        sums = [Fraction(0) for _ in self.rules.orders]
        for rule in rules:
            for column, (constant, name, factor) in enumerate(rule.points):
                if self.rules.columns[column][0] == "count":
                    sums[column] = Fraction(1)
                    continue
                amount = Fraction(0)
                if name is not None:
                    found = fields.get(name)
                    if not isinstance(found, Fraction):
                        return "bad_field"
                    amount = factor * found
                sums[column] += self._round(column, constant + amount)
        least, most = self.rules.least, self.rules.most
        if self.rules.columns[0][0] == "count":
            least, most = None, None
        if (most is not None and sums[0] > most) or (least is not None and sums[0] < least):
            return "over_limit"
        return tuple(sums)

    def _row(self, player: str, runs: list[Run]) -> Row:
        row, shown = self._score(player, runs)
        return replace(row, attached=attached(self.rules.attach, shown)) if self.rules.attach else row

    def _score(self, player: str, runs: list[Run]) -> tuple[Row, Run]:
        """A player's row, and the run of which something may be attached."""
        named = [run for run in runs if run.name is not None and run.name not in BAD_NAMES]
        name = max(named, key=lambda run: run.id).name if named else None
        if self.rules.aggregate == "last":
            run = max(runs, key=lambda run: (run.at, run.id))
        elif self.rules.aggregate == "best":
            run = min(runs, key=lambda run: (self._better(run.values), run.at, run.id))
        else:
            cells = [self._cell(column, runs) for column in range(len(self.rules.orders))]
            columns, times = (tuple(value for value, _ in cells), [at for _, at in cells])
            return Row(0, 0, player, name, columns, max(times)), max(runs, key=lambda run: run.id)
        return Row(0, 0, player, None if run.name in BAD_NAMES else run.name, run.values, run.at), run

    def _cell(self, column: int, runs: list[Run]) -> tuple[Fraction, int]:
        """What a column that combines on its own comes to, and when it came to be that."""
        values, times = [run.values[column] for run in runs], [run.at for run in runs]
        match self.rules.columns[column][0]:
            case "sum":
                moved = [run.at for run in runs if run.values[column] != 0]
                return sum(values, Fraction(0)), max(moved) if moved else min(times)
            case "count":
                return Fraction(len(runs)), max(times)
            case "average":
                return self._round(column, sum(values, Fraction(0)) / len(runs)), max(times)
            case "last":
                newest = max(runs, key=lambda run: (run.at, run.id))
                return newest.values[column], newest.at
            case _:
                best = max(values) if self.rules.orders[column] == "descending" else min(values)
                return best, min(run.at for run in runs if run.values[column] == best)

    def _reached(self, window: str, player: str) -> set[int]:
        """The milestones that a player has reached in a window at any time until now."""
        if not self.rules.milestones:
            return set()
        runs = [run for run in self.counted.get(window, []) if run.player == player]
        reached = set()
        for length in range(1, len(runs) + 1):
            first = self._row(player, runs[:length]).columns[0]
            high = self.rules.orders[0] == "descending"
            reached |= {each for each in self.rules.milestones if (first >= each if high else first <= each)}
        return reached

    def _better(self, values: Columns) -> Columns:
        return tuple(
            -value if order == "descending" else value for value, order in zip(values, self.rules.orders, strict=True)
        )

    def _round(self, column: int, value: Fraction) -> Fraction:
        scale = 10 ** self.rules.columns[column][1]
        return Fraction(round(value * scale), scale)

    def _takes(self, every: tuple[str, int], run: Run) -> tuple[str, str]:
        """The window of a kind that a run is for, and why it does not take it ("" where it does)."""
        kind, days = every
        window = self.window(kind, run.at)
        if window is None:
            return "", "no_window"
        if kind == "all_time":
            return window, ""
        if kind == "rolling":
            behind = date_of(run.written).toordinal() - date_of(run.at).toordinal()
            return window, "late" if behind >= days else ""
        if run.written > self._end(kind, run.at) + self.grace:
            return window, "late"
        return window, "sealed" if window in self.closed else ""

    def _open(self, every: str, instant: int) -> None:
        if every not in ("all_time", "rolling") and (window := self.window(every, instant)):
            self.opened.setdefault(window, (every, self._end(every, instant)))

    def _end(self, kind: str, instant: int) -> int:
        """The end of the window that an instant falls into."""
        lasts = dict(self.rules.lasts).get(kind)
        return end_of(kind, instant) if lasts is None else start_of(kind, instant) + lasts
