"""A scratch repository of boards, a pull request that is merged into it, and the programs of a runner.

git is real, and so is `leaderboards`; terraform, checkov and gh are stand-ins that note what they are asked.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.changes.repository import ENVIRONMENT, commit, git, write_files
from tests.support.fake_tools import CHECKOV, program
from tests.support.paths import REPOSITORY
from tests.support.programs import need
from tests.support.projects import RULES
from tests.workflows.steps import Runner, environment_with

TEAMS = ("nebula", "quasar", "pulsar", "draco")
BOARDS = 5
"""Boards of each team."""
HOSTILE = "x\n```\n</details>\n<img src=x onerror=alert(1)> @everybody\x1b[2J"

MAIN = f"""\
version: 1
project: arcade
region: eu-central-1
include: ["teams/*.yaml"]
environments:
  prod: {{account_id: "111111111111", backend: {{s3: {{bucket: arcade-tfstate, region: eu-central-1}}}}}}
teams: {{{", ".join(f"{team}: {{owner: {team}@example.com}}" for team in TEAMS)}}}
"""

TERRAFORM = """\
case "$1" in
  version) echo '{"terraform_version": "1.11.4"}'; exit;;
  fmt) exit;;
  state) exit;;
  init) mkdir -p .terraform; echo hash > .terraform.lock.hcl;;
  plan) cat main.tf > plan.bin;;
  show) cat "$SHOWN"; exit;;
  apply) cmp -s main.tf plan.bin || exit 1;;
esac
echo "${PWD#*/build/} $*" >> "$LOG"
"""
SHOWN = f"""\
Terraform will perform the following actions:

  # aws_dynamodb_table.marks will be updated in-place
  # aws_s3_object.x["{HOSTILE}
  # "] will be created
Plan: 1 to add, 1 to change, 0 to destroy.
"""
GH = """\
case "$*" in
  *--paginate*) cat "$COMMENT" 2>/dev/null || true;;
  *) echo "$*" >> "$LOG"; for word; do case "$word" in body=@*) cp "${word#body=@}" "$POSTED";; esac; done;;
esac
"""


def team_file(team: str, points: int = 10, without: int = 0, more: str = "") -> str:
    """The file of a team, of which the last boards may be left out; its first board gives some points for a kill."""
    boards = [
        f"  - {{name: {team}-{number}, scoring: {RULES}, window: {{every: week}}{more}}}\n"
        for number in range(BOARDS - without)
    ]
    boards[0] = boards[0].replace("points: 10", f"points: {points}")
    return f"team: {team}\nboards:\n{''.join(boards)}"


def make_base(folder: Path, *teams: str) -> Path:
    """Make a repository of the boards of some teams."""
    files = {f"teams/{team}.yaml": team_file(team) for team in teams}
    write_files(folder, {"leaderboards.yaml": MAIN, ".gitignore": "/build/\n/.leaderboards_cache/\n", **files})
    commit(folder, "base")
    return folder


class World:
    """A clone of the repository, a pull request that is merged into it, and the programs of a runner."""

    def __init__(self, folder: Path, *teams: str) -> None:
        need("jq")
        self.merged = False
        self.folder, self.workspace = folder, folder / "clone"
        make_base(self.workspace, *teams)
        tools = folder / "tools"
        tools.mkdir()
        program(tools / "terraform", TERRAFORM)
        program(tools / "gh", GH)
        command = "from generator.cli.main import main; main()"
        program(tools / "leaderboards", f'PYTHONPATH="{REPOSITORY}" exec "{sys.executable}" -c "{command}" "$@"')
        files = {"LOG": "log", "SHOWN": "shown", "COMMENT": "comment-id", "POSTED": "posted.md"}
        self.files = {name: folder / path for name, path in files.items()}
        self.files["SHOWN"].write_text(SHOWN)
        self.files["LOG"].write_text("")
        checkov = {"CHECKOV": program(tools / "checkov", CHECKOV), "VERSION": "1.0", "UNSEEN": "nothing", "FAILED": ""}
        places = {name: str(path) for name, path in self.files.items()}
        self.environment = environment_with(tools, **ENVIRONMENT, **checkov, **places, RUNS=str(folder / "runs"))
        self.environment["PATH"] = f"{tools}:{self.environment['PATH']}"
        self.environment.pop("CI", None)

    def merge(self, files: dict[str, str]) -> None:
        """Merge a pull request that writes some files."""
        git(self.workspace, "checkout", "-q", "-B", "edit")
        write_files(self.workspace, files)
        commit(self.workspace, "edit")
        git(self.workspace, "checkout", "-q", "main")
        self.merged = True
        git(self.workspace, "merge", "-q", "--no-ff", "-m", "merge", "edit")

    def runner(self, name: str, labels: tuple[str, ...] = (), without: tuple[str, ...] = ("check",)) -> Runner:
        """A run of a workflow for that pull request, or for its merge. `without`: steps that are left out."""
        pull = {"number": 7, "labels": [{"name": label} for label in labels]}
        before = git(self.workspace, "rev-parse", "HEAD~1" if self.merged else "HEAD").strip()
        github = {"event": {"pull_request": pull, "before": before}, "repository": "arcade/boards", "run_id": "5"}
        return Runner(self.folder / name, self.environment, github, ("install", *without))

    def fan_out(self, runner: Runner, workflow: dict[str, object], job: str, part: str = "matrix") -> list[str]:
        """Run a job for each bundle of a matrix, each on a machine of its own. Returns what it was run for."""
        matrix = json.loads(runner.needs["changed"]["outputs"][part])["include"]
        for index, each in enumerate(matrix):
            machine = runner.root / f"{job}-{part}-{index}"
            machine.mkdir()
            runner.run_job(workflow, job, machine, each, index, {"part": part})
        return [f"{each['change']} {each['folder']}" for each in matrix]

    def log(self) -> list[str]:
        """What terraform and gh were asked."""
        return self.files["LOG"].read_text().splitlines()
