"""The Makefile's targets that run Terraform, with a program that stands in for it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import REPOSITORY

LOCK = ".terraform.lock.hcl"
TERRAFORM = f"""#!/bin/sh
cd "${{1#-chdir=}}"
test -d "$TF_PLUGIN_CACHE_DIR" || exit 3
if [ -e {LOCK} ]; then echo "cached in $PWD by $(cat {LOCK})"; else echo "downloaded in $PWD"; echo first > {LOCK}; fi
"""
BUNDLES = ("build/nebula/a/terraform", "build/nebula/b/terraform", "build/prod/quasar/c/terraform")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with three bundles and a program in the place of Terraform."""
    for bundle in BUNDLES:
        (tmp_path / bundle).mkdir(parents=True)
    program = tmp_path / "terraform"
    program.write_text(TERRAFORM)
    program.chmod(0o755)
    return tmp_path


def init(project: Path, **environment: str) -> list[str]:
    """What the stand-in says for each bundle in `make init`, without the generating before it."""
    command = ["make", "--file", str(REPOSITORY / "Makefile"), "--old-file", "generate", "init"]
    command += [f"TERRAFORM={project / 'terraform'}"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "MAKE"))}
    environment = {**kept, "HOME": str(project / "home"), **environment}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=True)
    return [line.replace(f"{project}/", "") for line in done.stdout.splitlines() if not line.startswith("==")]


def test_init_downloads_each_provider_once(project: Path) -> None:
    assert init(project) == [f"downloaded in {BUNDLES[0]}", *(f"cached in {each} by first" for each in BUNDLES[1:])]
    assert (project / "home" / ".terraform.d" / "plugin-cache").is_dir()


def test_init_takes_the_projects_lock_file_where_a_bundle_has_none(project: Path) -> None:
    (project / LOCK).write_text("committed")
    (project / BUNDLES[1] / LOCK).write_text("own")
    cache = project / "cache"
    said = init(project, TF_PLUGIN_CACHE_DIR=str(cache))
    assert [line.rpartition(" ")[2] for line in said] == ["committed", "own", "committed"]
    assert cache.is_dir()
