"""`leaderboards local`: runs the boards on this machine."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Unpack

import click

from generator.activities.files import open_data
from generator.cli.collector import collect_garbage
from generator.cli.instants import check_instant
from generator.cli.options import file_option, only_board_option, only_team_option
from generator.cli.project import load_project
from generator.cli.selection import select_boards
from generator.diagnostics.wording import quote
from generator.errors import InputError
from generator.local.run import run_boards
from generator.local.saving.redeploy import Project
from generator.local.settings import Settings
from generator.operations.local_run import READY_FILE
from generator.pipeline import Selection


def check_host(_context: click.Context, _parameter: click.Parameter, host: str | None) -> str | None:
    """Validate --host. Raises InputError for what is no IPv4 address."""
    try:
        return host and str(IPv4Address(host))
    except ValueError:
        raise InputError(f"--host: {quote(host or '')} is no IPv4 address. Write 0.0.0.0 for all of them.") from None


_HELP = """Run the boards on this machine.

Runs until Ctrl-C, on an embedded AWS. Deploys what `generate` writes: the same functions, filters, limits and
roles. All is gone when the command ends, unless --keep names a folder: the next run with it goes on there, with the
same scores, clock and activities on their way. A run that is killed loses at most its last minute.

Everything listens on 127.0.0.1. With --host, other machines and containers reach at one port what AWS lets them reach:
pages, APIs, and what game servers write, signed with their keys: PutItem and BatchWriteItem on activities. All else
stays on 127.0.0.1. docs/game-servers.md has the lines for Docker.

The ready file has the keys of a game server, which can write activities and read nothing, apart from those of the
operator. With it other commands find the boards: `leaderboards rejected weekly-kills --local`.

Saving the YAML changes what runs, within seconds; a line says for each board what was done and what becomes of its
data. A mistake in it is shown as `validate` shows it, and everything goes on as before.

With --clock, functions, schedules and pages take another time for now, so that next Friday's reset can be seen
today; `leaderboards advance` moves that clock ahead. Game servers that you run yourself have to make their
activities' ids with that time: it is in the Date header of every answer of a page or an API.

A file of --data has the columns or keys player_id, type and, if wanted, name, at (such as
2026-11-27T18:00:00-03:00; now, if left out) and board; all others are fields. It is checked before anything starts.
What was written before, by a file or otherwise, counts once: the same file can be replayed.

\b
Examples:
  leaderboards local --simulate 10
  leaderboards local --board weekly-kills --port 8080
  leaderboards local --host 0.0.0.0 --port 8080 --game-server-keys .leaderboards_cache/keys
  leaderboards local --schedule yaml --ready-file .leaderboards_cache/ready.json
  leaderboards local --simulate 10 --keep .leaderboards_cache/kept
  leaderboards local --data catches.csv
  leaderboards local --simulate 10 --clock 2026-11-27T17:55-03:00
"""


@click.command("local", help=_HELP)
@file_option
@click.option("--env", "environment", metavar="NAME", help="The environment whose boards run; the first, if left out.")
@only_team_option
@only_board_option
@click.option(
    "--simulate", type=click.FloatRange(0, 1000), metavar="RATE", help="Activities a second, over all boards."
)
@click.option(
    "--schedule",
    type=click.Choice(["fast", "yaml"]),
    default="fast",
    show_default=True,
    help="New ranks every two seconds, or as each board's `rebuild` says.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Port of pages and APIs; a free one, if left out.")
@click.option(
    "--host",
    metavar="ADDRESS",
    callback=check_host,
    help="IPv4 address for pages, APIs and what game servers write, for containers: 0.0.0.0; 127.0.0.1 if left out.",
)
@click.option(
    "--game-server-keys",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder in which to write the keys of a game server, as the file `config` that AWS's SDKs read.",
)
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"Where to write addresses, names and keys once every board answers; {READY_FILE.as_posix()} if left out.",
)
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder in which the boards' data stays for the next run with it; nothing stays, if left out.",
)
@click.option(
    "--clock",
    "begins",
    metavar="TIME",
    callback=check_instant,
    help="The time that the boards' clock shows when it starts, such as 2026-11-27T18:00-03:00; now, if left out.",
)
@click.option(
    "--data",
    multiple=True,
    metavar="[BOARD=]FILE",
    help="Write the activities of a file, CSV or JSON lines, once the boards answer. May be given several times.",
)
def local_command(
    file: Path,
    environment: str | None,
    team: str | None,
    board: str | None,
    ready_file: Path | None,
    data: tuple[str, ...],
    **settings: Unpack[Settings],
) -> None:
    """Run the boards on this machine."""
    _, generated, _ = load_project(file)
    environment = environment or next((one.environment for one in generated.boards), None)
    only = Selection(environment, team, board)
    boards = select_boards(generated, only, file)
    files = open_data(data, [one.name for one in boards])
    collect_garbage()
    run_boards(boards, Project(file, only), ready_file, files, **settings)
