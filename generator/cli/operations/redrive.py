"""`leaderboards redrive`: puts activities back on a board's queue."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import click

from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import check_reason, find_board, find_running, local_options
from generator.cli.options import as_json_option, environment_option, file_option
from generator.errors import FindingError, InputError
from generator.operations.redriving import RedriveCounts, redrive_dead_letters, redrive_rejected
from generator.operations.rejections import list_rejections
from runtime import clock

_PROGRESS_SECONDS = 1
"""Time between two lines about progress."""


@click.command("redrive")
@click.argument("board")
@click.option(
    "--from",
    "source",
    type=click.Choice(["rejected", "dead-letters"]),
    required=True,
    help="What to put back: activities that the board rejected, or that it failed to process.",
)
@file_option
@environment_option
@local_options
@click.option(
    "--reason", metavar="REASON", callback=check_reason, help="Only activities that were rejected for this reason."
)
@as_json_option
def redrive_command(
    board: str,
    source: Literal["rejected", "dead-letters"],
    file: Path,
    environment: str | None,
    ready_file: Path | None,
    reason: str | None,
    as_json: bool,
) -> None:
    """Put activities back on a board's queue.

    First fix the reason why they were rejected or failed, and apply the fix. Each activity counts once, however often
    this runs and wherever it is interrupted. Exits with 1 if the content of an activity is lost.

    Needs AWS credentials that may use the board's queues, marks table and activities table.

    \b
    Examples:
      leaderboards redrive weekly-kills --from rejected --reason unknown_type
      leaderboards redrive weekly-kills --from dead-letters
      leaderboards redrive weekly-kills --from rejected --local
    """
    if reason is not None and source != "rejected":
        raise InputError("--reason: dead letters have none; it goes with --from rejected.")
    found = find_board(file, environment, board)
    running = find_running(found, ready_file)
    if source == "rejected":
        counts = redrive_rejected(running, list_rejections(running.marks, clock.now(), reason))
    else:
        counts = redrive_dead_letters(running)
    done = _report_progress(counts)
    if as_json:
        print_json({"board": found.name, "from": source, **vars(done)})
    else:
        write(f"{found.folder}: {done.sent} put back")
        if done.counted:
            say(f"{done.counted} not put back: they were counted in the meantime")
    if done.gone:
        raise FindingError(f"{done.gone} could not be put back: what was first written is not in the activities table")


def _report_progress(counts: Iterable[RedriveCounts]) -> RedriveCounts:
    """Say every second how many activities are put back so far. Returns the counts at the end."""
    done, said = RedriveCounts(), time.monotonic()
    for done in counts:
        if time.monotonic() - said > _PROGRESS_SECONDS:
            say(f"{done.sent} put back so far")
            said = time.monotonic()
    return done
