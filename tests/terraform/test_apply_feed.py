"""Real Terraform takes a feed and its boards from init to destroy, on emulators of AWS, in the order that docs/feeds.md
gives."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from generator.board.board import Board
from generator.board.feed import Feed
from tests.end_to_end.deployed import avoid_the_full_hour
from tests.end_to_end.game import activity
from tests.support.bundles import bundle_of, everything
from tests.support.programs import need
from tests.terraform.deployed import DeployedBoard, run_feed_pipe
from tests.terraform.left_overs import list_left_overs
from tests.terraform.lives import actions, count, describe, refuse_to_destroy
from tests.terraform.plays import FEED_PLAYS, FEED_RANKINGS, STRAYS, to_attributes
from tests.terraform.stand_in.running import ACCOUNT, Stage
from tests.terraform.workspace import TerraformError, Workspace

pytestmark = pytest.mark.apply

[FEED] = everything().feeds
BOARDS = [replace(board, protect=False) for board in everything().boards if board.feed == FEED]


def test_a_feed_and_its_boards_from_init_to_destroy(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    assert FEED.protect
    assert {board.team for board in BOARDS} != {FEED.team}
    with Stage(FEED.region, FEED.account_id or ACCOUNT) as stage:
        refuse_without_feed(stage, BOARDS[0], tmp_path / "too-early")
        feed, summary = apply(stage, FEED, tmp_path)
        boards = {}
        for board in BOARDS:
            boards[board.name], made = apply(stage, board, tmp_path)
            summary += f"; {made}"
        assert not feed.has_changes(), "a board that comes leaves its feed's bundle as it is"
        play(stage, feed, boards)
        record_property("summary", f"{summary}, {describe(stage)}")
        refuse_to_destroy(feed)
        for workspace in boards.values():
            workspace.destroy()
            assert workspace.state() == {}
        assert not feed.has_changes(), "a board that goes leaves it too"
        assert list_rules(stage, feed) == [f"{FEED.names.prefix}-strays"]
        stage.cloud.folder = feed.folder
        feed.write(bundle_of(replace(FEED, protect=False)))
        changes = actions(feed.plan())
        assert {action for action in changes.values() if action != ("no-op",)} == {("update",)}
        feed.apply()
        feed.destroy()
        assert feed.state() == {}
        assert list_left_overs(stage) == {}


def refuse_without_feed(stage: Stage, board: Board, folder: Path) -> None:
    """A board whose feed is not applied says so when it is planned, and what to do."""
    workspace = stage.workspace(folder, bundle_of(board), need("terraform"))
    workspace.init()
    with pytest.raises(TerraformError) as refused:
        workspace.plan()
    wanted = f"The feed {FEED.feed} is not applied yet: apply build/{FEED.folder} first."
    assert wanted in " ".join(str(refused.value).split())
    assert stage.cloud.calls == []


def apply(stage: Stage, one: Board | Feed, folder: Path) -> tuple[Workspace, str]:
    """Apply a bundle, and say how much it made."""
    workspace = stage.workspace(folder / one.name, bundle_of(one), need("terraform"))
    workspace.init()
    assert workspace.validate() == []
    planned = workspace.plan()
    workspace.apply()
    assert not workspace.has_changes()
    return workspace, f"{one.folder}: {count(planned)}"


def play(stage: Stage, feed: Workspace, boards: dict[str, Workspace]) -> None:
    """Write activities once, and read the ranks that each board makes of them."""
    avoid_the_full_hour(60)
    warnings: list[str] = []
    with run_feed_pipe(stage, feed.state(), warnings.append) as pipe, ExitStack() as opened:
        deployed = {
            name: opened.enter_context(DeployedBoard(stage, workspace.state(data=True), pipe))
            for name, workspace in boards.items()
        }
        for player, kind, fields in FEED_PLAYS:
            deployed["kills"].write(activity(player, kind, None, **to_attributes(fields)))
        for board in deployed.values():
            board.wait_until_counted()
            board.rebuild()
        assert {name: board.ranking() for name, board in deployed.items()} == FEED_RANKINGS
        assert warnings == [each for board in deployed.values() for each in board.warnings] == []
    strays = feed.state()["aws_sqs_queue.strays"]["url"]
    asked = stage.aws.client("sqs").get_queue_attributes(QueueUrl=strays, AttributeNames=["All"])["Attributes"]
    assert int(asked["ApproximateNumberOfMessages"]) == STRAYS


def list_rules(stage: Stage, feed: Workspace) -> list[str]:
    """The rules on the feed's bus."""
    bus = feed.state()["aws_cloudwatch_event_bus.activities"]["name"]
    rules = stage.client("ministack", "events", stage.region).list_rules(EventBusName=bus)["Rules"]
    return sorted(rule["Name"] for rule in rules)
