"""Compares generated bundles with build/, and writes what differs.

`compare` reads and never writes; `write_build` writes what `compare` finds. So `--check` and `--diff` are the same
code, stopped before writing. `build_folder` replaces the files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from generator.aws.states import State
from generator.board.bundle_paths import DEPLOYMENT
from generator.output import manifest
from generator.output.build_folder import GUARD, BuildFolder, Change
from generator.output.manifest import BundleRecord, Manifest, digest
from generator.output.user_files import is_made_by_init, is_state, is_users
from generator.pipeline import Named, Selection


class Placed(Named, Protocol):
    """A board, or a page that lists boards: what has a folder in build/."""

    @property
    def folder(self) -> str:
        """Its folder below build/."""


@dataclass(frozen=True)
class Orphan:
    """A bundle whose board or feed is gone from the YAML."""

    folder: str
    """Below build/."""
    generated: tuple[str, ...]
    """The files that `generate` wrote, by their paths in the bundle."""
    users: tuple[str, ...]
    """The user's own files in it."""
    name: str = ""
    """The board's name, or feed-NAME."""
    is_feed: bool = False
    backend: str | None = None
    """Where its state may be, such as `s3://BUCKET/KEY`, if that is not in the bundle. While there may be one, the
    bundle is not deleted either, unless somebody says so: only with the bundle's files can it be destroyed."""
    backend_region: str = ""
    """The region of the backend's bucket."""
    found: State | None = None
    """What the state in the backend holds. None if nobody looked."""
    protect: bool = False
    """Whether Terraform refuses to destroy it."""
    moved: bool = False
    """Whether another bundle has its resources, as its board moved to another team."""

    @property
    def state(self) -> tuple[str, ...]:
        """The user's files that are Terraform's state: while there is one, the bundle is not deleted."""
        return tuple(path for path in self.users if is_state(path))

    @property
    def keeps_state(self) -> bool:
        """Whether a state lies in the bundle itself."""
        # With a backend `terraform init` notes where the state is: that says nothing of what is there.
        noted = self.backend is not None or self.moved
        return any(not (noted and is_made_by_init(path)) for path in self.state)

    @property
    def depends_on_backend(self) -> bool:
        """Whether it may be deleted just if the state in its backend holds nothing."""
        return self.backend is not None and not self.moved and not self.keeps_state

    def may_go(self, forget: Collection[str]) -> bool:
        """Whether it may be deleted. `forget`: the boards whose state in a backend is empty, as somebody says."""
        if self.depends_on_backend:
            return self.name in forget or (self.found is not None and self.found.resources == 0)
        return not self.keeps_state


Look: TypeAlias = Callable[[Orphan], State | None]
"""Looks what the state of an orphan in its backend holds. None where it does not look."""


@dataclass(frozen=True)
class Plan:
    """What a run would change in build/, or has changed."""

    changes: Mapping[str, tuple[Change, ...]]
    """By the bundle's folder. A bundle that does not change is left out."""
    orphans: tuple[Orphan, ...]
    """Bundles that stay although their boards or feeds are gone."""
    pruned: tuple[str, ...]
    """Folders of the orphans that are deleted, with `--prune`."""
    manifest: Change | None
    """None if the manifest does not change."""
    recorded: bytes = b""
    """The manifest as a run for all boards leaves it."""

    @property
    def files(self) -> tuple[Change, ...]:
        """Every file that changes, the manifest last, without the files of orphans."""
        changes = [change for bundle in self.changes.values() for change in bundle]
        return (*changes, self.manifest) if self.manifest else tuple(changes)


_BACKEND_REGION = re.compile(r'backend "s3" \{[^}]*?\bregion\s*=\s*"([a-z0-9-]+)"')
"""The region of a bundle's backend, as its Terraform says it."""

NOTHING = Plan({}, (), (), None)
"""The plan of a run that finds build/ as it should be."""


def compare(
    files: Mapping[str, bytes],
    boards: Sequence[Placed],
    inputs: Mapping[str, bytes],
    build: Path,
    only: Selection = Selection(),  # noqa: B008 - frozen
    prune: bool = False,
    forget: Collection[str] = (),
    look: Look = lambda _: None,
) -> Plan:
    """Find what `files` (contents by path below build/) would change on disk.

    `boards` are all boards of the project, and `inputs` its input files by path. `only` selects the boards to compare.
    `prune` deletes bundles without a board; one whose state may be in a backend only if `look` finds that it holds
    nothing, or `forget` names its board.
    Raises OutputError if build/ cannot be read, or has a symbolic link in it.
    """
    folder = BuildFolder(build)
    old = folder.read(manifest.FILE)
    before = manifest.parse_manifest(old).all_bundles
    living = {board.folder: board for board in boards}
    wanted = {name: content for name, content in _by_bundle(files, living).items() if only.takes(living[name])}
    changes = {}
    for name, content in wanted.items():
        generated = before[name].files if name in before else ()
        if found := tuple(_compare_bundle(folder, name, content, generated)):
            changes[name] = found
    bundles = {name: record for name, record in before.items() if name in living}
    bundles |= {name: _record(living[name], content) for name, content in wanted.items()}
    orphans, pruned = _find_orphans(folder, before, living, only, forget if prune else None, look)
    hashes = {path: digest(data) for path, data in inputs.items()}
    kept = {orphan.folder: before[orphan.folder] for orphan in orphans}
    text = manifest.format_manifest(Manifest(hashes, bundles, kept))
    # A run for some boards that changes no bundle leaves the manifest as it is; the next run for all boards records
    # the new inputs.
    same = text == old or not (only.everything or changes or pruned)
    return Plan(changes, orphans, pruned, None if same else Change(manifest.FILE, old, text), text)


