"""Replaying windows on their way: sealed ones, those about to be, those that were replayed before."""

from __future__ import annotations

from typing import Any

import pytest

from generator.errors import FindingError, InputError, OperationError
from runtime.config import BoardConfig
from runtime.domain.instants import DAY
from runtime.dynamodb.recounting.settling import KEPT
from tests.operations.spoilt import RIGHT, TOTALS, WRONG, boards, fix, rules, shown, spoilt
from tests.runtime.boards import item
from tests.runtime.daily import MINUTE, seal


def test_a_sealed_window_gets_another_revision() -> None:
    replayed = spoilt()
    replayed.managed.now = seal(replayed.world) + MINUTE
    replayed.swap("2026-11-24")
    assert shown(replayed) == RIGHT[TOTALS]
    ranks = replayed.world.snapshots.read_newest()
    assert ranks is not None
    found = ranks.find_ranks("2026-11-24")
    assert found is not None
    assert (found.sealed, found.revision, len(found.former)) == (True, 1, 1)
    replayed.find("2026-11-24").undo()
    assert shown(replayed) == WRONG[TOTALS]


def test_no_window_is_swapped_while_its_final_ranks_are_made() -> None:
    replayed = spoilt()
    table = replayed.world.aws.tables["aggregates"]
    replay = replayed.find("2026-11-24")
    steps = replay.swap(accept_missing=False)
    next(steps)
    table["#windows", "2026-11-24"]["state"] = {"S": "sealing"}
    with pytest.raises(OperationError, match="has changed meanwhile"):
        list(steps)
    with pytest.raises(OperationError, match="about to be sealed"):
        replayed.swap("2026-11-24")
    table["#windows", "2026-11-24"]["clearing"] = {"S": "clearing"}
    with pytest.raises(InputError, match="are deleted"):
        replayed.swap("2026-11-24")
    with pytest.raises(InputError, match='did you mean "2026-11-24"'):
        replayed.find("2026-11-23")


@boards
def test_a_week_later_only_what_readers_see_is_left(config: BoardConfig) -> None:
    replayed = spoilt(config)
    replayed.swap("all-time")
    assert "recounted" in str(replayed.world.items_of_all_time())
    replayed.managed.now += KEPT + DAY
    replayed.managed.rebuild()
    assert "recount" not in str(replayed.world.items_of_all_time())
    assert shown(replayed, "all_time") == RIGHT[config]
    with pytest.raises(FindingError, match="over a week ago"):
        replayed.find("all-time").undo()
    replayed.write(item("cid", at=replayed.managed.now, number=9, damage=49))
    assert shown(replayed, "all_time") == RIGHT[config] | {"cid": 51 if config is TOTALS else 50}


@boards
def test_a_window_is_replayed_again_by_other_rules(config: BoardConfig) -> None:
    replayed = spoilt(config)
    replayed.swap("2026-11-24")
    replayed = fix(replayed, rules(100))
    replayed.swap("2026-11-24")
    again = {"ann": 204, "bob": 107, "cid": 100} if config is TOTALS else {"bob": 107, "ann": 103, "cid": 100}
    assert shown(replayed) == again
    replayed.find("2026-11-24").undo()
    assert shown(replayed) == RIGHT[config]


def test_what_was_begun_and_never_swapped_goes_too() -> None:
    replayed = spoilt()
    steps = replayed.find("2026-11-24").swap(accept_missing=False)
    for step, _ in steps:
        if step == "counted anew":
            break
    steps.close()  # type: ignore[attr-defined]
    replayed.managed.now += KEPT + MINUTE
    replayed.world.rebuild(replayed.managed.now)
    rows: Any = replayed.world.aws.tables["aggregates"]
    assert not [key for key, row in rows.items() if "recounted" in row]
