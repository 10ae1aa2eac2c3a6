"""build/ on disk: read without following links, changed so that a bundle is old or new, never a mix.

Everything is written to build/.staging first. A new bundle is then moved into its place as one folder. In a bundle that
exists, files are replaced one by one, because the user's own files (state, lock, tfvars) lie between them and must not
be moved: signals wait until those few renames are done, and a failure puts the old files back. If the power fails in
between, the file `GUARD` stays in the bundle, and Terraform refuses to plan until the next `generate` completes it.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator.errors import OutputError
from generator.output.replace_file import lock_folder
from generator.output.signals import hold_signals
from generator.output.staging import Staging
from generator.output.user_files import INIT_FILES, is_made_by_init, is_state, is_users
from generator.source.regular import open_regular

GUARD = "terraform/incomplete.tf"
"""The file, by its path in a bundle, that marks it while some of its files are old and some new."""

_GUARD_TEXT = b"""# This bundle was being written when something went wrong: some of its files are old, some new.
# Run `leaderboards generate` again. It completes the bundle and deletes this file.
this bundle is incomplete, run leaderboards generate
"""


@dataclass(frozen=True)
class Change:
    """A file that changes: `old` is None for a new file, `new` for one that is removed. The path is below build/."""

    path: str
    old: bytes | None
    new: bytes | None

    @property
    def kind(self) -> Literal["new", "changed", "removed"]:
        """What happens to the file."""
        return "new" if self.old is None else "removed" if self.new is None else "changed"


class BuildFolder:
    """The folder build/. Every path is below it, with forward slashes. Where the disk refuses, OutputError is raised.

    No symbolic link is followed: what is generated lands in build/ and nowhere else.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._staging = Staging(root / ".staging")
        self._checked: set[str] = set()
        """Paths of folders that exist and are not links, so that each is checked once."""
        self._shared: dict[tuple[int, int], bytes] = {}
        """Contents of files that have several hard links, by device and inode: see `Staging.write`."""

    def read(self, path: str) -> bytes | None:
        """Read a file; None if it does not exist. A file with several hard links is read once."""
        place = self._locate(path)
        try:
            with open_regular(place) as file:
                status = os.fstat(file.fileno())
                inode = status.st_dev, status.st_ino
                if inode in self._shared:
                    return self._shared[inode]
                content = file.readall()
            if status.st_nlink > 1:
                self._shared[inode] = content
            return content
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(f"{place} cannot be read: {error.strerror}") from None

    def is_folder(self, path: str) -> bool:
        """Whether a path is a folder."""
        self._check_folder(path.rpartition("/")[0])
        return _look_at(self.root / path) == stat.S_IFDIR

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Let one run at a time write: another one waits here."""
        try:
            self._check_folder("")
            self.root.mkdir(parents=True, exist_ok=True)
            with lock_folder(self.root):
                try:
                    yield
                finally:
                    self._staging.remove()
        except OSError as error:
            raise OutputError(f"{error.filename or self.root} cannot be written: {error.strerror}") from None

    def start_staging(self) -> None:
        """Empty the staging folder. Call it once, inside `lock`, before anything is written."""
        self._check_folder(".staging")
        self._staging.start()

    def replace_bundle(self, folder: str, changes: Sequence[Change]) -> None:
        """Make the changes of one bundle, all or none. Only inside `lock`."""
        exists = self.is_folder(folder)
        # In a new bundle only the folders above it can be links, and they are the same for every file.
        for change in changes if exists else changes[:1]:
            self._locate(change.path)
        for change in changes:
            self._stage(change)
        with hold_signals():
            if exists:
                self._replace_files(folder, changes)
            else:
                (self.root / folder).parent.mkdir(parents=True, exist_ok=True)
                Path(self._staging.place(folder)).rename(self.root / folder)

    def _replace_files(self, folder: str, changes: Sequence[Change]) -> None:
        """Replace files by staged ones, one by one; put the old ones back if that fails."""
        guard = f"{folder}/{GUARD}"
        guarded = len(changes) > 1 or any(change.path == guard for change in changes)
        if guarded:
            self._stage_and_apply(Change(guard, None, _GUARD_TEXT))
        done: list[Change] = []
        try:
            for change in changes:
                if change.path != guard:
                    done.append(change)
                    self._apply(change)
            if guarded:
                self._apply(Change(guard, _GUARD_TEXT, None))
        except BaseException:
            for change in reversed(done):
                self._stage_and_apply(Change(change.path, change.new, change.old))
            if guarded:  # not reached if putting back fails too: then the guard has to stay
                self._apply(Change(guard, _GUARD_TEXT, None))
            raise

    def _stage_and_apply(self, change: Change) -> None:
        self._stage(change)
        self._apply(change)

    def _stage(self, change: Change) -> None:
        """Write the new content of a file to the staging folder."""
        if change.new is not None:
            self._staging.write(change.path, change.new)

    def _apply(self, change: Change) -> None:
        """Move a staged file to its place; or remove a file, and the folders that are empty then."""
        place = self.root / change.path
        if change.new is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            Path(self._staging.place(change.path)).replace(place)
        else:
            place.unlink(missing_ok=True)
            self._remove_empty_folders(place.parent)

    def delete_bundle(self, folder: str, generated: Iterable[str]) -> None:
        """Delete the `generated` files (paths in the bundle) and what `terraform init` made. Only inside `lock`."""
        paths = [path for path in generated if not is_users(path)]
        for path in paths:
            self._locate(f"{folder}/{path}").unlink(missing_ok=True)
        for name in INIT_FILES:
            place = self._locate(f"{folder}/terraform/{name}")
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)
        parents = {self.root / folder / parent for path in paths for parent in Path(path).parents}
        for parent in sorted(parents, reverse=True):
            self._remove_empty_folders(parent)

    def list_users_files(self, folder: str, generated: Iterable[str], living: Iterable[str]) -> tuple[str, ...]:
        """List the files in a bundle's folder that neither `generate` nor `terraform init` can make again.

        Terraform's state is always among them. `generated` are paths in the bundle. `living` are the folders of other
        bundles, which may lie below this one and are left out.
        """
        inside, others, known = self.root / folder, {self.root / other for other in living}, set(generated)
        found: list[str] = []
        for here, folders, files in os.walk(inside):  # follows no links
            at = Path(here)
            folders[:] = sorted(name for name in folders if at / name not in others)
            links = [name for name in folders if (at / name).is_symlink()]
            for name in sorted([*files, *links]):
                path = (at / name).relative_to(inside).as_posix()
                if path not in known and (not is_made_by_init(path) or is_state(path)):
                    found.append(path)
        return tuple(found)

    def _locate(self, path: str) -> Path:
        """Where a path is on the disk. Refuses symbolic links, and files where a folder has to be."""
        self._check_folder(path.rpartition("/")[0])
        place = self.root / path
        _look_at(place)
        return place

    def _check_folder(self, path: str) -> None:
        """Refuse a folder that is a link or a file, or that lies below one."""
        if path in self._checked:
            return
        if path:
            self._check_folder(path.rpartition("/")[0])
        place = self.root / path
        kind = _look_at(place)
        if kind == stat.S_IFDIR:
            self._checked.add(path)
        elif kind is not None:
            raise OutputError(f"{place} is a file where a folder is needed. Delete it.")

    def _remove_empty_folders(self, folder: Path) -> None:
        """Remove a folder and those above it, up to the first that is not empty."""
        with suppress(OSError):
            while folder != self.root:
                folder.rmdir()
                folder = folder.parent


def _look_at(place: Path) -> int | None:
    """Return what is at a place, as `stat.S_IFMT` has it; None for nothing. Refuses symbolic links.

    One look answers all questions: between two, another run can make a folder, which would then be neither.
    """
    try:
        kind = stat.S_IFMT(place.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OutputError(f"{place} cannot be read: {error.strerror}") from None
    if kind == stat.S_IFLNK:
        raise OutputError(f"{place} is a symbolic link: nothing is written through links. Delete it.")
    return kind
