"""Runs checkov, with its own checks and our policies, over many bundles in one process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.check.blind_spots import find_unseen, list_resources, read_evidence
from generator.check.findings import RawFinding
from generator.check.programs import ProgramResult, run_program
from generator.check.terraform_files import Bundle, is_in
from generator.errors import ToolError
from generator.progress import Progress

POLICIES_FOLDER = Path(__file__).resolve().parent.parent.parent / "blueprints" / "policies"
"""Our own policies, as checks of checkov."""

_ARGUMENTS = ("--directory", ".", "--framework", "terraform", "--output", "json", "--compact", "--skip-download")
_QUICK_POLICY = "CKV_LB_2"
"""The policy that takes the least time."""


@dataclass(frozen=True)
class Scan:
    """What checkov found, and how much it looked at."""

    findings: tuple[RawFinding, ...]
    resources: dict[str, int]
    """The number of resources that checkov looked at, by bundle."""


def scan(checkov: str, folder: Path, bundles: Sequence[Bundle], progress: Progress) -> Scan:
    """Scan bundles, whose files are in `folder`. Raises ToolError if checkov does not do its work."""
    evidence_file = folder / ".evidence"
    evidence_file.touch()
    environment = {"LOG_LEVEL": "ERROR", "LEADERBOARDS_EVIDENCE": str(evidence_file)}
    command = [checkov, *_ARGUMENTS, "--external-checks-dir", str(POLICIES_FOLDER)]
    result = run_program([*command, "--quiet"], folder, progress, environment, home=False)
    findings, unread = _read_results(result, folder)
    if unread is None:
        # Without --quiet, checkov names the files that it cannot read, but with all policies it prints tens of
        # megabytes. So ask again, with one quick policy.
        named = run_program([*command, "--check", _QUICK_POLICY], folder, progress, environment, home=False)
        unread = _read_results(named, folder)[1] or set()
    evidence = read_evidence(evidence_file.read_text(encoding="utf-8"))
    idle = not evidence.resources and not unread and any(next(list_resources(bundle), None) for bundle in bundles)
    if idle or "Cannot load external check" in result.stderr:
        raise ToolError(f"checkov did not use the policies in {POLICIES_FOLDER}:\n{result.last_lines}")
    message = "checkov cannot read it, so it was not checked"
    findings += [RawFinding(path, 0, "parse", message) for path in sorted(unread)]
    resources = {}
    for bundle in bundles:
        findings += find_unseen(bundle, evidence, unread)
        resources[bundle.folder] = sum(is_in(module, bundle.folder) for module, _, _ in evidence.resources)
    return Scan(tuple(findings), resources)


def _read_results(result: ProgramResult, folder: Path) -> tuple[list[RawFinding], set[str] | None]:
    """Read checkov's JSON: its findings, and the files that it could not parse, or None if it does not name them."""
    try:
        report = json.loads(result.stdout)
        if "results" not in report and report["resource_count"] == 0:
            return [], set()  # there was nothing to look at
        results, summary = report["results"], report["summary"]
        findings = [
            RawFinding(
                str(each["file_path"]).lstrip("/"),
                int(each["file_line_range"][0]),
                str(each["check_id"]),
                "; ".join([str(each["check_name"]), *map(str, each["details"] or ())]),
                str(each["resource"]),
            )
            for each in results["failed_checks"]
        ]
        if not summary["parsing_errors"]:
            return findings, set()
        if "parsing_errors" not in results:
            return findings, None
        paths = (Path(path).resolve() for path in results["parsing_errors"])
        return findings, {path.relative_to(folder.resolve()).as_posix() for path in paths}
    except (ValueError, KeyError, TypeError, IndexError):
        raise ToolError(f"checkov failed:\n{result.last_lines}") from None
