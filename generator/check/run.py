"""Runs the check: drift, terraform fmt, checkov and our own policies, over every board's bundle.

A build/ is checked as it is, because `terraform apply` would use it. Where there is none, as in a fresh clone, what
`generate` would write is checked. Nothing in build/ is changed: each tool runs over copies, for all bundles together,
without the network. Bundles that were found clean before are left out. Each finding names its place in the bundle and
its board's line in the YAML.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from generator.check import clean_bundles
from generator.check.blind_spots import find_unscannable
from generator.check.checkov import POLICIES_FOLDER, scan
from generator.check.drift import find_drift, find_refused_edits
from generator.check.findings import CheckedBundle, Finding, RawFinding, Report
from generator.check.programs import Tools, find_tools
from generator.check.terraform_files import Bundle, is_in, read_build, select_generated
from generator.check.terraform_fmt import find_unformatted
from generator.diagnostics.wording import plural, replace_invisible
from generator.output.build_folder import BuildFolder
from generator.output.plan import compare
from generator.pipeline import Generated, Selection, SourcePosition
from generator.progress import Progress
from generator.source.inputs import Inputs
from runtime import clock


def check_bundles(
    generated: Generated,
    inputs: Inputs,
    progress: Progress,
    scan_all: bool = False,
    only: Selection = Selection(),  # noqa: B008 - frozen
) -> Report:
    """Check the bundles of the boards and feeds that `only` selects. `scan_all`: also those found clean before.

    Raises ToolError if a tool fails or, with the variable CI set, is missing; OutputError if build/ cannot be read.
    """
    build = inputs.folder / "build"
    plan = None
    findings: list[RawFinding] = []
    if os.path.lexists(build):
        plan = compare(generated.files, generated.folders, inputs.files, build, only)
        findings += find_drift(plan, lambda folder: (build / folder).is_dir())
        findings += find_refused_edits(plan, generated, BuildFolder(build), clock.now())
    places = _Places(generated, inputs)
    bundles = list(_collect_bundles(generated, None if plan is None else build, places, only))
    try:
        with tempfile.TemporaryDirectory(prefix="leaderboards-") as folder:
            scratch = Path(folder)
            progress.step("looking for terraform and checkov")
            tools = find_tools(inputs.folder, scratch, progress)
            keep = {} if only.everything else clean_bundles.recall_others(inputs.folder)
            found, checked = _check_changed(bundles, tools, inputs.folder, scratch, progress, scan_all, keep)
    finally:
        progress.clear()
    traced = {places.trace(finding) for finding in [*findings, *found]}
    feeds = {feed.folder: feed.feed for feed in generated.feeds}
    return Report(tuple(sorted(traced)), tuple(checked), tools.left_out, plan, feeds)


class _Places:
    """Where boards and feeds are written in the YAML, with paths as the user would write them in the current folder."""

    def __init__(self, generated: Generated, inputs: Inputs) -> None:
        self._inputs = inputs
        self._top = SourcePosition(inputs.display_path(inputs.main), 1, 1)
        self._places = {
            folder: SourcePosition(inputs.display_path(place.file), place.line, place.column)
            for folder, place in generated.places.items()
        }
        self._names = {one.folder: one.name for one in generated.bundles}

    def of_bundle(self, folder: str) -> SourcePosition:
        """The place of the board or feed whose bundle is in a folder; for any other folder, the main file's start."""
        return self._places.get(folder, self._top)

    def trace(self, finding: RawFinding) -> Finding:
        """Trace a finding to its board or its feed."""
        bundle = next((folder for folder in self._names if is_in(finding.path, folder)), "")
        return Finding(
            self.of_bundle(bundle),
            replace_invisible(self._inputs.display_path(f"build/{finding.path}")),
            finding.line,
            finding.rule,
            replace_invisible(finding.message),
            replace_invisible(finding.resource),
            bundle,
            self._names.get(bundle, ""),
        )


def _collect_bundles(generated: Generated, build: Path | None, places: _Places, only: Selection) -> Iterator[Bundle]:
    """The bundles to check: those in `build`, or, if it is None, those that `generate` would write."""
    for one in filter(only.takes, generated.bundles):
        if build is None:
            files = select_generated(generated.files, one.folder)
        elif (build / one.folder).is_dir():
            files = read_build(build, one.folder)
        else:
            continue  # a missing bundle is drift; there is nothing else to check in it
        yield Bundle(one.folder, one.name, places.of_bundle(one.folder), files)


def _check_changed(
    bundles: list[Bundle],
    tools: Tools,
    project: Path,
    scratch: Path,
    progress: Progress,
    scan_all: bool,
    others: Mapping[str, int],
) -> tuple[list[RawFinding], list[CheckedBundle]]:
    """Check the bundles that were not found clean before, and remember which are clean now.

    `others`: clean bundles, by key, that stay remembered though they are not among these.
    """
    keys = clean_bundles.make_keys(bundles, tools.versions, POLICIES_FOLDER)
    before = clean_bundles.recall_clean(project)
    known = {} if scan_all else before
    changed = [bundle for bundle in bundles if keys[bundle.folder] not in known]
    unchanged = {bundle.folder: known[keys[bundle.folder]] for bundle in bundles if keys[bundle.folder] in known}
    findings, resources = _run_tools(changed, len(unchanged), tools, scratch, progress)
    resources |= unchanged
    clean = {
        keys[bundle.folder]: resources[bundle.folder]
        for bundle in bundles
        if not any(is_in(finding.path, bundle.folder) for finding in findings)
    }
    clean |= {key: number for key, number in others.items() if key not in keys.values()}
    if clean != before:
        clean_bundles.remember_clean(project, clean)
    return findings, [
        CheckedBundle(each.folder, each.board, each.yaml, resources[each.folder], each.folder in unchanged)
        for each in bundles
    ]


def _run_tools(
    bundles: list[Bundle], unchanged: int, tools: Tools, scratch: Path, progress: Progress
) -> tuple[list[RawFinding], dict[str, int]]:
    """Run both tools over copies of the bundles. Returns what they find, and the number of resources of each bundle.

    The copies make sure that the tools read exactly the bytes that the bundles' keys were made from. `unchanged`: how
    many other bundles need no check, for the line of progress.
    """
    findings = list(find_unscannable(bundles))
    resources = {bundle.folder: 0 for bundle in bundles}
    with_files = [bundle for bundle in bundles if bundle.hcl]
    copies = scratch / "build"
    _write_copies(with_files, copies)
    scope = f"{plural(len(with_files), 'bundle')}, {unchanged:,} unchanged"
    if with_files and tools.terraform:
        progress.step(f"terraform fmt: {scope}")
        hcl = {path: data for bundle in with_files for path, data in bundle.hcl.items()}
        findings += find_unformatted(tools.terraform, copies, hcl, progress)
    if with_files and tools.checkov:
        progress.step(f"checkov: {scope}")
        result = scan(tools.checkov, copies, with_files, progress)
        findings += result.findings
        resources |= result.resources
    return findings, resources


def _write_copies(bundles: Iterable[Bundle], folder: Path) -> None:
    made = set()
    for bundle in bundles:
        for path, data in bundle.files.items():
            file = folder / path
            if file.parent not in made:
                file.parent.mkdir(parents=True, exist_ok=True)
                made.add(file.parent)
            file.write_bytes(data)
