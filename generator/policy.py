"""What must hold of the Terraform in build/: formatted as `terraform fmt` would, and nothing that checkov finds.

Each tool runs once over all bundles: checkov takes seconds to start. It runs without a network.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.board import Board
from generator.diagnostics import counted

CHECKOV_INSTALL = "make setup installs it; so does pip install checkov==3.3.30 in an environment of its own"
TERRAFORM_INSTALL = "https://developer.hashicorp.com/terraform/install"


class PolicyError(Exception):
    """A tool is missing where it must not be, or did not do its work; the message is for a person."""


@dataclass(frozen=True, order=True)
class Finding:
    """Something in a bundle that must not be so."""

    file: str
    """Path below build/."""
    line: int
    """Counted from 1; 0 where the whole file is meant."""
    rule: str
    """checkov's id of the check, `fmt` or `parse`."""
    message: str
    resource: str
    """Terraform's address of the resource; empty where none is meant."""
    bundle: str
    """The bundle's folder below build/; empty for a file of none."""
    board: str


@dataclass(frozen=True)
class Report:
    """What was found, in what was looked at."""

    findings: tuple[Finding, ...]
    """Sorted by place."""
    resources: int
    """Resources that checkov looked at."""
    left_out: tuple[str, ...]
    """What could not be checked here, and what to install: a sentence each."""


def check(build: Path, boards: Iterable[Board]) -> Report:
    """Look at every bundle in `build`. Raises PolicyError, also for a missing tool where the variable CI is set."""
    names = {board.folder: board.name for board in boards}
    findings: list[Finding] = []
    left_out = []
    resources = 0
    terraform = os.environ.get("TERRAFORM") or shutil.which("terraform")
    if terraform:
        findings += _fmt(terraform, build, names)
    else:
        left_out.append(_missing("terraform", "the format of the Terraform files", TERRAFORM_INSTALL))
    checkov = _checkov_at(build.parent)
    if checkov:
        found, resources = _checkov(checkov, build, names)
        findings += found
    else:
        left_out.append(_missing("checkov", "the policies", CHECKOV_INSTALL))
    return Report(tuple(sorted(set(findings))), resources, tuple(left_out))


def text(report: Report) -> str:
    """For a person: a line for each finding, and one for the whole."""
    lines = []
    for finding in report.findings:
        place = f"build/{finding.file}:{finding.line}" if finding.line else f"build/{finding.file}"
        resource = f" ({finding.resource})" if finding.resource else ""
        lines.append(f"{place}: {finding.rule}: {finding.message}{resource}")
    found = counted(len(report.findings), "finding") if report.findings else "nothing found"
    lines.append(f"{counted(report.resources, 'resource')} checked, {found}")
    return "".join(line + "\n" for line in lines)


def as_json(report: Report) -> dict[str, Any]:
    """For a program."""
    return {
        "findings": [dict(vars(finding)) for finding in report.findings],
        "resources": report.resources,
        "left_out": list(report.left_out),
    }


def _missing(tool: str, what: str, install: str) -> str:
    sentence = f"{tool} is not installed, so {what} could not be checked ({install})"
    if os.environ.get("CI"):
        raise PolicyError(sentence)
    return sentence


def _checkov_at(project: Path) -> str | None:
    """Where checkov is: the variable CHECKOV, the environment that `make setup` made, the PATH."""
    if os.environ.get("CHECKOV"):
        return os.environ["CHECKOV"]
    for folder in (project, Path(sys.prefix).parent):
        path = folder.resolve() / ".venv-checkov" / "bin" / "checkov"
        if path.is_file():
            return str(path)
    return shutil.which("checkov")


def _fmt(terraform: str, build: Path, names: Mapping[str, str]) -> list[Finding]:
    folders = [f"{folder}/terraform" for folder in names if (build / folder / "terraform").is_dir()]
    if not folders:
        return []
    done = _run([terraform, "fmt", "-check", "-list=true", "-write=false", "-no-color", *folders], build)
    unread = re.findall(r" on (\S+) line ([0-9]+)", done.stderr)
    if done.returncode not in (0, 3) and not unread:
        raise PolicyError(f"terraform fmt failed:\n{_tail(done.stderr or done.stdout)}")
    files = [line.strip().replace(os.sep, "/") for line in done.stdout.splitlines() if line.strip()]
    return [
        *(_finding(names, file, 0, "fmt", "terraform fmt would change it") for file in files),
        *(_finding(names, file, int(line), "fmt", "terraform cannot read it") for file, line in unread),
    ]


def _checkov(checkov: str, build: Path, names: Mapping[str, str]) -> tuple[list[Finding], int]:
    written = sum(
        len(re.findall(r'^resource "', path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE))
        for path in build.rglob("*.tf")
        if not any(part.startswith(".") for part in path.relative_to(build).parts)
    )
    if not written:
        return [], 0
    arguments = ["--directory", ".", "--framework", "terraform", "--output", "json", "--compact", "--skip-download"]
    done = _run([checkov, *arguments], build, {"CKV_PARSE_ERROR_FAIL": "true", "LOG_LEVEL": "ERROR"})
    try:
        report = json.loads(done.stdout)
        results, scanned = report["results"], int(report["summary"]["resource_count"])
        findings = [
            _finding(
                names,
                each["file_path"].lstrip("/"),
                int(each["file_line_range"][0]),
                each["check_id"],
                each["check_name"],
                each["resource"],
            )
            for each in results["failed_checks"]
        ]
        unread = [Path(path).resolve().relative_to(build.resolve()).as_posix() for path in results["parsing_errors"]]
    except (ValueError, KeyError, TypeError, IndexError):
        raise PolicyError(f"checkov failed:\n{_tail(done.stderr or done.stdout)}") from None
    findings += [_finding(names, file, 0, "parse", "checkov cannot read it, so it was not checked") for file in unread]
    if scanned != written and not unread:
        # It passes what it does not see.
        raise PolicyError(f"checkov looked at {counted(scanned, 'resource')}, but build/ has {written:,}")
    return findings, scanned


def _finding(names: Mapping[str, str], file: str, line: int, rule: str, message: str, resource: str = "") -> Finding:
    bundle = file.partition("/terraform/")[0]
    known = bundle in names
    return Finding(file, line, rule, message, resource, bundle if known else "", names.get(bundle, ""))


def _run(
    command: list[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    # Arguments that a person set for their own use of Terraform would change what is checked.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TF_CLI_ARGS")}
    try:
        return subprocess.run(  # noqa: S603 (both programs are the user's own)
            command,
            cwd=folder,
            env={**inherited, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise PolicyError(f"{command[0]} could not be started: {error.strerror}") from None


def _tail(output: str) -> str:
    """The last lines of what a tool wrote, safe to print."""
    lines = ["".join(c if c.isprintable() else " " for c in line) for line in output.strip().splitlines()[-12:]]
    return "\n".join(lines) or "it said nothing"
