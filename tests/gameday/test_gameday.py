"""The game day, shortened: one thing breaks, its alarms go off and no other, and the runbook puts it right.

Alarms are evaluated as the bundle has them, on what the board really writes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gameday.faults import FAULTS, Fault
from tests.gameday.rehearsal import Rehearsal, begin_day
from tests.support.effort import TIMES

LONGEST = frozenset(("throwing-processor", "throttled-table"))
"""Faults of which nothing else is special than that they take half a minute: the SDK tries again, a redrive waits."""
CHOSEN = [fault for fault in FAULTS if TIMES > 1 or fault.name not in LONGEST]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with begin_day(tmp_path_factory.mktemp("gameday"), print) as begun:
        yield begun


@pytest.mark.long
@pytest.mark.parametrize("fault", CHOSEN, ids=lambda fault: fault.name)
def test_a_fault_is_told_and_put_right(rehearsal: Rehearsal, fault: Fault) -> None:
    rehearsal.rehearse(fault)
    [*_, told] = rehearsal.transcript.faults
    assert told["fault"] == fault.name
