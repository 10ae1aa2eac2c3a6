"""Local mode: `leaderboards local` runs generated boards whole, on an embedded AWS on this machine.

    a bundle:    hcl -> module -> resources (storage, compute) -> deploy -> embedded AWS (aws, emulator)
    an activity: table -> stream -> pipe (pattern) -> queue -> processor -> aggregates -> rebuilder -> snapshot
    a reader:    front -> page in the bucket, or origin -> API function
    time:        workers start the rebuilder and the simulator

An activity reaches a score only that way. Everything listens on 127.0.0.1, nothing outlives the command.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from generator.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.board.board import Board

__all__ = ["LocalError", "run"]


def run(
    boards: Sequence[Board],
    *,
    simulate: float | None = None,
    schedule: Literal["fast", "yaml"] = "fast",
    ready_file: Path | None = None,
    port: int | None = None,
) -> None:
    """Run the boards until SIGINT or SIGTERM, then return. Call it from the main thread.

    `boards`: those to run, of one environment. `simulate`: activities a second over all boards, None for none.
    `schedule`: "fast" rebuilds every two seconds, "yaml" leaves it to each board's own schedule. `ready_file`: written
    whole once every board answers. `port`: of pages and APIs, None for a free one.

    Page addresses go to standard output, everything else to standard error. Raises LocalError (its text is for the
    user) when the boards cannot be run; nothing is left running then.
    """
    from generator.local.emulator.process import require
    from generator.local.reporter import Reporter

    require()
    from generator.local.stack import Stack

    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    reporter = Reporter()
    # A fault in a thread is told in a line, and the others go on.
    threading.excepthook = lambda fault: reporter.trouble(f"{fault.thread and fault.thread.name}: {fault.exc_value!r}")
    stack = Stack(reporter)
    failure: list[Exception] = []

    def start() -> None:
        try:
            reporter.say("starting the embedded AWS")
            if ready_file:
                # One of an earlier run would say that this one is ready.
                _remove(ready_file)
            stack.start(boards, simulate=simulate, schedule=schedule, port=port)
            stack.wait_until_answering()
            if ready_file:
                _write_whole(ready_file, json.dumps(stack.ready(), indent=2) + "\n")
            for name, running in stack.boards.items():
                print(f"{name}: {running.page_url or running.api_url + '/v1/leaderboard'}", flush=True)  # noqa: T201
            reporter.say(f"all boards: {stack.url}/   (Ctrl-C stops everything)")
        except Exception as error:  # raised again below, in the thread that can end the program
            failure.append(error)
            over.set()

    # Started in a thread of its own, so that a signal finds this one free to end whatever is under way.
    starter = threading.Thread(target=start, name="start", daemon=True)
    starter.start()
    while not over.wait(1):
        if not starter.is_alive() and not stack.alive:
            failure.append(LocalError("the embedded AWS ended by itself"))
            break
    interrupted = not failure
    stack.stop()
    starter.join(5)
    if ready_file:
        _remove(ready_file)
    if not interrupted:
        raise failure[0]


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever sees it sees all of it. Only its owner may read it: there are keys in it."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError as error:
        raise LocalError(f"{path}: cannot be written: {error.strerror}") from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise LocalError(f"{path}: cannot be removed: {error.strerror}") from None
