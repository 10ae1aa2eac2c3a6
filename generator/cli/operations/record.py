"""`leaderboards record`: writes one activity as a game server would, and says what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from generator.aws.schedules import parse_schedule
from generator.board.board import Board
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import Place, find_board, find_recorded, name_command, place_options
from generator.cli.operations.wanted_activity import WantedActivity, activity_options
from generator.cli.options import as_json_option, environment_option, file_option
from generator.diagnostics.wording import escape_invisible, join_words
from generator.errors import FindingError, InputError
from generator.operations.activity_item import DraftActivity
from generator.operations.foreseeing import Forecast, foresee
from generator.operations.recorded_board import RecordedBoard
from generator.operations.recording import Decided, Follower, Ranked, Stage, write_activity
from generator.progress import report_progress

_SECONDS_TO_COUNT = 60
"""Seconds that an activity may take until it is counted, where nothing is wrong."""
_LONGEST_WAIT = 900
"""Seconds that the command waits at the most, unless --timeout says more."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0
"""Seconds from one look to the next: at first, and after a while."""
_PROGRESS_SECONDS = 10
"""Time between two lines about progress."""


@click.command("record")
@click.argument("board")
@activity_options
@click.option("--force", is_flag=True, help="Write it even if the board would not count it.")
@click.option("--no-wait", is_flag=True, help="End once it is written.")
@click.option("--timeout", type=click.IntRange(1, 86_400), metavar="SECONDS", help="How long to wait until it ranks.")
@file_option
@environment_option
@place_options
@as_json_option
def record_command(
    wanted: WantedActivity,
    board: str,
    force: bool,
    no_wait: bool,
    timeout: int | None,
    file: Path,
    environment: str | None,
    place: Place,
    as_json: bool,
) -> None:
    """Write one activity, as a game server would.

    Checks it against the board first, and writes nothing that would not count. Then waits, and says what becomes of it:
    written, counted or rejected, and the rank in each window. Exits with 1 if it is rejected, or not ranked in time.

    A VALUE is a number (damage=12.5), true or false, or a text (mode=ranked; mode='"7"' makes a text of a number).

    Needs AWS credentials that may put items into the board's activities table and, to wait, read its marks and
    aggregates tables and its bucket. With --local it writes with the keys of a game server.

    \b
    Examples:
      leaderboards record weekly-kills --player p-1042 --type kill --local
      leaderboards record weekly-kills --player p-1042 --type boss_kill --name Zoë damage=120 mode=ranked --local
      leaderboards record weekly-kills --player p-1042 --type kil --force --local
    """
    found = find_board(file, environment, board)
    recorded = find_recorded(found, place)
    draft = wanted.make_draft(recorded.now())
    forecast = _foresee(found, recorded, draft, force, may_read=not no_wait)
    follower = Follower(recorded, draft.make_record(recorded.now()), forecast.contribution)
    waits = not no_wait and not forecast.ignored
    was_decided = _write(recorded, draft, follower if waits else None)
    stages = list(_watch(found, follower, timeout, quiet=as_json)) if waits else []
    if as_json:
        print_json(_make_document(recorded, draft, forecast, stages) | {"decided_before": was_decided})
    if waits:
        page_url = None if as_json else recorded.page_url
        _end(found, follower, stages, page_url, lambda words: name_command(words, file, place, environment))


def _foresee(board: Board, recorded: RecordedBoard, draft: DraftActivity, force: bool, may_read: bool) -> Forecast:
    """Say what is foreseen of an activity. Raises InputError if it would not count, unless it is forced.

    Which windows are open, and which are sealed, has to be read, which a user who only writes may not.
    """
    is_closed = recorded.is_closed if may_read else lambda _window: False
    timelines = recorded.read_timelines() if may_read else None
    forecast = foresee(recorded.config, draft, recorded.now(), timelines, is_closed)
    for note in forecast.notes:
        say(f"note: {note}")
    if forecast.problems and not force:
        lines = [f"{recorded.config.name} would not count this activity:", *(f"  {each}" for each in forecast.problems)]
        raise InputError("\n".join([*lines, "Nothing is written. With --force it is, and you see what becomes of it."]))
    for problem in forecast.problems:
        say(f"expected: {problem}")
    if forecast.ignored:
        say(f"{_say_who_keeps(board, draft.type)}, so there is nothing to wait for")
    return forecast


def _say_who_keeps(board: Board, kind: str) -> str:
    """Where something is left of an activity that the board ignores."""
    if board.feed is None or kind in board.feed.types:
        return f"{board.name} leaves no trace of such an activity"
    feed = board.feed.feed
    return f"no board of the feed {feed} counts that type: it is kept for 14 days, see `leaderboards strays {feed}`"


