"""Bundles against what stands in build/: what would change, and changing it.

`compare` reads and never writes; `write` makes what `compare` finds. So `--check` and `--diff` are the same code,
stopped before writing. How files are replaced is in `build_folder`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.output.build_folder import GUARD, MANIFEST, Change, Disk, is_state, is_users
from generator.pipeline import Only

if TYPE_CHECKING:
    from generator.board.board import Board

__all__ = ["Change", "Orphan", "Plan", "compare", "diff", "write_build"]

_FORMAT = 1


@dataclass(frozen=True)
class Orphan:
    """A bundle whose board is gone from the YAML."""

    folder: str
    generated: tuple[str, ...]
    """Paths in the bundle."""
    users: tuple[str, ...]
    """Files in it that are the user's own."""

    @property
    def state(self) -> tuple[str, ...]:
        """Those that are Terraform's state: while there is one, the bundle is not deleted."""
        return tuple(path for path in self.users if is_state(path))


@dataclass(frozen=True)
class Plan:
    """What writing would do, or did."""

    changes: Mapping[str, tuple[Change, ...]]
    """By bundle. A bundle that does not change is left out."""
    orphans: tuple[Orphan, ...]
    """Bundles that are kept although their boards are gone."""
    pruned: tuple[str, ...]
    """Folders of orphans that go: only where that was asked for."""
    manifest: Change | None

    @property
    def files(self) -> tuple[Change, ...]:
        """Every file that changes, the manifest last; files of orphans are not counted."""
        changes = [change for bundle in self.changes.values() for change in bundle]
        return (*changes, self.manifest) if self.manifest else tuple(changes)


NOTHING = Plan({}, (), (), None)
"""The plan of a run that finds everything as it should be."""


def compare(
    files: Mapping[str, bytes],
    boards: Sequence[Board],
    inputs: Mapping[str, bytes],
    build: Path,
    only: Only = Only(),  # noqa: B008 - frozen
    prune: bool = False,
) -> Plan:
    """What `files` (content by path below build/) would change on disk.

    `boards` are all that there are, `inputs` the files that they come from, `only` says which of them `files` belong
    to. Raises OutputError where build/ cannot be read, or where a symbolic link stands in it.
    """
    from generator.rendering import escaping

    disk = Disk(build)
    old = disk.read(MANIFEST)
    before = _records(old)
    living = {board.folder: board for board in boards}
    contents = _by_bundle(files, living)
    bundles: dict[str, Any] = {}
    changes: dict[str, tuple[Change, ...]] = {}
    for folder, board in sorted(living.items()):
        if only.takes(board):
            content = contents.get(folder, {})
            known = [f"{folder}/{path}" for path in (*before.get(folder, {}).get("files", ()), GUARD)]
            if found := tuple(_changes(disk, folder, content, known)):
                changes[folder] = found
            bundles[folder] = _record(board, content)
        elif folder in before:
            bundles[folder] = before[folder]
    orphans, pruned = [], []
    kept: dict[str, Any] = {}
    for folder, record in sorted(before.items()):
        if folder in living or not disk.is_folder(folder):
            continue
        generated = tuple(record["files"])
        orphan = Orphan(folder, generated, disk.users_files(folder, generated, living))
        if prune and not orphan.state and only.takes_record(record):
            pruned.append(folder)
        else:
            kept[folder] = record
            orphans.append(orphan)
    hashes = {path: _digest(data) for path, data in sorted(inputs.items())}
    document = {"format": _FORMAT, "inputs": hashes, "bundles": bundles, "orphans": kept}
    text = escaping.json_file(document, sort_keys=True).encode()
    # A run for some boards, none of which changes, leaves it to the run for all to note that others' lines did.
    same = text == old or not (only.everything or changes or pruned)
    return Plan(changes, tuple(orphans), tuple(pruned), None if same else Change(MANIFEST, old, text))


def write_build(
    files: Mapping[str, bytes],
    boards: Sequence[Board],
    inputs: Mapping[str, bytes],
    build: Path,
    only: Only = Only(),  # noqa: B008 - frozen
    prune: bool = False,
) -> Plan:
    """Makes what `compare` finds, bundle by bundle, the manifest last. Parameters and errors are those of `compare`."""
    disk = Disk(build)
    with disk.alone():
        plan = compare(files, boards, inputs, build, only, prune)
        if not plan.files and not plan.pruned:
            return plan
        disk.stage()
        for folder, changes in plan.changes.items():
            disk.replace(folder, changes)
        if plan.pruned:
            before = _records(disk.read(MANIFEST))
            for folder in plan.pruned:
                disk.discard(folder, before[folder]["files"])
        if plan.manifest:
            disk.replace("", [plan.manifest])
    return plan


def diff(plan: Plan) -> Iterator[str]:
    """The changes as a unified diff, line by line; of a file that is no text, that it differs."""
    from difflib import unified_diff  # only for `--diff`: it costs a start-up 5 ms

    for change in plan.files:
        before = _lines(change.old)
        after = _lines(change.new)
        if before is None or after is None:
            yield f"Binary file {change.path} differs"
            continue
        old = "/dev/null" if change.old is None else f"a/{change.path}"
        new = "/dev/null" if change.new is None else f"b/{change.path}"
        yield from unified_diff(before, after, old, new, lineterm="")


def _by_bundle(files: Mapping[str, bytes], folders: Iterable[str]) -> dict[str, dict[str, bytes]]:
    """The files of each bundle. All folders are equally deep, as either all boards have an environment or none."""
    found: dict[str, dict[str, bytes]] = {folder: {} for folder in folders}
    depth = next(iter(found), "").count("/") + 1
    for path, data in files.items():
        found["/".join(path.split("/", depth)[:depth])][path] = data
    return found


def _changes(disk: Disk, folder: str, content: Mapping[str, bytes], known: Sequence[str]) -> Iterator[Change]:
    there = disk.is_folder(folder)
    for path, new in sorted(content.items()):
        old = disk.read(path) if there else None
        if old != new:
            yield Change(path, old, new)
    for path in known:
        if path not in content and not is_users(path) and (old := disk.read(path)) is not None:
            yield Change(path, old, None)


def _record(board: Board, content: Mapping[str, bytes]) -> dict[str, Any]:
    inside = len(board.folder) + 1
    return {
        "board": board.name,
        "team": board.team,
        "environment": board.environment,
        "files": {path[inside:]: _digest(data) for path, data in sorted(content.items())},
    }


def _records(manifest: bytes | None) -> dict[str, dict[str, Any]]:
    """What an earlier manifest says of each bundle. One that cannot be read says nothing; no path in it leads out."""
    try:
        document = json.loads(manifest or b"{}")
        bundles = {**document.get("orphans", {}), **document.get("bundles", {})}
        return {
            folder: {**record, "files": {path: digest for path, digest in record["files"].items() if _is_inside(path)}}
            for folder, record in bundles.items()
            if _is_inside(folder)
        }
    except (ValueError, TypeError, AttributeError, KeyError):
        return {}


def _is_inside(path: str) -> bool:
    # Not pathlib, which takes ten times as long for thousands of paths.
    return not {"", ".", ".."} & set(path.split("/")) and "\\" not in path and "\0" not in path


def _lines(data: bytes | None) -> list[str] | None:
    try:
        return (data or b"").decode().splitlines() if b"\0" not in (data or b"") else None
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=1024)
def _digest(data: bytes) -> str:
    """The hash of a content; each only once, as bundles share their largest files."""
    return sha256(data).hexdigest()
