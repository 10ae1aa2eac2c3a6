"""`leaderboards generate`: what is written to build/, and what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.support.cli import Result, run
from tests.support.projects import board_yaml, boards_of, project_yaml

SMALL = project_yaml(board_yaml("weekly-kills"))
SECOND = board_yaml("daily-kills")


def test_generate_twice(folder: Path) -> None:
    first = run("generate", cwd=folder)
    assert first.code == 0
    assert first.stderr == ""
    assert re.fullmatch(r"build/nebula/weekly-kills: \d+ new\n\d+ files changed\n", first.stdout)
    before = {path: path.stat().st_mtime_ns for path in (folder / "build").rglob("*")}
    assert run("generate", cwd=folder) == Result(0, "0 files changed\n", "")
    assert {path: path.stat().st_mtime_ns for path in (folder / "build").rglob("*")} == before
    assert run("generate", "--check", cwd=folder) == Result(0, "0 files would change\n", "")
    assert run("generate", "--diff", cwd=folder) == Result(0, "", "")


def test_check_and_diff_find_and_never_write(folder: Path) -> None:
    result = run("generate", "--check", cwd=folder)
    assert result.code == 1
    assert "would change" in result.stdout
    assert not (folder / "build").exists()
    run("generate", cwd=folder)
    (folder / "leaderboards.yaml").write_text(SMALL.replace("points: 10", "points: 11") + "    title: Kills\n")
    result = run("generate", "--diff", cwd=folder)
    assert result.code == 1
    assert "+++ b/nebula/weekly-kills/README.md\n" in result.stdout
    assert "Binary file nebula/weekly-kills/lambda/board.zip differs\n" in result.stdout
    assert run("generate", "--check", cwd=folder).stdout.startswith("build/nebula/weekly-kills: ")


def test_a_comment_changes_no_bundle(folder: Path) -> None:
    run("generate", cwd=folder)
    (folder / "leaderboards.yaml").write_text(SMALL + "# a comment\n")
    assert run("generate", cwd=folder).stdout == "1 file changed\n"  # the manifest, which has the input's hash


def test_a_removed_board(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text(SMALL + SECOND)
    run("generate", cwd=folder)
    (folder / "leaderboards.yaml").write_text(SMALL)
    result = run("generate", cwd=folder)
    assert result.stderr == (
        "build/nebula/daily-kills: its board is gone. Where it was applied, it goes on running with its page, scores "
        "and costs. It is protected: first put it back with `protect: false` and apply that. Kept. Destroy what it "
        "deployed, then `leaderboards generate --prune`.\n"
    )
    state = folder / "build/nebula/daily-kills/terraform/terraform.tfstate"
    state.write_text("{}")
    result = run("generate", "--prune", cwd=folder)
    assert "Kept, because Terraform's state is in it: terraform/terraform.tfstate." in result.stderr
    assert state.exists()
    state.unlink()
    result = run("generate", "--prune", cwd=folder)
    assert result.stdout == "build/nebula/daily-kills: deleted, it is gone from the YAML\n1 file changed\n"
    assert not state.parent.parent.exists()


def test_a_board_that_moved_to_another_team(folder: Path) -> None:
    teams = SMALL.replace("teams:\n", "teams:\n  quasar: {owner: quasar@example.com}\n")
    (folder / "leaderboards.yaml").write_text(teams)
    run("generate", cwd=folder)
    (folder / "leaderboards.yaml").write_text(teams.replace("team: nebula", "team: quasar"))
    result = run("generate", cwd=folder)
    assert "build/nebula/weekly-kills: its board moved to build/quasar/weekly-kills. Kept. Move its" in result.stderr
    assert "Destroy" not in result.stderr


def test_a_feed_that_moved_to_another_team(folder: Path) -> None:
    board = SMALL.replace("team: nebula\n", "team: nebula\n    feed: matches\n")
    teams = board.replace("teams:\n", "teams:\n  quasar: {owner: quasar@example.com}\n")
    feed = "feeds:\n  - {name: matches, team: nebula, types: [kill]}\n"
    (folder / "leaderboards.yaml").write_text(teams + feed)
    run("generate", cwd=folder)
    (folder / "leaderboards.yaml").write_text(teams + feed.replace("team: nebula", "team: quasar"))
    result = run("generate", cwd=folder)
    assert "build/nebula/feed-matches: its feed moved to build/quasar/feed-matches. Kept. Move its" in result.stderr
    assert "Destroy" not in result.stderr


def test_an_orphan_in_a_folder_that_no_board_can_have(folder: Path) -> None:
    run("generate", cwd=folder)
    manifest = json.loads((folder / "build/manifest.json").read_text())
    manifest["orphans"] = {"weekly-kills": {"files": {}}}
    (folder / "build/manifest.json").write_text(json.dumps(manifest))
    (folder / "build/weekly-kills").mkdir()
    assert "fault" not in run("generate", "--check", cwd=folder).stderr


def test_files_in_build_are_not_included(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text('include: ["**/*s.yaml"]\n' + SMALL)
    (folder / "teams").mkdir()
    (folder / "teams" / "others.yaml").write_text("team: nebula\nboards:\n" + SECOND)
    (folder / "leaderboards.yaml").rename(folder / "main.yaml")
    for _ in range(2):
        result = run("generate", "--file", "main.yaml", cwd=folder)
        assert result.code == 0, result.stderr
        (folder / "build" / "leftovers.yaml").write_text("no: board")


def test_environments_are_the_first_level(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text(
        SMALL + SECOND + "environments:\n  dev: {defaults: {top: 5}}\n  prod: {boards: {daily-kills: {top: 7}}}\n"
    )
    result = run("generate", "--env", "dev", "--json", cwd=folder)
    folders = {change["path"].rpartition("/terraform/")[0] for change in json.loads(result.stdout)["files"]}
    assert folders - {""} == {"dev/nebula/weekly-kills", "dev/nebula/daily-kills"}
    boards = boards_of((folder / "leaderboards.yaml").read_text())
    assert [(board.folder, board.names.prefix, board.config.top) for board in boards] == [
        ("dev/nebula/weekly-kills", "arcade-dev-weekly-kills", 5),
        ("dev/nebula/daily-kills", "arcade-dev-daily-kills", 5),
        ("prod/nebula/weekly-kills", "arcade-prod-weekly-kills", 100),
        ("prod/nebula/daily-kills", "arcade-prod-daily-kills", 7),
    ]


def test_what_stands_in_the_way(folder: Path) -> None:
    (folder / "build").symlink_to("/tmp")
    result = run("generate", cwd=folder)
    assert result.code == 3
    assert result.stderr == "build is a symbolic link: nothing is written through links. Delete it.\n"
