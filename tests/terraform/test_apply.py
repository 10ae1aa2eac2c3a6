"""Real Terraform takes every bundle of the sample and of the golden cases from init to destroy, on emulators of AWS. A
feed and its boards live together, in test_apply_feed.py.

`make test-apply` runs it. Whatever is asked of AWS on the way is judged by what AWS publishes (judging/), and what was
planned is compared with what the emulators hold (stand_in/servicer.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from generator.board.board import Board
from runtime.config import Season
from tests.end_to_end.deployed import avoid_the_full_hour
from tests.end_to_end.game import activity
from tests.support.bundles import bundle_of, everything
from tests.support.programs import need
from tests.terraform.deployed import DeployedBoard
from tests.terraform.left_overs import list_left_overs
from tests.terraform.lives import actions, count, describe, refuse_to_destroy
from tests.terraform.plays import PLAYS, to_attributes
from tests.terraform.stand_in.running import ACCOUNT, Stage
from tests.terraform.workspace import Workspace

pytestmark = pytest.mark.apply

PROTECTED = ("weekly-kills", "partners", "wins")
"""Boards that are applied with `protect: true` first. The others differ from these in what they count, not in how they
are protected."""
BOARDS = [
    replace(board, protect=board.protect and board.name in PROTECTED) for board in everything().boards if not board.feed
]
ENDLESS = Season("endless", date(2026, 1, 1), date(2099, 1, 1))
"""What boards have in place of seasons, some of which are over: it goes on whenever the test runs."""


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.folder)
def test_a_bundle_from_init_to_destroy(
    board: Board, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    program = need("terraform")
    with Stage(board.region, board.account_id or ACCOUNT) as stage:
        workspace = stage.workspace(tmp_path, bundle_of(in_season(board)), program)
        workspace.init()
        assert workspace.validate() == []
        planned = workspace.plan()
        workspace.apply()
        assert not workspace.has_changes()
        play(stage, workspace, board)
        record_property("summary", f"{board.folder}: {count(planned)}, {describe(stage)}")
        if board.protect:
            refuse_to_destroy(workspace)
            workspace.write(bundle_of(replace(in_season(board), protect=False)))
            changes = actions(workspace.plan())
            assert {action for action in changes.values() if action != ("no-op",)} == {("update",)}
            workspace.apply()
        workspace.destroy()
        assert workspace.state() == {}
        assert list_left_overs(stage) == {}


def in_season(board: Board) -> Board:
    """A board of which a season is on, where it has any."""
    windows = tuple(replace(kind, seasons=(ENDLESS,)) if kind.seasons else kind for kind in board.config.windows)
    return replace(board, config=replace(board.config, windows=windows))


def play(stage: Stage, workspace: Workspace, board: Board) -> None:
    """Write activities, and read their ranks through what Terraform made."""
    plays, ranking = PLAYS[board.name]
    avoid_the_full_hour(60)
    with DeployedBoard(stage, workspace.state()) as deployed:
        for player, kind, fields in plays:
            deployed.write(activity(player, kind, None, **to_attributes(fields)))
        deployed.wait_until_counted()
        deployed.rebuild()
        assert deployed.ranking() == ranking
        if deployed.deployment.page:
            status, page = deployed.get("/")
            assert (status, page[:15].lower()) == (200, b"<!doctype html>")
        assert deployed.warnings == []
