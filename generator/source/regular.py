"""Opens files that nobody has named, as all that are found in a folder are, and waits for none."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path


def open_regular(file: Path) -> io.FileIO:
    """Open a file to read it. Raises OSError, also for a named pipe, which would keep its reader waiting, a socket or a
    device."""
    stream = io.FileIO(file, opener=_open_at_once)
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(errno.EINVAL, "it is a pipe or a device, and no file with content")
    return stream


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
