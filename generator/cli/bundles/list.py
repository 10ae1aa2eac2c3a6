"""`leaderboards list`: lists boards by team."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from generator.cli.bundles import list_report
from generator.cli.console import write
from generator.cli.documents import print_json, print_markup
from generator.cli.options import file_option, only_environment_option, only_team_option
from generator.cli.project import load_project
from generator.cli.selection import select_boards
from generator.explaining.listing import list_boards, list_feeds, rows_as_json
from generator.pipeline import Selection


@click.command("list")
@file_option
@only_environment_option
@only_team_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="json: more of each board. markdown: a table for a page of a wiki.",
)
@click.option("--json", "style", flag_value="json", help="The same as --format json.")
def list_command(file: Path, environment: str | None, team: str | None, style: str) -> None:
    """List boards by team.

    Says of each board what it ranks by, its windows, how often ranks are computed, and its address: the one that
    Terraform made, if its state is in build/, else the `api.domain` of the YAML. Says of each feed which boards count
    it. Asks neither AWS nor Terraform.

    \b
    Examples:
      leaderboards list
      leaderboards list --env prod --team nebula
      leaderboards list --format markdown >> "$GITHUB_STEP_SUMMARY"
      leaderboards list --json | jq -r '.boards[] | select(.address == null) | .name'
    """
    inputs, generated, _ = load_project(file, "json" if style == "json" else "text")
    only = Selection(environment, team)
    rows = list_boards(select_boards(generated, only, file), inputs.folder / "build")
    feeds = list_feeds(filter(only.takes, generated.feeds), generated.boards)
    if style == "json":
        print_json(rows_as_json(rows, feeds))
    elif style == "markdown":
        print_markup(list_report.as_markdown(rows) + list_report.feeds_as_markdown(feeds))
    else:
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        write(list_report.as_text(rows, columns) + list_report.feeds_as_text(feeds, columns), end="")
