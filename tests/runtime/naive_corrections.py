"""The naive model of a board whose scores an operator corrects. A correction stands among the activities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from tests.runtime.naive_model import BAD_NAMES, Model, Row
from tests.runtime.naive_rules import Run


@dataclass(frozen=True)
class Fix(Run):
    """A correction: what is added to some columns, or what they are set to."""

    adds: bool = True
    changes: tuple[tuple[int, Fraction], ...] = ()
    """(number of the column, number)"""


class CorrectedModel(Model):
    """A model whose windows hold corrections too, in the order in which they were counted."""

    def correct(self, fix: Fix, windows: Iterable[str]) -> None:
        """Count a correction."""
        for window in windows:
            before = self._reached(window, fix.player)
            self.counted[window].append(fix)
            if not window.startswith("rolling"):
                reached = sorted(self._reached(window, fix.player) - before)
                self.events += [(window, fix.player, milestone) for milestone in reached]

    def _score(self, player: str, runs: list[Run]) -> tuple[Row, Run]:
        if not any(isinstance(each, Fix) for each in runs):
            return super()._score(player, runs)
        if self.rules.aggregate in ("best", "last"):
            run = self._keep(runs)
            return Row(0, 0, player, None if run.name in BAD_NAMES else run.name, run.values, run.at), run
        played = [each for each in runs if not isinstance(each, Fix)]
        named = [run for run in played if run.name is not None and run.name not in BAD_NAMES]
        name = max(named, key=lambda run: run.id).name if named else None
        cells = [self._fold(column, runs) for column in range(len(self.rules.orders))]
        newest = max(played, key=lambda run: run.id) if played else runs[0]
        return Row(0, 0, player, name, tuple(value for value, _ in cells), max(at for _, at in cells)), newest

    def _keep(self, runs: list[Run]) -> Run:
        """The run that is kept: a correction takes the place of all that were made before it."""
        kept: Run | None = None
        since = ""
        for each in runs:
            if isinstance(each, Fix):
                columns = range(len(self.rules.orders))
                given = dict(each.changes)
                values = tuple(given[n] if n in given or kept is None else kept.values[n] for n in columns)
                kept, since = replace(each, values=values, name=kept.name if kept else None), each.id
            elif each.id > since:
                kept = each if kept is None else self._better_run(kept, each)
        assert kept is not None
        return kept

    def _better_run(self, one: Run, other: Run) -> Run:
        if self.rules.aggregate == "last":
            return max(one, other, key=lambda run: (run.at, run.id))
        return min(one, other, key=lambda run: (self._better(run.values), run.at, run.id))

    def _fold(self, column: int, runs: list[Run]) -> tuple[Fraction, int]:
        """What a column comes to, one by one, and when it came to be that."""
        fold = {"average": self._fold_average, "best": self._fold_best, "last": _fold_last}
        kind = self.rules.columns[column][0]
        return fold[kind](column, runs) if kind in fold else _fold_sum(column, runs, kind == "count")

    def _fold_average(self, column: int, runs: list[Run]) -> tuple[Fraction, int]:
        values, times = [], []
        for each in runs:
            if (given := _given(column, each)) is None:
                values += [] if isinstance(each, Fix) else [each.values[column]]
                times += [] if isinstance(each, Fix) and len(runs) > 1 else [each.at]
            elif given * max(len(values), 1) != sum(values) or not values:
                values = [given] * max(len(values), 1)
                times.append(each.at)
        return self._round(column, sum(values, Fraction(0)) / len(values)), max(times)

    def _fold_best(self, column: int, runs: list[Run]) -> tuple[Fraction, int]:
        found: list[tuple[Fraction, int]] = []
        best = max if self.rules.orders[column] == "descending" else min
        for each in runs:
            if (given := _given(column, each)) is not None:
                is_same = bool(found) and best(value for value, _ in found) == given
                found = found if is_same else [(given, each.at)]
            elif not isinstance(each, Fix):
                found.append((each.values[column], each.at))
        value = best(value for value, _ in found)
        return value, min(at for each, at in found if each == value)


def _fold_sum(column: int, runs: list[Run], counts: bool) -> tuple[Fraction, int]:
    value = Fraction(0)
    moved: list[int] = []
    still: list[int] = []
    for each in runs:
        if isinstance(each, Fix):
            given = _given(column, each)
            after = value if given is None else value + given if each.adds else given
            still += [] if still or moved else [each.at]
        else:
            after = value + (Fraction(1) if counts else each.values[column])
            still.append(each.at)
        moved += [each.at] if after != value else []
        value = after
    return value, max(moved) if moved else min(still)


def _fold_last(column: int, runs: list[Run]) -> tuple[Fraction, int]:
    newest, value, times = "", Fraction(0), []
    for each in runs:
        if (given := _given(column, each)) is not None:
            times += [each.at] if given != value or not newest else []
            newest, value = newest or each.id, given
        elif not isinstance(each, Fix):
            times.append(each.at)
            if each.id > newest:
                newest, value = each.id, each.values[column]
    return value, max(times)


def _given(column: int, run: Run) -> Fraction | None:
    """What a correction adds to a column or sets it to; None where it leaves it, and for an activity."""
    return dict(run.changes).get(column) if isinstance(run, Fix) else None
