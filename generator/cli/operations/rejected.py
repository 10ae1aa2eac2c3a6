"""`leaderboards rejected`: lists the activities that a board rejected."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import click

from generator.board.board import Board
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import check_reason, find_board, find_running, local_options
from generator.cli.options import as_json_option, environment_option, file_option
from generator.diagnostics.wording import quote
from generator.operations.rejections import Rejection, list_rejections
from runtime.domain.activity import ACTIVITY_ID, PLAYER_ID
from runtime.domain.instants import rfc3339


@click.command("rejected")
@click.argument("board")
@file_option
@environment_option
@local_options
@click.option(
    "--reason",
    metavar="REASON",
    callback=check_reason,
    help="Only activities that were rejected for this reason, such as late or unknown_type.",
)
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="Most to list.")
@as_json_option
def rejected_command(
    board: str,
    file: Path,
    environment: str | None,
    ready_file: Path | None,
    reason: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the activities that a board rejected.

    The newest first, each with its reason, from the last 14 days. Needs AWS credentials that may query the board's
    marks table.

    \b
    Examples:
      leaderboards rejected weekly-kills
      leaderboards rejected weekly-kills --reason unknown_type --limit 1000 --json
      leaderboards rejected weekly-kills --local
    """
    found = find_board(file, environment, board)
    running = find_running(found, ready_file)
    say("looking through the last 14 days ...")
    rejections = list_rejections(running.marks, running.now(), reason)
    page = islice(rejections, limit)
    if as_json:
        _print_as_json(found, page, rejections)
        return
    number = _print_as_text(page)
    if number == limit and next(rejections, None):
        say(f"There are more than these {number}: see --limit.")
    else:
        say(f"{number} rejected" if number else "nothing was rejected")


def _print_as_text(page: Iterable[Rejection]) -> int:
    """Print two lines for each activity. Returns how many there were."""
    number = 0
    for each in page:
        number += 1
        # Producers wrote these texts. A text that is not a valid id is escaped, because it could control the terminal.
        player = each.player_id if PLAYER_ID.fullmatch(each.player_id) else quote(each.player_id, 130)
        activity = each.activity_id if ACTIVITY_ID.fullmatch(each.activity_id) else quote(each.activity_id)
        kind = "-" if each.type is None else quote(each.type)
        write(f"{rfc3339(each.written)} {each.reason}: player {player}, type {kind}, activity {activity}")
        # The sentence is printed without the outer quotes, so quotes in it need no backslash.
        write("    " + quote(each.detail, 300)[1:-1].replace('\\"', '"'))
    return number


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
