"""A bundle on disk, and Terraform in it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.folders import write_folder

BACKEND = 'terraform {\n  backend "local" {}\n}\n'
"""Replaces the backend that the bundle has."""


class TerraformError(Exception):
    """A Terraform command that failed, with all that it said from the error on."""


class Workspace:
    """A bundle on disk, and Terraform in it."""

    def __init__(
        self, folder: Path, files: Mapping[str, bytes], program: str, environment: Mapping[str, str] | None = None
    ) -> None:
        """`files`: the bundle's, by their path in it. Its state stays in the folder, whatever its backend is.

        `environment`: of Terraform; None for our own.
        """
        self._environment = environment
        self._program = program
        self.root = folder
        self.folder = folder / "terraform"
        self.write(files)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Put the bundle's files in place, over those that are there."""
        write_folder(self.root, files)
        (self.folder / "backend_override.tf").write_text(BACKEND)

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run a command of Terraform. Raises TerraformError when its exit code is not among `codes`."""
        done = subprocess.run(
            [self._program, *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in codes:
            said = f"{done.stdout}{done.stderr}"
            raise TerraformError(f"terraform {' '.join(arguments)}\n{said[max(said.find('Error:'), 0) :]}")
        return done

    def init(self) -> None:
        """`terraform init`."""
        self.run("init", "-input=false", "-no-color")

    def validate(self) -> list[Any]:
        """The diagnostics of `terraform validate`: errors and warnings."""
        found: list[Any] = json.loads(self.run("validate", "-json", codes=(0, 1)).stdout)["diagnostics"]
        return found

    def plan(self, *arguments: str) -> dict[str, Any]:
        """Plan, into the file `plan`. Returns it as JSON."""
        self.run("plan", "-input=false", "-no-color", "-out=plan", *arguments)
        plan: dict[str, Any] = json.loads(self.run("show", "-json", "plan").stdout)
        return plan

    def apply(self) -> str:
        """Apply the file `plan`."""
        return self.run("apply", "-input=false", "-no-color", "plan").stdout

    def has_changes(self) -> bool:
        """Whether another plan would change anything."""
        return self.run("plan", "-input=false", "-no-color", "-detailed-exitcode", codes=(0, 2)).returncode == 2

    def destroy(self) -> str:
        """Destroy everything."""
        return self.run("destroy", "-auto-approve", "-input=false", "-no-color").stdout

    def state(self, *, data: bool = False) -> dict[str, Any]:
        """What Terraform knows of each resource: its attributes by its address. `data`: and of each data source."""
        shown = json.loads(self.run("show", "-json").stdout)
        resources = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return {each["address"]: each["values"] for each in resources if data or each["mode"] == "managed"}

    def outputs(self) -> dict[str, Any]:
        """The outputs' values by name."""
        return {name: each["value"] for name, each in json.loads(self.run("output", "-json").stdout).items()}
