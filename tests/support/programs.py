"""Programs that some tests need and that pip does not bring.

They are looked for once, when the tests start: a program that is installed or removed during the tests changes
nothing, and all workers of a parallel run have the same programs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

INSTALL = {
    "jq": "install jq (Debian, Alpine, Homebrew: jq)",
    "terraform": "install Terraform 1.11 (https://developer.hashicorp.com/terraform/install)",
    "checkov": "run make setup",
    "chromium": "install chromium (Debian, Alpine) or google-chrome",
    "patch": "install patch",
    "node": "install Node.js 20.19 or later",
    "npm": "install npm, which comes with Node.js",
    "go": "install Go 1.24 or later (https://go.dev/dl/)",
    "java": "install a Java runtime of version 17 or later (Debian: default-jre-headless)",
    "javac": "install a JDK of Java 17 or later (Debian: default-jdk-headless)",
    "mvn": "install Maven (Debian: maven)",
}
"""What to do where a program is missing."""
OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome")}
DECIDED = "LEADERBOARDS_TEST_PROGRAMS"
"""The environment variable that tells the workers what the first process has found: JSON, path by name."""


def decide() -> None:
    """Look for every program, unless the process that started this one has done so already."""
    if DECIDED not in os.environ:
        os.environ[DECIDED] = json.dumps({name: find(name) for name in INSTALL})


def need(name: str) -> str:
    """Return the path of a program. If it is missing, the test is skipped and says what to install; on CI it fails."""
    path: str | None = json.loads(os.environ[DECIDED])[name]
    if path is not None:
        return path
    sentence = f"{name} is not installed: {INSTALL[name]}, or set {name.upper()} to it"
    if os.environ.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def find(name: str) -> str | None:
    """Find a program where a person says it is, else on the PATH by its names, else in .venv-checkov."""
    if named := os.environ.get(name.upper()):
        if path := shutil.which(named):
            return path
        raise pytest.UsageError(f"{name.upper()}={named} is no program")
    beside = Path(sys.prefix).parent / ".venv-checkov" / "bin" / name
    found = (path for each in (name, *OTHER_NAMES.get(name, ())) if (path := shutil.which(each)))
    return next(found, str(beside) if beside.is_file() else None)


def run_terraform(program: str, folder: Path, *arguments: str) -> str:
    """Run Terraform and return what it prints. If Terraform fails, the test fails with that text."""
    kept = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE")
    environment = {name: value for name, value in os.environ.items() if name in kept or not name.startswith("TF_")}
    command = [program, f"-chdir={folder}", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment | {"CHECKPOINT_DISABLE": "1"}, check=False
    )
    if done.returncode:
        pytest.fail(f"terraform {' '.join(arguments)}\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout
