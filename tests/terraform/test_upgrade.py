"""A board that an earlier release deployed is applied with this release's bundle: nothing is lost, and play goes on.

The folders of tests/cases/upgrades/ hold the Terraform that the generator of a commit wrote for two boards. Terraform
applies it here, so the state is that release's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.board.board import Board
from tests.end_to_end.game import activity
from tests.support.bundles import bundle_of, generated
from tests.support.folders import read_folder
from tests.support.paths import REPOSITORY
from tests.support.programs import need
from tests.terraform.deployed import DeployedBoard
from tests.terraform.judging import judge
from tests.terraform.lost import find_lost
from tests.terraform.stand_in.running import ACCOUNT, Stage
from tests.terraform.workspace import Workspace

pytestmark = pytest.mark.apply

RELEASES = sorted((REPOSITORY / "tests" / "cases" / "upgrades").iterdir())
CASES = [(release, board) for release in RELEASES for board in generated(release).boards]
PLAYED = {"kills": ("kill", 10), "laps": ("lap", 0.25)}
"""What is played on each board, and what it is worth."""


def earlier_bundle(release: Path, board: Board) -> dict[str, bytes]:
    """The bundle of the earlier release. Its code and its page are this release's: only the Terraform is compared."""
    files = {path: data for path, data in bundle_of(board).items() if not path.endswith(".tf")}
    files |= read_folder(release / "build" / board.folder)
    text = b"\n".join(data for path, data in files.items() if path.endswith(".tf")).decode()
    for path in re.findall(r"\$\{path\.module\}/\.\./([\w./-]+)", text):
        files.setdefault(path, b"")
    return files


@pytest.mark.parametrize(("release", "board"), CASES, ids=lambda each: getattr(each, "folder", None) or each.name)
def test_a_deployed_board_takes_the_new_bundle(release: Path, board: Board, tmp_path: Path) -> None:
    program = need("terraform")
    # The earlier release asked for things that AWS would have refused, so nobody judges it here.
    with Stage(board.region, ACCOUNT, judged_by=lambda *_: []) as stage:
        workspace = stage.workspace(tmp_path, earlier_bundle(release, board), program)
        workspace.init()
        workspace.plan()
        workspace.apply()
        write_activity(stage, workspace, board)
        stage.cloud.judge = judge
        for path in workspace.folder.glob("*.tf"):
            path.unlink()
        workspace.write(bundle_of(board))
        workspace.init()
        plan = workspace.plan()
        assert find_lost(plan) == []
        assert find_gaps(plan) == []
        workspace.apply()
        assert not workspace.has_changes()
        assert find_recoverable(stage, workspace) == {"aggregates"}
        write_activity(stage, workspace, board)
        with DeployedBoard(stage, workspace.state()) as deployed:
            deployed.wait_until_counted()
            deployed.rebuild()
            assert deployed.ranking() == [("ada", 2 * PLAYED[board.name][1])]


MODULES = [
    "address",
    "api",
    "display",
    "format",
    "loading",
    "paging",
    "search",
    "state",
    "status",
    "table",
    "view",
    "windows",
]
REMOVED: Mapping[str, str] = {
    f"aws_s3_object.page_{name}_js": "app.js has it in it; caches keep both for the same minute" for name in MODULES
}
"""The addresses that a new bundle has no more, and why it may do without."""


def find_gaps(plan: Mapping[str, Any]) -> list[str]:
    """The resources that a plan deletes, or deletes before it makes them anew: what they did is not done meanwhile."""
    return [
        each["address"]
        for each in plan["resource_changes"]
        if each["change"]["actions"] in (["delete"], ["delete", "create"]) and each["address"] not in REMOVED
    ]


def find_recoverable(stage: Stage, workspace: Workspace) -> set[str]:
    """The tables with point-in-time recovery, as AWS has them: the earlier release switched it on for each."""
    state, found = workspace.state(), set()
    for name in ("activities", "aggregates", "marks"):
        answer = stage.aws.client("dynamodb").describe_continuous_backups(
            TableName=state[f"aws_dynamodb_table.{name}"]["name"]
        )
        recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
            found.add(name)
    return found


def write_activity(stage: Stage, workspace: Workspace, board: Board) -> None:
    """Write an activity, which waits in the table's stream until a pipe reads it."""
    table = workspace.state()["aws_dynamodb_table.activities"]["name"]
    stage.aws.client("dynamodb").put_item(TableName=table, Item=activity("ada", PLAYED[board.name][0]))
