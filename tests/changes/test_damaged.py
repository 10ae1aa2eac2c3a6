"""A build/ that somebody edited, damaged or made with another version: it is compared as far as it goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.changes.repository import TEAMS, board, commit, write_files
from tests.support.cli import Result, run

KILLS = "build/nebula/kills"
DEPLOYMENT = f"{KILLS}/deployment.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one board that is generated."""
    write_files(tmp_path, {"leaderboards.yaml": f"{TEAMS}boards:\n{board('kills', team='nebula')}"})
    assert run("generate", cwd=tmp_path).code == 0
    return tmp_path


def diff(project: Path, **change: Any) -> Result:
    """What is said where these keys of deployment.json are other ones."""
    document = json.loads((project / DEPLOYMENT).read_text(encoding="utf-8"))
    write_files(project, {DEPLOYMENT: json.dumps({**document, **change})})
    return run("generate", "--diff", "--format", "text", cwd=project)


def test_what_no_longer_has_its_form_counts_as_unchanged(project: Path) -> None:
    damaged = {"tags": [], "traffic": 5, "sizes": None, "alarms": "x", "protect": None, "kms_previous_keys": "board"}
    assert diff(project, **damaged) == Result(1, f"{KILLS}: changed, in its files alone\n", "1 file would change\n")
    write_files(project, {DEPLOYMENT: '{"format": 1}'})
    result = run("generate", "--diff", "--format", "text", cwd=project)
    assert result == Result(1, f"{KILLS}: changed, in its files alone\n", "1 file would change\n")
    assert run("validate", cwd=project).code == 0


def test_what_has_its_form_is_compared_beside_it(project: Path) -> None:
    said = diff(project, tags=None, region="us-east-1").stdout
    assert "kills: region us-east-1 -> eu-central-1; " in said


def test_commands_quote_what_stands_in_a_file(project: Path) -> None:
    said = diff(project, team="x; rm -rf ~", state="s3://a b/$(x)").stdout
    assert "      aws s3 cp 's3://a b/$(x)' build/nebula/kills/terraform/terraform.tfstate\n" in said
    assert "      mv 'build/x; rm -rf ~/kills/terraform'/terraform.tfstate*" in diff(project, state="local").stdout


@pytest.mark.parametrize("names", [{"team": 7}, {"board": None}, {"environment": ["x"]}, {"folder": "nebula/;x"}])
def test_a_record_that_this_program_never_writes_is_left_out(project: Path, names: dict[str, Any]) -> None:
    manifest = json.loads((project / "build/manifest.json").read_bytes())
    record = {"board": "ghost", "team": "nebula", "environment": None, "files": {"a": "0"}, **names}
    folder = record.pop("folder", "nebula/ghost")
    manifest["orphans"] = {folder: record}
    write_files(project, {"build/manifest.json": json.dumps(manifest), f"build/{folder}/a": "a"})
    result = run("generate", "--diff", "--format", "text", cwd=project)
    assert result == Result(1, "", "1 file would change\n")


def test_validate_minds_no_link_in_build(project: Path) -> None:
    (project / KILLS).rename(project / "elsewhere")
    (project / KILLS).symlink_to(project / "elsewhere")
    assert run("validate", cwd=project).code == 0
    assert run("generate", cwd=project).code == 3


def test_all_that_a_commit_has_not_is_no_commit(project: Path) -> None:
    commit(project)
    result = run("changed", "--since", "^HEAD", cwd=project)
    assert (result.code, result.stdout) == (2, "")
    assert 'there is no commit "^HEAD"' in result.stderr
