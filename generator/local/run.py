"""Runs boards on this machine until a signal ends it: the entry of local mode."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from generator.board.board import Board
from generator.errors import LocalError
from generator.local.reporter import Reporter
from generator.local.stack import Stack
from generator.output.replace_file import write_whole


def run_boards(
    boards: Sequence[Board],
    *,
    simulate: float | None = None,
    schedule: Literal["fast", "yaml"] = "fast",
    ready_file: Path | None = None,
    port: int | None = None,
    begins: int | None = None,
) -> None:
    """Run the boards until SIGINT or SIGTERM, then return. Call it from the main thread.

    `boards`: all from one environment. `simulate`: activities a second over all boards; None writes none. `schedule`:
    "fast" rebuilds every two seconds, "yaml" follows each board's own schedule. `ready_file`: written in one piece once
    every board answers, removed at the end. `port`: serves pages and APIs; None takes a free one.
    `begins`: the instant that the boards' clock shows when they start, in milliseconds since 1970; None for now.

    Page addresses go to standard output, everything else to standard error. Raises LocalError, with a text for the
    user, when the boards cannot be run, and at the end when one of them did not answer; nothing is left running then.
    """
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    reporter = Reporter()
    threading.excepthook = reporter.warn_of_fault
    stack = Stack(reporter)

    def start() -> None:
        stack.start(boards, simulate=simulate, schedule=schedule, port=port, begins=begins)
        _wait_for_answers(stack, reporter)
        _announce(stack, reporter, ready_file)

    if ready_file:
        _remove(ready_file)  # one from an earlier run would claim that this run is ready
    failure = _run_until(over, stack, start)
    if ready_file:
        _remove(ready_file)
    if failure:
        raise failure


def _run_until(over: threading.Event, stack: Stack, start: Callable[[], None]) -> Exception | None:
    """Start the stack, keep it until `over` is set or something fails, and stop it. Returns what failed, if anything.

    `start` runs in a thread of its own, so that this thread is free to stop it when a signal comes.
    """
    failures: list[Exception] = []

    def attempt() -> None:
        try:
            start()
        except Exception as error:  # kept for the main thread, which raises it
            failures.append(error)
            over.set()

    starter = threading.Thread(target=attempt, name="start", daemon=True)
    starter.start()
    while not over.wait(1):
        if not starter.is_alive() and not stack.alive:
            failures.append(LocalError("the embedded AWS stopped by itself"))
            break
    failure = failures[0] if failures else None  # from here on, things fail because they are stopped
    stack.stop()
    starter.join(5)
    if failure is None and stack.silent:
        failure = LocalError(f"the API of {', '.join(stack.silent)} did not answer; the other boards ran")
    return failure


def _wait_for_answers(stack: Stack, reporter: Reporter) -> None:
    """Wait until the boards answer, and warn of those that do not. Raises LocalError if no board answers."""
    with reporter.doing("waiting until every board answers"):
        stack.wait_until_answering()
    texts = [f"the API of {name} does not answer: {reason}" for name, reason in stack.silent.items()]
    if len(texts) == len(stack.boards):
        raise LocalError("\n".join(texts))
    for text in texts:
        reporter.warn(text)


def _announce(stack: Stack, reporter: Reporter, ready_file: Path | None) -> None:
    """Write the ready file and print where each board is."""
    if ready_file:
        _write_ready_file(ready_file, stack.make_ready_document())
    for name, board in stack.boards.items():
        print(f"{name}: {board.page_url or board.api_url + '/v1/leaderboard'}", flush=True)  # noqa: T201
    reporter.say(f"all boards: {stack.url}/   (Ctrl-C stops everything)")


def _write_ready_file(path: Path, document: Any) -> None:
    try:
        write_whole(path, json.dumps(document, indent=2).encode() + b"\n")
    except OSError as error:
        raise LocalError(f"{path}: cannot be written: {error.strerror}") from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise LocalError(f"{path}: cannot be removed: {error.strerror}") from None
