"""Runs the jobs of a workflow as GitHub would: the very shell text of its steps, with its outputs and artifacts.

Steps that prepare a machine (checkout, languages, tools, credentials) and the step `install` are left out: the test has
prepared it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

from tests.support.paths import REPOSITORY

PREPARING = (
    "actions/checkout",
    "actions/setup-python",
    "hashicorp/setup-terraform",
    "aws-actions/configure-aws-credentials",
)


class StepError(Exception):
    """A step that failed, with what it printed."""


def read_workflow(name: str) -> dict[str, Any]:
    """A workflow of this repository. YAML 1.1 reads its key `on` as true."""
    document: dict[str, Any] = yaml.safe_load((REPOSITORY / ".github/workflows" / name).read_text(encoding="utf-8"))
    return document


def evaluate(text: str, contexts: Mapping[str, Any]) -> str:
    """A text with the values of its expressions."""
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: str(_value(found[1], contexts)), text)


def _value(expression: str, contexts: Mapping[str, Any]) -> Any:
    """The value of an expression of paths, texts, `==`, `&&`, `||` and `toJSON`; a missing one is an empty text."""
    result: Any = ""
    for option in expression.split("||"):
        parts = [_atom(part.strip(), contexts) for part in option.split("&&")]
        result = next((part for part in parts if not part), parts[-1])
        if result:
            break
    return result


def _atom(text: str, contexts: Mapping[str, Any]) -> Any:
    if " == " in text:
        one, other = text.split(" == ")
        return _atom(one, contexts) == _atom(other, contexts)
    if text.startswith("'"):
        return text.strip("'")
    if inner := re.fullmatch(r"toJSON\((.*)\)", text):
        return json.dumps(_atom(inner[1], contexts))
    found: Any = contexts
    for step in text.split("."):
        if isinstance(found, list):
            found = found if step == "*" else [each[step] for each in found]
        else:
            found = found.get(step, "") if isinstance(found, dict) else ""
    return found


@dataclass
class Runner:
    """What the jobs of one run share."""

    root: Path
    """A folder of its own."""
    environment: Mapping[str, str]
    github: Mapping[str, Any]
    """The context `github`, and `inputs` in it where the workflow has some."""
    artifacts: Path = field(init=False)
    left_out: tuple[str, ...] = ("install",)
    """The names of steps that are not run."""
    needs: dict[str, dict[str, Any]] = field(default_factory=dict)
    summary: Path = field(init=False)

    def __post_init__(self) -> None:
        self.artifacts, self.summary = self.root / "artifacts", self.root / "summary.md"
        self.artifacts.mkdir(parents=True)

    def run_job(
        self,
        workflow: Mapping[str, Any],
        name: str,
        workspace: Path,
        matrix: Mapping[str, str] | None = None,
        index: int = 0,
        inputs: Mapping[str, str] | None = None,
    ) -> None:
        """Run the steps of a job in a workspace. Its outputs are for the jobs that need it. Raises StepError.

        `inputs`: what the workflow is called with, where another calls it.
        """
        job = workflow["jobs"][name]
        steps: dict[str, Any] = {}
        contexts = {
            "github": self.github,
            "inputs": inputs or self.github.get("inputs", {}),
            "needs": self.needs,
            "steps": steps,
            "matrix": matrix or {},
            "strategy": {"job-index": index},
        }
        self.needs[name] = {"result": "failure", "outputs": {}}
        failed: StepError | None = None
        for step in job["steps"]:
            # After a failure only the steps that say so are run: `!cancelled()`.
            always = "cancelled" in str(step.get("if", ""))
            if failed and not always:
                continue
            if "if" in step and not always and not _value(step["if"], contexts):
                continue
            try:
                self._run_step(step, contexts, workspace)
            except StepError as error:
                failed = error
        for key, expression in job.get("outputs", {}).items():
            self.needs[name]["outputs"][key] = evaluate(expression, contexts)
        if failed:
            raise failed
        self.needs[name]["result"] = "success"

    def _run_step(self, step: Mapping[str, Any], contexts: Mapping[str, Any], workspace: Path) -> None:
        if "run" in step:
            if step["name"] not in self.left_out:
                self._run_shell(step, contexts, workspace)
            return
        action = step["uses"].partition("@")[0]
        given = {
            key: evaluate(value if isinstance(value, str) else json.dumps(value), contexts)
            for key, value in step.get("with", {}).items()
        }
        if action == "actions/upload-artifact":
            self._upload(workspace, given)
        elif action == "actions/download-artifact":
            self._download(workspace, given)
        else:
            assert action in PREPARING, action

    def _run_shell(self, step: Mapping[str, Any], contexts: Mapping[str, Any], workspace: Path) -> None:
        output, temporary = self.root / "output", self.root / "temporary"
        output.write_text("")
        temporary.mkdir(exist_ok=True)
        variables = {key: evaluate(str(value), contexts) for key, value in step.get("env", {}).items()}
        places = {
            "GITHUB_OUTPUT": output,
            "GITHUB_STEP_SUMMARY": self.summary,
            "GITHUB_WORKSPACE": workspace,
            "RUNNER_TEMP": temporary,
        }
        done = subprocess.run(
            # GitHub documentation, "Workflow syntax": what `shell: bash` runs.
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=workspace,
            env={**self.environment, **variables, **{key: str(place) for key, place in places.items()}},
            capture_output=True,
            text=True,
            check=False,
        )
        if "id" in step:
            lines = output.read_text().splitlines()
            contexts["steps"][step["id"]] = {"outputs": dict(line.split("=", 1) for line in lines)}
        if done.returncode:
            raise StepError(f"{step['name']}: {done.returncode}\n{done.stdout}{done.stderr}")

    def _upload(self, workspace: Path, given: Mapping[str, str]) -> None:
        """Keep a file, or what is in a folder, without the folders that begin with `!`."""
        path, *left_out = given["path"].split()
        source, target = workspace / path, self.artifacts / given["name"]
        skipped = {workspace / each.removeprefix("!") for each in left_out}
        if source.is_file():
            target.mkdir()
            shutil.copy(source, target)
        elif source.is_dir():
            hidden = given.get("include-hidden-files") == "true"
            shutil.copytree(
                source,
                target,
                ignore=lambda folder, names: [
                    name for name in names if Path(folder, name) in skipped or (name.startswith(".") and not hidden)
                ],
            )
        else:
            assert given.get("if-no-files-found") == "ignore", given

    def _download(self, workspace: Path, given: Mapping[str, str]) -> None:
        """Put an artifact, or all that match a pattern, into a folder."""
        target = workspace / given.get("path", ".")
        if "name" in given:
            shutil.copytree(self.artifacts / given["name"], target, dirs_exist_ok=True)
            return
        for artifact in sorted(self.artifacts.iterdir()):
            if fnmatch(artifact.name, given["pattern"]):
                shutil.copytree(artifact, target, dirs_exist_ok=True)


def environment_with(*folders: Path, **more: str) -> dict[str, str]:
    """Our environment, with the programs of some folders before all others."""
    path = os.pathsep.join((*map(str, folders), os.environ["PATH"]))
    return {**os.environ, "PATH": path, **more}
