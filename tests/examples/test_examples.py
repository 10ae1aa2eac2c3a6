"""Every example is valid without a warning, small, explained at its top, and generates a bundle for each board."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from generator import pipeline
from generator.pipeline import Generated
from runtime.config import AggregateKind, Every, Ties
from tests.support.paths import REPOSITORY

EXAMPLES = REPOSITORY / "examples"
FILES = sorted(EXAMPLES.rglob("*.yaml"))
TWENTY_TEAMS = EXAMPLES / "twenty-teams" / "leaderboards.yaml"
PROJECTS = [file for file in FILES if file.parent.name != "teams"]
"""The main files. The others are team files."""
MOST_LINES = 40
"""Lines of an example: what does not fit on one screen explains more than one thing."""


def name(file: Path) -> str:
    """The path of an example below examples/, with forward slashes."""
    return file.relative_to(EXAMPLES).as_posix()


@cache
def generated(main: Path) -> Generated:
    """What `leaderboards generate` makes of an example, in memory."""
    files = {main.name: main.read_bytes()}
    files |= {f"teams/{team.name}": team.read_bytes() for team in sorted((main.parent / "teams").glob("*.yaml"))}
    return pipeline.generate(files, main.name)


@pytest.mark.parametrize("main", PROJECTS, ids=name)
def test_it_is_valid_and_generates(main: Path) -> None:
    result = generated(main)
    assert not result.diagnostics
    assert result.boards
    for board in result.boards:
        assert f"{board.folder}/terraform/main.tf" in result.files
        assert f"{board.folder}/lambda/board.zip" in result.files


@pytest.mark.parametrize("file", FILES, ids=name)
def test_it_says_what_it_is_for(file: Path) -> None:
    schema, comment, *rest = file.read_text(encoding="utf-8").splitlines()
    relative = schema.removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / relative).resolve() == EXAMPLES.parent / "docs" / "leaderboards.schema.json"
    assert re.match(r"# (For|The boards of team) \w+", comment)
    assert len(rest) <= MOST_LINES - 2


def test_twenty_teams() -> None:
    result = generated(TWENTY_TEAMS)
    teams = [file.stem for file in FILES if file.parent == TWENTY_TEAMS.parent / "teams"]
    assert len(teams) == 20
    assert {board.team for board in result.boards} == set(teams)
    bundles = {path.split("/terraform/")[0] for path in result.files if path.endswith("/terraform/main.tf")}
    assert len(bundles) == len(result.boards) >= 20


def test_every_kind_of_board_has_an_example() -> None:
    boards = [board for main in PROJECTS if main != TWENTY_TEAMS for board in generated(main).boards]
    configs = [board.config for board in boards]
    assert {config.aggregate for config in configs} == set(get_args(AggregateKind))
    assert {config.ties for config in configs} == set(get_args(Ties))
    assert {window.every for config in configs for window in config.windows} == set(get_args(Every))
    assert any(len(config.columns) > 1 for config in configs)
    assert any(config.milestones for config in configs)
    assert any(board.environment for board in boards)
    assert {board.public for board in boards} == {True, False}


def test_the_index_names_each() -> None:
    index = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([\w-]+(?:/[\w-]+)?\.yaml)\)", index)) == {name(main) for main in PROJECTS}
