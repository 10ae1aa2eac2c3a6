"""`leaderboards audit`: lists what people did to a board."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import click

from generator.board.board import Board
from generator.board.feed import Feed
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.instants import parse_duration
from generator.cli.operations.options import Place, find_bundle, find_running, place_options
from generator.cli.options import as_json_option, environment_option, file_option
from generator.diagnostics.wording import escape_invisible, plural, quote
from generator.operations.audit.forgetting import hash_player
from generator.operations.audit.reading import RecordedDeed, list_deeds
from generator.operations.feeds.running_feed import find_feed_in_aws, find_feed_on_this_machine
from runtime.dynamodb.table import Table

_NEVER_ENDED = "begun, and not ended: it is under way, or was killed"


@click.command("audit")
@click.argument("board")
@file_option
@environment_option
@place_options
@click.option("--since", metavar="DURATION", help="Only what was done in this time until now, such as 7d or 2h30m.")
@click.option("--player", metavar="ID", help="Only what was done to this player, also to one that was erased since.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="Most to list.")
@as_json_option
def audit_command(
    board: str,
    file: Path,
    environment: str | None,
    place: Place,
    since: str | None,
    player: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List what people did to a board.

    Or to a feed (feed-NAME). The newest first, from the last 400 days: who, when, which command with which options,
    why, and what came of it. Commands that change a board write that down before they begin; one without an end was
    killed, or is under way. Needs AWS credentials that may query the board's marks table, of a feed its activities
    table: the policy PREFIX-operator of the bundle.

    \b
    Examples:
      leaderboards audit weekly-kills
      leaderboards audit weekly-kills --since 7d --json
      leaderboards audit weekly-kills --player p-1042
      leaderboards audit feed-matches --local
    """
    ago = None if since is None else parse_duration(since)
    _, found = find_bundle(file, environment, board)
    table, now = _find_table(found, place)
    players = () if player is None else (player, hash_player(player))
    deeds = list_deeds(table, None if ago is None else now() - ago, players)
    if as_json:
        listed = [vars(deed) for deed in islice(deeds, limit)]
        print_json({"board": found.name, "deeds": listed, "more": next(deeds, None) is not None})
    else:
        _print_as_text(deeds, limit, "nothing is recorded of that" if player or since else "nothing is recorded")


def _find_table(found: Board | Feed, place: Place) -> tuple[Table, Callable[[], int]]:
    """The table that keeps the deeds, and the clock that they go by."""
    if isinstance(found, Feed):
        feed = place.find(found, find_feed_in_aws, find_feed_on_this_machine)
        return feed.activities, feed.now
    running = find_running(found, place)
    return running.marks, running.now


def _print_as_text(deeds: Iterator[RecordedDeed], limit: int, nothing: str) -> None:
    number = 0
    for deed in islice(deeds, limit):
        number += 1
        write(describe_deed(deed))
    if number == limit and next(deeds, None):
        say(f"There are more than these {limit}: see --limit.")
    else:
        say(plural(number, "deed") if number else nothing)


def describe_deed(deed: RecordedDeed) -> str:
    """A deed in two lines or three, safe to print."""
    subject = "".join(
        f", {noun} {escape_invisible(value)}"
        for noun, value in (("player", deed.player), ("window", deed.window))
        if value is not None
    )
    words = " ".join([deed.command, *_name_options(deed.arguments)])
    lines = [f"{deed.began} {escape_invisible(words)}{subject}", f"    by {escape_invisible(deed.who)}: {_end(deed)}"]
    # A person's sentence is printed without the outer quotes, so quotes in it need no backslash.
    lines += [] if deed.reason is None else ["    why: " + quote(deed.reason, 300)[1:-1].replace('\\"', '"')]
    return "\n".join(lines)


def _name_options(arguments: Mapping[str, Any]) -> list[str]:
    """The options of a command as they are typed; what was not given, or is off, is left out."""
    found = []
    for name, value in arguments.items():
        if value is True:
            found.append(f"--{name}")
        elif value not in (None, False):
            found.append(f"--{name} {value if isinstance(value, str) else json.dumps(value)}")
    return found


def _end(deed: RecordedDeed) -> str:
    if deed.state == "begun":
        return _NEVER_ENDED
    counts = ", ".join(f"{_show(value)} {name.replace('_', ' ')}" for name, value in deed.outcome.items() if value)
    problem = f": {quote(deed.problem, 300)[1:-1]}" if deed.problem else ""
    return f"{deed.state}{problem}" + (f", {escape_invisible(counts)}" if counts else "")


def _show(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
