"""Finds what differs between build/ and what the YAML says, and of that what must not be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.changes.edits import Kind
from generator.changes.guard import compare_build
from generator.check.findings import RawFinding
from generator.output.build_folder import BuildFolder, Change
from generator.output.plan import Plan
from generator.pipeline import Generated

_MESSAGES = {
    "new": "is missing",
    "changed": "is not what the YAML says",
    "removed": "is left over: `leaderboards generate` would remove it",
}


def find_drift(plan: Plan, exists: Callable[[str], bool]) -> Iterator[RawFinding]:
    """Find each file that `generate` would change. A bundle that is missing altogether is one finding.

    `exists`: whether a folder exists below build/.
    """
    for folder, changes in plan.changes.items():
        if exists(folder):
            for change in changes:
                yield _make_finding(change)
        else:
            yield RawFinding(folder, 0, "drift", "is missing, the whole bundle")
    if plan.manifest:
        yield _make_finding(plan.manifest)


def find_refused_edits(plan: Plan, generated: Generated, build: BuildFolder, now: int) -> Iterator[RawFinding]:
    """Find each edit that `generate` refuses to write. `now`: milliseconds since 1970."""
    for change in compare_build(generated.bundles, plan.changes, build, now) if plan.changes else ():
        for edit in change.edits:
            if edit.kind is Kind.REFUSED:
                message = f"{edit.what}: refused, because {edit.then}"
                yield RawFinding(change.folder, 0, "edit", message)


def _make_finding(change: Change) -> RawFinding:
    return RawFinding(change.path, _first_wrong_line(change), "drift", _MESSAGES[change.kind])


def _first_wrong_line(change: Change) -> int:
    """The first line on disk that differs from what the YAML says; 0 if no line can be named."""
    return 0 if change.old is None or change.new is None else find_first_difference(change.old, change.new)


def find_first_difference(old: bytes, new: bytes) -> int:
    """The number of the first line of `old` that differs in `new`; 0 if none differs, or if `old` is not text."""
    if old == new or b"\0" in old:
        return 0
    before, after = old.split(b"\n"), new.split(b"\n")
    for number, (one, other) in enumerate(zip(before, after, strict=False), start=1):
        if one != other:
            return number
    return min(len(before), len(after))
