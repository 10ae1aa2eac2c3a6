"""Feeds in `changed` and `generate`: they are said, refused, accepted and kept as boards are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.changes.repository import TEAMS, board, commit, write_files
from tests.support.cli import run
from tests.support.folders import read_folder

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


def test_generate_judges_a_feed_as_it_does_a_board(project: Path) -> None:
    assert run("generate", cwd=project).code == 0
    before = read_folder(project / "build")
    key = "arn:aws:kms:eu-central-1:222222222222:key/1b5d9f3e-7a2c-4e68-9d40-6c8e2a4f1b77"
    write_files(project, {"leaderboards.yaml": SHARING.replace("types: [kill", f"kms_key_arn: '{key}', types: [kill")})
    refused = run("generate", cwd=project)
    assert (refused.code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("leaderboards.yaml:8:6: feeds[matches]: kms_key_arn none -> ")
    assert "with `--accept feed-matches`: that is right where no game server writes to it yet.\n" in refused.stderr
    assert read_folder(project / "build") == before
    assert "feeds[matches]: kms_key_arn none -> " in run("validate", cwd=project).stderr
    text = run("generate", "--diff", "--format", "text", cwd=project).stdout
    assert [line for line in text.splitlines() if line.startswith("build/")] == [
        "build/nebula/feed-matches: changed",
        "build/nebula/kills: changed",
    ]
    markdown = run("generate", "--diff", "--format", "markdown", cwd=project).stdout
    assert markdown.startswith("**feed-matches**: changed, `build/nebula/feed-matches`\n\n- :no_entry: kms\\_key\\_arn")
    document = json.loads(run("generate", "--diff", "--format", "json", cwd=project).stdout)
    assert [(each["kind"], each["refused"]) for each in document["bundles"]] == [("feed", True), ("board", False)]
    assert run("generate", "--accept", "kills", cwd=project).code == 1
    accepted = run("generate", "--accept", "feed-matches", cwd=project)
    assert accepted.code == 0
    assert "  feed-matches: kms_key_arn none -> " in accepted.stderr
    assert "  kills: key of the feed matches none -> " in accepted.stderr
    assert run("generate", cwd=project).stdout == "0 files changed\n"


def test_a_feed_of_an_earlier_version_is_not_judged(project: Path) -> None:
    assert run("generate", cwd=project).code == 0
    (project / "build/nebula/feed-matches/deployment.json").unlink()
    result = run("generate", cwd=project)
    assert result.code == 0
    assert "  feed-matches: what was generated of it before can't be read: " in result.stderr


def test_what_has_moved_is_not_gone(project: Path) -> None:
    """To destroy what its former bundle deployed would be to destroy the feed."""
    assert run("generate", cwd=project).code == 0
    write_files(project, {"leaderboards.yaml": SHARING.replace("matches, team: nebula", "matches, team: quasar")})
    for _ in range(2):
        document = json.loads(run("generate", "--json", cwd=project).stdout)
        assert [each["change"] for each in document["bundles"] if each["change"] == "removed"] == []
    assert [each["folder"] for each in document["orphans"]] == ["nebula/feed-matches"]
