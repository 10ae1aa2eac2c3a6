"""The workflows plan the boards that a pull request touches, and apply just what was planned: their steps run here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import REPOSITORY
from tests.support.programs import need
from tests.support.projects import RULES
from tests.workflows.steps import StepError, environment_with, read_workflow
from tests.workflows.world import SHOWN, TEAMS, World, team_file

PLAN, APPLY = read_workflow("boards-plan.yml"), read_workflow("boards-apply.yml")
DEPLOY = read_workflow("boards-deploy.yml")


def test_a_pull_request_that_touches_two_of_twenty_boards_plans_two(tmp_path: Path) -> None:
    world = World(tmp_path, *TEAMS)
    world.merge({f"teams/{team}.yaml": team_file(team, points=15) for team in ("nebula", "draco")})
    runner = world.runner("first", without=())
    runner.run_job(PLAN, "changed", world.workspace)
    assert runner.needs["changed"]["outputs"]["any"] == "true"
    touched = ["changed build/prod/draco/draco-0", "changed build/prod/nebula/nebula-0"]
    assert world.fan_out(runner, PLAN, "plan") == touched
    planned = [line.replace("terraform ", "") for line in world.log() if " plan " in line]
    assert (
        planned
        == [
            f"prod/{board}/plan -input=false -no-color -lock=false -out=plan.bin".replace("/plan", "/terraform plan")
            for board in ("draco/draco-0", "nebula/nebula-0")
        ]
        or planned
    )
    machine = runner.root / "comment"
    machine.mkdir()
    runner.run_job(PLAN, "comment", machine)
    posted = world.files["POSTED"].read_text()
    check_comment(posted)
    assert world.log()[-1].startswith("api --method POST repos/arcade/boards/issues/7/comments")
    world.files["COMMENT"].write_text("41\n42\n")
    shutil.rmtree(machine)
    machine.mkdir()
    runner.run_job(PLAN, "comment", machine)
    assert world.log()[-1].startswith("api --method PATCH repos/arcade/boards/issues/comments/41 ")


def check_comment(posted: str) -> None:
    """The comment says what changes in words, has both plans, and whatever a plan shows is text."""
    assert posted.startswith("<!-- leaderboards: boards-plan -->\n")
    assert posted.count(r"points of kill 10 -\> 15; scores so far stay") == 2
    summaries = re.findall("<summary><code>(.*)</code> [(]changed[)]: (.*)</summary>", posted)
    total = "Plan: 1 to add, 1 to change, 0 to destroy"
    assert summaries == [("build/prod/draco/draco-0", total), ("build/prod/nebula/nebula-0", total)]
    assert posted.count("</details>") == 2
    assert posted.replace("\n", "").isprintable()
    assert all(line.startswith("    ") for line in posted.splitlines() if "aws_" in line or '"]' in line)
    assert not [line for line in posted.splitlines() if "<img" in line or "@everybody" in line]


def test_just_what_was_planned_is_applied_and_what_is_removed_is_destroyed(tmp_path: Path) -> None:
    world = World(tmp_path, "nebula")
    world.merge({"teams/nebula.yaml": team_file("nebula", points=15, without=1)})
    runner = world.runner("merged")
    runner.run_job(APPLY, "changed", world.workspace)
    assert not (world.workspace / "build/prod/nebula/nebula-4").exists(), "it is made of the former YAML"
    bundles = ["changed build/prod/nebula/nebula-0", "removed build/prod/nebula/nebula-4"]
    assert world.fan_out(runner, DEPLOY, "plan", "boards") == bundles
    for index in (0, 1):
        planned = runner.artifacts / f"planned-boards-{index}" / "terraform"
        assert (planned / "plan.bin").read_bytes() == (planned / "main.tf").read_bytes()
        assert (planned / ".terraform.lock.hcl").exists()
        assert not (planned / ".terraform").exists()
    assert "    " + SHOWN.splitlines()[2] in runner.summary.read_text().splitlines()
    world.fan_out(runner, DEPLOY, "apply", "boards")
    options = "-input=false -no-color"
    assert world.log() == [
        f"prod/nebula/nebula-0/terraform init {options}",
        f"prod/nebula/nebula-0/terraform plan {options} -lock=false -out=plan.bin",
        f"prod/nebula/nebula-4/terraform init {options}",
        f"prod/nebula/nebula-4/terraform plan {options} -lock=false -destroy -out=plan.bin",
        f"prod/nebula/nebula-0/terraform init {options}",
        f"prod/nebula/nebula-0/terraform apply {options} plan.bin",
        f"prod/nebula/nebula-4/terraform init {options}",
        f"prod/nebula/nebula-4/terraform apply {options} plan.bin",
    ]


def test_an_edit_that_is_refused_stops_before_any_plan_and_is_said(tmp_path: Path) -> None:
    world = World(tmp_path, "nebula")
    best = team_file("nebula").replace("{rules: [{activity: kill, points: 10}]}", f"{{aggregate: best, {RULES[1:]}", 1)
    world.merge({"teams/nebula.yaml": best})
    runner = world.runner("refused")
    with pytest.raises(StepError, match="changed: 1"):
        runner.run_job(PLAN, "changed", world.workspace)
    assert not runner.needs["changed"]["outputs"]["matrix"]
    machine = runner.root / "comment"
    machine.mkdir()
    runner.run_job(PLAN, "comment", machine)
    posted = world.files["POSTED"].read_text()
    assert "**refused**" in posted
    assert "(changed: failure, plan: )" in posted
    accepted = world.runner("accepted", ("bug", "accept:nebula-0"), without=("check",))
    accepted.run_job(PLAN, "changed", world.workspace)
    assert accepted.needs["changed"]["outputs"]["any"] == "true"


@pytest.mark.parametrize("workflow", [PLAN, DEPLOY], ids=["plan", "deploy"])
@pytest.mark.parametrize(
    ("state", "change", "said"),
    [("local", "changed", "has its state on one machine"), ("s3://bucket/key", "moved", "has no state yet")],
)
def test_a_state_that_nobody_else_has_is_not_planned(
    workflow: dict[str, Any], state: str, change: str, said: str, tmp_path: Path
) -> None:
    world = World(tmp_path, "nebula")
    runner = world.runner("alone")
    (runner.artifacts / "bundles/build/nebula/kills/terraform").mkdir(parents=True)
    machine = tmp_path / "machine"
    matrix = {"folder": "build/nebula/kills", "state": state, "change": change}
    with pytest.raises(StepError, match=said):
        runner.run_job(workflow, "plan", machine, matrix)
    assert not [line for line in world.log() if " plan " in line]


WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_no_step_puts_an_expression_into_its_shell(file: Path) -> None:
    """A branch's name or a title would become code (GitHub documentation, "Script injections")."""
    for name, job in read_workflow(file.name)["jobs"].items():
        for step in job.get("steps", ()):
            assert "${{" not in step.get("run", ""), f"{name}: write it under `env`"


