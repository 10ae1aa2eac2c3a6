"""`leaderboards rebuild`: makes a board's ranks anew now, and says what came of it."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from generator.board.board import Board
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import Place, find_board, find_managed, place_options, why_option
from generator.cli.options import as_json_option, environment_option, file_option
from generator.diagnostics.wording import join_words, plural, quote
from generator.errors import FindingError, FunctionError, InputError
from generator.operations.audit.trail import open_trail
from generator.operations.local_run import read_local_run
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.ranks.rebuilding import Rebuilt, explain, rebuild
from generator.operations.running_board import aws_errors_as_operation_errors
from generator.progress import wait_for
from runtime.domain.instants import rfc3339, rfc3339_or_none
from runtime.s3.snapshots import Snapshot, SnapshotStore


@click.command("rebuild")
@click.argument("board")
@click.option("--window", metavar="ID", help="Write all files of this window again, also where nothing has changed.")
@file_option
@environment_option
@place_options
@why_option
@click.option("--dry-run", is_flag=True, help="Say what there is, and rebuild nothing.")
@as_json_option
def rebuild_command(
    board: str,
    window: str | None,
    file: Path,
    environment: str | None,
    place: Place,
    why: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make a board's ranks anew now.

    A board is rebuilt on its schedule; this does it at once, and waits. It reads the scores of the windows in which
    something has changed. With --window it reads those of one window in any case, and writes all its files again: for
    files that were damaged, or are suspected to be. That may be a window that is final, as long as it is kept: if an
    entry comes out different, its ranks are another revision, and the one before stays in the bucket. A window with
    more players than one function ranks is assembled by many: this begins that, and does not wait for its end.

    If another rebuild is under way, which may have read the scores before, it waits for its end. Exits with 3 if it
    fails. What is done is in the board's audit. Needs the policy PREFIX-operator.

    \b
    Examples:
      leaderboards rebuild weekly-kills
      leaderboards rebuild weekly-kills --window 2026-W47 --why "rank files were deleted"
      leaderboards rebuild weekly-kills --dry-run
      leaderboards rebuild weekly-kills --local
    """
    found = find_board(file, environment, board)
    managed = find_managed(found, place)
    with aws_errors_as_operation_errors():
        newest = SnapshotStore(managed.bucket).read_newest()
    if window is not None:
        _check_window(newest, window, board)
    if dry_run:
        _preview(found, managed, newest, window, as_json)
    else:
        _rebuild(found, managed, window, why, _name_log(found, place), as_json)


def _check_window(newest: Snapshot | None, window: str, board: str) -> None:
    """Raise InputError for a window without ranks."""
    known = [ranks.window.id for ranks in newest.ranks] if newest else []
    if window not in known:
        have = f"those that have are {join_words(known, 'and')}" if known else "no window has, before the first rebuild"
        raise InputError(f"--window: {board} has no ranks of {quote(window)}; {have}.")


def _preview(board: Board, managed: ManagedBoard, newest: Snapshot | None, window: str | None, as_json: bool) -> None:
    listed = [ranks for ranks in newest.ranks if window in (None, ranks.window.id)] if newest else []
    as_of = newest.as_of if newest else None
    if as_json:
        windows = [
            {"id": each.window.id, "players": each.players, "sealed": each.sealed, "revision": each.revision}
            for each in listed
        ]
        print_json({"board": board.name, "dry_run": True, "as_of": rfc3339_or_none(as_of), "windows": windows})
        return
    if as_of is None:
        write(f"{board.folder}: it has no ranks yet")
    else:
        age = max(0, managed.running.now() - as_of) // 1000
        write(f"{board.folder}: its ranks are as of {rfc3339(as_of)}, {age:,} s old")
    for each in listed:
        write(f"  {each.window.id}: {_describe(each.players, each.sealed, each.revision)}")
    say("nothing is rebuilt: --dry-run")


def _rebuild(board: Board, managed: ManagedBoard, window: str | None, why: str | None, log: str, as_json: bool) -> None:
    """Rebuild, and write that down. Raises FindingError if readers do not get what was made, and FunctionError."""
    began = time.monotonic()
    with open_trail(managed.running).deed("rebuild", {}, why, window=window) as deed:
        try:
            made = wait_for(lambda: rebuild(managed.running, window), f"rebuilding {board.name}", sys.stderr)
        except FunctionError as error:
            cause = explain(error)
            raise FunctionError(
                "\n".join(filter(None, (str(error), cause and f"So {cause}.", f"Its log: {log}")))
            ) from None
        seconds = round(time.monotonic() - began, 1)
        deed.outcome({"players": made.players, "seconds": seconds})
    if as_json:
        told = {name: value for name, value in asdict(made).items() if name != "waits" or value}
        document = {"board": board.name, "dry_run": False, "window_id": window, **told, "seconds": seconds}
        print_json({**document, "as_of": rfc3339_or_none(made.as_of)})
    else:
        write(f"{board.folder}: {_describe_made(made, window)}, in {seconds} s")
    if findings := _find_what_is_wrong(board, made, window):
        raise FindingError(findings)


def _find_what_is_wrong(board: Board, made: Rebuilt, window: str | None) -> str:
    if made.waits:
        return ""
    if window and made.window is None:
        return f"{window} is not made anew: the rebuilder that is deployed cannot. Generate and apply {board.folder}."
    is_shown = made.published or not window
    return "" if is_shown else f"{window} is not shown as it was made: a later rebuild came before. Run this again."


def _describe_made(made: Rebuilt, window: str | None) -> str:
    if made.waits:
        return f"{made.waits}; until that is done, readers get its ranks as they are"
    if window and made.window:
        told = _describe(made.window.players, made.window.is_sealed, made.window.revision)
        return f"the window {window} is made anew: {told}"
    news = "rebuilt" if made.published else "nothing to publish, as nothing has changed"
    return f"{news}: {made.players:,} players as of {rfc3339_or_none(made.as_of)}"


def _describe(players: int, is_sealed: bool, revision: int) -> str:
    final = f", final, revision {revision}" if is_sealed else ""
    return f"{plural(players, 'player')}{final}"


def _name_log(board: Board, place: Place) -> str:
    """The command that prints the rebuilder's log."""
    words = ["aws", "logs", "tail", f"/aws/lambda/{board.names.part('rebuilder')}", "--since", "1h"]
    if place.ready_file is not None:
        run = read_local_run(place.ready_file)
        return shlex.join([*words, "--region", run.region, "--endpoint-url", run.endpoint])
    region = [] if place.aws.region else ["--region", board.region]
    return shlex.join([*words, *region, *place.list_options(Path())])
