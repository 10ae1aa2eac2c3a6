"""`leaderboards simulate`: lets deployed boards write made-up activities."""

from __future__ import annotations

from pathlib import Path

import click

from generator.board.board import Board
from generator.cli.console import say, write
from generator.cli.options import file_option, only_board_option, only_environment_option, only_team_option
from generator.cli.project import load_project
from generator.cli.selection import select_boards
from generator.diagnostics.wording import join_words
from generator.errors import InputError
from generator.operations.simulating import run_simulator
from generator.pipeline import Selection


@click.command("simulate")
@file_option
@only_environment_option
@only_team_option
@only_board_option
@click.option(
    "--activities", type=click.IntRange(1, 1_000_000), default=600, show_default=True, help="How many each board gets."
)
@click.option(
    "--seconds", type=click.IntRange(1, 86_400), default=60, show_default=True, help="Over how long they are spread."
)
@click.option("--seed", type=int, help="With the same seed, the same players do the same again.")
def simulate_command(
    file: Path,
    environment: str | None,
    team: str | None,
    board: str | None,
    activities: int,
    seconds: int,
    seed: int | None,
) -> None:
    """Let deployed boards write made-up activities.

    Runs the simulator of each board, one after the other. Needs `simulator: true` in the board, and AWS credentials
    that may invoke its function.

    \b
    Examples:
      leaderboards simulate
      leaderboards simulate --board weekly-kills
      leaderboards simulate --env dev --board weekly-kills --activities 5000 --seconds 300
    """
    _, generated, _ = load_project(file)
    found = select_boards(generated, Selection(environment, team, board), file)
    for one in _choose_simulators(found, named=board is not None):
        written = 0
        for written in run_simulator(one, activities, seconds, seed):
            say(f"{one.folder}: {written} of {activities} activities written")
        write(f"{one.folder}: {written} activities written")


def _choose_simulators(boards: list[Board], named: bool) -> list[Board]:
    """The boards that have a simulator. A board that the user `named` is kept without one: `run_simulator` refuses it.

    Raises InputError if no board has one, or if the boards are in several environments.
    """
    environments = sorted({str(one.environment) for one in boards})
    if len(environments) > 1:
        raise InputError(f"--env: these boards are in {join_words(environments, 'and')}; name one.")
    with_simulator = [one for one in boards if named or one.simulator]
    if not with_simulator:
        raise InputError("no board has a simulator: set `simulator: true`, generate and apply")
    return with_simulator