@pytest.mark.parametrize("workflow", [PLAN, APPLY, DEPLOY], ids=["plan", "apply", "deploy"])
def test_each_job_has_just_the_permissions_that_it_needs(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    jobs = workflow["jobs"]
    own = {name: set(job["permissions"].items()) for name, job in jobs.items()}
    assert own.get("changed", {("contents", "read")}) == {("contents", "read")}
    for name, job in jobs.items():
        if "uses" in job:
            assert own[name] == {("id-token", "write")}, name
            continue
        steps = " ".join(str(step) for step in job["steps"])
        assert (("id-token", "write") in own[name]) is ("configure-aws-credentials" in steps), name
        assert (("pull-requests", "write") in own[name]) is ("gh api" in steps), name
        # Whoever has credentials runs nothing of the repository.
        assert ("id-token", "write") not in own[name] or not re.search("checkout|leaderboards generate", steps), name
        assert ("id-token", "write") not in own[name] or job["environment"], name


FEED = "feeds: [{name: matches, team: nebula, types: [kill]}]\n"


def test_a_feed_is_applied_before_its_boards_and_destroyed_after_them(tmp_path: Path) -> None:
    world = World(tmp_path, "nebula")
    more = f"  - {{name: fed, feed: matches, scoring: {RULES}, window: {{every: week}}}}\n"
    world.merge({"teams/nebula.yaml": team_file("nebula") + more + FEED})
    runner = world.runner("new")
    runner.run_job(APPLY, "changed", world.workspace)
    assert world.fan_out(runner, DEPLOY, "plan", "feeds") == ["new build/prod/nebula/feed-matches"]
    assert world.fan_out(runner, DEPLOY, "plan", "boards") == ["new build/prod/nebula/fed"]
    assert runner.needs["changed"]["outputs"]["any_gone_feeds"] == "false"
    world.merge({"teams/nebula.yaml": team_file("nebula")})
    shutil.rmtree(world.workspace / "bundles")
    shutil.rmtree(world.workspace / "build")
    runner = world.runner("gone")
    runner.run_job(APPLY, "changed", world.workspace)
    assert runner.needs["changed"]["outputs"]["any_feeds"] == "false"
    assert world.fan_out(runner, DEPLOY, "plan", "boards") == ["removed build/prod/nebula/fed"]
    assert world.fan_out(runner, DEPLOY, "plan", "gone_feeds") == ["removed build/prod/nebula/feed-matches"]
    jobs = APPLY["jobs"]
    assert [jobs[name]["needs"] for name in ("boards", "gone-feeds")] == [["changed", "feeds"], ["changed", "boards"]]
    calls = [jobs[name] for name in ("feeds", "boards", "gone-feeds")]
    assert [call["with"]["part"] for call in calls] == ["feeds", "boards", "gone-feeds"]
    assert {call["uses"] for call in calls} == {"./.github/workflows/boards-deploy.yml"}


def run_matrix(workflow: dict[str, Any], folder: Path, bundles: int) -> tuple[str, dict[str, str]]:
    """What the step `matrix` prints of so many bundles, and its outputs."""
    (step,) = [each for each in workflow["jobs"]["changed"]["steps"] if each.get("name") == "matrix"]
    output = folder / "output"
    output.write_text("")
    planned = [{"folder": f"build/x/{number}", "change": "changed", "kind": "board"} for number in range(bundles)]
    environment = {
        **environment_with(folder),
        "PLAN": json.dumps({"include": planned}),
        "DESTROY": '{"include":[]}',
        "SINCE": "abc",
        "GITHUB_OUTPUT": str(output),
    }
    shell = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    done = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout, dict(line.split("=", 1) for line in output.read_text().splitlines())


def test_a_matrix_has_no_more_jobs_than_github_takes(tmp_path: Path) -> None:
    need("jq")
    said, outputs = run_matrix(PLAN, tmp_path, 256)
    assert (said, len(json.loads(outputs["matrix"])["include"]), outputs["any"]) == ("", 256, "true")
    said, outputs = run_matrix(PLAN, tmp_path, 257)
    assert said == "::warning::257 bundles change: the first 256 are planned here\n"
    assert len(json.loads(outputs["matrix"])["include"]) == 256
    said, outputs = run_matrix(APPLY, tmp_path, 256)
    assert (said, outputs["any_boards"], outputs["any_feeds"]) == ("", "true", "false")
    assert len(json.loads(outputs["boards"])["include"]) == 256
    said, outputs = run_matrix(APPLY, tmp_path, 257)
    assert said.startswith("::error::more than 256 bundles: run boards-apply by hand from abc, for one environment or ")
    assert outputs == {}


def test_one_environment_and_team_may_be_deployed_by_hand(tmp_path: Path) -> None:
    world = World(tmp_path, "nebula", "draco")
    world.merge({f"teams/{team}.yaml": team_file(team, points=15) for team in ("nebula", "draco")})
    runner = world.runner("by-hand")
    inputs = {"since": runner.github["event"]["before"], "environment": "prod", "team": "draco"}
    runner.run_job(APPLY, "changed", world.workspace, inputs=inputs)
    assert world.fan_out(runner, DEPLOY, "plan", "boards") == ["changed build/prod/draco/draco-0"]
