"""What must hold of every bundle before it is applied: it is what the YAML says (`drift`), formatted as `terraform fmt`
would (`terraform_fmt`), and neither checkov nor our own policies in blueprints/policies/ find anything (`checkov`).

Nothing in build/ is written. Where there is a build/, that is what is looked at, for that is what `terraform apply`
would use; where there is none, as in a fresh clone, what `generate` would write. Each tool runs once, without a
network, over copies of all bundles that were not found clean before (`cache`). Each finding names its place in the
bundle and the line of its board in the YAML.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from generator import __version__
from generator.check import clean_bundles, programs
from generator.check import terraform_files as bundles_of
from generator.check.checkov import POLICIES_FOLDER, declared, scan
from generator.check.drift import drift
from generator.check.findings import Checked, Finding, RawFinding, Report
from generator.check.progress import Progress
from generator.check.terraform_files import Bundle
from generator.check.terraform_fmt import unformatted
from generator.diagnostics.wording import plural
from generator.errors import PolicyError
from generator.output.plan import compare
from generator.pipeline import Generated, Place
from generator.source.inputs import Inputs

__all__ = ["Finding", "PolicyError", "Progress", "Report", "check"]

_OVERRIDE = re.compile(r"(^|[/_])override\.tf$")
"""Files that Terraform merges into the blocks of all others, key by key; to checkov they are blocks of their own."""
_LEFT_OUT = re.compile(r":skip= *(CKV_LB_\w+)")
"""A comment by which checkov passes over one of our own policies: those hold of every bundle."""


def check(generated: Generated, inputs: Inputs, progress: Progress, everything: bool = False) -> Report:
    """Looks at every board's bundle; `everything`: also at those that were found clean before.

    Raises PolicyError, also for a missing tool where the variable CI is set, and OutputError for what cannot be read.
    """
    build = inputs.folder / "build"
    written = os.path.lexists(build)
    places = _Places(generated, inputs)
    flaws: list[RawFinding] = []
    plan = None
    if written:
        plan = compare(generated.files, generated.boards, inputs.files, build)
        flaws += drift(plan, lambda folder: (build / folder).is_dir())
    bundles = []
    for board in generated.boards:
        if written and not (build / board.folder).is_dir():
            continue  # its drift is found; there is nothing to look at
        files = (
            bundles_of.on_disk(build, board.folder) if written else bundles_of.in_memory(generated.files, board.folder)
        )
        bundles.append(Bundle(board.folder, board.name, places.of(board.folder), files))
    left_out: dict[str, str] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="leaderboards-") as scratch:
            checked = _look(bundles, inputs.folder, Path(scratch), progress, everything, flaws, left_out)
    finally:
        progress.clear()
    findings = {places.finding(flaw) for flaw in flaws}
    return Report(tuple(sorted(findings)), tuple(checked), left_out, plan)


class _Places:
    """Where bundles come from, as a person would write it here."""

    def __init__(self, generated: Generated, inputs: Inputs) -> None:
        self._inputs = inputs
        self._top = Place(inputs.shown(inputs.main), 1, 1)
        self._places = {
            folder: Place(inputs.shown(place.file), place.line, place.column)
            for folder, place in generated.places.items()
        }
        self._names = {board.folder: board.name for board in generated.boards}

    def of(self, folder: str) -> Place:
        return self._places.get(folder, self._top)

    def finding(self, flaw: RawFinding) -> Finding:
        bundle = next((folder for folder in self._names if _is_in(flaw.path, folder)), "")
        shown = _shown(self._inputs.shown(f"build/{flaw.path}"))
        return Finding(
            self.of(bundle),
            shown,
            flaw.line,
            flaw.rule,
            _shown(flaw.message),
            _shown(flaw.resource),
            bundle,
            self._names.get(bundle, ""),
        )


def _look(
    bundles: list[Bundle],
    project: Path,
    scratch: Path,
    progress: Progress,
    everything: bool,
    flaws: list[RawFinding],
    left_out: dict[str, str],
) -> list[Checked]:
    """Both tools over what has changed, in copies below `scratch`: so what is judged is what the keys were made of.

    Adds what they find to `flaws`, and what cannot be checked to `left_out`.
    """
    progress.step("looking for terraform and checkov")
    versions = {"leaderboards": __version__}
    if terraform := programs.terraform_at():
        versions["terraform"] = programs.terraform_version(terraform, scratch, progress)
    else:
        what = "the format of the Terraform files"
        left_out["terraform"] = programs.missing("terraform", what, programs.TERRAFORM_INSTALL)
    if checkov := programs.checkov_at(project):
        versions["checkov"] = programs.checkov_version(checkov, scratch, progress)
    else:
        left_out["checkov"] = programs.missing("checkov", "the policies", programs.CHECKOV_INSTALL)
    keys = clean_bundles.keys(bundles, versions, POLICIES_FOLDER)
    before = clean_bundles.read(project)
    known = {} if everything else before
    changed = [bundle for bundle in bundles if keys[bundle.folder] not in known]
    resources = {bundle.folder: known.get(keys[bundle.folder], 0) for bundle in bundles}
    found = list(_unseen(changed))
    filled = [bundle for bundle in changed if bundle.hcl]
    work = scratch / "build"
    _copy(filled, work)
    of = f"{plural(len(filled), 'bundle')}, {len(bundles) - len(changed):,} unchanged"
    if filled and terraform:
        progress.step(f"terraform fmt: {of}")
        hcl = {path: data for bundle in filled for path, data in bundle.hcl.items()}
        found += unformatted(terraform, work, hcl, progress)
    if filled and checkov:
        progress.step(f"checkov: {of}")
        result = scan(checkov, work, filled, progress)
        found += result.flaws
        resources |= result.resources
    flaws += found
    clean = {
        keys[bundle.folder]: resources[bundle.folder]
        for bundle in bundles
        if not any(_is_in(flaw.path, bundle.folder) for flaw in found)
    }
    if clean != before:
        clean_bundles.write(project, clean)
    again = {bundle.folder for bundle in changed}
    return [
        Checked(each.folder, each.board, each.yaml, resources[each.folder], each.folder not in again)
        for each in bundles
    ]


def _copy(bundles: Iterable[Bundle], folder: Path) -> None:
    made = set()
    for bundle in bundles:
        for path, data in bundle.files.items():
            place = folder / path
            if place.parent not in made:
                place.parent.mkdir(parents=True, exist_ok=True)
                made.add(place.parent)
            place.write_bytes(data)


def _unseen(bundles: Iterable[Bundle]) -> Iterator[RawFinding]:
    """What neither tool would say a word about."""
    for bundle in bundles:
        if next(declared(bundle), None) is None:
            yield RawFinding(f"{bundle.folder}/terraform", 0, "empty", "there is no resource in it")
        for path in bundle.json:
            yield RawFinding(
                path, 0, "parse", "checkov does not read JSON: write it as HCL, in a file that ends in .tf"
            )
        for path, data in bundle.hcl.items():
            if _OVERRIDE.search(path):
                message = "Terraform puts it in the place of what checkov sees: write it in a file of another name"
                yield RawFinding(path, 0, "seen", message)
            text = data.decode("utf-8", "replace")
            for match in _LEFT_OUT.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield RawFinding(path, line, "seen", f"{match[1]} cannot be left out: delete this comment")


def _shown(text: str) -> str:
    """What stands in a bundle by somebody else's hand, safe to print."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_in(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")
