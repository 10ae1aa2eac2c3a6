"""What stands in build/ and is not what the YAML says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.check.findings import RawFinding
from generator.output.build_folder import Change
from generator.output.plan import Plan

_WORDS = {
    "new": "is missing",
    "changed": "is not what the YAML says",
    "removed": "is left over: the YAML does not lead to it",
}


def drift(plan: Plan, is_there: Callable[[str], bool]) -> Iterator[RawFinding]:
    """Each file that `generate` would change; a bundle that is not there at all is one flaw.

    `is_there` says whether there is such a folder below build/.
    """
    for folder, changes in plan.changes.items():
        if is_there(folder):
            for change in changes:
                yield _flaw(change)
        else:
            yield RawFinding(folder, 0, "drift", "is missing, the whole bundle")
    if plan.manifest:
        yield _flaw(plan.manifest)


def _flaw(change: Change) -> RawFinding:
    return RawFinding(change.path, _line(change), "drift", _WORDS[change.kind])


def _line(change: Change) -> int:
    """The first line on disk that is not as it should be; 0 where no line can be named."""
    return 0 if change.old is None or change.new is None else first_difference(change.old, change.new)


def first_difference(old: bytes, new: bytes) -> int:
    """The number of the first line of `old` that differs in `new`; 0 if there is none, or for what is no text."""
    if old == new or b"\0" in old:
        return 0
    before, after = old.split(b"\n"), new.split(b"\n")
    same = next((index for index, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
    return min(len(before), len(after)) if same is None else same + 1
