"""The state machine of a board whose windows are assembled: how long it waits, and how long Terraform waits for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from generator.aws.limits import MAX_SECONDS
from generator.board.board import Board
from runtime.lifecycle.assembling.steps import OutdatedError
from tests.support.bundles import bundle_of, everything
from tests.support.projects import board_yaml, boards_of, project_yaml
from tests.terraform.judging import read_module
from tests.terraform.judging.plan import Resource

HISTORY = 25_000
"""Events of one execution (AWS Step Functions developer guide, "Step Functions service quotas")."""
EVENTS_OF_A_TRY = 5
"""Those of a try that fails, at the most: it is scheduled, it starts, it fails."""


def longest() -> Board:
    """A board that takes almost as long to assemble as an assembly may."""
    window, traffic = "{every: rolling, days: 90}", "{players: 43000000}"
    [board] = boards_of(project_yaml(board_yaml(window=window, traffic=traffic)))
    return board


BOARDS = [*(board for board in everything().boards if board.assembler), longest()]


def read_machine(board: Board) -> Resource:
    [machine] = read_module(bundle_of(board)).of("aws_sfn_state_machine")
    return machine


def list_tasks(states: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for state in states.values():
        yield from list_tasks(state["ItemProcessor"]["States"]) if state["Type"] == "Map" else [state]


def waits(retrier: dict[str, Any]) -> list[float]:
    """The longest delays of a retrier; by full jitter they are half as long on average."""
    grown = (retrier["IntervalSeconds"] * retrier["BackoffRate"] ** min(tried, 20) for tried in range(10**6))
    return [min(next(grown), retrier.get("MaxDelaySeconds", float("inf"))) for _ in range(retrier["MaxAttempts"])]


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_a_call_waits_for_others_to_end_as_long_as_an_execution_may_take(board: Board) -> None:
    """Once a retrier has no attempts left, the state fails: no other retrier is looked at."""
    definition = json.loads(read_machine(board)["definition"])
    tasks = list(list_tasks(definition["States"]))
    assert len(tasks) == 5
    for task in tasks:
        retrier = next(each for each in task["Retry"] if "Lambda.TooManyRequestsException" in each["ErrorEquals"])
        assert sum(waits(retrier)) > definition["TimeoutSeconds"]
        assert sum(each["MaxAttempts"] for each in task["Retry"]) * EVENTS_OF_A_TRY < HISTORY


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_calls_that_fail_together_do_not_come_again_together(board: Board) -> None:
    for task in list_tasks(json.loads(read_machine(board)["definition"])["States"]):
        assert [each["JitterStrategy"] for each in task["Retry"]] == ["FULL"] * 4


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_a_call_outlasts_a_deployment_that_changes_its_function_last(board: Board) -> None:
    for task in list_tasks(json.loads(read_machine(board)["definition"])["States"]):
        retrier = next(each for each in task["Retry"] if OutdatedError.__name__ in each["ErrorEquals"])
        assert sum(waits(retrier)) / 2 >= 600


def test_terraform_waits_for_the_last_call_before_it_gives_up_to_delete_a_state_machine() -> None:
    text = bundle_of(BOARDS[0])["terraform/assembly.tf"].decode()
    [minutes] = re.findall(r'timeouts \{\n +delete = "(\d+)m"', text)
    assert int(minutes) * 60 > MAX_SECONDS + 300
