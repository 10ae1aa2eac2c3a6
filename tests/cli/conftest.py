"""What the tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.projects import board_yaml, project_yaml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of one board, weekly-kills."""
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(board_yaml("weekly-kills")))
    return tmp_path
