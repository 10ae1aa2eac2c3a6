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

ACTIONS = ("show", "correct", "hide", "rename", "restore", "erase")
VALUE = "[COLUMN=]NUMBER"
"""How a number of a column is written; without the column on a board that has one."""


@dataclass(frozen=True)
class Wanted:
    """The options of one command line."""

    name: str | None
    reason: str | None
    limit: int
    everywhere: bool
    yes: bool
    add: tuple[str, ...]
    set: tuple[str, ...]
    window: tuple[str, ...]
    reopen: bool
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
        click.option(
            "--reopen", is_flag=True, help="With correct: in a sealed window too. Its prizes must not be out."
        ),
        click.option(
            "--window",
            metavar="ID",
            multiple=True,
            help="With correct: in this window, by id or kind; may be repeated. Without it: in all current ones.",
        ),
        click.option("--set", metavar=VALUE, multiple=True, help="With correct: set the score, or a column."),
        click.option("--add", metavar=VALUE, multiple=True, help="With correct: add to the score, or to a column."),
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
    for option, given, of in (
        ("--everywhere", wanted.everywhere, "erase"),
        ("--yes", wanted.yes, "erase"),
        ("--add", wanted.add, "correct"),
        ("--set", wanted.set, "correct"),
        ("--window", wanted.window, "correct"),
        ("--reopen", wanted.reopen, "correct"),
    ):
        if given and action != of:
            wrong.append(f"{option}: it goes with {of}, not with {action}")
    wrong += _check_correction(wanted) if action == "correct" else []
    for option, unfit in (("--dry-run", wanted.dry_run), ("--reason", wanted.reason is not None)):
        if unfit and action == "show":
            wrong.append(f"{option}: show changes nothing")
    if wrong:
        raise InputError("\n".join(wrong))


def _check_correction(wanted: Wanted) -> list[str]:
    wrong = []
    if bool(wanted.add) == bool(wanted.set):
        wrong.append("--add, --set: correct needs one of them, such as --add 50 or --set score=120")
    if not (wanted.reason or "").strip():
        wrong.append("--reason: correct needs it; the same correction with the same reason is counted once")
    if wanted.reopen and not wanted.window:
        wrong.append("--reopen: it goes with --window, which says which sealed window is meant")
    return wrong
