"""`leaderboards dashboard`: draws the operations dashboard of a board that runs on this machine, in the browser."""

from __future__ import annotations

import sys
import webbrowser
from contextlib import suppress
from pathlib import Path

import click

from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.instants import parse_duration
from generator.cli.operations.options import local_options
from generator.cli.options import as_json_option, environment_option, file_option
from generator.cli.project import load_project
from generator.cli.selection import select_bundle
from generator.errors import InputError
from generator.local.services.console import Console
from generator.operations.dashboards.finding import LocalDashboard, find_dashboard
from generator.operations.dashboards.page import describe_values, page_headers, render_page
from generator.operations.local_run import read_local_run

_REFRESH_SECONDS = 10
"""Seconds from one look of the page to the next. A run has values by the minute, and looks at its queues more often."""
_LONGEST_SECONDS = 86_400
"""Seconds that may be drawn at most: a run keeps 180 minutes with values of each metric."""


@click.command("dashboard")
@click.argument("board")
@file_option
@environment_option
@local_options
@click.option("--since", metavar="DURATION", default="1h", show_default=True, help="Draw this time until now.")
@click.option("--port", type=click.IntRange(1, 65535), help="Serve the page at this port; any free one by default.")
@click.option("--open/--no-open", "opens", default=None, help="Open it in the browser; by default on a terminal.")
@as_json_option
def dashboard_command(
    board: str,
    file: Path,
    environment: str | None,
    ready_file: Path | None,
    since: str,
    port: int | None,
    opens: bool | None,
    as_json: bool,
) -> None:
    """Draw a board's operations dashboard in the browser.

    It is the dashboard that the board's bundle makes in CloudWatch, from the same file, with what was measured in
    `leaderboards local`: whether the ranks are fresh, whether the board keeps up, whether anything is lost, whether it
    is fast, what it costs. That of a feed, feed-NAME, has what a feed can answer. The page is served to this machine
    alone, and asks for new values every 10 seconds, until Ctrl-C. With --json the values are printed once, and no page
    is served.

    \b
    Examples:
      leaderboards dashboard weekly-kills --local
      leaderboards dashboard weekly-kills --local --since 3h --port 8099 --no-open
      leaderboards dashboard feed-matches --local
      leaderboards dashboard weekly-kills --local --json | jq '.charts[] | {title, lines: [.lines[].newest]}'
    """
    _, generated, _ = load_project(file)
    found = select_bundle(generated, environment, board, file)
    seconds = parse_duration(since) // 1000
    if seconds > _LONGEST_SECONDS:
        raise InputError("--since: at most 24h are drawn.")
    if ready_file is None:
        raise InputError(
            f"in AWS, CloudWatch draws it: the dashboard {found.names.prefix} in {found.region}, which the bundle's "
            "Terraform makes. For the boards of `leaderboards local`, add --local."
        )
    dashboard = find_dashboard(found, read_local_run(ready_file))
    if as_json:
        print_json(describe_values(dashboard.draw(seconds)))
        return
    _serve(dashboard, seconds, port, sys.stdout.isatty() if opens is None else opens)


def _serve(dashboard: LocalDashboard, seconds: int, port: int | None, opens: bool) -> None:
    """Serve the page until Ctrl-C."""
    dashboard.draw(seconds)  # what a run of another version refuses ends the command, and not only the page
    console = Console(lambda: render_page(dashboard.draw(seconds), _REFRESH_SECONDS), page_headers(), port)
    write(console.url)
    say(f"the dashboard of {dashboard.name}; Ctrl-C ends it")
    if opens:
        webbrowser.open(console.url)
    with suppress(KeyboardInterrupt):
        console.serve()
