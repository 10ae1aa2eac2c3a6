"""`leaderboards redrive`: puts back what a board left behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from generator.board.board import Board
from generator.board.feed import Feed
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.feeds.redriving import check_feed_source, redrive_feed
from generator.cli.operations.options import (
    Place,
    check_reason,
    find_bundle,
    find_running,
    name_command,
    place_options,
    wait_options,
    why_option,
)
from generator.cli.operations.redrive_text import (
    count_outcome,
    describe_fate,
    describe_preview,
    fate_as_json,
    find_what_is_wrong,
    wait_for_fate,
)
from generator.cli.options import as_json_option, environment_option, file_option
from generator.diagnostics.wording import plural, quote
from generator.errors import FindingError, InputError
from generator.operations.audit.trail import Deed, open_trail
from generator.operations.following import PutBack, follow
from generator.operations.redrives.pipe import redrive_pipe
from generator.operations.redrives.previewing import preview
from generator.operations.redrives.putting_back import RedriveCounts, redrive_dead_letters, redrive_rejected
from generator.operations.redrives.schedule import clear_schedule
from generator.operations.rejections import list_rejections
from generator.operations.running_board import RunningBoard
from generator.progress import report_progress

Source = Literal["rejected", "dead-letters", "pipe", "schedule"]


@dataclass(frozen=True)
class _Wanted:
    """What a person wants of a redrive."""

    source: Source
    reason: str | None
    timeout: int | None
    """How many seconds to wait for what becomes of it; None for not at all."""
    as_json: bool
    drops: bool
    """Whether dead letters that are no activity are deleted."""
    listing: str
    """The command that lists what was rejected."""
    dropping: str
    """The command that deletes what is no activity."""


_NEXT = "rejected {}", "redrive {} --from dead-letters --drop-unreadable"
"""The last two fields of `_Wanted`, without the board's name."""


@click.command("redrive")
@click.argument("board")
@click.option(
    "--from",
    "source",
    type=click.Choice(["dead-letters", "pipe", "schedule", "rejected"]),
    required=True,
    help="What the processor, the pipe or a schedule failed on, or what the board rejected.",
)
@file_option
@environment_option
@place_options
@click.option(
    "--reason", metavar="REASON", callback=check_reason, help="Only activities that were rejected for this reason."
)
@click.option("--drop-unreadable", is_flag=True, help="Delete dead letters that are no activity, after showing them.")
@why_option
@click.option("--dry-run", is_flag=True, help="Say what there is, and put nothing back.")
@wait_options("How long to wait at most.")
@as_json_option
def redrive_command(
    board: str,
    source: Source,
    file: Path,
    environment: str | None,
    place: Place,
    reason: str | None,
    drop_unreadable: bool,
    why: str | None,
    dry_run: bool,
    wait: bool,
    timeout: int,
    as_json: bool,
) -> None:
    """Put back what a board left behind.

    First fix the cause, and apply the fix. Each activity counts once, however often this runs, also at the same time,
    and wherever it is killed. What the pipe could not deliver is read from the stream, which keeps it for 24 hours,
    then from the activities table. For schedules it rebuilds, which does the work of those that failed. Of a feed
    (feed-NAME) it puts back what its pipe could not deliver, on the feed's bus.

    Waits until activities are counted, or rejected again and why. In AWS it takes three minutes to know that one was
    ignored, or counted by a board that keeps one run; one that fails again is a dead letter after half an hour. Exits
    with 1 if one fails again, is lost, or its end is not known in time. Needs the policy PREFIX-operator.

    \b
    Examples:
      leaderboards redrive weekly-kills --from rejected --reason unknown_type --why "the rule is there now"
      leaderboards redrive weekly-kills --from dead-letters --timeout 2000
      leaderboards redrive weekly-kills --from pipe --dry-run
      leaderboards redrive weekly-kills --from schedule --local
      leaderboards redrive feed-matches --from pipe
    """
    generated, found = find_bundle(file, environment, board)
    if isinstance(found, Feed):
        check_feed_source(found, source, reason, drop_unreadable)
        return redrive_feed(found, generated, place, why, dry_run=dry_run, as_json=as_json)
    named = (name_command(words.format(board), file, place, environment) for words in _NEXT)
    wanted = _Wanted(source, reason, timeout if wait else None, as_json, drop_unreadable, *named)
    return _redrive_board(found, place, wanted, why, dry_run=dry_run)


def _redrive_board(board: Board, place: Place, wanted: _Wanted, why: str | None, *, dry_run: bool) -> None:
    _check(board, wanted.source, wanted.reason, wanted.drops)
    running = find_running(board, place)
    if dry_run:
        _preview(board, running, wanted.source, wanted.reason, wanted.as_json)
    else:
        _work(board, running, wanted, why)


