"""The pipeline of docs/ci.md for GitLab makes jobs for what changed, and for nothing else."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import yaml

from tests.support.paths import REPOSITORY
from tests.workflows.world import World, team_file


def test_gitlab_s_pipeline_has_jobs_for_what_changed_alone(tmp_path: Path) -> None:
    world = World(tmp_path, "nebula", "draco")
    world.merge(
        {"teams/nebula.yaml": team_file("nebula", points=15), "teams/draco.yaml": team_file("draco", without=1)}
    )
    [block] = re.findall("```yaml\n(# .gitlab-ci.yml\n.*?)```", (REPOSITORY / "docs/ci.md").read_text(), re.DOTALL)
    script = yaml.safe_load(block)["changed"]["script"]
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(line for line in script if line != "leaderboards check")],
        cwd=world.workspace,
        env={**world.environment, "CI_COMMIT_BEFORE_SHA": "HEAD^1", "CI_PIPELINE_ID": "9"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    jobs = json.loads((world.workspace / "boards.json").read_text())
    assert {name: job["script"][-1] for name, job in jobs.items() if " " in name} == {
        "plan build/prod/nebula/nebula-0": "terraform plan -input=false -lock=false -out=plan.bin",
        "apply build/prod/nebula/nebula-0": "terraform apply -input=false plan.bin",
        "plan build/prod/draco/draco-4": "terraform plan -input=false -lock=false -destroy -out=plan.bin",
        "destroy build/prod/draco/draco-4": "terraform apply -input=false plan.bin",
    }
    applied = jobs["apply build/prod/nebula/nebula-0"]
    assert applied["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", "when": "manual"}]
    assert applied["resource_group"] == "s3://arcade-tfstate/arcade/prod/nebula/nebula-0.tfstate"
    assert (world.workspace / "build/prod/draco/draco-4/terraform/main.tf").exists()
