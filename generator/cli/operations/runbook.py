"""`leaderboards runbook`: says what an alarm means and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from generator.board.board import Board
from generator.board.feed import Feed
from generator.board.runbook.bundles import UNHEALTHY, list_entries
from generator.board.runbook.entries import Entry, Severity
from generator.cli.console import write
from generator.cli.documents import print_json
from generator.cli.options import as_json_option, environment_option, file_option
from generator.cli.project import load_project
from generator.cli.selection import select_bundle
from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import join_words, quote
from generator.errors import InputError

_WIDTH = 100
"""Characters of a line of prose. Commands stay on one line, so that they can be copied."""


@click.command("runbook")
@click.argument("board")
@click.argument("alarm", required=False)
@file_option
@environment_option
@as_json_option
def runbook_command(board: str, alarm: str | None, file: Path, environment: str | None, as_json: bool) -> None:
    """Say what an alarm means and what to do.

    Of each alarm of a board, or of a feed (feed-NAME): when it goes off, what it means for players, how it ends, what
    to do first, and the one command to begin with. ALARM is the alarm's name, with or without what all names of the
    board begin with in AWS. Asks AWS nothing.

    \b
    Examples:
      leaderboards runbook weekly-kills snapshot-age
      leaderboards runbook weekly-kills arcade-prod-weekly-kills-rejected --env prod
      leaderboards runbook weekly-kills --json | jq -r '.alarms[] | [.alarm, .command] | @tsv'
    """
    _, generated, _ = load_project(file)
    bundle = select_bundle(generated, environment, board, file)
    entries = _choose(bundle, alarm)
    if as_json:
        print_json({"board": bundle.name, "alarms": [_as_json(bundle, entry) for entry in entries]})
    else:
        write("\n\n".join(_as_text(bundle, entry) for entry in entries))


def _choose(bundle: Board | Feed, alarm: str | None) -> Sequence[Entry]:
    """The entries that are asked for: all for the alarm that is on with any other. Raises InputError for no alarm."""
    entries = {entry.alarm: entry for entry in list_entries(bundle)}
    wanted = (alarm or UNHEALTHY).removeprefix(f"{bundle.names.prefix}-")
    if wanted == UNHEALTHY:
        return tuple(entries.values())
    if wanted not in entries:
        names = (*entries, UNHEALTHY)
        near = nearest(wanted, names)
        hint = f'Did you mean "{near}"?' if near else f"Write {join_words(names)}."
        raise InputError(f"ALARM: {bundle.name} has no alarm {quote(wanted)}. {hint}")
    return (entries[wanted],)


def _as_text(bundle: Board | Feed, entry: Entry) -> str:
    pages = entry.severity is Severity.PAGE and bundle.page
    rows = {"goes off": entry.fires, "players": entry.players, "ends": entry.ends, "first": entry.first}
    told = [
        textwrap.fill(text, _WIDTH, initial_indent=f"  {label:<10}", subsequent_indent=" " * 12, break_on_hyphens=False)
        for label, text in rows.items()
    ]
    return "\n".join([f"{entry.alarm}{', which pages' if pages else ''}", *told, f"\n    {entry.command}"])


def _as_json(bundle: Board | Feed, entry: Entry) -> dict[str, Any]:
    return {
        "alarm": entry.alarm,
        "name": bundle.names.part(entry.alarm),
        "severity": entry.severity.value,
        "goes_off": entry.fires,
        "players": entry.players,
        "ends": entry.ends,
        "first": entry.first,
        "command": entry.command,
    }
