"""Locks a file for as long as this process lives: a place that no other run may take meanwhile."""

from __future__ import annotations

import os
from pathlib import Path


def take_lock(path: Path) -> int | None:
    """Lock a file, made for it, and write this process's number into it. Raises BlockingIOError if another holds it."""
    from fcntl import LOCK_EX, LOCK_NB, flock

    while True:
        # A link at this place could lead to a file of somebody else.
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            flock(opened, LOCK_EX | LOCK_NB)
            # The holder before may have removed the file between the two calls: then this is the lock of nothing.
            if _inode(path) == os.fstat(opened).st_ino:
                os.truncate(opened, 0)
                os.write(opened, str(os.getpid()).encode())
                return opened
        except BaseException:
            os.close(opened)
            raise
        os.close(opened)


def _inode(path: Path) -> int | None:
    """The number of the file that is at a path now; None if there is none. One look: it may go between two."""
    try:
        return path.lstat().st_ino
    except FileNotFoundError:
        return None


def name_holder(lock: Path) -> str:
    """The run that holds a lock, in words."""
    try:
        text = lock.read_text(encoding="ascii")[:20]
    except (OSError, ValueError):
        text = ""
    return f"another run (process {text})" if text.isdigit() else "another run"
