"""Runs boards on this machine until a signal ends it: the entry of local mode."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Unpack

from botocore.exceptions import BotoCoreError, ClientError

from generator.activities.files import ActivityFile
from generator.board.board import Board
from generator.errors import LeaderboardsError, LocalError
from generator.local.announcing import Announcer
from generator.local.doors.keys_file import make_profile, take_keys_file
from generator.local.doors.ready_file import HeldFile, ReadyFile, make_ready_document, options_for, take_ready_file
from generator.local.rehearsal.commands import start_rehearsal
from generator.local.replay import replay
from generator.local.reporter import Reporter
from generator.local.saving.redeploy import Project, Redeployer
from generator.local.saving.watching import Watcher
from generator.local.settings import Settings
from generator.local.stack import Stack

LOOK_SECONDS = 1.0
"""Seconds from one look whether the embedded AWS still runs to the next."""


def run_boards(
    boards: Sequence[Board],
    project: Project,
    ready_file: Path | None = None,
    data: Sequence[ActivityFile] = (),
    **settings: Unpack[Settings],
) -> None:
    """Run the boards until SIGINT or SIGTERM, then return. Call it from the main thread.

    `boards`: all from one environment, of `project`, whose files are taken up anew whenever they are saved.
    `ready_file`: where the ready file is, from when every board answers; None takes the default place, beside the main
    file. `data`: files of activities to write once every board answers.

    Page addresses go to standard output. Raises LocalError when boards cannot be run, and at the end if one is silent.
    """
    ends = hear_signals()
    stack = Stack(reporter := Reporter())
    threading.excepthook = reporter.warn_of_fault
    keys = take_keys_file(folder) if (folder := settings.get("game_server_keys")) else None
    ready = take_ready_file(project.main, ready_file, reporter.say)
    announcer = Announcer(stack, reporter, lambda: _write_ready(stack, ready, keys))
    redeployer = Redeployer(stack, project, reporter, announcer.announce_change)
    watcher = Watcher(project.main, redeployer.take_up, lambda fault: reporter.warn(f"{project.main}: {fault!r}"))

    def start() -> None:
        stack.start(boards, **settings)
        start_rehearsal(stack, reporter.warn)
        _wait_for_answers(stack, reporter)
        announcer.announce(options_for(ready, project.main), keys.path if keys else None)
        watcher.start()
        _replay(stack, data, reporter)

    failure = _run_until(ends, stack, reporter, start)
    watcher.stop()
    _end([each for each in (ready, keys) if each], reporter, settings.get("keep"))
    if failure:
        raise failure


def hear_signals() -> SimpleQueue[None]:
    """Hear SIGINT and SIGTERM from now on. Returns a queue that gets something for each.

    One may come while this thread is anywhere in its wait, such as with the lock of an event, which the handler must
    not want then. This queue takes that (Python library reference, "queue", SimpleQueue.put).
    """
    ends: SimpleQueue[None] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ends.put(None))
    return ends


def _replay(stack: Stack, data: Sequence[ActivityFile], reporter: Reporter) -> None:
    """Write the activities of files, as a game server would."""
    tables = {name: board.deployment.activities_table for name, board in stack.boards.items()}
    for file in data:
        try:
            with reporter.doing(f"writing the activities of {file.path}"):
                dynamodb, now = stack.aws.client("dynamodb"), stack.aws.clock.now
                replay(file, tables, dynamodb, now, reporter.say, lambda: stack.stopping)
        except (LeaderboardsError, BotoCoreError, ClientError) as error:
            # The boards run on; what was written of the file counts, and a second replay adds only the rest.
            reporter.warn(f"{file.path}: not written to its end: {error}")


def _run_until(
    ends: SimpleQueue[None], stack: Stack, reporter: Reporter, start: Callable[[], None]
) -> Exception | None:
    """Start the stack, keep it until it is to end or something fails, and stop it. Returns what failed, if anything.

    `start` runs in a thread of its own, so that this thread is free to stop it when a signal comes.
    """
    failures: list[Exception] = []

    def attempt() -> None:
        try:
            start()
        except Exception as error:  # kept for the main thread, which raises it
            failures.append(error)
            ends.put(None)

    starter = threading.Thread(target=attempt, name="start", daemon=True)
    starter.start()
    while not _is_to_end(ends):
        if not starter.is_alive() and not stack.alive:
            failures.append(LocalError("the embedded AWS stopped by itself"))
            break
    failure = failures[0] if failures else None  # from here on, things fail because they are stopped
    reporter.say("stopping: it takes some seconds")
    stack.stop()
    starter.join(5)
    if failure is None and stack.silent:
        failure = LocalError(f"the API of {', '.join(stack.silent)} did not answer; the other boards ran")
    return failure


def _is_to_end(ends: SimpleQueue[None]) -> bool:
    """Whether the run is to end: by a signal, or by a failure. Waits for LOOK_SECONDS."""
    try:
        ends.get(timeout=LOOK_SECONDS)
    except Empty:
        return False
    return True


def _end(held: Sequence[HeldFile], reporter: Reporter, keep: Path | None) -> None:
    """Give the files of a run that is over free, and say what became of its data."""
    for file in held:
        file.release()
    reporter.say(f"stopped; {keep} has its data" if keep else "stopped, and its data is gone: with --keep DIR it stays")


def _wait_for_answers(stack: Stack, reporter: Reporter) -> None:
    """Wait until the boards answer, and warn of those that do not. Raises LocalError if no board answers."""
    with reporter.doing("waiting until every board answers"):
        stack.wait_until_answering()
    texts = [f"the API of {name} does not answer: {reason}" for name, reason in stack.silent.items()]
    if len(texts) == len(stack.boards):
        raise LocalError("\n".join(texts))
    for text in texts:
        reporter.warn(text)


def _write_ready(stack: Stack, ready: ReadyFile | None, keys: HeldFile | None) -> None:
    """Say in the ready file what runs now, and in that of a game server's keys what it signs with.

    They are written again after each move of the clock.
    """
    stack.aws.clock.on_move = lambda: _write_ready(stack, ready, keys)
    if ready:
        ready.write(lambda: make_ready_document(stack))
    if keys:
        keys.replace(lambda: make_profile(stack))
