"""What a command line of `leaderboards players` wants done, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any

import click

from generator.cli.options import as_json_option
from generator.diagnostics.wording import quote
from generator.errors import InputError
from runtime.domain.activity import MAX_NAME, PLAYER_ID
from runtime.domain.texts.visibility import can_be_seen, has_controls

ACTIONS = ("show", "hide", "rename", "restore", "erase")


@dataclass(frozen=True)
class Wanted:
    """The options of one command line."""

    name: str | None
    reason: str | None
    limit: int
    everywhere: bool
    yes: bool
    dry_run: bool
    as_json: bool


def wanted_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what is wanted. The command gets `wanted`."""

    @wraps(command)
    def choose(**given: Any) -> None:
        own = {field.name: given.pop(field.name) for field in fields(Wanted)}
        command(wanted=Wanted(**own), **given)

    for option in (
        as_json_option,
        click.option("--dry-run", is_flag=True, help="Only say what would be done."),
        click.option("--yes", is_flag=True, help="With erase: do not ask."),
        click.option("--everywhere", is_flag=True, help="With erase: on all boards that count the same feed."),
        click.option(
            "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="Most activities to show."
        ),
        click.option("--reason", metavar="TEXT", help="Why this is done, for those who read `audit` later."),
        click.option("--name", metavar="TEXT", help="With rename: the name to show."),
    ):
        choose = option(choose)
    return choose


def check(action: str, player: str, wanted: Wanted) -> None:
    """Raise InputError for what fits no player or no action: everything that is wrong at once."""
    wrong, name = [], wanted.name
    if not PLAYER_ID.fullmatch(player):
        wrong.append(f"PLAYER: {quote(player)} is no player id: it must match ^{PLAYER_ID.pattern}$")
    if action == "rename" and name is None:
        wrong.append('--name: rename needs the name to show, such as --name "Player 7"')
    elif action != "rename" and name is not None:
        wrong.append(f"--name: it goes with rename, not with {action}")
    elif name is not None and (len(name) > MAX_NAME or not can_be_seen(name) or has_controls(name)):
        wrong.append(f"--name: a name has 1 to {MAX_NAME} characters, at least one that can be seen, and no controls")
    for option, given in (("--everywhere", wanted.everywhere), ("--yes", wanted.yes)):
        if given and action != "erase":
            wrong.append(f"{option}: it goes with erase, not with {action}")
    for option, unfit in (("--dry-run", wanted.dry_run), ("--reason", wanted.reason is not None)):
        if unfit and action == "show":
            wrong.append(f"{option}: show changes nothing")
    if wrong:
        raise InputError("\n".join(wrong))
