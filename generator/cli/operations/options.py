"""Options and steps of commands on one board that runs."""

from __future__ import annotations

from pathlib import Path

import click

from generator.board.board import Board
from generator.cli.project import load_project
from generator.cli.selection import select_board
from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import join_words, quote
from generator.errors import InputError
from generator.operations.running_board import RunningBoard, find_in_aws, find_on_this_machine
from runtime.domain.rejection import REASONS

local_option = click.option(
    "--local",
    "ready_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="READY_FILE",
    help="Use the board that `leaderboards local` runs, not the one in AWS. READY_FILE: what its --ready-file wrote.",
)


def check_reason(_context: click.Context, _parameter: click.Parameter, reason: str | None) -> str | None:
    """Validate --reason. Raises InputError, with a suggestion, if activities are never rejected for that reason."""
    if reason is not None and reason not in REASONS:
        near = nearest(reason, REASONS)
        hint = f'Did you mean "{near}"?' if near else f"Write {join_words(REASONS)}."
        raise InputError(f"--reason: there is no reason {quote(reason)}. {hint}")
    return reason


def find_board(file: Path, environment: str | None, name: str) -> Board:
    """The board of that name. Raises InputError if the files are wrong, or if no board or several have that name."""
    _, generated, _ = load_project(file)
    return select_board(generated, environment, name, file)


def find_running(board: Board, ready_file: Path | None) -> RunningBoard:
    """Find the board in AWS, or where the ready file says that it runs."""
    return find_in_aws(board) if ready_file is None else find_on_this_machine(board, ready_file)
