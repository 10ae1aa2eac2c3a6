"""A report of policies as SARIF."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from generator import sarif
from generator.diagnostics import Diagnostic
from generator.policy.finding import POLICIES, RULES, Finding, Report
from generator.reports import MOST


def log(report: Report | None, diagnostics: Sequence[Diagnostic] = ()) -> dict[str, Any]:
    """A log of what is wrong with the YAML (paths as a person would write them), and of what was found."""
    results = [sarif.of_diagnostic(each) for each in diagnostics]
    results += [_of_finding(each) for each in (report.findings if report else ())]
    shown = results[: MOST["sarif"]]
    says = sarif.RULES | RULES | POLICIES
    # checkov's own rules say what they are in each finding.
    says |= {each["ruleId"]: each["ruleId"] for each in shown if each["ruleId"] not in says}
    return sarif.document(shown, says, len(results) - len(shown))


def _of_finding(finding: Finding) -> dict[str, Any]:
    # Of its two places, the one in the YAML comes first: services show only what is in the repository, build/ is not.
    yaml = sarif.location(finding.yaml.file, finding.yaml.line, finding.yaml.column)
    found = sarif.result(finding.rule, "error", f"{finding.place}: {finding.words}", yaml)
    where = sarif.location(finding.file, finding.line or 1)
    where |= {"id": 0, "message": {"text": sarif.plain(finding.words)}}
    identity = "\0".join((finding.rule, finding.file, finding.resource, finding.message))
    return found | {
        "relatedLocations": [where],
        # The same finding, wherever its lines have moved to.
        "partialFingerprints": {"leaderboards/v1": sha256(identity.encode(errors="replace")).hexdigest()},
    }
