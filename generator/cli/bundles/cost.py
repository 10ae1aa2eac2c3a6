"""`leaderboards cost`: estimates what boards cost in AWS a month, before anything is deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from generator.cli.console import write
from generator.cli.documents import print_json, print_markup
from generator.cli.options import file_option, only_environment_option, only_team_option
from generator.cli.project import load_project
from generator.cli.selection import select_bundles
from generator.cost import reports
from generator.cost.estimate import estimate
from generator.pipeline import Selection


@click.command("cost")
@click.argument("board", required=False)
@file_option
@only_environment_option
@only_team_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="json: every term of every board. markdown: the same as text, in tables.",
)
@click.option("--json", "style", flag_value="json", help="The same as --format json.")
def cost_command(
    board: str | None,
    file: Path,
    environment: str | None,
    team: str | None,
    style: Literal["text", "json", "markdown"],
) -> None:
    """Estimate what boards cost in AWS a month.

    Counts what each bundle deploys and what `traffic` lets it do, and multiplies by AWS's prices. Shows what a board
    costs if nobody plays or reads, and at 1, 10 and 100 times its traffic. A feed is paid for once, so it stands by
    itself, as feed-NAME. Free tiers are not taken off. Needs no network and no account.

    \b
    Examples:
      leaderboards cost                             every board, with sums by team and environment
      leaderboards cost weekly-kills                every term of one board
      leaderboards cost feed-matches                every term of one feed
      leaderboards cost --env prod --team nebula --format markdown
      leaderboards cost --format json | jq '.sums'
    """
    _, generated, _ = load_project(file, "json" if style == "json" else "text")
    bundles = select_bundles(generated, Selection(environment, team, board), file, "BOARD")
    costs = [estimate(each) for each in bundles]
    if style == "json":
        print_json(reports.costs_json(costs))
        return
    one = costs[0] if board is not None and len(costs) == 1 else None
    if style == "markdown":
        print_markup(reports.board_markdown(one) if one else reports.boards_markdown(costs))
    else:
        write(reports.board_text(one) if one else reports.boards_text(costs), end="")
