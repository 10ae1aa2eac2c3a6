"""`leaderboards export`: takes the ranks of a window out of a board, or its activities."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from generator.board.board import Board
from generator.cli.console import open_stdout, say
from generator.cli.documents import print_json
from generator.cli.operations.options import Place, find_board, find_managed, place_options, why_option
from generator.cli.options import as_json_option, environment_option, file_option
from generator.diagnostics.wording import plural
from generator.errors import InputError, OutputError
from generator.operations.audit.trail import open_trail
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.ranks.activities import ExportedActivities
from generator.operations.ranks.exporting import ExportedRanks, export_ranks, find_window
from generator.operations.ranks.formats import FORMATS, Output, has_parquet
from generator.output.replace_file import open_whole
from generator.progress import report_progress
from runtime.domain.instants import rfc3339_or_none

STDOUT = "-"
_ENDINGS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_GET_PYARROW = (
    "--format: parquet needs pyarrow, which is not installed here: `pip install pyarrow` where `leaderboards` is, "
    "`uv tool install --with pyarrow leaderboards-from-yaml`, or `pipx inject leaderboards-from-yaml pyarrow`."
)


@dataclass(frozen=True)
class _Wanted:
    """What a command line asks for, and where to put it."""

    window: str | None
    activities: bool
    format: str
    output: str
    as_json: bool


@click.command("export")
@click.argument("board")
@click.option("--window", metavar="ID", help="A window's id, such as 2026-W48, or a kind: week, week:previous.")
@click.option("--activities", is_flag=True, help="The activities and what became of each, instead of the ranks.")
@click.option("--format", "format_", type=click.Choice([*FORMATS]), help="Left out: as the name of the file ends.")
@click.option("--output", default=STDOUT, metavar="FILE", help="Where to put it; - or nothing is stdout.")
@file_option
@environment_option
@place_options
@why_option
@as_json_option
def export_command(
    board: str,
    window: str | None,
    activities: bool,
    format_: str | None,
    output: str,
    file: Path,
    environment: str | None,
    place: Place,
    why: str | None,
    as_json: bool,
) -> None:
    """Take the ranks of a window out of a board.

    All ranks are from one snapshot, in the board's order, and every number is exact. The window may be the current one,
    one that is kept, or one that is final. Hidden players are left out, as everywhere. In CSV an apostrophe stands
    before what a spreadsheet would take for a formula; JSON lines and Parquet have names as they are.

    --activities takes out what is in the activities table instead, with what became of each activity: of one window,
    or of all without --window. The JSON lines of it are a file that `leaderboards backfill` takes.

    FILE is replaced as a whole, and only you may read it. That somebody took data out is in the board's audit. Needs
    the policy PREFIX-operator.

    \b
    Examples:
      leaderboards export weekly-kills --window week:previous --output kills.csv
      leaderboards export weekly-kills --window 2026-W48 --format jsonl | jq -r .player_id
      leaderboards export weekly-kills --activities --output activities.jsonl
      leaderboards export weekly-kills --window all_time --output ranks.parquet --local
    """
    wanted = _Wanted(window, activities, _choose_format(format_, output, activities), output, as_json)
    _check(wanted)
    found = find_board(file, environment, board)
    _export(found, find_managed(found, place), wanted, why)


def _export(board: Board, managed: ManagedBoard, wanted: _Wanted, why: str | None) -> None:
    """Export, and write down that somebody did."""
    source = _find_source(board, managed, wanted)
    arguments = {"activities": wanted.activities, "format": wanted.format}
    with open_trail(managed.running).deed("export", arguments, why, window=_name_window(source)) as deed:
        number = 0
        for number in report_progress(_write(source, wanted), lambda rows: f"{rows:,} so far", say):
            deed.outcome({"rows": number})
    _tell(board, source, number, wanted)


def _write(source: ExportedRanks | ExportedActivities, wanted: _Wanted) -> Iterator[int]:
    """Write everything where it is wanted. Yields how much is written so far."""
    number = 0
    with _open(wanted.output) as stream:
        writer = FORMATS[wanted.format](stream, source.fields)
        for documents in source.read():
            writer.write(documents)
            number += len(documents)
            yield number
        writer.end()


def _choose_format(given: str | None, output: str, activities: bool) -> str:
    """The format that is asked for, or that the file's name says; else CSV for people, JSON lines for `backfill`."""
    return given or _ENDINGS.get(Path(output).suffix.lower(), "jsonl" if activities else "csv")


def _check(wanted: _Wanted) -> None:
    """Raise InputError with everything that is wrong with a command line."""
    wrong = []
    if wanted.window is None and not wanted.activities:
        wrong.append("--window: ranks are those of a window; write its id, or a kind such as week.")
    if wanted.format == "parquet" and not has_parquet():
        wrong.append(_GET_PYARROW)
    if wanted.output == STDOUT:
        for option, unfit in (("--json", wanted.as_json), ("--format parquet", wanted.format == "parquet")):
            if unfit:
                wrong.append(f"{option}: it needs --output FILE, as stdout can have one of the two.")
    elif Path(wanted.output).is_dir():
        wrong.append(f"--output: {wanted.output} is a folder; write the name of a file.")
    elif Path(wanted.output).exists() and not Path(wanted.output).is_file():
        wrong.append(f"--output: {wanted.output} is a device or a pipe, which cannot be replaced; - writes to stdout.")
    elif not Path(wanted.output).parent.is_dir():
        wrong.append(f"--output: there is no folder {Path(wanted.output).parent}.")
    if wrong:
        raise InputError("\n".join(wrong))


def _find_source(board: Board, managed: ManagedBoard, wanted: _Wanted) -> ExportedRanks | ExportedActivities:
    if not wanted.activities:
        assert wanted.window is not None
        return export_ranks(managed, wanted.window)
    window = None if wanted.window is None else find_window(managed, wanted.window).window
    types = None if board.feed is None else frozenset(rule.activity for rule in board.config.rules)
    return ExportedActivities(managed, window, types)


def _name_window(source: ExportedRanks | ExportedActivities) -> str | None:
    if isinstance(source, ExportedRanks):
        return source.view.window.id
    return source.window.id if source.window else None


@contextmanager
def _open(output: str) -> Iterator[Output]:
    """Open the file, or stdout. Raises OutputError where the file cannot be written."""
    if output == STDOUT:
        with open_stdout() as stream:
            yield stream
        return
    try:
        with open_whole(Path(output)) as stream:
            yield stream
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror}") from None


def _tell(board: Board, source: ExportedRanks | ExportedActivities, number: int, wanted: _Wanted) -> None:
    window = _name_window(source)
    view = source.view if isinstance(source, ExportedRanks) else None
    if wanted.as_json:
        document: dict[str, Any] = {"board": board.name, "window": window, "format": wanted.format, "rows": number}
        if view:
            document |= {"as_of": rfc3339_or_none(view.as_of), "sealed": bool(view.ranks and view.ranks.sealed)}
        print_json({**document, "output": wanted.output})
        return
    if view:
        final = ", final" if view.ranks and view.ranks.sealed else ""
        what = f"{plural(number, 'rank')} of {window}{final}, as of {rfc3339_or_none(view.as_of) or 'never'}"
    else:
        what = f"{number:,} {'activity' if number == 1 else 'activities'} of {window or 'all windows'}"
    say(f"{board.folder}: {what}" + ("" if wanted.output == STDOUT else f", in {wanted.output}"))
    if view and view.shown.notice:
        say(view.shown.notice)
    if isinstance(source, ExportedActivities) and source.left_out:
        say(f"{source.left_out:,} attributes are left out, as they are neither text nor number nor boolean")
