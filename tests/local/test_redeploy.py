"""What is said of a save while the run ends."""

from __future__ import annotations

import io
import threading
from pathlib import Path
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
        self.boards: dict[str, Any] = {}
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
