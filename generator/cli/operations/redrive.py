"""`leaderboards redrive`: puts activities back on a board's queue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import click

from generator.board.board import Board
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import (
    Place,
    check_reason,
    find_board,
    find_running,
    name_command,
    place_options,
    why_option,
)
from generator.cli.options import as_json_option, environment_option, file_option
from generator.diagnostics.wording import join_words
from generator.errors import FindingError, InputError
from generator.operations.audit.trail import Deed, open_trail
from generator.operations.following import Fate, PutBack, follow
from generator.operations.redriving import RedriveCounts, redrive_dead_letters, redrive_rejected
from generator.operations.rejections import list_rejections
from generator.operations.running_board import RunningBoard
from generator.progress import report_progress


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
@place_options
@click.option(
    "--reason", metavar="REASON", callback=check_reason, help="Only activities that were rejected for this reason."
)
@why_option
@click.option("--wait/--no-wait", default=True, help="Wait for what becomes of them, or not.", show_default=True)
@click.option(
    "--timeout",
    type=click.IntRange(1, 86_400),
    default=240,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait at most.",
)
@as_json_option
def redrive_command(
    board: str,
    source: Literal["rejected", "dead-letters"],
    file: Path,
    environment: str | None,
    place: Place,
    reason: str | None,
    why: str | None,
    wait: bool,
    timeout: int,
    as_json: bool,
) -> None:
    """Put activities back on a board's queue.

    First fix the reason why they were rejected or failed, and apply the fix. Each counts once, however often this runs
    and wherever it is interrupted. Waits until they are counted, or rejected again and why. In AWS it takes three
    minutes to know that one was ignored, or counted by a board that keeps one run; one that fails again is a dead
    letter after half an hour. Exits with 1 if one fails again, its content is lost, or its end is not known in time.
    Needs AWS credentials with the policy PREFIX-operator of the board's bundle.

    \b
    Examples:
      leaderboards redrive weekly-kills --from rejected --reason unknown_type
      leaderboards redrive weekly-kills --from dead-letters --timeout 2000
      leaderboards redrive weekly-kills --from rejected --local
    """
    _check(source, reason)
    found = find_board(file, environment, board)
    with open_trail(running := find_running(found, place)).deed(
        "redrive", {"from": source, "reason": reason}, why
    ) as deed:
        done, fate = _put_back(running, found, source, reason, deed, timeout if wait else None, quiet=as_json)
    _print_outcome(found, source, done, fate, as_json)
    listed = name_command(f"rejected {board}", file, place, environment)
    if findings := "\n".join(_find_what_is_wrong(done, fate, timeout, listed)):
        raise FindingError(findings)


def _put_back(
    running: RunningBoard,
    board: Board,
    source: str,
    reason: str | None,
    deed: Deed,
    timeout: int | None,
    *,
    quiet: bool,
) -> tuple[RedriveCounts, Fate | None]:
    """Put back, and wait for what becomes of it if there is a `timeout`."""
    put_back = PutBack()
    done = _count(_redrive(running, source, reason, put_back))
    deed.outcome(count_outcome(done))
    if not quiet:
        write(f"{board.folder}: {done.sent} put back")
    if timeout is None:
        return done, None
    fate = _wait(follow(running, put_back, timeout) if put_back.total else ())
    deed.outcome(count_outcome(done, fate))
    return done, fate


def _check(source: str, reason: str | None) -> None:
    if reason is not None and source != "rejected":
        raise InputError("--reason: dead letters have none; it goes with --from rejected.")


def _redrive(running: RunningBoard, source: str, reason: str | None, put_back: PutBack) -> Iterator[RedriveCounts]:
    if source == "rejected":
        return redrive_rejected(running, list_rejections(running.marks, running.now(), reason), put_back)
    return redrive_dead_letters(running, put_back)


def _print_outcome(board: Board, source: str, done: RedriveCounts, fate: Fate | None, as_json: bool) -> None:
    keeps_one_run = board.config.keeps_one_run
    if as_json:
        print_json({"board": board.name, "from": source, **vars(done), "outcome": _as_json(fate)})
        return
    if fate and done.sent:
        write(describe_fate(fate, keeps_one_run))
    if done.counted:
        say(f"{done.counted} not put back: they were counted in the meantime")


def count_outcome(done: RedriveCounts, fate: Fate | None = None) -> dict[str, int]:
    """What the audit keeps of a redrive: what was put back, and what became of that as far as it is known."""
    counts = {"put_back": done.sent, "counted_before": done.counted, "gone": done.gone}
    if fate is None:
        return counts
    return counts | {
        "counted": fate.counted,
        "rejected_again": fate.rejected_again,
        "unmarked": fate.unmarked,
        "dead_again": fate.dead,
        "on_their_way": fate.unknown,
    }


def describe_fate(fate: Fate, keeps_one_run: bool) -> str:
    """What became of activities that were put back, on one line."""
    parts = [] if keeps_one_run and not fate.counted else [f"{fate.counted} counted"]
    if fate.rejected:
        reasons = fate.rejected.items()
        which = [reason if len(reasons) == 1 else f"{number} {reason}" for reason, number in sorted(reasons)]
        parts.append(f"{fate.rejected_again} rejected again: {join_words(which, 'and')}")
    if fate.unmarked:
        parts.append(f"{fate.unmarked} {'counted or ignored' if keeps_one_run else 'ignored'}")
    parts += [f"{fate.dead} dead again"] if fate.dead else []
    parts += [f"{fate.unknown} on their way"] if fate.unknown else []
    return ", ".join(parts)


def _as_json(fate: Fate | None) -> dict[str, Any] | None:
    if fate is None:
        return None
    return {**vars(fate), "rejected": dict(sorted(fate.rejected.items()))}


def _wait(fates: Iterable[Fate]) -> Fate:
    """Say with each look what is known so far. Returns what is known at the end."""
    fate = Fate()
    for number, fate in enumerate(fates):
        if number and fate.unknown:
            say(f"{fate.counted} counted, {fate.rejected_again} rejected again, {fate.unknown} on their way ...")
    return fate


def _find_what_is_wrong(done: RedriveCounts, fate: Fate | None, timeout: int, rejected: str) -> Iterator[str]:
    """A sentence for each thing that an operator has to look at. `rejected`: the command that lists rejections."""
    if done.gone:
        yield f"{done.gone} could not be put back: what was first written is not in the activities table"
    if fate and fate.rejected:
        yield f"{fate.rejected_again} rejected again: {rejected} says why"
    if fate and fate.dead:
        yield f"{fate.dead} in the dead-letter queue again: the processor's log says why"
    if fate and fate.unknown:
        yield f"what becomes of {fate.unknown} is not known after {timeout} seconds; see --timeout"


def _count(counts: Iterable[RedriveCounts]) -> RedriveCounts:
    """Say every second how many activities are put back so far. Returns the counts at the end."""
    last = RedriveCounts()
    for done in report_progress(counts, lambda done: f"{done.sent} put back so far", say):
        last = done
    return last
