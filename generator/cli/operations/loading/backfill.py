"""`leaderboards backfill`: loads activities of the past from a file."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import click

from generator.activities.past import PastFile, Survey
from generator.aws.limits import PROCESSED_PER_SECOND
from generator.board.board import Board
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.loading.text import (
    describe_load,
    describe_survey,
    find_what_is_wrong,
    make_document,
    show_progress,
)
from generator.cli.operations.options import (
    Place,
    find_board,
    find_running,
    name_command,
    place_options,
    wait_options,
    why_option,
)
from generator.cli.operations.redrive_text import wait_for_fate
from generator.cli.options import as_json_option, environment_option, file_option
from generator.errors import FindingError, InputError
from generator.operations.audit.trail import open_trail
from generator.operations.backfilling.loading import LoadCounts, load
from generator.operations.backfilling.past_board import read_past_board
from generator.operations.following import Fate, PutBack, follow
from generator.operations.running_board import RunningBoard
from generator.progress import report_progress

_SHARE = 4
"""The part of what a board's processors are sized for that a load takes: one in four."""


@dataclass(frozen=True)
class _Wanted:
    """What a person wants of a load."""

    path: Path
    rate: int
    timeout: int | None
    """How many seconds to wait for what becomes of it; None for not at all."""
    dry_run: bool
    why: str | None
    as_json: bool
    listed: str
    """The command that lists what was rejected."""


@click.command("backfill")
@click.argument("board")
@click.argument("activities", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--rate",
    type=click.IntRange(1, 10_000),
    metavar="NUMBER",
    help="How many to write a second; by default a quarter of what the board is sized for.",
)
@why_option
@click.option("--dry-run", is_flag=True, help="Check the file, say what would count, and write nothing.")
@wait_options("How long to wait at most, once all are written.")
@file_option
@environment_option
@place_options
@as_json_option
def backfill_command(
    board: str,
    activities: Path,
    rate: int | None,
    why: str | None,
    dry_run: bool,
    wait: bool,
    timeout: int,
    file: Path,
    environment: str | None,
    place: Place,
    as_json: bool,
) -> None:
    """Load activities of the past from a file.

    FILE is CSV, or JSON lines where its name ends in .jsonl, packed by gzip or not: player_id, type, at, name and the
    fields that the rules name. First all of it is checked, and nothing is written if a row is wrong. Activities may be
    365 days old, where game servers may write those of 30 days: by a grant, which only this command makes. They count
    in windows that have not ended. A row has the same id each time, so that what is killed may be run again, and the
    same file twice adds nothing.

    Exits with 1 if nothing of the file counts, or one is rejected, fails, or its end is not known in time. Needs the
    policy PREFIX-backfill.

    \b
    Examples:
      leaderboards backfill weekly-kills history.csv --dry-run
      leaderboards backfill weekly-kills history.jsonl.gz --why "scores of the beta"
      leaderboards backfill weekly-kills history.csv --rate 50 --local
    """
    found = find_board(file, environment, board)
    _check(found, activities)
    listed = name_command(f"rejected {board}", file, place, environment)
    waits = timeout if wait else None
    wanted = _Wanted(activities, rate or _choose_rate(found), waits, dry_run, why, as_json, listed)
    _run(found, find_running(found, place), wanted)


def _check(board: Board, activities: Path) -> None:
    """Raise InputError where nothing can be loaded, whatever stands in the file."""
    if board.feed is not None:
        raise InputError(
            f"{board.name} counts the feed {board.feed.feed}: what is written there is for all its boards, and a grant "
            f"is for one. Only a board with a table of its own can be backfilled; {board.name} gets what is not over "
            "30 days old from game servers, as always."
        )
    if not activities.is_file():
        missing = "is no file that can be read twice" if activities.exists() else "there is no such file"
        raise InputError(f"{activities}: {missing}")


def _choose_rate(board: Board) -> int:
    return max(1, board.sizing.processors.value * PROCESSED_PER_SECOND // _SHARE)


def _run(board: Board, running: RunningBoard, wanted: _Wanted) -> None:
    """Check the file, and load it. Raises FindingError for what somebody has to look at."""
    past = PastFile(wanted.path, read_past_board(board.config, running, board.names.part("aggregates")))
    survey, counts, fate = _survey(past), LoadCounts(), None
    if not wanted.as_json:
        write("\n".join(describe_survey(board, wanted.path.name, survey, wanted.rate)))
    if survey.counting and not wanted.dry_run:
        counts, fate = _work(board, running, past, survey, wanted)
    if wanted.as_json:
        print_json(make_document(board, wanted.path, survey, wanted.rate, wanted.dry_run, counts, fate))
    if not survey.counting:
        raise FindingError("nothing of it would count in a window that has not ended")
    if findings := list(find_what_is_wrong(fate, wanted.timeout or 0, wanted.listed)):
        raise FindingError("\n".join(findings))


def _survey(past: PastFile) -> Survey:
    """Check the file, and say now and then how far that is."""
    surveys = report_progress(past.survey(), lambda so_far: f"{so_far.rows:,} rows checked so far", say)
    return next(iter(deque(surveys, maxlen=1)), Survey())


def _work(
    board: Board, running: RunningBoard, past: PastFile, survey: Survey, wanted: _Wanted
) -> tuple[LoadCounts, Fate | None]:
    """Write what counts, wait for what becomes of it, and write both down."""
    with past.path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    arguments = {"file": past.path.name, "sha256": digest, "rows": survey.rows, "rate": wanted.rate}
    followed, counts, began = PutBack(), LoadCounts(), monotonic()
    with open_trail(running).deed("backfill", arguments, wanted.why) as deed:
        loading = load(running, past.board, past.read(), wanted.rate, followed)
        for counts in report_progress(loading, lambda done: show_progress(done, survey.counting, began), say):
            deed.outcome(vars(counts))
        if not wanted.as_json:
            write(f"{board.folder}: {counts.written:,} written, {counts.there:,} there already")
        fate = _wait(board, running, followed, counts, wanted)
        if fate is not None:
            deed.outcome({**vars(counts), "counted": fate.counted, "rejected": dict(fate.rejected)})
            if not wanted.as_json:
                write(describe_load(fate, followed, board.config.keeps_one_run))
    return counts, fate


def _wait(board: Board, running: RunningBoard, followed: PutBack, counts: LoadCounts, wanted: _Wanted) -> Fate | None:
    """What has become of the activities; None where nobody is to wait, or nothing can be known."""
    if wanted.timeout is None or not (counts.written or not board.config.keeps_one_run):
        return None
    # Of activities that were there already one look tells: they have been on their way for long.
    return wait_for_fate(follow(running, followed, wanted.timeout if counts.written else 0))
