"""Shrinking: from a seed that breaks an invariant to the shortest run that still breaks the same one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.simulation.network import FAULTS
from tests.simulation.running import Cut, Outcome, run_seed
from tests.simulation.script import draw

MOST_RUNS = 400
"""How many runs a search makes at the most: some tens of seconds."""


def shrink(outcome: Outcome) -> tuple[Cut, Outcome]:
    """Leave out faults and actions as long as the same invariant breaks.

    First the faults, as a run with few of them is the easiest to read; then the actions, many at once before one by
    one. Chance belongs to each process by its name, so that what is left mostly goes on as before.
    """
    search = _Search(outcome)
    search.attempt(replace(search.cut, is_orderly=True))
    if not search.attempt(replace(search.cut, faults=frozenset(FAULTS))):
        for fault in FAULTS:
            search.attempt(replace(search.cut, faults=search.cut.faults | {fault}))
    search.attempt(replace(search.cut, has_skew=False))
    every = [action.number for action in draw(outcome.seed).actions]
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for some in _parts([number for number in every if number not in search.cut.actions]):
            is_shorter |= search.attempt(replace(search.cut, actions=search.cut.actions | set(some)))
    return search.cut, search.found


class _Search:
    """The shortest run that was found until now."""

    def __init__(self, outcome: Outcome) -> None:
        self.cut = outcome.cut
        self.found = outcome
        self._runs = 0

    def attempt(self, cut: Cut) -> bool:
        """Try a shorter run; False where it does not break the same invariant."""
        if cut == self.cut or self._runs >= MOST_RUNS:
            return False
        self._runs += 1
        outcome = run_seed(self.found.seed, cut)
        if outcome.broken != self.found.broken:
            return False
        self.cut, self.found = cut, outcome
        return True


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Parts to leave out: halves, quarters, and so on down to single ones, the last first."""
    size = len(numbers) // 2
    while size:
        for start in range(len(numbers) - size, -1, -size):
            yield numbers[start : start + size]
        size //= 2
