"""A report as text, JSON or JUnit's XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any

from generator.check.findings import POLICIES, RULES, Finding, Report
from generator.diagnostics import sarif
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.reports import MOST
from generator.diagnostics.wording import plural

_LISTED = 5
"""Drifted files of a bundle that are listed; an edit of the YAML may well change them all."""
_NO_XML = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even escaped (its production 2, Char)."""
_TOOLS = {"fmt": "terraform", "parse": "checkov", "seen": "checkov", **dict.fromkeys(POLICIES, "checkov")}
"""What a rule is checked with, where it may not be installed."""


def text(report: Report, colour: bool = False) -> str:
    """For a person: each board's findings below its place in the YAML, and a line for the whole."""
    bold, red, reset = ("\033[1m", "\033[31m", "\033[0m") if colour else ("", "", "")
    lines = []
    for (yaml, board), group in groupby(report.findings, lambda each: (each.yaml, each.board)):
        name = f"boards[{board}]" if board else "of no board"
        lines.append(f"{bold}{yaml.file}:{yaml.line}:{yaml.column}: {name}{reset}")
        findings = list(group)
        drift = [each for each in findings if each.rule == "drift"]
        for each in findings:
            if each not in drift[_LISTED:]:
                lines.append(f"  {each.place}: {red}{each.rule}{reset}: {each.words}")
        if more := len(drift[_LISTED:]):
            lines.append(f"  {red}drift{reset}: and {plural(more, 'file')} more")
    unchanged = sum(bundle.unchanged for bundle in report.bundles)
    found = plural(len(report.findings), "finding") if report.findings else "nothing found"
    bundles = plural(len(report.bundles), "bundle") + (f" ({unchanged:,} unchanged)" if unchanged else "")
    lines.append(f"{bundles}, {plural(report.resources, 'resource')}: {found}")
    return "".join(line + "\n" for line in lines)


def as_json(report: Report, diagnostics: Sequence[Any] = ()) -> dict[str, Any]:
    """For a program."""
    return {
        "findings": [{**vars(each), "yaml": dict(vars(each.yaml))} for each in report.findings],
        "bundles": [{**vars(each), "yaml": dict(vars(each.yaml))} for each in report.bundles],
        "resources": report.resources,
        "left_out": list(report.left_out.values()),
        "diagnostics": list(diagnostics),
    }


def junit(report: Report | None, diagnostics: Iterable[Diagnostic] = ()) -> str:
    """For a CI server: a suite for the YAML and one for each bundle, with a case for each thing that is checked."""
    suites = [_suite("yaml", [("valid", "", [each.headline for each in diagnostics if each.severity == "error"])])]
    if report:
        loose = [each for each in report.findings if not each.bundle]
        if loose:
            suites.append(_suite("build", _cases(loose, report)))
        missing = {each.bundle: each for each in report.findings if each.bundle}
        folders = dict.fromkeys([*(each.folder for each in report.bundles), *missing])
        for folder in folders:
            suites.append(_suite(folder, _cases([each for each in report.findings if each.bundle == folder], report)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="leaderboards check">\n'
        + "".join(suites)
        + ("</testsuites>\n")
    )


def _cases(findings: Sequence[Finding], report: Report) -> Iterator[tuple[str, str, list[str]]]:
    """Name of a case, why it was left out (empty: it was not), and what is wrong."""
    rules = {**RULES, "checkov": "checkov's own checks", **POLICIES}
    own = {each.rule for each in findings if each.rule not in rules}
    for rule in (*rules, *sorted(own)):
        if rule == "checkov" and own:
            continue  # they are named one by one
        if rule == "drift" and report.drift is None:
            yield rule, "there is no build/: what would be generated was checked", []
            continue
        left_out = report.left_out.get("checkov" if rule == "checkov" else _TOOLS.get(rule, ""), "")
        wrong = [each for each in findings if each.rule == rule]
        lines = [f"{each.yaml.file}:{each.yaml.line}: {each.place}: {each.words}" for each in wrong]
        yield rule, "" if lines else left_out, lines


def _suite(name: str, cases: Iterable[tuple[str, str, list[str]]]) -> str:
    body, count, failed, skipped = [], 0, 0, 0
    for case, left_out, wrong in cases:
        count += 1
        inside = ""
        if wrong:
            failed += 1
            more = f" and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
            inside = f"<failure message={_xml(wrong[0] + more)}>{_xml(chr(10).join(wrong))[1:-1]}</failure>"
        elif left_out:
            skipped += 1
            inside = f"<skipped message={_xml(left_out)}/>"
        body.append(f"    <testcase classname={_xml(name)} name={_xml(case)}>{inside}</testcase>\n")
    counts = f'tests="{count}" failures="{failed}" errors="0" skipped="{skipped}"'
    return f"  <testsuite name={_xml(name)} {counts}>\n{''.join(body)}  </testsuite>\n"


def _xml(value: str) -> str:
    """A text as an attribute, in double quotes; without them, as the content of an element."""
    clean = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", value)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\n", "&#10;")):
        clean = clean.replace(character, entity)
    return f'"{clean}"'


def sarif_log(report: Report | None, diagnostics: Sequence[Diagnostic] = ()) -> dict[str, Any]:
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
