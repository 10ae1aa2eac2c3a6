"""The ready file: how other programs find a run of `leaderboards local`, with its addresses and credentials.

A run holds a lock beside its file from its start to its end, so that no run takes the file of another that lives. The
operating system gives the lock back however a run ends; what a killed run left is replaced by the next.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.errors import LocalError
from generator.local.stack import Stack
from generator.operations.local_run import default_ready_file, options_of_run
from generator.output.cache_folder import create_folder
from generator.output.lock_file import name_holder, take_lock
from generator.output.replace_file import write_whole
from generator.pipeline import MAIN


class HeldFile:
    """A file that this run holds: no other run writes it while this one lives. `path`: where it is."""

    def __init__(self, path: Path, option: str, mode: int) -> None:
        """Take the place. `option`: what names it; `mode`: who may read it.

        Raises LocalError if another run has it, or if the disk refuses.
        """
        self.path = path
        self._mode = mode
        self._writing = threading.Lock()
        self._lock_path = path.with_name(f".{path.name}.lock")
        try:
            self._lock = take_lock(self._lock_path)
            path.unlink(missing_ok=True)  # one that a killed run left would say that this run is ready
        except BlockingIOError:
            raise LocalError(
                f"{path}: {name_holder(self._lock_path)} writes this file; name another with {option}"
            ) from None
        except OSError as error:
            raise LocalError(f"{path}: cannot be written: {error.strerror}") from None

    def replace(self, make: Callable[[], str]) -> None:
        """Write the file in one piece. Does nothing once the place is given free.

        `make`: its content, made once nobody else writes it: of two at once, the last one writes what holds then.
        Raises LocalError if the disk refuses.
        """
        with self._writing:
            if self._lock is not None:
                self._replace(make())

    def _replace(self, content: str) -> None:
        try:
            write_whole(self.path, content.encode(), self._mode)
        except OSError as error:
            raise LocalError(f"{self.path}: cannot be written: {error.strerror}") from None

    def release(self) -> None:
        """Remove the file and give its place free. Releasing twice does no harm."""
        with self._writing:
            if self._lock is None:
                return
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
                self._lock_path.unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None


class ReadyFile(HeldFile):
    """A ready file that this run holds. Only its owner may read it."""

    def __init__(self, path: Path) -> None:
        """Take the place. Raises LocalError if another run has it, or if the disk refuses."""
        super().__init__(path, "--ready-file", 0o600)

    def write(self, make: Callable[[], Any]) -> None:
        """Write the document that `make` makes, as `replace` does. Raises LocalError if the disk refuses."""
        self.replace(lambda: json.dumps(make(), indent=2) + "\n")


def take_ready_file(main: Path, wanted: Path | None, say: Callable[[str], None]) -> ReadyFile | None:
    """Take the place of a run's ready file. `main`: leaderboards.yaml; `wanted`: what --ready-file says.

    Without --ready-file it is the default place, or one with this process's number where another run has that. Returns
    None where the disk takes none. What a person has to know about it is given to `say`. Raises LocalError if the
    wanted file cannot be had.
    """
    default = default_ready_file(main)
    if wanted:
        if wanted.parent == default.parent:  # our own folder, which only a first run has to make
            create_folder(main.parent)
        return ReadyFile(wanted)
    if not create_folder(main.parent):
        say(f"{default} cannot be written: other commands find this run only with --ready-file")
        return None
    _remove_left_over(default)
    try:
        return ReadyFile(default)
    except LocalError:
        own = default.with_name(f"{default.stem}-{os.getpid()}.json")
        holder = name_holder(default.with_name(f".{default.name}.lock"))
        say(f"--local is {holder}; for this run write --ready-file {own}")
        return ReadyFile(own)


def options_for(ready: ReadyFile | None, main: Path) -> list[str]:
    """The options by which other commands, in the same folder, find this run and its boards; none if they cannot."""
    if ready is None:
        return []
    file = [] if main == Path(MAIN) else ["--file", str(main)]
    return [*file, *options_of_run(main, ready.path)]


def make_ready_document(stack: Stack) -> dict[str, Any]:
    """The content of the ready file: all that a program needs to use the boards."""
    aws, game_server = stack.aws, stack.game_server
    return {
        "pid": os.getpid(),
        "endpoint": aws.endpoint,
        "region": aws.region,
        "access_key_id": aws.access_key_id,
        "secret_access_key": aws.secret_access_key,
        "game_server": {
            "access_key_id": game_server.access_key_id,
            "secret_access_key": game_server.secret_access_key,
        },
        "clock_ahead_seconds": aws.clock.ahead_seconds,
        "control": {"url": stack.control.url, "token": stack.control.token},
        "boards": {
            name: {
                "activities_table": board.deployment.activities_table,
                "aggregates_table": board.deployment.aggregates_table,
                "queue_url": board.deployment.queue_url,
                "dead_letter_queue_url": board.deployment.dead_letter_queue_url,
                "bucket": board.deployment.bucket,
                "api_url": board.api_url,
                "page_url": board.page_url,
            }
            for name, board in stack.boards.items()
        },
    }


def _remove_left_over(default: Path) -> None:
    """Remove the files of runs that were killed while another had the default place."""
    for path in default.parent.glob(f"{default.stem}-*.json"):
        with suppress(LocalError):
            ReadyFile(path).release()
