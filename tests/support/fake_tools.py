"""A small project, with stand-ins for Terraform and checkov that are quick and print what a test wants."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from generator.pipeline import generate
from tests.support.projects import board_yaml, project_yaml


def write_project(folder: Path, *names: str) -> Path:
    """Write the leaderboards.yaml of boards with those names."""
    (folder / "leaderboards.yaml").write_text(project_yaml(*map(board_yaml, names)))
    return folder


@cache
def count_resources() -> int:
    """The number of Terraform resources in the bundle of each board that `write_project` writes."""
    files = generate({"leaderboards.yaml": project_yaml(board_yaml()).encode()}).files
    return sum(len(re.findall(rb'^resource "', data, re.M)) for path, data in files.items() if path.endswith(".tf"))


def program(path: Path, script: str) -> str:
    """Write a shell script that can be called as a program. Returns its path, for the variable that names a tool."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


TERRAFORM = 'case "$1" in version) echo \'{"terraform_version": "1.11.4"}\';; *) %s;; esac'
# Looks at everything, as our policies do, and finds what is asked for.
CHECKOV = """case "$1" in --version) echo "$VERSION"; exit;; esac
date >> runs
find . -name '*.tf' | sed 's/^.//' | sort | while read file; do
  for policy in 1 2 3 4 5 7; do printf 'CKV_LB_%s\\tdata\\t%s:x:y\\n' $policy $file; done
  sed -n 's/^resource "\\([a-z0-9_]*\\)" "\\([a-z0-9_]*\\)" {/\\1:\\2/p' ".$file" | while read entity; do
    printf 'CKV_LB_6\\tresource\\t%s:%s\\n' $file $entity
  done
done > all
{ grep -v "$UNSEEN" all; true; } >> "$LEADERBOARDS_EVIDENCE"
cp runs "$RUNS" 2>/dev/null; find . -name main.tf >> "$RUNS"
echo "{\\"results\\": {\\"failed_checks\\": [$FAILED]}, \\"summary\\": {\\"parsing_errors\\": 0}}"
"""


@pytest.fixture
def arcade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two boards, and tools that are quick to find nothing."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERRAFORM", program(tmp_path / "terraform", TERRAFORM % "true"))
    monkeypatch.setenv("CHECKOV", program(tmp_path / "checkov", CHECKOV))
    for name, value in (("VERSION", "1.0"), ("UNSEEN", "nothing"), ("FAILED", ""), ("RUNS", str(tmp_path / "runs"))):
        monkeypatch.setenv(name, value)
    (tmp_path / "arcade").mkdir()
    return write_project(tmp_path / "arcade", "kills", "wins")


def scans(folder: Path) -> list[str]:
    """The bundles that checkov was given since it was last asked, sorted."""
    runs = folder.parent / "runs"
    found = sorted(line.split("/")[2] for line in runs.read_text().splitlines() if line.startswith("./"))
    runs.unlink()
    return found


def failed(path: str, line: int, resource: str = "aws_sqs_queue.q") -> str:
    """What checkov reports about a check that failed at a place."""
    return json.dumps(
        {
            "check_id": "CKV_X",
            "check_name": "Is well",
            "details": [],
            "resource": resource,
            "file_path": f"/{path}",
            "file_line_range": [line, line + 2],
        }
    )
