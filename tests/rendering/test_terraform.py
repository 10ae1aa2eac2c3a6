"""Terraform itself reads every bundle of the sample and of the golden cases. Together they have every branch.

Any Terraform can check the format. For init, validate and plan the environment variable TERRAFORM must name one that
has the AWS provider, and credentials or a stand-in for AWS to ask for the account's number. Elsewhere, as in CI, that
test is skipped.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.support.bundles import everything
from tests.support.folders import write_folder
from tests.support.programs import need, run_terraform

BUNDLES = sorted({path.partition("/terraform/")[0] for path in everything().files if "/terraform/" in path})


def test_is_formatted(tmp_path: Path) -> None:
    program = need("terraform")
    write_folder(tmp_path, {path: data for path, data in everything().files.items() if path.endswith(".tf")})
    run_terraform(program, tmp_path, "fmt", "-check", "-diff", "-recursive", "-no-color")


@pytest.mark.skipif(
    not os.environ.get("TERRAFORM"),
    reason="set TERRAFORM to a terraform that has the AWS provider and may plan with it",
)
@pytest.mark.parametrize("bundle", BUNDLES)
def test_plans(bundle: str, tmp_path: Path) -> None:
    program = os.environ["TERRAFORM"]
    files = {path: data for path, data in everything().files.items() if path.startswith(f"{bundle}/")}
    write_folder(tmp_path, files)
    folder = tmp_path / bundle / "terraform"
    # The state of a test stays in its folder, and whoever runs it has another account than a case names.
    (folder / "here_override.tf").write_text(
        'terraform {\n  backend "local" {}\n}\n\nprovider "aws" {\n  allowed_account_ids = null\n}\n'
    )
    run_terraform(program, folder, "init", "-input=false", "-no-color")
    validated = json.loads(run_terraform(program, folder, "validate", "-json"))
    assert validated["diagnostics"] == []
    run_terraform(program, folder, "plan", "-input=false", "-no-color", "-out=plan")
    plan = json.loads(run_terraform(program, folder, "show", "-json", "plan"))
    planned = [each["address"] for each in plan["resource_changes"] if each["change"]["actions"] == ["create"]]
    text = b"\n".join(data for path, data in files.items() if path.endswith(".tf")).decode()
    written = [f"{kind}.{name}" for kind, name in re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE)]
    # Terraform plans every resource that is written, and no other. `leaderboards check` relies on that: it expects
    # checkov to have looked at each resource that is written.
    assert sorted({address.partition("[")[0] for address in planned}) == sorted(written)
