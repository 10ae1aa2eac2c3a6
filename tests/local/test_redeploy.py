"""What is said of a save while the run ends."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from generator.board.board import Board
from generator.errors import LocalError
from generator.local.reporter import Reporter
from generator.local.saving.redeploy import Project, Redeployer
from generator.pipeline import Selection
from tests.support.projects import board_yaml, boards_of, project_yaml

YAML = project_yaml(board_yaml("kills"), board_yaml("wins"))


class EndingStack:
    """A run without a board yet, whose first deployment fails: because it was stopped meanwhile, or for itself."""

    def __init__(self, stops: bool) -> None:
        self.turn = threading.Lock()
        self.aws = SimpleNamespace(clock=SimpleNamespace(now=lambda: 0))
        self.boards: dict[str, Any] = {}
        self.feeds: Any = None
        self.first = boards_of(YAML)[0]
        self.stopping = False
        self.tried: list[str] = []
        self._stops = stops

    def has_run(self, name: str) -> bool:
        """Say that nothing has."""
        return False

    def put(self, board: Board) -> Any:
        """Fail."""
        self.tried.append(board.name)
        self.stopping = self._stops
        raise LocalError("nothing answers")


@pytest.mark.parametrize("stops", [True, False])
def test_a_run_that_ends_tells_of_no_failure_and_begins_nothing_more(tmp_path: Path, stops: bool) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    said, told, stack = io.StringIO(), list[str](), EndingStack(stops)
    project = Project(tmp_path / "leaderboards.yaml", Selection())
    Redeployer(cast(Any, stack), project, Reporter(said), lambda: told.append("ready")).take_up()
    if stops:
        assert (said.getvalue(), stack.tried, told) == ("deploying kills\n", ["kills"], [])
    else:
        assert stack.tried == ["kills", "wins"]
        assert "wins: does not run, because this failed: nothing answers\n" in said.getvalue()
        assert "but for kills and wins: save it again to try again\n" in said.getvalue()
        assert told == ["ready"]


FEED = project_yaml("  - {name: kills, team: nebula, feed: matches, scoring: {rules: [{activity: kill, points: 1}]}}")
FEED = FEED.replace("boards:", "feeds: [{name: matches, team: nebula, types: [kill]}]\nboards:").replace(
    "points: 1}]}", "points: 1}]}, window: {every: week}"
)


class Feeds:
    """The feed of a run, which takes whatever it is given."""

    def __init__(self) -> None:
        [board] = boards_of(FEED)
        assert board.feed
        self.running = {board.feed.name: board.feed}

    def put(self, feed: Any) -> None:
        """Take it."""
        self.running[feed.name] = feed


class FeedStack(EndingStack):
    """A run of one board on a feed."""

    def __init__(self) -> None:
        super().__init__(stops=False)
        [board] = boards_of(FEED)
        self.boards = {board.name: SimpleNamespace(board=board, rebuilds=None)}
        self.feeds = Feeds()


def test_an_edit_of_a_feed_alone_is_said_once_and_deploys_none_of_its_boards(tmp_path: Path) -> None:
    file, said, stack = tmp_path / "leaderboards.yaml", io.StringIO(), FeedStack()
    redeployer = Redeployer(cast(Any, stack), Project(file, Selection()), Reporter(said), lambda: None)
    for types in ("[kill, lap, race]", "[kill, lap, race]", "[kill]"):
        file.write_text(FEED.replace("[kill]", types))
        redeployer.take_up()
    lines = [re.sub(r"\d+\.\d s", "0 s", line) for line in said.getvalue().splitlines()]
    assert (stack.tried, lines) == (
        [],
        [
            "deploying feed-matches",
            "feed-matches, 0 s: types with lap and race; no board counts it yet: what game servers write of it is no "
            "stray any more, so that nothing keeps it for a board that comes later, and nobody is told; needs "
            "attention",
            f"{file}: taken up in 0 s",
            "deploying feed-matches",
            "feed-matches, 0 s: types without lap and race; scores so far stay; what game servers still write of it is "
            "counted by no board, but kept for 14 days as strays, and the alarm `strays` goes off; needs attention",
            f"{file}: taken up in 0 s",
        ],
    )
