"""The options that say which activity `leaderboards record` writes, and the activity that they ask for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from generator.cli.instants import check_instant
from generator.errors import InputError
from generator.operations.activity_item import DraftActivity, parse_fields
from runtime.domain.activity import make_id


@dataclass(frozen=True)
class WantedActivity:
    """What the command line says of an activity. Its time and its id may be left out."""

    player: str
    kind: str
    name: str | None
    fields: tuple[str, ...]
    """FIELD=VALUE words."""
    at: int | None
    """When it happened, in milliseconds since 1970."""
    activity_id: str | None

    def make_draft(self, now: int) -> DraftActivity:
        """The activity, with a new id of its time, or of `now` where that is left out. Raises InputError."""
        if self.at is not None and self.activity_id is not None:
            raise InputError("--at: an id has its time in it; leave out --at or --id.")
        at = now if self.at is None else self.at
        activity_id = make_id(at, secrets.randbits(74)) if self.activity_id is None else self.activity_id
        return DraftActivity(self.player, activity_id, self.kind, self.name, parse_fields(self.fields))


def activity_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of an activity to a command, which gets them as `wanted`, a WantedActivity."""

    @wraps(command)
    def gather(
        *,
        player: str,
        kind: str,
        name: str | None,
        fields: tuple[str, ...],
        at: int | None,
        activity_id: str | None,
        **others: Any,
    ) -> None:
        command(wanted=WantedActivity(player, kind, name, fields, at, activity_id), **others)

    options = (
        click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]..."),
        click.option("--player", required=True, metavar="ID", help="The player's id."),
        click.option("--type", "kind", required=True, metavar="TYPE", help="What the player did."),
        click.option("--name", help="The player's display name."),
        click.option(
            "--at",
            metavar="TIME",
            callback=check_instant,
            help="When it was, as 2026-11-27T18:00-03:00; now if left out.",
        ),
        click.option("--id", "activity_id", metavar="UUID", help="Its id; a new UUID of version 7 if left out."),
    )
    for option in reversed(options):
        gather = option(gather)
    return gather
