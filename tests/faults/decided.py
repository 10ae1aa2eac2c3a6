"""Scenarios of rebuilds after an operator has decided about a player who is in a sealed window too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from runtime.dynamodb.decisions import DecisionStore
from runtime.dynamodb.table import Table
from runtime.s3.snapshots import POINTER
from tests.faults.boards import BOARDS
from tests.faults.cases import Scenario
from tests.faults.processes import Step
from tests.faults.rebuilds import HOUR_ID, MEANWHILE, closed, rebuild_again, rebuild_step
from tests.faults.stage import MINUTE, Stage


def hidden_after_the_seal(stage: Stage) -> None:
    """An hour is sealed and told of, and then one of its players is hidden."""
    closed(stage)
    stage.rebuild()
    stage.now += MINUTE
    table = Table(stage.aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    DecisionStore(table).hide("ann", stage.now)
    stage.hidden = frozenset(("ann",))
    stage.now += MINUTE


def revise_again(stage: Stage, step: Step, answer: Any) -> None:
    """In the end the sealed hour has one new revision, and the files of the one before are there."""
    rebuild_again(stage, step, answer)
    windows = json.loads(stage.aws.bodies()[POINTER])["windows"]
    (hour,) = (each for each in windows if each["span"]["id"] == HOUR_ID)
    assert hour["revision"] == len(hour["former"]) == 1
    for prefix in (hour["prefix"], *(each["prefix"] for each in hour["former"])):
        assert f"{prefix}top" in stage.aws.bodies(), f"{prefix} is gone"


OTHERS = {name: happens for name, happens in MEANWHILE.items() if name.startswith("another rebuild")}
"""Who may come between. What ann reaches while hidden nobody is told, which the model of events knows nothing of."""


def find() -> Iterator[Scenario]:
    """All scenarios of decisions about players."""
    yield Scenario("hiding", BOARDS["sum"], hidden_after_the_seal, rebuild_step, revise_again, OTHERS)
