"""At every AWS call of a function or an operation something fails; the board goes on as if nothing had.

The calls are found by recording them, so a new call of the runtime is covered without anyone remembering. `make test`
tries every kind of fault in some scenarios and the most different ones in others; `make test-long` all in all.
"""

from __future__ import annotations

import pytest

from tests.faults.cases import CaseFailedError, Prepared, cases, deaths, prepare, run_case, run_death
from tests.faults.forks import Mother
from tests.faults.scenarios import SCENARIOS
from tests.support.effort import TIMES

THOROUGH = (
    *("overlapping batches, sum", "batch, best run", "rebuild, sum", "seal, sum", "redrive, sum", "redrive, best run"),
    *("closing", "first watch", "watch", "dead letters, sum", "own items", "simulator", "split batch"),
)
"""The scenarios in which `make test` lets every kind of fault happen: each call of the runtime is in one of them."""
LATER = ("count", "best", "last")
"""The boards that `make test` leaves out: a count is a sum of ones, and the board whose columns have an aggregate each
has the best and the last value among them."""
OTHER_BOARDS = ("average", "each its own", "last run")
"""The boards of which `make test` tries the batch alone: on the rest they do what the sum and the best run do."""


def _is_tried(name: str) -> bool:
    board = name.rpartition(", ")[2]
    return TIMES > 1 or board not in (*LATER, *OTHER_BOARDS) or (board in OTHER_BOARDS and name.startswith("batch"))


NAMES = [name for name in SCENARIOS if _is_tried(name)]
SHOWN = 3
"""The most cases that a failure shows."""


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_whatever_fails_at_any_call_the_board_goes_on(name: str, warm: Mother) -> None:
    prepared = prepare(SCENARIOS[name])
    every = TIMES > 1 or name in THOROUGH
    assert prepared.calls
    failed = [*_fail(prepared, every=every), *_die(prepared, warm, every=TIMES > 1)]
    assert not failed, f"{len(failed)} cases failed, among them:\n" + "\n".join(failed[:SHOWN])


def _fail(prepared: Prepared, *, every: bool) -> list[str]:
    failed = []
    for number, kind in cases(prepared, every=every):
        try:
            run_case(prepared, number, kind)
        except CaseFailedError as error:
            failed.append(str(error))
    return failed


def _die(prepared: Prepared, warm: Mother, *, every: bool) -> list[str]:
    failed = []
    for number, after in deaths(prepared, every=every):
        try:
            run_death(prepared, warm, number, after=after)
        except CaseFailedError as error:
            failed.append(str(error))
    return failed
