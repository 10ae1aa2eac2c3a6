"""build/ on disk: read without following links, replaced so that a bundle is old or new, never a mix.

Everything is staged in build/.staging first. A new bundle is then moved into place as one folder. In a bundle that is
there already, files are replaced one by one, because the user's own files (state, lock, tfvars) lie between them and
are not to be moved: signals wait for those few renames, and a failure puts the old files back. Should the power fail
in between, a file is left in the bundle with which Terraform refuses to plan, till the next `generate` completes it.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from generator.errors import OutputError

MANIFEST = "manifest.json"
STAGING = ".staging"
_BINARY = getattr(os, "O_BINARY", 0)
"""On Windows, that line breaks stay what they are."""
WORTH_A_LINK = 1024 * 1024
"""Bytes from which on one content is stored once, however many bundles have it."""
GUARD = "terraform/incomplete.tf"
"""Stands in a bundle, by its path there, while some of its files are old and some new."""

_GUARD_TEXT = b"""# This bundle was being written when something went wrong: some of its files are old, some new.
# Run `leaderboards generate` again. It completes the bundle and deletes this file.
this bundle is incomplete, run leaderboards generate
"""

_STATE = ("*.tfstate", "*.tfstate.*", "terraform.tfstate.d")
_BY_PRODUCTS = (".terraform", ".terraform.lock.hcl")
"""What `terraform init` makes, and can make again."""
_USERS = (*_STATE, *_BY_PRODUCTS, "*.tfvars", "*.tfvars.json", "*.tfplan")


@dataclass(frozen=True)
class Change:
    """One file that is to change: `old` is None where it is new, `new` where it goes. The path is below build/."""

    path: str
    old: bytes | None
    new: bytes | None

    @property
    def kind(self) -> Literal["new", "changed", "removed"]:
        """What happens to the file."""
        return "new" if self.old is None else "removed" if self.new is None else "changed"


def is_users(path: str) -> bool:
    """Whether a file in a bundle is the user's: state, lock, variables, plans, `.terraform/`."""
    return any(fnmatchcase(part, pattern) for part in path.split("/") for pattern in _USERS)