def write_build(
    files: Mapping[str, bytes],
    boards: Sequence[Placed],
    inputs: Mapping[str, bytes],
    build: Path,
    only: Selection = Selection(),  # noqa: B008 - frozen
    prune: bool = False,
    forget: Collection[str] = (),
    look: Look = lambda _: None,
    judge: Callable[[Plan], None] = lambda _: None,
) -> Plan:
    """Write what `compare` finds, bundle by bundle, the manifest last. The arguments are those of `compare`.

    `judge` is called before anything is written: where it raises, nothing is. Raises OutputError if `compare` does, or
    if build/ cannot be written.
    """
    folder = BuildFolder(build)
    with folder.lock():
        plan = compare(files, boards, inputs, build, only, prune, forget, look)
        judge(plan)
        if not plan.files and not plan.pruned:
            return plan
        folder.start_staging()
        for name, changes in plan.changes.items():
            folder.replace_bundle(name, changes)
        if plan.manifest:  # it changes with whatever is pruned
            before = manifest.parse_manifest(plan.manifest.old).all_bundles if plan.pruned else {}
            for name in plan.pruned:
                folder.delete_bundle(name, before[name].files)
            folder.replace_bundle("", [plan.manifest])
    return plan


def diff(changes: Iterable[Change]) -> Iterator[str]:
    """Write changes as a unified diff, line by line. For a file that is not text it only says that it differs."""
    from difflib import unified_diff  # only for `--diff`: it takes 5 ms to import

    for change in changes:
        before = _lines(change.old)
        after = _lines(change.new)
        if before is None or after is None:
            yield f"Binary file {change.path} differs"
            continue
        old = "/dev/null" if change.old is None else f"a/{change.path}"
        new = "/dev/null" if change.new is None else f"b/{change.path}"
        yield from unified_diff(before, after, old, new, lineterm="")


def _by_bundle(files: Mapping[str, bytes], folders: Iterable[str]) -> dict[str, dict[str, bytes]]:
    """Group files by their bundles' folders. All are equally deep: every board has an environment, or none has."""
    found: dict[str, dict[str, bytes]] = {folder: {} for folder in sorted(folders)}
    depth = next(iter(found), "").count("/") + 1
    for path, data in files.items():
        found["/".join(path.split("/", depth)[:depth])][path] = data
    return found


def _compare_bundle(
    build: BuildFolder, folder: str, content: Mapping[str, bytes], generated: Iterable[str]
) -> Iterator[Change]:
    """Find what changes in one bundle. `generated`: the files of an earlier run, by their paths in the bundle."""
    exists = build.is_folder(folder)
    for path, new in sorted(content.items()):
        old = build.read(path) if exists else None
        if old != new:
            yield Change(path, old, new)
    for path in (f"{folder}/{name}" for name in (*generated, GUARD)):
        if path not in content and not is_users(path) and (old := build.read(path)) is not None:
            yield Change(path, old, None)


def _find_orphans(
    build: BuildFolder,
    before: Mapping[str, BundleRecord],
    living: Mapping[str, Placed],
    only: Selection,
    forget: Collection[str] | None,
    look: Look,
) -> tuple[tuple[Orphan, ...], tuple[str, ...]]:
    """Find the bundles without a board. Returns those that stay, and the folders of those to delete.

    `forget`: the boards whose state in a backend is not minded; None if none is to be deleted.
    """
    orphans, pruned = [], []
    names = {(board.environment, board.name) for board in living.values()}
    for folder, record in sorted(before.items()):
        if folder in living or not build.is_folder(folder):
            continue
        generated = tuple(record.files)
        users = build.list_users_files(folder, generated, living)
        # Of a board that moved to another team, the new bundle has the same resources.
        moved = (record.environment, record.name) in names
        orphan = Orphan(folder, generated, users, record.name, record.is_feed, moved=moved)
        orphan = orphan if moved else _add_deployment(build, orphan)
        asked = forget is not None and only.takes(record)
        if asked and orphan.depends_on_backend and orphan.name not in (forget or ()):
            orphan = replace(orphan, found=look(orphan))
        if asked and orphan.may_go(forget or ()):
            pruned.append(folder)
        else:
            orphans.append(orphan)
    return tuple(orphans), tuple(pruned)


def _add_deployment(build: BuildFolder, orphan: Orphan) -> Orphan:
    """Add where an orphan's state is, and whether it is protected."""
    deployment = _read_deployment(build, orphan.folder)
    state = deployment.get("state", "local")
    backend = state if isinstance(state, str) and state != "local" else None
    main = build.read(f"{orphan.folder}/terraform/main.tf") if backend else None
    region = _BACKEND_REGION.search((main or b"").decode("utf-8", "replace"))
    return replace(
        orphan, backend=backend, backend_region=region[1] if region else "", protect=deployment.get("protect") is True
    )


def _read_deployment(build: BuildFolder, folder: str) -> dict[str, Any]:
    """Read where and with what a bundle is deployed.

    What cannot be read says nothing of a backend: the bundle's own files of state still keep it.
    """
    try:
        document = json.loads(build.read(f"{folder}/{DEPLOYMENT}") or b"{}")
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _record(board: Placed, content: Mapping[str, bytes]) -> BundleRecord:
    inside = len(board.folder) + 1
    files = {path[inside:]: digest(data) for path, data in content.items()}
    return BundleRecord(board.environment, board.team, board.name, files)


def _lines(data: bytes | None) -> list[str] | None:
    """The lines of a text; None for what is not text."""
    try:
        return (data or b"").decode().splitlines() if b"\0" not in (data or b"") else None
    except UnicodeDecodeError:
        return None
