"""`changed` goes by content: what means nothing changes nothing, and what is shown elsewhere is listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.changes.repository import TEAMS, board, commit, write_files
from tests.support.cli import Result, run

ROLES = [f"arn:aws:iam::222222222222:role/{name}" for name in ("game", "staff")]
KILLS = board(
    "kills",
    "{rules: [{activity: kill, points: 10, when: {mode: [ranked, duel, 1, true], map: [one]}}]}",
    team="nebula",
    more=f"    feed: matches\n    api: {{access: iam, principals: ['{ROLES[0]}', '{ROLES[1]}']}}\n",
)
FEED = "feeds: [{name: matches, team: nebula, types: [kill, lap, chat]}]\n"
LAPS = board("laps", "{rules: [{activity: lap, points: 1}]}", team="quasar", more="    feed: matches\n")
TEXT = f"{TEAMS}{FEED}boards:\n{KILLS}{LAPS}"
INDEX = "index: {origin: https://boards.example.com}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a feed and its boards, of which one has conditions and principals."""
    write_files(tmp_path, {"leaderboards.yaml": TEXT})
    commit(tmp_path)
    return tmp_path


def since(project: Path, text: str, *more: str) -> Result:
    """What is said since the commit where the file is now this one."""
    write_files(project, {"leaderboards.yaml": text})
    return run("changed", "--since", "HEAD", *more, cwd=project)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{mode: [ranked, duel, 1, true], map: [one]}", "{map: [one], mode: [ranked, duel, 1, true]}"),
        ("[ranked, duel, 1, true]", "[true, 1, duel, ranked]"),
        ("types: [kill, lap, chat]", "types: [chat, lap, kill]"),
    ],
)
def test_an_order_that_means_nothing_changes_nothing(project: Path, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert run("generate", cwd=project).code == 0
    assert since(project, TEXT.replace(old, new)) == Result(0, "", "since HEAD, no bundle changes\n")
    assert run("generate", cwd=project).stdout == "1 file changed\n"  # the manifest, which has the input's hash


def test_a_type_of_a_feed_changes_no_board(project: Path) -> None:
    said = since(project, TEXT.replace("types: [kill, lap, chat]", "types: [kill, lap]"))
    assert [line for line in said.stdout.splitlines() if line.startswith("build/")] == [
        "build/nebula/feed-matches: changed"
    ]


@pytest.mark.parametrize(("team", "code"), [("nebula", 0), ("quasar", 1)])
def test_a_board_of_another_team_is_no_renamed_one(project: Path, team: str, code: int) -> None:
    rounds = board("rounds", "{rules: [{activity: lap, points: 1}]}", team=team, more="    feed: matches\n")
    said = since(project, TEXT.replace(LAPS, rounds))
    assert said.code == code
    assert f"build/{team}/rounds: new" in said.stdout
    assert "build/quasar/laps: removed" in said.stdout
    assert ("renamed to" in said.stdout) == (team == "quasar")


def test_a_board_in_its_files_alone(project: Path) -> None:
    """Rules in another order give the same points, but the README has them so."""
    one, other = "{activity: lap, points: 1}", "{activity: chat, points: 2}"
    write_files(project, {"leaderboards.yaml": TEXT.replace(one, f"{one}, {other}")})
    commit(project)
    said = since(project, TEXT.replace(one, f"{other}, {one}"))
    assert said.stdout == "build/quasar/laps: changed, in its files alone\n"


def test_the_page_of_all_boards_is_listed_and_in_no_matrix(project: Path) -> None:
    new = since(project, TEXT + INDEX, "--json")
    assert [(each["folder"], each["change"], each["kind"]) for each in json.loads(new.stdout)["bundles"]][:1] == [
        ("build/_index/site", "new", "index")
    ]
    github = since(project, TEXT + INDEX, "--format", "github").stdout
    assert "_index" not in github
    commit(project)
    again = since(project, TEXT.replace("name: laps\n", "name: laps\n    title: Fast\n") + INDEX)
    assert again.stdout.startswith(
        "build/_index/site: changed\n"
        "  site: page of all boards changed; players see it once its files are copied to its site again; needs "
        "attention\n"
        "build/quasar/laps: changed\n"
    )
    assert run("generate", cwd=project).code == 0
    write_files(project, {"leaderboards.yaml": TEXT + INDEX})
    words = run("generate", "--diff", "--format", "text", cwd=project).stdout
    assert words.startswith("build/_index/site: changed\n  site: page of all boards changed; ")
    gone = since(project, TEXT)
    assert "build/_index/site: removed\n  site: page of all boards removed; what was copied to its site" in gone.stdout