class Disk:
    """The build folder. Every path is below it, with forward slashes. Raises OutputError for whatever the disk refuses.

    No symbolic link is followed: what is generated lands in build/ and nowhere else.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: set[str] = set()
        """Those that are no links; looked at once in the life of this object."""
        self._staging = False
        self._known: dict[tuple[int, int], bytes] = {}
        """Content of files that have more names than one, by device and inode: see `_put`."""
        self._spares: dict[bytes, str] = {}
        """A name in the staging folder for each large content that was written: see `_put`."""

    def _place(self, path: str) -> str:
        """Where a path is on the disk, once no link leads there."""
        # Text and not pathlib, which takes ten times as long, and every generated file passes here.
        steps = [str(self.root)]
        for part in path.split("/") if path else ():
            steps.append(f"{steps[-1]}{os.sep}{part}")
        for step in steps:
            if step in self._folders:
                continue
            try:
                mode = os.lstat(step).st_mode
            except (FileNotFoundError, NotADirectoryError):
                break
            if stat.S_ISLNK(mode):
                raise OutputError(f"{step} is a symbolic link: nothing is written through links. Delete it.")
            if stat.S_ISDIR(mode):
                self._folders.add(step)
            elif step != steps[-1]:
                raise OutputError(f"{step} is a file where a folder is needed. Delete it.")
        return steps[-1]

    def read(self, path: str) -> bytes | None:
        """The content of a file, None where there is none."""
        place = self._place(path)
        try:
            # Neither pathlib nor open(), which take twice as long.
            file = os.open(place, os.O_RDONLY | _BINARY)
            try:
                return self._content(file)
            finally:
                os.close(file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(f"{place} cannot be read: {error.strerror}") from None

    def _content(self, file: int) -> bytes:
        """What is in an open file. One under many names is read once: see `_put`."""
        status = os.fstat(file)
        inode = status.st_dev, status.st_ino
        if inode in self._known:
            return self._known[inode]
        parts = []
        while part := os.read(file, status.st_size + 1):
            parts.append(part)
        content = b"".join(parts)
        if status.st_nlink > 1:
            self._known[inode] = content
        return content

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder."""
        return Path(self._place(path)).is_dir()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One run at a time: another one waits here. What is staged is removed at the end."""
        try:
            self._place("")
            self.root.mkdir(parents=True, exist_ok=True)
            with self._locked():
                try:
                    yield
                finally:
                    if self._staging:
                        shutil.rmtree(self.root / STAGING, ignore_errors=True)
        except OSError as error:
            raise OutputError(f"{error.filename or self.root} cannot be written: {error.strerror}") from None

    def stage(self) -> None:
        """An empty staging folder. Only inside `alone`, as is all that writes."""
        self._place(STAGING)
        self._staging = True
        shutil.rmtree(self.root / STAGING, ignore_errors=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            from fcntl import LOCK_EX, flock
        except ImportError:  # Windows: two runs at once are not kept apart there
            yield
            return
        folder = os.open(self.root, os.O_RDONLY)
        try:
            flock(folder, LOCK_EX)
            yield
        finally:
            os.close(folder)

    def replace(self, folder: str, changes: Sequence[Change]) -> None:
        """Makes the changes of one bundle, all or none. Only inside `alone`."""
        there = self.is_folder(folder)
        for change in changes if there else changes[:1]:
            self._place(change.path)
        for change in changes:
            self._stage(change)
        guard = f"{folder}/{GUARD}"
        guarded = len(changes) > 1 or any(change.path == guard for change in changes)
        with _signals_wait():
            if not there:
                (self.root / folder).parent.mkdir(parents=True, exist_ok=True)
                (self.root / STAGING / folder).rename(self.root / folder)
                return
            if guarded:
                self._make(self._stage(Change(guard, None, _GUARD_TEXT)))
            done: list[Change] = []
            try:
                for change in changes:
                    if change.path != guard:
                        done.append(change)
                        self._make(change)
                if guarded:
                    self._make(Change(guard, _GUARD_TEXT, None))
            except BaseException:
                for change in reversed(done):
                    self._make(self._stage(Change(change.path, change.new, change.old)))
                if guarded:  # not reached when putting back fails too: then it has to stay
                    self._make(Change(guard, _GUARD_TEXT, None))
                raise

    def _stage(self, change: Change) -> Change:
        if change.new is None:
            return change
        place = f"{self.root}{os.sep}{STAGING}{os.sep}{change.path}"
        # Neither pathlib nor open(), which take several times as long, and every new file passes here.
        try:
            self._put(change, place)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(place))  # noqa: PTH103, PTH120
            self._put(change, place)
        return change

    def _put(self, change: Change, place: str) -> None:
        """Writes a new content. A large one that another bundle has too gets one more name instead.

        The layer is the same in every bundle and most of what a bundle weighs. Neither we nor Terraform ever write
        into a file that is there, so none of its names can change under another.
        """
        assert change.new is not None
        large = len(change.new) >= WORTH_A_LINK
        if large and change.new in self._spares:
            with suppress(OSError):  # not every disk has links, and none without end
                os.link(self._spares[change.new], place)
                return
        file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o666)
        try:
            left = memoryview(change.new)
            while left:
                left = left[os.write(file, left) :]
        finally:
            os.close(file)
        if large:
            spare = f"{self.root}{os.sep}{STAGING}{os.sep}.{len(self._spares)}"
            with suppress(OSError):
                os.link(place, spare)
                self._spares[change.new] = spare

    def _make(self, change: Change) -> None:
        """One change that is staged: a rename, or a removal of the file and the folders that it leaves empty."""
        place = self.root / change.path
        if change.new is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            (self.root / STAGING / change.path).replace(place)
            return
        place.unlink(missing_ok=True)
        self._remove_empty(place.parent)

    def _remove_empty(self, folder: Path) -> None:
        with suppress(OSError):  # not empty, or not there
            while folder != self.root:
                folder.rmdir()
                folder = folder.parent

    def users_files(self, folder: str, generated: Iterable[str], living: Iterable[str]) -> tuple[str, ...]:
        """What lies in a bundle's folder that was not generated and that `terraform init` cannot make again.

        `generated` are paths in the bundle, `living` the folders of other bundles, which may lie below this one.
        """
        inside, others, known = self.root / folder, {self.root / other for other in living}, set(generated)
        found: list[str] = []
        for here, folders, files in os.walk(inside):  # follows no links
            at = Path(here)
            folders[:] = sorted(name for name in folders if at / name not in others)
            links = [name for name in folders if (at / name).is_symlink()]
            for name in sorted([*files, *links]):
                path = (at / name).relative_to(inside).as_posix()
                if path not in known and (not _is_by_product(path) or is_state(path)):
                    found.append(path)
        return tuple(found)

    def discard(self, folder: str, generated: Iterable[str]) -> None:
        """Deletes a bundle: what was generated, and what `terraform init` made. Only inside `alone`."""
        inside = self.root / folder
        paths = [path for path in generated if not is_users(path)]
        for path in paths:
            Path(self._place(f"{folder}/{path}")).unlink(missing_ok=True)
        for by_product in _BY_PRODUCTS:
            place = Path(self._place(f"{folder}/terraform/{by_product}"))
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)
        for parent in sorted({inside / part for path in paths for part in Path(path).parents}, reverse=True):
            self._remove_empty(parent)


def is_state(path: str) -> bool:
    """Whether a file in a bundle is Terraform's state, its backup or lock, or says where the state is."""
    return any(fnmatchcase(part, pattern) for part in path.split("/") for pattern in _STATE)


def _is_by_product(path: str) -> bool:
    return any(part in _BY_PRODUCTS for part in path.split("/"))


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Holds back the signals that end a program until the block is done."""
    if threading.current_thread() is not threading.main_thread():
        # Handlers run in the main thread only, which cannot be waited for from here.
        yield
        return
    # Handlers and not a mask: a mask holds for one thread, and the system would hand the signal to another.
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))
        if signal.getsignal(number) not in (signal.SIG_IGN, None)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for waiting in came:
            signal.raise_signal(waiting)
