"""A board whose windows are too large for one function, in an embedded AWS: its state machine makes their ranks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from generator.board.board import Board
from runtime.config import AssemblyConfig
from tests.end_to_end.deployed import OperatedGame, deploy_boards, wait_until
from tests.end_to_end.game import activity
from tests.support.bundles import everything

PLAYERS = 9


def small_parts() -> Board:
    """The golden board with assemblies, with parts of two players each."""
    [board] = [each for each in everything().boards if each.assembler]
    assembly = AssemblyConfig(most=4, players=PLAYERS, part=2, delta=500)
    return replace(board, config=replace(board.config, assembly=assembly))


@pytest.fixture(scope="module")
def game() -> Iterator[OperatedGame]:
    """That board, deployed."""
    with deploy_boards((small_parts(),)) as stack:
        yield OperatedGame(stack, "steps")


def test_a_window_is_assembled_and_followed(game: OperatedGame) -> None:
    game.put_all([activity(f"p{number}", "walk") for number in range(PLAYERS) for _ in range(number + 1)])
    game.stack.drain(game.name)
    # There are no ranks that could be shown meanwhile.
    assert "skipped" in game.rebuild()
    machines: Any = game.stack.aws.client("stepfunctions")
    [machine] = machines.list_state_machines()["stateMachines"]
    [execution] = machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    asked = machines.describe_execution(executionArn=execution["executionArn"])
    again = {"stateMachineArn": machine["stateMachineArn"], "name": asked["name"], "input": asked["input"]}
    with suppress(machines.exceptions.ExecutionAlreadyExists):  # where it has ended by now
        assert machines.start_execution(**again)["executionArn"] == execution["executionArn"]
    wait_until(lambda: machines.describe_execution(executionArn=asked["executionArn"])["status"] != "RUNNING")
    ended = machines.describe_execution(executionArn=asked["executionArn"])
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {})
    with pytest.raises(machines.exceptions.ExecutionAlreadyExists):
        machines.start_execution(**again)
    # What came meanwhile is followed on the new base.
    game.put_all([activity("p0", "walk") for _ in range(20)])
    game.settle()
    assert game.rebuild()["players"] == PLAYERS
    assert [(each["player_id"], each["score"]) for each in game.ranking()] == [
        ("p0", 21),
        *((f"p{number}", number + 1) for number in range(PLAYERS - 1, 0, -1)),
    ]
