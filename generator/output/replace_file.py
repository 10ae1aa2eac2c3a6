"""Replace a person's file as a whole: whatever happens, it is the old one or the new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.errors import OutputError


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Keeps out other runs that would change a file of this folder; waits for those that are at it. Where the folder
    cannot be opened, the files in it cannot be read either, which says why."""
    try:
        from fcntl import LOCK_EX, flock

        opened = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):  # on Windows, two runs at once are not kept apart
        yield
        return
    try:
        flock(opened, LOCK_EX)
        yield
    finally:
        os.close(opened)


def replace(file: Path, old: bytes, new: bytes) -> None:
    """Give a file that has the content `old` the content `new`, its mode and owner kept; a link stays one.

    Raises OutputError where it has another content by now, or cannot be written.
    """
    place = Path(os.path.realpath(file))
    # One name, not one for each run: what a run that was killed leaves is overwritten, and hidden from `include:`.
    staged = place.with_name(f".{place.name}.new")
    try:
        staged.unlink(missing_ok=True)
        try:
            with staged.open("xb") as stream:
                stream.write(new)
                stream.flush()
                os.fsync(stream.fileno())
            shutil.copymode(place, staged)
            with suppress(OSError, AttributeError):  # only root may give files away
                os.chown(staged, place.stat().st_uid, place.stat().st_gid)
            if place.read_bytes() != old:
                raise OutputError(f"{file} was changed by somebody else just now: nothing is written. Run this again.")
            staged.replace(place)
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{file} cannot be written: {error.strerror}") from None
