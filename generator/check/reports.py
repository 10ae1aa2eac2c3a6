"""Writes the report of a check as text, JSON, JUnit XML or SARIF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Any

from generator.check.findings import POLICIES, RULES, Finding, Report
from generator.diagnostics import sarif
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.reports import MOST
from generator.diagnostics.wording import plural

_LISTED_DRIFT = 5
"""The most drifted files that the text lists of one bundle: an edit of the YAML may change all files of a bundle."""
_NOT_XML = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that an XML 1.0 document may not hold, not even escaped (XML 1.0, production 2, Char)."""
_TOOLS = {"fmt": "terraform", "parse": "checkov", "seen": "checkov", **dict.fromkeys(POLICIES, "checkov")}
"""The tool that checks a rule; without it the rule is left out."""


@dataclass(frozen=True)
class _Case:
    """A test case in JUnit's sense: one rule, checked for one bundle."""

    name: str
    wrong: list[str]
    """What was found, a line each."""
    left_out: str = ""
    """Why the rule was not checked; empty if it was."""


def report_text(report: Report, colour: bool = False) -> str:
    """The report for a person: findings below their board's place in the YAML, and a line that sums up."""
    bold, red, reset = ("\033[1m", "\033[31m", "\033[0m") if colour else ("", "", "")
    lines = []
    for (yaml, bundle, board), group in groupby(report.findings, lambda each: (each.yaml, each.bundle, each.board)):
        feed = report.feeds.get(bundle)
        name = f"feeds[{feed}]" if feed else f"boards[{board}]" if board else "in no board's bundle"
        lines.append(f"{bold}{yaml.file}:{yaml.line}:{yaml.column}: {name}{reset}")
        findings = list(group)
        drift = [each for each in findings if each.rule == "drift"]
        for each in findings:
            if each not in drift[_LISTED_DRIFT:]:
                lines.append(f"  {each.place}: {red}{each.rule}{reset}: {each.sentence}")
        if more := len(drift[_LISTED_DRIFT:]):
            lines.append(f"  {red}drift{reset}: and {plural(more, 'file')} more")
    unchanged = sum(bundle.unchanged for bundle in report.bundles)
    found = plural(len(report.findings), "finding") if report.findings else "nothing found"
    bundles = plural(len(report.bundles), "bundle") + (f" ({unchanged:,} unchanged)" if unchanged else "")
    lines.append(f"{bundles}, {plural(report.resources, 'resource')}: {found}")
    return "".join(line + "\n" for line in lines)


def report_json(report: Report, diagnostics: Sequence[Any] = ()) -> dict[str, Any]:
    """The report for a program."""
    return {
        "findings": [{**vars(each), "yaml": dict(vars(each.yaml))} for each in report.findings],
        "bundles": [{**vars(each), "yaml": dict(vars(each.yaml))} for each in report.bundles],
        "resources": report.resources,
        "left_out": list(report.left_out.values()),
        "diagnostics": list(diagnostics),
    }


def report_junit(report: Report | None, diagnostics: Iterable[Diagnostic] = ()) -> str:
    """The report for a CI server: a suite for the YAML and one for each bundle, with a case for each rule."""
    suites = [_suite("yaml", [_Case("valid", [each.headline for each in diagnostics if each.severity == "error"])])]
    if report:
        no_bundle = [each for each in report.findings if not each.bundle]
        if no_bundle:
            suites.append(_suite("build", _cases(no_bundle, report)))
        # A bundle that is missing in build/ was not checked, but has a finding.
        with_findings = [each.bundle for each in report.findings if each.bundle]
        folders = dict.fromkeys([*(each.folder for each in report.bundles), *with_findings])
        for folder in folders:
            suites.append(_suite(folder, _cases([each for each in report.findings if each.bundle == folder], report)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="leaderboards check">\n'
        + "".join(suites)
        + "</testsuites>\n"
    )


def _cases(findings: Sequence[Finding], report: Report) -> Iterator[_Case]:
    """A case for each rule, with the findings that break this rule."""
    rules = {**RULES, "checkov": "checkov's own checks", **POLICIES}
    of_checkov = {each.rule for each in findings if each.rule not in rules}
    for rule in (*rules, *sorted(of_checkov)):
        if rule == "checkov" and of_checkov:
            continue  # its checks have cases of their own
        if rule == "drift" and report.drift is None:
            yield _Case(rule, [], "there is no build/: what would be generated was checked")
            continue
        left_out = report.left_out.get("checkov" if rule == "checkov" else _TOOLS.get(rule, ""), "")
        wrong = [each for each in findings if each.rule == rule]
        lines = [f"{each.yaml.file}:{each.yaml.line}: {each.place}: {each.sentence}" for each in wrong]
        yield _Case(rule, lines, "" if lines else left_out)


def _suite(name: str, cases: Iterable[_Case]) -> str:
    """A test suite in XML."""
    cases = list(cases)
    failed = sum(bool(case.wrong) for case in cases)
    skipped = sum(bool(case.left_out) for case in cases)
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0" skipped="{skipped}"'
    body = "".join(_test_case(name, case) for case in cases)
    return f'  <testsuite name="{_escape_xml(name)}" {counts}>\n{body}  </testsuite>\n'


def _test_case(suite: str, case: _Case) -> str:
    """A test case in XML."""
    inside = ""
    if case.wrong:
        first, *more = case.wrong
        message = f"{first} and {len(more):,} more" if more else first
        lines = "\n".join(case.wrong)
        inside = f'<failure message="{_escape_xml(message)}">{_escape_xml(lines)}</failure>'
    elif case.left_out:
        inside = f'<skipped message="{_escape_xml(case.left_out)}"/>'
    return f'    <testcase classname="{_escape_xml(suite)}" name="{_escape_xml(case.name)}">{inside}</testcase>\n'


def _escape_xml(value: str) -> str:
    """Escape a text for XML: for an attribute in double quotes, or for the content of an element."""
    clean = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\n", "&#10;")):
        clean = clean.replace(character, entity)
    return clean


def report_sarif(report: Report | None, diagnostics: Sequence[Diagnostic] = ()) -> dict[str, Any]:
    """The report for a code scanner, with what is wrong in the YAML. Paths are as a person would write them."""
    results = [sarif.make_diagnostic_result(each) for each in diagnostics]
    results += [_sarif_result(each) for each in (report.findings if report else ())]
    kept = results[: MOST["sarif"]]
    rules = sarif.RULES | RULES | POLICIES
    # checkov's own checks have no description here, only their ids: each finding says what its check is about.
    rules |= {each["ruleId"]: each["ruleId"] for each in kept if each["ruleId"] not in rules}
    return sarif.make_log(kept, rules, len(results) - len(kept))


def _sarif_result(finding: Finding) -> dict[str, Any]:
    # The place in the YAML comes first: code scanners show only files of the repository, and build/ is not in it.
    yaml = sarif.make_location(finding.yaml.file, finding.yaml.line, finding.yaml.column)
    found = sarif.make_result(finding.rule, "error", f"{finding.place}: {finding.sentence}", yaml)
    where = sarif.make_location(finding.file, finding.line or 1)
    where |= {"id": 0, "message": {"text": sarif.escape_text(finding.sentence)}}
    identity = "\0".join((finding.rule, finding.file, finding.resource, finding.message))
    return found | {
        "relatedLocations": [where],
        # Recognises the same finding after its lines have moved.
        "partialFingerprints": {"leaderboards/v1": sha256(identity.encode(errors="replace")).hexdigest()},
    }
