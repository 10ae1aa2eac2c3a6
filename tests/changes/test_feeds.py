"""Feeds in `changed`: where they are is said as it is of boards; a board that joins one is told no more than that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.changes.repository import TEAMS, board, commit, write_files
from tests.support.cli import run

FEED = "feeds:\n  - {name: matches, team: nebula, types: [kill, chat]}\n"
OWN = board("kills", "{rules: [{activity: kill, points: 10}], ignore: [chat]}", team="nebula")
SHARED = board("kills", team="nebula", more="    feed: matches\n    window: {every: week}\n")
SHARING = f"{TEAMS}{FEED}boards:\n{SHARED}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a feed and its board."""
    write_files(tmp_path, {"leaderboards.yaml": SHARING})
    commit(tmp_path)
    return tmp_path


def since(project: Path, text: str, *more: str) -> list[str]:
    """What is said since the commit where the file is now this one."""
    write_files(project, {"leaderboards.yaml": text})
    return run("changed", "--since", "HEAD", *more, cwd=project).stdout.splitlines()


def test_a_feed_that_moves_comes_with_the_commands_for_its_state(project: Path) -> None:
    said = since(project, SHARING.replace("matches, team: nebula", "matches, team: quasar"))
    at = said.index("build/quasar/feed-matches: moved from build/nebula/feed-matches")
    assert said[at + 1].startswith("  feed-matches: team nebula -> quasar; its names in AWS stay, ")
    mv = "mv build/nebula/feed-matches/terraform/terraform.tfstate* build/quasar/feed-matches/terraform/"
    assert said[at + 3].strip() == mv


def test_a_feed_whose_data_cannot_follow_is_refused(project: Path) -> None:
    text = SHARING.replace("project: arcade", "project: arena")
    said = since(project, text, "--accept", "kills")
    assert any(line.startswith("  feed-matches: project arcade -> arena; ") for line in said)
    accepted = ("--accept", "kills", "--accept", "feed-matches")
    assert [run("changed", "--since", "HEAD", *more, cwd=project).code for more in (accepted[:2], accepted)] == [1, 0]


def test_a_feed_that_goes_is_no_board_that_goes(project: Path) -> None:
    said = since(project, f"{TEAMS}boards:\n{OWN}")
    assert any(line.startswith("  feed-matches: feed removed; in AWS it goes on taking activities, ") for line in said)


def test_a_board_that_joins_a_feed_rejects_nothing_for_it(project: Path) -> None:
    write_files(project, {"leaderboards.yaml": f"{TEAMS}boards:\n{OWN}"})
    commit(project)
    said = since(project, SHARING)
    assert [line.split(";")[0] for line in said] == [
        "build/nebula/feed-matches: new",
        "build/nebula/kills: changed",
        "  kills: feed none -> matches",
    ]
