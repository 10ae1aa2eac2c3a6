"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path

import click

from generator.pipeline import MAIN

file_option = click.option(
    "--file",
    type=click.Path(path_type=Path),
    default=Path(MAIN),
    show_default=True,
    help="The file to read. build/ is beside it.",
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Write the result as JSON to stdout.")
environment_option = click.option("--env", "environment", metavar="NAME", help="The environment that the board is in.")

only_environment_option = click.option(
    "--env", "environment", metavar="NAME", help="Only the boards of this environment."
)
only_team_option = click.option("--team", metavar="NAME", help="Only the boards of this team.")
only_board_option = click.option("--board", metavar="NAME", help="Only this board.")
