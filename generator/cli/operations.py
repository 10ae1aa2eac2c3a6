"""The part of the command line that is about boards that run. Like `cli`: parse, call, print, exit code."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import click

from generator.cli.console import (
    FINDING,
    OUTSIDE,
    WRONG_INPUT,
    as_json_option,
    expect_one,
    expect_some,
    fail,
    file_option,
    print_json,
    validated,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.board.board import Board
    from generator.errors import OperationError
    from generator.operations.redriving import RedriveCounts
    from generator.operations.rejections import Rejection
    from generator.operations.running_board import RunningBoard


def _known(context: click.Context, parameter: click.Parameter, reason: str | None) -> str | None:
    """A reason that there is; ends the program at any other: nothing was ever rejected for it."""
    from generator.diagnostics.nearest import nearest
    from generator.diagnostics.wording import join_words, quote
    from runtime.domain.rejection import REASONS

    if reason is not None and reason not in REASONS:
        near = nearest(reason, REASONS)
        hint = f'Did you mean "{near}"?' if near else f"Write {join_words(REASONS)}."
        fail(WRONG_INPUT, f"--reason: nothing is rejected for {quote(reason)}. {hint}")
    return reason


_environment = click.option("--env", "environment", metavar="NAME", help="The environment that the board is in.")
_local = click.option(
    "--local",
    "ready_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="READY_FILE",
    help="The board that `leaderboards local` runs, by the file that its --ready-file wrote; otherwise the one in AWS.",
)


@click.command()
@file_option
@click.option("--env", "environment", metavar="NAME", help="Only the boards of this environment.")
@click.option("--team", metavar="NAME", help="Only this team's boards.")
@click.option("--board", metavar="NAME", help="Only this board.")
@click.option("--activities", type=click.IntRange(1, 1_000_000), default=600, show_default=True)
@click.option("--seconds", type=click.IntRange(1, 86_400), default=60, show_default=True, help="Spread over how long.")
@click.option("--seed", type=int, help="Makes the same players do the same again.")
def simulate(
    file: Path,
    environment: str | None,
    team: str | None,
    board: str | None,
    activities: int,
    seconds: int,
    seed: int | None,
) -> None:
    """Let deployed boards play by themselves, one after the other.

    Their simulators write made-up activities.
    A board needs `simulator: true`, and you AWS credentials that may invoke its function.

    \b
    Examples:
      leaderboards simulate
      leaderboards simulate --board weekly-kills
      leaderboards simulate --env dev --board weekly-kills --activities 5000 --seconds 300
    """
    from generator.errors import OperationError
    from generator.operations.simulating import run_simulator
    from generator.pipeline import Only

    generated, _ = validated(file)
    only = Only(environment, team, board)
    expect_some(generated, only, file)
    found = [one for one in generated.boards if only.takes(one)]
    places = sorted({str(one.environment) for one in found})
    if len(places) > 1:
        fail(WRONG_INPUT, f"--env: these boards are in {', '.join(places)}; name one.")
    # A board that was named is told that it has none; without a name, those that have one play.
    playing = [one for one in found if board or one.simulator]
    if not playing:
        fail(WRONG_INPUT, "no board has a simulator: set `simulator: true`, generate and apply")
    for one in playing:
        written = 0
        try:
            for written in run_simulator(one, activities, seconds, seed):
                click.echo(f"{one.folder}: {written} of {activities} activities written", err=True)
        except OperationError as error:
            fail(OUTSIDE, str(error))
        click.echo(f"{one.folder}: {written} activities written")


@click.command()
@click.argument("board")
@file_option
@_environment
@_local
@click.option(
    "--reason", metavar="REASON", callback=_known, help="Only what was rejected for it, such as late or unknown_type."
)
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="The most to list.")
@as_json_option
def rejected(
    board: str,
    file: Path,
    environment: str | None,
    ready_file: Path | None,
    reason: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the activities that a board rejected.

    The newest first, each with the reason, for 14 days. Needs AWS credentials that may query the board's marks table.

    \b
    Examples:
      leaderboards rejected weekly-kills
      leaderboards rejected weekly-kills --reason unknown_type --limit 1000 --json
      leaderboards rejected weekly-kills --local /tmp/ready.json
    """
    found = _one(file, environment, board)
    from itertools import islice

    from generator.errors import OperationError
    from generator.operations.rejections import list_rejections
    from runtime import clock

    try:
        running = _find_running(found, ready_file)
        click.echo("looking through the last 14 days ...", err=True)
        every = list_rejections(running.marks, clock.now(), reason)
        page = islice(every, limit)
        printed = _print_as_json(found, page, every) if as_json else _print_as_text(page)
        if printed == limit and not as_json and next(every, None):
            click.echo(f"There are more than these {printed}: see --limit.", err=True)
        elif not as_json:
            click.echo("nothing was rejected" if not printed else f"{printed} rejected", err=True)
    except OperationError as error:
        _fail(error)


