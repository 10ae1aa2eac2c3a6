"""`generate --prune` keeps a bundle as long as its board may be deployed: only with it can the board be destroyed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.changes.repository import TEAMS, board, write_files
from tests.support.cli import run

BACKEND = "environments: {prod: {backend: {s3: {bucket: arcade-tfstate, region: eu-central-1}}}}\n"
BOTH = f"{TEAMS}{BACKEND}boards:\n{board('kills', team='nebula')}{board('laps', team='quasar')}"
ONE = f"{TEAMS}{BACKEND}boards:\n{board('kills', team='nebula')}"
LAPS = "build/prod/quasar/laps"
STATE = "s3://arcade-tfstate/arcade/prod/quasar/laps.tfstate"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a backend, of whose boards one is gone."""
    write_files(tmp_path, {"leaderboards.yaml": BOTH})
    assert run("generate", cwd=tmp_path).code == 0
    write_files(tmp_path, {"leaderboards.yaml": ONE})
    return tmp_path


def test_a_bundle_whose_state_may_be_in_a_backend_is_kept(project: Path) -> None:
    result = run("generate", "--prune", cwd=project)
    assert result.code == 0
    assert (project / LAPS / "terraform/main.tf").is_file()
    terraform = f"terraform -chdir={LAPS}/terraform"
    assert result.stderr == (
        f"{LAPS}: its board is gone. Where it was applied, it goes on running with its page, scores and costs. It is "
        "protected: first put it back with `protect: false` and apply that. Kept, because its state may be in "
        f'"{STATE}": `{terraform} init` and `{terraform} destroy` delete all of that for good, then `leaderboards '
        "generate --prune --accept laps`.\n"
    )
    (orphan,) = json.loads(run("generate", "--json", cwd=project).stdout)["orphans"]
    assert orphan == {
        "folder": "prod/quasar/laps",
        "state": [],
        "backend": STATE,
    }


def test_it_goes_where_somebody_says_that_nothing_is_left(project: Path) -> None:
    write_files(project, {f"{LAPS}/terraform/.terraform/terraform.tfstate": "{}"})  # terraform init has been there
    assert run("generate", "--accept", "laps", cwd=project).code == 0
    assert (project / LAPS).is_dir()
    assert run("generate", "--prune", "--accept", "laps", cwd=project).code == 0
    assert not (project / LAPS).exists()
    assert run("generate", "--prune", "--accept", "laps", cwd=project).code == 2  # there is no such board any more


def test_state_in_the_bundle_keeps_it_whatever_is_said(project: Path) -> None:
    write_files(project, {f"{LAPS}/terraform/terraform.tfstate": "{}"})
    assert run("generate", "--prune", "--accept", "laps", cwd=project).code == 0
    assert (project / LAPS / "terraform/main.tf").is_file()


def test_a_bundle_without_a_backend_goes_as_before(tmp_path: Path) -> None:
    write_files(tmp_path, {"leaderboards.yaml": BOTH.replace(BACKEND, "")})
    assert run("generate", cwd=tmp_path).code == 0
    write_files(tmp_path, {"leaderboards.yaml": ONE.replace(BACKEND, "")})
    assert run("generate", "--prune", cwd=tmp_path).code == 0
    assert not (tmp_path / "build/quasar/laps").exists()


def test_the_former_bundle_of_a_board_that_moved_goes_once_no_state_is_in_it(project: Path) -> None:
    state = f"{LAPS}/terraform/terraform.tfstate"
    # Where Terraform has been, a note stays of the backend: the state itself may have followed long ago.
    write_files(project, {f"{LAPS}/terraform/.terraform/terraform.tfstate": "{}", state: "{}"})
    write_files(project, {"leaderboards.yaml": BOTH.replace("team: quasar\n", "team: nebula\n")})
    result = run("generate", "--prune", cwd=project)
    assert result.code == 0
    assert "terraform -chdir=build/prod/nebula/laps/terraform init -reconfigure" in result.stderr
    assert result.stderr.endswith("before you apply, then `leaderboards generate --prune`.\n")
    assert (project / LAPS).is_dir()
    (project / state).unlink()
    assert run("generate", "--prune", cwd=project).stderr == ""
    assert not (project / LAPS / "README.md").exists()


def test_a_feed_is_kept_as_a_board_is(project: Path) -> None:
    feed = "feeds:\n  - {name: matches, team: quasar, types: [kill]}\n"
    fed = board("fed", team="quasar", more="    feed: matches\n")
    write_files(project, {"leaderboards.yaml": f"{BOTH}{fed}{feed}"})
    assert run("generate", cwd=project).code == 0
    write_files(project, {"leaderboards.yaml": ONE})
    kept = run("generate", "--prune", "--accept", "laps", "--accept", "fed", cwd=project)
    assert kept.code == 0
    folder = "build/prod/quasar/feed-matches"
    assert kept.stderr.startswith(
        f"{folder}: its feed is gone. Where it was applied, it goes on taking activities, and costs. Its boards come "
        "first. It is protected: "
    )
    assert "arcade/prod/quasar/feed-matches.tfstate" in kept.stderr
    assert (project / folder / "terraform/bus.tf").is_file()
    gone = run("generate", "--prune", "--accept", "feed-matches", cwd=project)
    assert (gone.code, gone.stderr) == (0, "")
    assert f"{folder}: deleted, it is gone from the YAML\n" in gone.stdout
    assert not (project / folder).exists()
