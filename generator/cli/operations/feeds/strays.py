"""`leaderboards strays`: shows what a feed keeps because no board counts its type, and puts it on the bus again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path

import click

from generator.board.feed import Feed
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import Place, place_options, why_option
from generator.cli.options import as_json_option, environment_option, file_option
from generator.cli.project import load_project
from generator.cli.selection import select_feed
from generator.diagnostics.wording import join_words, plural, quote
from generator.errors import FindingError, InputError
from generator.operations.audit.trail import Deed
from generator.operations.feeds.running_feed import RunningFeed, find_feed_in_aws, find_feed_on_this_machine
from generator.operations.feeds.strays import MOST, Redriven, count_hidden, list_strays, redrive_strays
from generator.operations.redrives.receiving import HIDDEN_SECONDS
from generator.progress import report_progress


@click.command("strays")
@click.argument("feed")
@click.option("--redrive", is_flag=True, help="Put those whose type the feed has by now on the bus again.")
@click.option("--type", "types", metavar="TYPE", multiple=True, help="With --redrive: only this type; may be repeated.")
@file_option
@environment_option
@place_options
@why_option
@as_json_option
def strays_command(
    feed: str,
    redrive: bool,
    types: tuple[str, ...],
    file: Path,
    environment: str | None,
    place: Place,
    why: str | None,
    as_json: bool,
) -> None:
    """Show what a feed keeps because no board counts it.

    These are activities whose type the feed does not name, mostly a misspelt one. They are kept for 14 days. Once a
    type is one of the feed's and of a board's rules, and both are applied, --redrive puts its activities on the bus
    again: each board counts each once, if it would count it then. All others stay. That is written into the feed's
    audit: `leaderboards audit feed-NAME`. Needs the policy PREFIX-operator of the feed.

    \b
    Examples:
      leaderboards strays matches
      leaderboards strays matches --redrive
      leaderboards strays matches --redrive --type boss_kil
      leaderboards strays matches --local
    """
    _, generated, _ = load_project(file)
    found = select_feed(generated, environment, feed, file)
    if types and not redrive:
        raise InputError("--type: it goes with --redrive.")
    if why is not None and not redrive:
        raise InputError("--why: it goes with --redrive.")
    if unknown := [kind for kind in types if kind not in found.types]:
        raise InputError(f"--type: {_name(unknown)}: no type of {found.name}; add it to `types` first, and apply.")
    running = place.find(found, find_feed_in_aws, find_feed_on_this_machine)
    if redrive:
        arguments = {"redrive": True, "type": join_words(types, "and") if types else None}
        with running.open_trail().deed("strays", arguments, why) as deed:
            _redrive(running, types or found.types, deed, as_json)
    else:
        _show(running, found, as_json)


def _show(running: RunningFeed, feed: Feed, as_json: bool) -> None:
    hidden = count_hidden(running)
    counts: Counter[str | None] = Counter()
    players: dict[str | None, str] = {}
    for stray in report_progress(list_strays(running), lambda _: f"{counts.total():,} so far", say):
        counts[stray.type] += 1
        players.setdefault(stray.type, stray.player)
    if as_json:
        listed = [{"type": kind, "activities": n, "player_id": players[kind]} for kind, n in counts.most_common()]
        print_json({"feed": feed.feed, "types": listed, "more": counts.total() >= MOST, "hidden": hidden})
        return
    for kind, number in counts.most_common():
        named = "no type" if kind is None else quote(kind, 100)
        now = ", a type of the feed by now: see --redrive" if kind in feed.types else ""
        write(f"{number:,} of {named}{now}, such as one of {quote(players[kind], 130)}")
    if counts.total() >= MOST:
        say(f"There may be more than these {counts.total():,}.")
    elif not counts and not hidden:
        say("there are no strays")
    if hidden:
        say(_tell_hidden(hidden))


def _redrive(running: RunningFeed, types: Collection[str], deed: Deed, as_json: bool) -> None:
    done, hidden = Redriven(), count_hidden(running)
    for counts in report_progress(redrive_strays(running, types), lambda so_far: f"{so_far.sent:,} so far", say):
        done = counts
        deed.outcome({"put_back": done.sent, "came_back": done.back})
    if as_json:
        print_json({"feed": running.feed.feed, "redriven": done.sent, "back": done.back, "hidden": hidden})
    else:
        write(f"{running.feed.folder}: {done.sent:,} put on the bus")
    findings = [_tell_hidden(hidden)] if hidden else []
    if done.back:
        findings.append(f"{done.back:,} came back: apply build/{running.feed.folder} with their type, then try again.")
    if findings:
        raise FindingError("\n".join(findings))


def _tell_hidden(number: int) -> str:
    return (
        f"{plural(number, 'stray')} more, hidden for up to {HIDDEN_SECONDS} seconds by another look or by one that was "
        "killed: run this again then"
    )


def _name(types: Collection[str]) -> str:
    return join_words((quote(kind, 100) for kind in types), "and")