@click.command()
@click.argument("board")
@click.option(
    "--from",
    "source",
    type=click.Choice(["rejected", "dead-letters"]),
    required=True,
    help="What to put back: activities that the board rejected, or those that it failed on.",
)
@file_option
@_environment
@_local
@click.option(
    "--reason", metavar="REASON", callback=_known, help="Of the rejected, only those that were rejected for it."
)
@as_json_option
def redrive(
    board: str,
    source: Literal["rejected", "dead-letters"],
    file: Path,
    environment: str | None,
    ready_file: Path | None,
    reason: str | None,
    as_json: bool,
) -> None:
    """Put activities back on a board's queue.

    Mend first why they were rejected, or failed, and apply that. Each counts once, however often this is run and
    wherever it is interrupted. Exits with 1 where the content of some is nowhere any more.

    Needs AWS credentials that may use the board's queues, marks table and activities table.

    \b
    Examples:
      leaderboards redrive weekly-kills --from rejected --reason unknown_type
      leaderboards redrive weekly-kills --from dead-letters
      leaderboards redrive weekly-kills --from rejected --local /tmp/ready.json
    """
    if reason is not None and source != "rejected":
        fail(WRONG_INPUT, "--reason: dead letters have none; it goes with --from rejected.")
    found = _one(file, environment, board)
    from generator.errors import OperationError
    from generator.operations.redriving import redrive_dead_letters, redrive_rejected
    from generator.operations.rejections import list_rejections
    from runtime import clock

    try:
        running = _find_running(found, ready_file)
        if source == "rejected":
            counts = redrive_rejected(running, list_rejections(running.marks, clock.now(), reason))
        else:
            counts = redrive_dead_letters(running)
        done = _followed(counts)
    except OperationError as error:
        _fail(error)
    if as_json:
        print_json({"board": found.name, "from": source, **vars(done)})
    else:
        click.echo(f"{found.folder}: {done.sent} put back")
        if done.counted:
            click.echo(f"{done.counted} were counted since", err=True)
    if done.gone:
        click.echo(f"{done.gone} could not be put back: they are not in the activities table any more", err=True)
        raise SystemExit(FINDING)


def _one(file: Path, environment: str | None, board: str) -> Board:
    """The one board of that name; ends the program where there is none, or more than one."""
    generated, _ = validated(file)
    return expect_one(generated, environment, board, file)


def _find_running(board: Board, ready_file: Path | None) -> RunningBoard:
    from generator.operations.running_board import find_in_aws, find_on_this_machine

    return find_in_aws(board) if ready_file is None else find_on_this_machine(board, ready_file)


def _print_as_text(found: Iterable[Rejection]) -> int:
    """Two lines each; how many there were. What a producer wrote is escaped: it may be meant for the terminal."""
    from generator.diagnostics.wording import quote
    from runtime.domain.activity import ACTIVITY_ID, PLAYER_ID
    from runtime.domain.instants import rfc3339

    number = 0
    for each in found:
        number += 1
        player = each.player_id if PLAYER_ID.fullmatch(each.player_id) else quote(each.player_id, 130)
        activity = each.activity_id if ACTIVITY_ID.fullmatch(each.activity_id) else quote(each.activity_id)
        kind = "-" if each.type is None else quote(each.type)
        click.echo(f"{rfc3339(each.written)} {each.reason}: player {player}, type {kind}, activity {activity}")
        # Within the sentence quotes need no backslash: it is not in quotes itself.
        click.echo("    " + quote(each.detail, 300)[1:-1].replace('\\"', '"'))
    return number


def _print_as_json(board: Board, found: Iterable[Rejection], more: Iterable[Rejection]) -> int:
    from runtime.domain.instants import rfc3339

    documents = [
        {
            "written": rfc3339(each.written),
            "reason": each.reason,
            "detail": each.detail,
            "player_id": each.player_id,
            "activity_id": each.activity_id,
            "type": each.type,
        }
        for each in found
    ]
    print_json({"board": board.name, "rejected": documents, "more": next(iter(more), None) is not None})
    return len(documents)


def _followed(counts: Iterable[RedriveCounts]) -> RedriveCounts:
    """The counts at the end; tells them every second on the way."""
    from generator.operations.redriving import RedriveCounts

    done, told = RedriveCounts(), time.monotonic()
    for done in counts:
        if time.monotonic() - told > 1:
            click.echo(f"{done.sent} put back so far", err=True)
            told = time.monotonic()
    return done


def _fail(error: OperationError) -> NoReturn:
    from generator.errors import PlaceError

    fail(WRONG_INPUT if isinstance(error, PlaceError) else OUTSIDE, str(error))
