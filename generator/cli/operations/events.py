"""`leaderboards events`: lists the events that boards sent to EventBridge."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from generator.cli.console import say, write
from generator.cli.documents import print_json, print_json_text
from generator.cli.operations.options import check_board, local_options
from generator.cli.options import as_json_option, file_option
from generator.errors import InputError
from generator.operations.event_text import describe_event
from generator.operations.local_run import LocalRun, read_local_run
from generator.operations.rehearsing import list_events
from runtime.domain.events import MILESTONE_REACHED, WINDOW_CLOSED

_FOLLOW_SECONDS = 1.0
"""Seconds from one look for new events to the next."""

_TYPES = {"window_closed": WINDOW_CLOSED, "milestone_reached": MILESTONE_REACHED}


@click.command("events")
@click.option("--board", metavar="NAME", help="Only the events of this board.")
@click.option("--type", "kind", type=click.Choice(sorted(_TYPES)), help="Only the events of this type.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Most to list.")
@click.option("--follow", is_flag=True, help="Go on with each event that comes, until Ctrl-C.")
@file_option
@local_options
@as_json_option
def events_command(
    board: str | None,
    kind: str | None,
    limit: int,
    follow: bool,
    file: Path,
    ready_file: Path | None,
    as_json: bool,
) -> None:
    """List the events that boards sent to EventBridge.

    The newest 1,000 of `leaderboards local` are remembered; the list has the oldest first. An event may come twice,
    with the same id in its detail. In AWS no service lists past events: there, a rule of yours sends them on.

    With --json and --follow, each event is one line.

    \b
    Examples:
      leaderboards events --local
      leaderboards events --local --board weekly-kills --type window_closed --json
      leaderboards events --local --follow
    """
    if ready_file is None:
        raise InputError(
            "in AWS no service lists past events: make a rule that sends them to a queue or a function of yours, as "
            "docs/events.md shows. For those of `leaderboards local`, add --local."
        )
    run = read_local_run(ready_file)
    check_board(board, run)
    after, events = _read(run, 0, board, kind)
    events = events[-limit:]
    if not follow:
        return print_json({"events": events}) if as_json else _print(events)
    while True:
        _print(events, as_lines=as_json)
        time.sleep(_FOLLOW_SECONDS)
        after, events = _read(run, after, board, kind)


def _read(run: LocalRun, after: int, board: str | None, kind: str | None) -> tuple[int, list[dict[str, Any]]]:
    """The events with a number above `after`, and the number to go on with."""
    found = list_events(run, after)
    wanted = [
        event
        for _, event in found
        if board in (None, event["detail"].get("board")) and (kind is None or event["detail-type"] == _TYPES[kind])
    ]
    return max((number for number, _ in found), default=after), wanted


def _print(events: list[dict[str, Any]], *, as_lines: bool | None = None) -> None:
    """Print events: as lines of JSON, or for people. `as_lines`: None for a list that is the whole result."""
    if not events and as_lines is None:
        say("no event was sent so far")
    for event in events:
        if as_lines:
            print_json_text(json.dumps(event, ensure_ascii=False) + "\n")
        else:
            write(describe_event(event))
