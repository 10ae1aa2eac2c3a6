"""Replaces one file as a whole: whatever happens, it has its old content or its new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from generator.errors import OutputError


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Let one run at a time change the files of a folder; others wait here.

    Locks nothing on Windows, or if the folder cannot be opened: then reading its files fails later, and says why.
    """
    try:
        from fcntl import LOCK_EX, flock

        opened = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        flock(opened, LOCK_EX)
        yield
    finally:
        os.close(opened)


@contextmanager
def open_whole(file: Path, mode: int = 0o600) -> Iterator[IO[bytes]]:
    """Open a file of our own. What is written takes its place once the block has ended well, and a symbolic link's.

    `mode`: who may read it; its owner only, if nothing is said. Needs no lock. Raises OSError if the disk refuses.
    """
    from tempfile import mkstemp  # importing it takes 3 ms, which a run that writes nothing does not have to wait for

    handle, name = mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with _take_place(file, Path(name), os.fdopen(handle, "wb")) as stream:
        yield stream
        Path(name).chmod(mode)


def write_whole(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file of our own, as `open_whole` does."""
    with open_whole(file, mode) as stream:
        stream.write(content)


def replace_users_file(file: Path, old: bytes, new: bytes) -> None:
    """Replace the content of a user's file, from `old` to `new`. Its mode and owner stay, and a link stays a link.

    Only inside `lock_folder`. Raises OutputError if the content is not `old` any more, or the disk refuses.
    """
    place = Path(os.path.realpath(file))
    # Always the same name, so that the next run deletes what a killed one left. Hidden, so `include:` does not find it.
    temporary = place.with_name(f".{place.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        with _take_place(place, temporary, temporary.open("xb")) as stream:
            stream.write(new)
            stream.flush()
            os.fsync(stream.fileno())
            shutil.copymode(place, temporary)
            with suppress(OSError, AttributeError):  # only root may give files away
                os.chown(temporary, place.stat().st_uid, place.stat().st_gid)
            if place.read_bytes() != old:
                raise OutputError(f"{file} was changed by somebody else just now: nothing is written. Run this again.")
    except OSError as error:
        raise OutputError(f"{file} cannot be written: {error.strerror}") from None


@contextmanager
def _take_place(file: Path, temporary: Path, stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Rename a temporary file to `file` at the end of the block, or delete it if the block fails."""
    try:
        with stream:
            yield stream
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