def _work(board: Board, running: RunningBoard, wanted: _Wanted, why: str | None) -> None:
    """Do it, and write it down. Raises FindingError for what somebody has to look at."""
    with open_trail(running).deed("redrive", {"from": wanted.source, "reason": wanted.reason}, why) as deed:
        work = _rebuild if wanted.source == "schedule" else _put_back
        findings = "\n".join(work(board, running, deed, wanted))
    if findings:
        raise FindingError(findings)


def _check(board: Board, source: str, reason: str | None, drops: bool) -> None:
    if drops and source != "dead-letters":
        raise InputError("--drop-unreadable: it goes with --from dead-letters.")
    if reason is not None and source != "rejected":
        raise InputError("--reason: it goes with --from rejected; to say why you do this write --why.")
    if source == "pipe" and board.feed is not None:
        raise InputError(
            f"--from pipe: {board.name} counts the feed {board.feed.feed}, whose pipe serves all its boards: write "
            f"`leaderboards redrive {board.feed.name} --from pipe`. What it could not deliver to this board: "
            "--from dead-letters."
        )


def _preview(board: Board, running: RunningBoard, source: Source, reason: str | None, as_json: bool) -> None:
    found = preview(running, source, reason)
    if as_json:
        print_json({"board": board.name, "from": source, "dry_run": True, **vars(found)})
    else:
        write("\n".join(describe_preview(board.folder, source, found)))


def _rebuild(board: Board, running: RunningBoard, deed: Deed, wanted: _Wanted) -> Iterable[str]:
    """Clear the schedules' dead letters by a rebuild. Nothing is to be looked at then: where it fails, it raises."""
    say("rebuilding, if a schedule has failed ...")
    cleared = clear_schedule(running)
    number = cleared.failures.total()
    deed.outcome({"failed_tasks": number, "rebuilds": int(cleared.rebuilt is not None)})
    if wanted.as_json:
        failures = [{"task": each.task, "why": each.why, "times": times} for each, times in cleared.failures.items()]
        print_json({"board": board.name, "from": "schedule", "failed": failures, "rebuilt": cleared.rebuilt})
        return ()
    if cleared.rebuilt is None:
        write(f"{board.folder}: nothing has failed")
        return ()
    for each, times in cleared.failures.most_common():
        say(f"{times} {quote(each.task, 60)[1:-1]}: {quote(each.why, 300)[1:-1]}")
    # Where another rebuild is under way, that one does the work.
    skipped = cleared.rebuilt.get("skipped")
    end = quote(f"skipped, {skipped}", 200)[1:-1] if skipped else f"{cleared.rebuilt.get('players', 0):,} players"
    write(f"{board.folder}: {plural(number, 'failed task')} done over by a rebuild: {end}")
    return ()


def _put_back(board: Board, running: RunningBoard, deed: Deed, wanted: _Wanted) -> Iterator[str]:
    """Put activities back, and wait for what becomes of them. Yields a sentence for each thing to look at."""
    put_back = PutBack()
    done = _count(_redrive(board, running, wanted, put_back))
    deed.outcome(count_outcome(done))
    if not wanted.as_json:
        write(f"{board.folder}: {done.sent} put back")
    fate = None
    if wanted.timeout is not None:
        fate = wait_for_fate(follow(running, put_back, wanted.timeout) if put_back.total else (), " again")
        deed.outcome(count_outcome(done, fate))
    if wanted.as_json:
        print_json({"board": board.name, "from": wanted.source, **vars(done), "outcome": fate_as_json(fate)})
    elif fate and done.sent:
        write(describe_fate(fate, board.config.keeps_one_run, " again"))
    if done.counted and not wanted.as_json:
        say(f"{done.counted} not put back: they were counted in the meantime")
    if done.dropped and not wanted.as_json:
        say(f"{plural(done.dropped, 'dead letter')} deleted: no activity")
    yield from find_what_is_wrong(done, fate, wanted.timeout or 0, wanted.listing, wanted.dropping)


def _redrive(board: Board, running: RunningBoard, wanted: _Wanted, put_back: PutBack) -> Iterator[RedriveCounts]:
    if wanted.source == "rejected":
        return redrive_rejected(running, list_rejections(running.marks, running.now(), wanted.reason), put_back)
    if wanted.source == "pipe":
        return redrive_pipe(running, put_back, board.config.ignore)
    return redrive_dead_letters(running, put_back, _show if wanted.drops else None)


def _show(body: str) -> None:
    """Show a dead letter that is about to be deleted."""
    say(f"no activity: {quote(body, 300)}")


def _count(counts: Iterable[RedriveCounts]) -> RedriveCounts:
    """Say every second how many activities are put back so far. Returns the counts at the end."""
    last = RedriveCounts()
    for done in report_progress(counts, lambda done: f"{done.sent} put back so far", say):
        last = done
    return last
