"""`changed` in a hook of git, which says by paths from where it runs which repository it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.changes.repository import TEAMS, board, commit, write_files
from tests.support.cli import run

FILE = "game/leaderboards.yaml"
TEXT = f"{TEAMS}boards:\n{board('wins', team='nebula')}"


@pytest.mark.parametrize("variables", [{}, {"GIT_WORK_TREE": "."}], ids=["git-dir", "work-tree"])
def test_a_hook_says_where_the_repository_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    write_files(tmp_path, {FILE: TEXT})
    commit(tmp_path)
    write_files(tmp_path, {FILE: TEXT.replace("points: 10", "points: 3")})
    for name, value in {"GIT_DIR": ".git", **variables}.items():
        monkeypatch.setenv(name, value)
    result = run("changed", "--since", "HEAD", "--file", FILE, cwd=tmp_path)
    assert "wins: points of kill 10 -> 3; " in result.stdout
    monkeypatch.setenv("GIT_DIR", "nowhere")
    lost = run("changed", "--since", "HEAD", "--file", FILE, cwd=tmp_path)
    assert (lost.code, lost.stdout) == (2, "")
    assert "is not in a git repository that git reads: " in lost.stderr
