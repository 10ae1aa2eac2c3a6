"""`leaderboards status`: says whether boards are well."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from generator.board.board import Board
from generator.board.feed import Feed
from generator.cli.console import say, takes_colours, write
from generator.cli.documents import print_json, print_json_text
from generator.cli.operations.options import Place, list_file_option, place_options
from generator.cli.operations.status.document import describe_status
from generator.cli.operations.status.expecting import expect_build, expect_here
from generator.cli.operations.status.one import show_one
from generator.cli.operations.status.table import show_table
from generator.cli.operations.status.watching import watch
from generator.cli.options import as_json_option, environment_option, file_option, only_team_option
from generator.cli.project import load_project
from generator.cli.selection import select_bundle, select_bundles
from generator.diagnostics.wording import join_words, plural
from generator.errors import FindingError, InputError, OperationError
from generator.local.terminal.screen import Line, paint
from generator.operations.local_run import LocalRun, read_local_run
from generator.operations.status.fleet import (
    BundleStatus,
    Expect,
    look_at_fleet,
    look_at_one,
    put_worst_first,
)
from generator.operations.status.reached import Reached, reach_in_aws, reach_on_this_machine
from generator.pipeline import Generated, Selection
from generator.progress import report_progress

_WIDTH = 100
"""Columns of a line where there is no terminal."""


@dataclass(frozen=True)
class _Wanted:
    """What is looked at, and where."""

    bundles: Sequence[Board | Feed]
    is_one: bool
    """Whether one was asked for by its name."""
    reached: Reached
    expect: Expect
    options: Sequence[str]
    """Those by which other commands find the same file and place."""


@click.command("status")
@click.argument("board", required=False)
@click.option("--watch", "again", is_flag=True, help="Look again every 15 seconds, until Ctrl-C.")
@file_option
@environment_option
@only_team_option
@place_options
@as_json_option
def status_command(
    board: str | None,
    again: bool,
    file: Path,
    environment: str | None,
    team: str | None,
    place: Place,
    as_json: bool,
) -> None:
    """Say whether boards are well.

    Of one board, or of a feed (feed-NAME): how old its snapshot is, how long activities take to be ranked, what is in
    each queue, what was rejected and why, which alarms are on and the runbook's command for each, the last rebuild,
    the windows, and whether its functions run the code in build/. Without BOARD: all boards and feeds of an
    environment in one table, the worst first. Nothing is changed.

    A board is unhealthy while an alarm is on, its snapshot or an activity is too old, there are dead letters, or a
    window is long overdue to be sealed. It is drifted where functions, queues or alarms are not what build/ has; of
    other differences terraform plan tells. Exits with 1 if one is unhealthy, drifted or not deployed, and with 3 if
    one cannot be read and all others are well. With --watch it exits with 0 after Ctrl-C.

    \b
    Examples:
      leaderboards status
      leaderboards status weekly-kills
      leaderboards status weekly-kills --watch
      leaderboards status --env prod --team nebula --json | jq -r '.boards[] | select(.state != "well") | .name'
      leaderboards status weekly-kills --local
    """
    if board is not None and team is not None:
        raise InputError("--team: it narrows the table of all boards; leave it out where you name one.")
    inputs, generated, _ = load_project(file)
    expect = expect_build(inputs.folder / "build") if place.ready_file is None else expect_here()
    wanted = _find(generated, file, Selection(environment, team, board), place, expect)
    if again:
        _watch(wanted, as_json)
    else:
        _look_once(wanted, as_json)


def _look_once(wanted: _Wanted, as_json: bool) -> None:
    """Look once. Raises FindingError where something is wrong, OperationError where one cannot be read."""
    if not wanted.is_one:
        say(f"looking at {plural(len(wanted.bundles), 'bundle')} ...")
    found = _look(wanted, is_once=True)
    if as_json:
        print_json(_as_json(found, wanted))
    else:
        _print(found, wanted)
    if any(status.state not in ("well", "unreadable") for status in found):
        raise FindingError("")
    if unreadable := [status.bundle.folder for status in found if status.facts is None]:
        raise OperationError(f"{len(unreadable)} cannot be read: {join_words(unreadable, 'and')}")


def _find(generated: Generated, file: Path, only: Selection, place: Place, expect: Expect) -> _Wanted:
    """Find what is to be looked at. Raises InputError."""
    run = None if place.ready_file is None else read_local_run(place.ready_file)
    bundles: Sequence[Board | Feed]
    if only.board is not None:
        bundles = [select_bundle(generated, only.environment, only.board, file)]
    else:
        bundles = select_bundles(generated, only, file)
        bundles = bundles if run is None else _list_running(bundles, run)
        environments = dict.fromkeys(bundle.environment for bundle in bundles if bundle.environment)
        if len(environments) > 1:
            names = join_words(environments, "and")
            raise InputError(f"--env: boards are in {names}; name one.")
    if not bundles:
        raise InputError(f"{file} has no board yet.")
    is_one, options = only.board is not None, [*list_file_option(file), *place.list_options(file)]
    if run is None:
        return _Wanted(bundles, is_one, reach_in_aws(bundles[0], place.aws), expect, options)
    if is_one and isinstance(bundles[0], Board):
        run.find(bundles[0])
    return _Wanted(bundles, is_one, reach_on_this_machine(run), expect, options)


def _list_running(bundles: Sequence[Board | Feed], run: LocalRun) -> list[Board | Feed]:
    """Those that run here: `leaderboards local` may run some of the boards, and those of one environment."""
    boards = [
        board
        for board in bundles
        if isinstance(board, Board) and run.boards.get(board.name, {}).get("activities_table") == board.activities_table
    ]
    feeds = {board.feed.folder for board in boards if board.feed}
    return [bundle for bundle in bundles if bundle in boards or bundle.folder in feeds]


def _look(wanted: _Wanted, is_once: bool = False) -> list[BundleStatus]:
    """Look once. Raises OperationError where the one that was asked for cannot be read, and `is_once`."""
    if wanted.is_one:
        [bundle] = wanted.bundles
        try:
            return [look_at_one(wanted.reached, bundle, wanted.expect)]
        except OperationError as error:
            if is_once:
                raise
            return [BundleStatus(bundle, failure=str(error))]
    found: list[BundleStatus] = []
    looks = look_at_fleet(wanted.reached, wanted.bundles, wanted.expect)
    describe: Callable[[BundleStatus], str] = lambda _: f"{len(found)} of {len(wanted.bundles)} so far"  # noqa: E731
    for status in report_progress(looks, describe, say if is_once else lambda _: None):
        found.append(status)
    return put_worst_first(found)


def _show(found: list[BundleStatus], wanted: _Wanted, columns: int | None, rows: int | None = None) -> list[Line]:
    """What was seen, as lines. `columns` and `rows`: None where there is no terminal."""
    if wanted.is_one:
        return show_one(found[0], columns or _WIDTH, wanted.options)
    return show_table(found, columns, rows)


def _print(found: list[BundleStatus], wanted: _Wanted) -> None:
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    lines = _show(found, wanted, columns)
    write("\n".join(paint(line) if takes_colours(sys.stdout) else line.text for line in lines))


def _watch(wanted: _Wanted, as_json: bool) -> None:
    """Look until Ctrl-C; as JSON one line a look."""
    if as_json:
        watch(None, lambda: print_json_text(json.dumps(_as_json(_look(wanted), wanted), ensure_ascii=False) + "\n"))
    else:
        watch(
            lambda columns, rows: _show(_look(wanted), wanted, columns, rows),
            lambda: write("\n".join(line.text for line in _show(_look(wanted), wanted, None)) + "\n"),
        )


def _as_json(found: list[BundleStatus], wanted: _Wanted) -> dict[str, object]:
    if wanted.is_one:
        return describe_status(found[0], wanted.options, more=True)
    return {"boards": [describe_status(status, wanted.options, more=False) for status in found]}