def _write(recorded: RecordedBoard, draft: DraftActivity, follower: Follower | None) -> bool:
    """Write the activity. Returns whether it was decided on before: then an earlier one has its id.

    `follower`: None for a user who only writes, and so may not look.
    """
    before = follower.find_decision() if follower else None
    was_decided = before is not None and before.outcome != "not kept"
    if was_decided:
        say("an activity with this id was decided on before: writing it again changes nothing")
    write_activity(recorded, draft)
    say(f"written: {escape_invisible(f'{draft.type} of {draft.player_id}, {draft.activity_id}')}")
    return was_decided


def _watch(board: Board, follower: Follower, timeout: int | None, *, quiet: bool) -> Iterator[Stage]:
    """Wait until the activity ranks, and say what is seen; `quiet`: without the ranks. Yields each stage."""
    began, limit = time.monotonic(), timeout or _choose_timeout(board)
    ticks = report_progress(
        _tick(began, limit), lambda passed: f"waiting: {passed:.0f} of {limit} s", say, _PROGRESS_SECONDS
    )
    for stage in follower.follow(ticks):
        if isinstance(stage, Ranked):
            if not quiet:
                write(_describe_rank(stage.answer))
        elif stage.outcome == "counted":
            say(f"counted: after {time.monotonic() - began:.1f} s")
        elif stage.outcome == "not kept":
            better = "newer" if board.config.aggregate == "last" else "better"
            say(f"changes nothing: the board keeps one run of each player, and has a {better} one")
        yield stage


def _tick(began: float, limit: int) -> Iterator[float]:
    """Yield once for each look how many seconds have passed, with longer and longer pauses, until the limit."""
    pause = _FIRST_PAUSE
    while (passed := time.monotonic() - began) < limit:
        yield passed
        time.sleep(pause)
        pause = min(pause * 1.2, _LONGEST_PAUSE)


def _choose_timeout(board: Board) -> int:
    """How many seconds to wait: until it is counted, and two rebuilds long, because one may have begun before."""
    gap = parse_schedule(board.schedule).longest_gap_seconds
    return min(_SECONDS_TO_COUNT + 2 * gap, _LONGEST_WAIT)


def _describe_rank(answer: dict[str, Any]) -> str:
    window, entry = answer["window"], answer["entry"]
    columns = ", ".join(f"{name} {value}" for name, value in entry["columns"].items())
    return f"{window['every']} {window['id']}: rank {entry['rank']} of {answer['players']}, {columns}"


def _end(
    board: Board, follower: Follower, stages: list[Stage], page_url: str | None, name: Callable[[str], str]
) -> None:
    """Say where the page is. Raises FindingError if the activity was rejected, or is not where it should be by now.

    `name` makes of a command's words what is to be typed for this board.
    """
    decided = next((stage for stage in stages if isinstance(stage, Decided)), None)
    if decided is None:
        raise FindingError(
            "not counted yet: it is in the stream or in the queue, or it failed. What failed is put back with "
            f"{name(f'redrive {board.name} --from dead-letters')}."
        )
    if decided.outcome == "rejected":
        reason = escape_invisible(f"{decided.reason}: {decided.detail}") if decided.reason else "for a reason long gone"
        raise FindingError(f"rejected: {reason}\n{name(f'rejected {board.name}')} lists it.")
    ranked = {stage.window for stage in stages if isinstance(stage, Ranked)}
    if missing := [window for window in follower.list_windows() if window not in ranked]:
        raise FindingError(f"not ranked yet in {join_words(missing, 'and')}: ranks are computed at {board.schedule}")
    if page_url:
        say(f"page: {page_url}")


def _make_document(
    recorded: RecordedBoard, draft: DraftActivity, forecast: Forecast, stages: list[Stage]
) -> dict[str, Any]:
    """What --json prints."""
    decided = next((stage for stage in stages if isinstance(stage, Decided)), None)
    outcome = decided.outcome.replace(" ", "_") if decided else "ignored" if forecast.ignored else "written"
    return {
        "board": recorded.config.name,
        "page_url": recorded.page_url,
        "outcome": outcome,
        "reason": decided.reason or None if decided else None,
        "detail": decided.detail or None if decided else None,
        "item": draft.item,
        "expected": list(forecast.problems),
        "notes": list(forecast.notes),
        "ranks": [
            {
                "window": stage.answer["window"]["id"],
                "rank": stage.answer["entry"]["rank"],
                "players": stage.answer["players"],
                "score": stage.answer["entry"]["score"],
                "columns": stage.answer["entry"]["columns"],
                "as_of": stage.answer["as_of"],
            }
            for stage in stages
            if isinstance(stage, Ranked)
        ],
    }
