"""`leaderboards explain`: shows why a board is as it is."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli.console import takes_colours, write
from generator.cli.documents import print_json
from generator.cli.instants import parse_instant
from generator.cli.options import as_json_option, environment_option, file_option
from generator.cli.project import load_project
from generator.cli.selection import select_board
from generator.explaining.explanation import build_explanation
from generator.explaining.reports import explanation_json, explanation_text
from runtime import clock


@click.command("explain")
@click.argument("board")
@file_option
@environment_option
@click.option(
    "--at",
    "moment",
    metavar="TIME",
    help="Also show the windows at this time: `now`, or a time such as 2026-11-27T18:00-03:00.",
)
@click.option("--brief", is_flag=True, help="Only the five lines; --json has all.")
@as_json_option
def explain_command(
    board: str, file: Path, environment: str | None, moment: str | None, brief: bool, as_json: bool
) -> None:
    """Show why a board is as it is.

    Says in five lines what ranks whom, when it resets, what counts, how fresh ranks are and what the board costs. Then
    prints each of its values with the line it comes from, its resources in AWS by name, and the arithmetic of its
    sizing.

    \b
    Examples:
      leaderboards explain weekly-kills --brief
      leaderboards explain weekly-kills --env prod --json
      leaderboards explain weekly-kills --at now       also the windows that are open
    """
    at = None if moment is None else clock.now() if moment == "now" else parse_instant("--at", moment)
    inputs, generated, _ = load_project(file, "json" if as_json else "text")
    found = select_board(generated, environment, board, file)
    assert generated.loaded is not None
    explanation = build_explanation(generated.loaded, found, at)
    if as_json:
        print_json(explanation_json(explanation, inputs.display_path))
    else:
        write(explanation_text(explanation, inputs.display_path, colour=takes_colours(sys.stdout), brief=brief), end="")
