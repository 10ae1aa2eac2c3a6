"""The state machine of a board's bundle assembles a window in an embedded AWS, by the board's own assembler."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from generator.board.board import Board
from runtime.config import AssemblyConfig
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import WindowStore
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.plan import make_plan
from runtime.s3.bucket import Bucket
from tests.end_to_end.deployed import OperatedGame, deploy_boards, wait_until
from tests.end_to_end.game import activity
from tests.support.bundles import everything

PLAYERS = 9


def small_parts() -> Board:
    """The golden board with assemblies, with parts of two players each."""
    [board] = [each for each in everything().boards if each.assembler]
    return replace(board, config=replace(board.config, assembly=AssemblyConfig(most=4, players=PLAYERS, part=2)))


@pytest.fixture(scope="module")
def game() -> Iterator[OperatedGame]:
    """That board, deployed."""
    with deploy_boards((small_parts(),)) as stack:
        yield OperatedGame(stack, "steps")


def test_its_state_machine_makes_the_base_of_a_window(game: OperatedGame) -> None:
    game.put_all([activity(f"p{number}", "walk") for number in range(PLAYERS) for _ in range(number + 1)])
    game.settle()
    aws, deployment = game.stack.aws, game.stack.boards[game.name].deployment
    table = Table(aws.client("dynamodb"), deployment.aggregates_table, ("partition", "player_id"))
    bucket = Bucket(aws.client("s3"), deployment.bucket)
    [state] = list(WindowStore(table, game.config).read_all())
    plan = make_plan(game.config, state.window, [state], "first", 7, None, Decisions(), "", None, PLAYERS)
    AssemblyFiles(bucket, plan.id).write_plan(plan)
    machines: Any = aws.client("stepfunctions")
    [machine] = machines.list_state_machines()["stateMachines"]
    asked = {"stateMachineArn": machine["stateMachineArn"], "name": plan.id, "input": plan.execution_input}
    arn = machines.start_execution(**asked)["executionArn"]
    # It is no error to ask again while it runs, and one afterwards.
    assert machines.start_execution(**asked)["executionArn"] == arn
    wait_until(lambda: machines.describe_execution(executionArn=arn)["status"] != "RUNNING")
    ended = machines.describe_execution(executionArn=arn)
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {})
    with pytest.raises(machines.exceptions.ExecutionAlreadyExists):
        machines.start_execution(**asked)
    ranks = AssemblyFiles(bucket, plan.id).read_done()
    assert ranks
    assert ranks.players == PLAYERS
