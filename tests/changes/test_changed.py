"""`leaderboards changed`: which bundles differ from those of a commit, found without making any."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from generator.changes import history, reports
from tests.changes.repository import TEAMS, board, commit, git, write_files
from tests.support.cli import Result, run
from tests.support.pictures import SVG


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a folder of a repository: two team files, a logo, two environments, one with a backend."""
    folder = tmp_path / "repo" / "game"
    logo = "    dashboard: {logo: ../star.svg}\n"
    write_files(
        folder,
        {
            "leaderboards.yaml": TEAMS + 'include: ["teams/*.yaml"]\n'
            "environments:\n"
            "  dev: {account_id: '111111111111', defaults: {protect: false}}\n"
            "  prod: {account_id: '222222222222', backend: {s3: {bucket: arcade-tfstate, region: eu-central-1}}}\n",
            "teams/nebula.yaml": f"team: nebula\nboards:\n{board('kills', more=logo)}{board('wins')}",
            "teams/quasar.yaml": f"team: quasar\nboards:\n{board('laps')}",
            "star.svg": SVG,
        },
    )
    commit(tmp_path / "repo")
    return folder


def edit(folder: Path, path: str, old: str, new: str) -> None:
    """Replace a text that stands in a file once."""
    text = (folder / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, text
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")


def bundles(result: Result) -> dict[str, dict[str, Any]]:
    """The bundles of the JSON that a run printed, by folder."""
    return {each["folder"]: each for each in json.loads(result.stdout)["bundles"]}


def test_nothing_changed(project: Path) -> None:
    text = (project / "teams/nebula.yaml").read_text()
    (project / "teams/nebula.yaml").write_text(f"# only words\n{text}")
    result = run("changed", "--since", "HEAD", cwd=project)
    assert result == Result(0, "", "since HEAD, no bundle changes\n")
    assert run("changed", "--since", "HEAD", "--format", "github", cwd=project).stdout == (
        'plan={"include":[]}\ndestroy={"include":[]}\nany=false\nany_destroy=false\n'
    )


def test_new_changed_moved_and_removed_are_told_apart(project: Path) -> None:
    edit(project, "teams/nebula.yaml", board("wins"), "")
    write_files(
        project, {"teams/quasar.yaml": f"team: quasar\nboards:\n{board('wins')}{board('goals', top_of('goal'))}"}
    )
    (project / "star.svg").write_bytes(SVG.replace(b"#f00", b"#0f0"))
    result = run("changed", "--since", "HEAD", "--json", cwd=project)
    assert result.code == 0, result.stderr
    found = bundles(result)
    assert {folder: each["change"] for folder, each in found.items() if "/prod/" in folder} == {
        "build/prod/nebula/kills": "changed",
        "build/prod/quasar/goals": "new",
        "build/prod/quasar/laps": "removed",
        "build/prod/quasar/wins": "moved",
    }
    assert len(found) == 8
    moved = found["build/prod/quasar/wins"]
    assert moved["former_folder"] == "build/prod/nebula/wins"
    assert moved["state"] == "s3://arcade-tfstate/arcade/prod/quasar/wins.tfstate"
    assert (
        "aws s3 cp s3://arcade-tfstate/arcade/prod/nebula/wins.tfstate " + moved["state"]
        in moved["edits"][0]["commands"]
    )
    assert found["build/prod/quasar/laps"]["state"] == "s3://arcade-tfstate/arcade/prod/quasar/laps.tfstate"
    assert "protect: false" in found["build/prod/quasar/laps"]["edits"][0]["then"]
    assert "protect: false" not in found["build/dev/quasar/laps"]["edits"][0]["then"]


def top_of(activity: str) -> str:
    """The scoring of a board that is like no other."""
    return f"{{rules: [{{activity: {activity}, points: 3}}]}}"


def test_the_matrix_for_workflows(project: Path) -> None:
    edit(project, "teams/nebula.yaml", board("wins"), board("wins", "{rules: [{activity: kill, points: 15}]}"))
    edit(project, "teams/quasar.yaml", board("laps"), "  []\n")
    edit(project, "teams/quasar.yaml", "boards:\n  []", "boards: []")
    result = run("changed", "--since", "HEAD", "--format", "github", cwd=project)
    assert result.code == 0
    outputs = dict(line.split("=", 1) for line in result.stdout.splitlines())
    assert list(outputs) == ["plan", "destroy", "any", "any_destroy"]
    assert (outputs["any"], outputs["any_destroy"]) == ("true", "true")
    plan = json.loads(outputs["plan"])["include"]
    assert plan == [
        {
            "name": f"{environment}-wins",
            "environment": environment,
            "team": "nebula",
            "board": "wins",
            "folder": f"build/{environment}/nebula/wins",
            "change": "changed",
            "state": state,
            "kind": "board",
        }
        for environment, state in (("dev", "local"), ("prod", "s3://arcade-tfstate/arcade/prod/nebula/wins.tfstate"))
    ]
    assert [each["folder"] for each in json.loads(outputs["destroy"])["include"]] == [
        "build/dev/quasar/laps",
        "build/prod/quasar/laps",
    ]
    assert "wins: points of kill 10 -> 15; scores so far stay" in result.stderr  # for the step's log


def test_one_environment_or_team_after_another(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("wins", "kills"):
        text = (project / "teams/nebula.yaml").read_text()
        write_files(project, {"teams/nebula.yaml": text.replace(f"name: {name}\n", f"name: {name}\n    title: X\n")})
    edit(project, "teams/quasar.yaml", "name: laps\n", "name: laps\n    title: X\n")
    monkeypatch.setattr(reports, "MOST_JOBS", 5)
    every = run("changed", "--since", "HEAD", cwd=project)
    assert (
        "6 bundles: a matrix of a workflow takes 5. Deploy one environment or team after another: --env and --team"
        in every.stderr
    )
    some = run("changed", "--since", "HEAD", "--env", "prod", "--team", "nebula", "--json", cwd=project)
    assert [*bundles(some)] == ["build/prod/nebula/kills", "build/prod/nebula/wins"]
    assert "a matrix of a workflow" not in some.stderr
    unknown = run("changed", "--since", "HEAD", "--env", "prd", cwd=project)
    assert unknown.code == 2
    assert unknown.stderr.endswith('--env: there is no "prd" in leaderboards.yaml. Did you mean "prod"?\n')


def test_a_refused_edit_fails_unless_it_is_accepted(project: Path) -> None:
    edit(
        project,
        "teams/nebula.yaml",
        board("wins"),
        board("wins", "{aggregate: best, rules: [{activity: kill, points: 10}]}"),
    )
    refused = run("changed", "--since", "HEAD", "--format", "github", cwd=project)
    assert refused.code == 1
    assert refused.stdout.startswith("plan=")
    assert "teams/nebula.yaml:7:5: boards[wins]: dev: aggregate sum -> best: refused, because " in refused.stderr
    assert "`leaderboards new wins-2 --like wins`" in refused.stderr
    assert "So it is with prod/nebula/wins. " in refused.stderr
    assert refused.stderr.endswith("\n1 edit refused\n")
    accepted = run("changed", "--since", "HEAD", "--accept", "wins", cwd=project)
    assert accepted.code == 0
    assert "wins: aggregate sum -> best; " in accepted.stdout
    assert "; refused, accepted\n" in accepted.stdout
    unknown = run("changed", "--since", "HEAD", "--accept", "winz", cwd=project)
    assert unknown.code == 2
    assert unknown.stderr.endswith('--accept: there is no board "winz" in leaderboards.yaml. Did you mean "wins"?\n')


def test_what_a_file_was_before_may_be_wrong(project: Path) -> None:
    text = (project / "teams/quasar.yaml").read_text()
    (project / "teams/quasar.yaml").write_text(text.replace("points: 10", "points: ten"))
    commit(project, "wrong")
    (project / "teams/quasar.yaml").write_text(text)
    result = run("changed", "--since", "HEAD", cwd=project)
    assert result.code == 2
    assert "HEAD:teams/quasar.yaml:4:" in result.stderr
    assert result.stderr.endswith("The files of HEAD are wrong, so nothing can be compared with them.\n")


def test_a_commit_without_the_file_makes_every_board_new(project: Path) -> None:
    git(project, "rm", "-q", "--cached", "-r", ".")
    commit_without = git(project, "commit-tree", "-m", "none", git(project, "write-tree").strip()).strip()
    result = run("changed", "--since", commit_without, "--json", cwd=project)
    assert result.code == 0
    assert {each["change"] for each in bundles(result).values()} == {"new"}
    assert "every board is new" in result.stderr


def test_a_commit_is_read_as_the_disk_is(project: Path) -> None:
    """Through links to files of the project, and without what is generated."""
    main = (project / "leaderboards.yaml").read_text().replace("teams/*.yaml", "**/*.yaml")
    main = main.replace("teams:\n", "teams:\n  third: {owner: third@example.com}\n")
    write_files(project, {"leaderboards.yaml": main, "build/old.yaml": "team: other", "shared/goals": goals()})
    (project / "linked.yaml").symlink_to("shared/goals")
    commit(project, "links")
    assert run("changed", "--since", "HEAD", cwd=project) == Result(0, "", "since HEAD, no bundle changes\n")
    (project / "shared/goals").write_text(goals().replace("points: 10", "points: 15"))
    result = run("changed", "--since", "HEAD", cwd=project)
    assert result.stdout.count("goals: points of kill 10 -> 15") == 2


def goals() -> str:
    """A file of one more team."""
    return f"team: third\nboards:\n{board('goals')}"


@pytest.mark.parametrize("ref", ["no-such", "HEAD~7", "--help-me", "a\nb", "HEAD:leaderboards.yaml"])
def test_a_ref_that_is_no_commit(project: Path, ref: str) -> None:
    result = run("changed", f"--since={ref}", cwd=project)
    assert (result.code, result.stdout) == (2, "")
    assert "commit" in result.stderr
    assert "\n" not in result.stderr.removesuffix("\n")


def test_a_folder_that_is_in_no_repository(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(f"{TEAMS}boards:\n{board('kills', team='nebula')}")
    result = run("changed", "--since", "HEAD", cwd=tmp_path)
    assert result.code == 2
    assert "is not in a git repository" in result.stderr


def test_a_shallow_clone_says_what_it_lacks(project: Path, tmp_path: Path) -> None:
    first = git(project, "rev-parse", "HEAD").strip()
    commit(project, "two")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{project.parent}", "clone")
    result = run("changed", "--since", first, cwd=tmp_path / "clone" / "game")
    assert result.code == 2
    assert "`fetch-depth: 0`" in result.stderr


def test_git_is_needed(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("changed", "--since", "HEAD", cwd=project)
    assert result.code == 3
    assert result.stderr == "--since needs the program git, which is not installed or not on the PATH.\n"


def test_commits_that_a_branch_lacks_are_named(project: Path) -> None:
    first = git(project, "rev-parse", "HEAD").strip()
    edit(project, "teams/nebula.yaml", board("wins"), board("wins", top_of("kill")))
    commit(project, "two")
    git(project, "checkout", "-q", "-b", "behind", first)
    result = run("changed", "--since", "main", cwd=project)
    assert "points of kill 3 -> 10" in result.stdout
    assert "main is 1 commit ahead of this branch: what they changed shows as undone." in result.stderr


def test_a_generator_of_the_same_repository_changes_every_bundle(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = project.parent
    write_files(top, {"generator/a.py": "", "runtime/b.py": "", "notes.txt": ""})
    commit(top)
    monkeypatch.setattr(history, "PROGRAM", top)
    assert run("changed", "--since", "HEAD", cwd=project).stdout == ""
    write_files(top, {"runtime/c.py": "", "runtime/b.py": "x", "notes.txt": "x"})
    result = run("changed", "--since", "HEAD", cwd=project)
    assert result.code == 0
    assert result.stdout.count(": changed, in its files alone\n") == 6
    assert "2 files of the generator itself differ from HEAD: every bundle is changed" in result.stderr
    shutil.rmtree(top / "runtime")
    assert run("changed", "--since", "HEAD", cwd=project).stdout.count(": changed, in its files alone\n") == 6


def test_an_edit_that_raises_the_version_is_compared_all_the_same(project: Path) -> None:
    main = (project / "leaderboards.yaml").read_text(encoding="utf-8")
    write_files(project, {"leaderboards.yaml": f'{main}requires: "<0.1"\n'})
    commit(project)
    write_files(project, {"leaderboards.yaml": f'{main}requires: ">=0.1"\n'})
    assert run("changed", "--since", "HEAD", cwd=project) == Result(0, "", "since HEAD, no bundle changes\n")


def test_a_logo_that_git_lfs_keeps_is_read_as_a_checkout_does(tmp_path: Path) -> None:
    """A filter of git stands for Git LFS, which needs a server."""
    kills = board("kills", team="nebula", more="    dashboard: {logo: logo.svg}\n")
    pointer, logo = (
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
        ('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    )
    files = {"leaderboards.yaml": f"{TEAMS}boards:\n{kills}", "logo.svg": pointer, ".gitattributes": "*.svg filter=x\n"}
    write_files(tmp_path, files)
    commit(tmp_path)
    write_files(tmp_path, {"logo.svg": logo})
    missing = run("changed", "--since", "HEAD", cwd=tmp_path)
    assert (missing.code, missing.stdout) == (2, "")
    assert '"logo.svg" is a pointer of Git LFS, and not the picture that it stands for' in missing.stderr
    assert "give actions/checkout `lfs: true`" in missing.stderr
    git(tmp_path, "config", "filter.x.smudge", f"printf '{logo}'")
    assert run("changed", "--since", "HEAD", cwd=tmp_path) == Result(0, "", "since HEAD, no bundle changes\n")
