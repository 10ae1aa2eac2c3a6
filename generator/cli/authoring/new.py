"""`leaderboards new`: adds a board to the YAML."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shlex import quote

import click

from generator import pipeline
from generator.authoring.addition import Addition, add_board
from generator.cli.console import say, write
from generator.cli.options import file_option
from generator.cli.project import read_inputs, report_diagnostics
from generator.diagnostics.diagnostic import any_error
from generator.output.build_folder import Change
from generator.output.plan import diff
from generator.output.replace_file import lock_folder, replace_users_file
from generator.pipeline import MAIN
from generator.source.inputs import Inputs


@click.command("new")
@click.argument("board")
@file_option
@click.option("--team", metavar="NAME", help="Whose board it is. Default: the team of --like, or the only team.")
@click.option("--like", metavar="BOARD", help="Copy this board's lines and comments, under the new name.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would change as a unified diff.")
def new_command(board: str, file: Path, team: str | None, like: str | None, dry_run: bool) -> None:
    """Add a board to the YAML.

    The new board is a small one with comments, or a copy of another. It is added behind the last board of a file: the
    team's own file if `include:` names one, else the main file. Nothing else in the file changes: no comment, no line.

    \b
    Examples:
      leaderboards new daily-deaths --team nebula
      leaderboards new monthly-kills --like weekly-kills
      leaderboards new monthly-kills --like weekly-kills --team quasar --dry-run
    """
    with lock_folder(file.parent):
        inputs = read_inputs(file)
        before = pipeline.validate(inputs.files, inputs.main)
        if any_error(before.diagnostics):
            report_diagnostics(before, inputs)
        added = add_board(inputs.files, inputs.main, board, team, like, inputs.display_path, before.loaded)
        report_diagnostics(added.generated, replace(inputs, files={**inputs.files, added.file: added.new}))
        if not dry_run:
            replace_users_file(inputs.folder / added.file, added.old, added.new)
    for note in added.notes:
        say(note)
    place = f"{inputs.display_path(added.file)}:{added.line}"
    if dry_run:
        _print_diff(added, inputs)
        say(f"{place}: the board {board} of team {added.team} would be here. Nothing is written.")
        return
    write(f"{place}: the board {board} of team {added.team}")
    option = "" if str(file) == MAIN else f" --file {quote(str(file))}"
    say("Next: change it to what you need. `leaderboards local` takes it up when you save the file;")
    say(f"`leaderboards generate{option} --board {board}` writes its bundle.")


def _print_diff(added: Addition, inputs: Inputs) -> None:
    """Print what would change in the file as a unified diff."""
    change = Change(inputs.display_path(added.file), added.old, added.new)
    for line in diff([change]):
        write(line)
