"""Real Terraform plans the move of a deployed board to another KMS key: nothing is lost, whatever the YAML forgets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.board.board import Board
from tests.support.bundles import bundle_of, everything
from tests.support.programs import need
from tests.terraform.stand_in.running import Stage
from tests.terraform.workspace import Workspace

pytestmark = pytest.mark.apply

[BOARD] = [board for board in everything().boards if board.names.prefix == "tiny-wins"]
OTHER = "arn:aws:kms:eu-west-1:000000000000:key/9876abcd-12ab-4cd5-8ef6-1234567890ab"


def plan_ends(workspace: Workspace, board: Board) -> dict[str, str]:
    """Plan another bundle in the place of the one that is deployed. Returns what is deleted, replaced or let go of."""
    for path in workspace.folder.glob("*.tf"):
        path.unlink()
    workspace.write(bundle_of(board))
    workspace.init()
    return {
        each["address"]: action
        for each in workspace.plan()["resource_changes"]
        for action in set(each["change"]["actions"]) & {"delete", "forget"}
    }


def test_a_deployed_board_moves_to_another_key(tmp_path: Path) -> None:
    program = need("terraform")
    with Stage(BOARD.region) as stage:
        workspace = stage.workspace(tmp_path, bundle_of(BOARD), program)
        workspace.init()
        workspace.plan()
        workspace.apply()
        moved = replace(BOARD, kms_key_arn=OTHER, kms_previous_keys=("board",))
        assert plan_ends(workspace, moved) == {}
        # Without `board` among the previous keys, AWS would delete the key: all that lies under it would be lost.
        assert BOARD.protect
        forgotten = {"aws_kms_key.board": "forget", "aws_kms_alias.board": "delete"}
        assert plan_ends(workspace, replace(moved, kms_previous_keys=())) == forgotten
