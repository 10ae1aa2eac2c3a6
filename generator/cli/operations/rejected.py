"""`leaderboards rejected`: lists the activities that a board rejected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import click

from generator.board.board import Board
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import Place, check_reason, find_board, find_running, place_options
from generator.cli.options import as_json_option, environment_option, file_option
from generator.diagnostics.wording import join_words, quote
from generator.operations.rejections import Rejection, RejectionTotals, list_rejections
from generator.progress import report_progress
from runtime.domain.activity import ACTIVITY_ID, PLAYER_ID, time_of
from runtime.domain.instants import MINUTE, rfc3339

_TOP_PLAYERS = 10
"""Players that the totals name."""


@click.command("rejected")
@click.argument("board")
@file_option
@environment_option
@place_options
@click.option(
    "--reason",
    metavar="REASON",
    callback=check_reason,
    help="Only activities that were rejected for this reason, such as late or unknown_type.",
)
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="Most to list.")
@click.option("--totals", is_flag=True, help="Count them by reason and by player instead.")
@as_json_option
def rejected_command(
    board: str,
    file: Path,
    environment: str | None,
    place: Place,
    reason: str | None,
    limit: int,
    totals: bool,
    as_json: bool,
) -> None:
    """List the activities that a board rejected.

    The newest first, each with its reason, from the last 14 days. Needs AWS credentials that may query the board's
    marks table.

    \b
    Examples:
      leaderboards rejected weekly-kills
      leaderboards rejected weekly-kills --reason unknown_type --limit 1000 --json
      leaderboards rejected weekly-kills --totals
      leaderboards rejected weekly-kills --local
    """
    found = find_board(file, environment, board)
    running = find_running(found, place)
    say("looking through the last 14 days ...")
    rejections = list_rejections(running.marks, running.now(), reason)
    if totals:
        _print_totals(found, _count(rejections), as_json)
        return
    page = islice(rejections, limit)
    if as_json:
        _print_as_json(found, page, rejections)
        return
    listed = _print_as_text(page)
    if listed.total == limit and next(rejections, None):
        say(f"There are more than these {limit}: see --limit. --totals counts all, by reason and by player.")
    else:
        say(f"{listed.total} rejected: {_name_reasons(listed)}" if listed.total else "nothing was rejected")


def _count(rejections: Iterable[Rejection]) -> RejectionTotals:
    """Count them all, and say every second how many there are so far."""
    totals = RejectionTotals()
    for rejection in report_progress(rejections, lambda _: f"{totals.total:,} so far", say):
        totals.add(rejection)
    return totals


def _print_totals(board: Board, totals: RejectionTotals, as_json: bool) -> None:
    players = totals.players(_TOP_PLAYERS)
    if as_json:
        by_player = [{"player_id": player, "rejected": number} for player, number in players]
        document = {"total": totals.total, "by_reason": dict(totals.reasons()), "by_player": by_player}
        print_json({"board": board.name, **document})
        return
    write(f"{totals.total:,} rejected in the last 14 days")
    width = len(f"{totals.total:,}")
    for heading, rows in (("by reason", totals.reasons()), (f"by player, the first {_TOP_PLAYERS}", players)):
        if rows:
            write(f"\n{heading}")
        for name, number in rows:
            write(f"  {number:>{width},}  {_show_id(name, PLAYER_ID)}")


def _name_reasons(totals: RejectionTotals) -> str:
    """The reasons, each with its number, as in `2 unknown_type and 1 late`."""
    return join_words([f"{number} {reason}" for reason, number in totals.reasons()], "and")


def _show_id(text: str, pattern: re.Pattern[str]) -> str:
    """A producer's text: as it is if it is a valid id, else escaped, because it could control the terminal."""
    return text if pattern.fullmatch(text) else quote(text, 130)


def _print_as_text(page: Iterable[Rejection]) -> RejectionTotals:
    """Print two lines for each activity. Returns how many there were."""
    listed = RejectionTotals()
    for each in page:
        listed.add(each)
        player = _show_id(each.player_id, PLAYER_ID)
        activity = _show_id(each.activity_id, ACTIVITY_ID)
        kind = "-" if each.type is None else quote(each.type)
        write(f"{rfc3339(each.written)} {each.reason}: player {player}, type {kind}, activity {activity}")
        # The sentence is printed without the outer quotes, so quotes in it need no backslash.
        write("    " + quote(each.detail, 300)[1:-1].replace('\\"', '"') + _show_time(each))
    return listed


def _show_time(rejection: Rejection) -> str:
    """The time of the activity, which its id has, if it is another than that at which it was written."""
    if not ACTIVITY_ID.fullmatch(rejection.activity_id):
        return ""
    at = time_of(rejection.activity_id)
    if abs(at - rejection.written) <= MINUTE:
        return ""
    try:
        return f"; its id is of {rfc3339(at)}"
    except OverflowError:
        return "; its id is of a time after the year 9999"


def _print_as_json(board: Board, page: Iterable[Rejection], rest: Iterable[Rejection]) -> None:
    """Print a document that lists the activities of `page`, and says whether the `rest` has more."""
    documents = [
        {
            "written": rfc3339(each.written),
            "reason": each.reason,
            "detail": each.detail,
            "player_id": each.player_id,
            "activity_id": each.activity_id,
            "type": each.type,
        }
        for each in page
    ]
    print_json({"board": board.name, "rejected": documents, "more": next(iter(rest), None) is not None})
