"""Reads what was done to a board, the newest deed first."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from generator.operations.audit.trail import PARTITION
from generator.operations.rejections import read_pages
from generator.operations.running_board import aws_errors_as_operation_errors
from runtime.domain.instants import rfc3339
from runtime.dynamodb import items
from runtime.dynamodb.table import Item, Table

State = Literal["begun", "done", "failed"]


@dataclass(frozen=True)
class RecordedDeed:
    """One deed, as the marks table keeps it. A text is None where there was none."""

    id: str
    """Its sort key: the instant at which it began, and a random text."""
    began: str
    """By RFC 3339."""
    ended: str | None
    """By RFC 3339; None as long as it is under way, and for ever if it was killed."""
    state: State
    who: str
    command: str
    arguments: dict[str, Any]
    """The command's options by their names."""
    reason: str | None
    player: str | None
    """The player's id; once the player is erased, what `forgetting.hash_player` makes of it."""
    window: str | None
    outcome: dict[str, Any]
    """Counts by their names."""
    problem: str | None
    """What went wrong, where it failed."""


def list_deeds(marks: Table, since: int | None = None, players: Collection[str] = ()) -> Iterator[RecordedDeed]:
    """List deeds, the newest first. Reads no further than the caller asks. Raises OperationError.

    `marks`: the board's marks table. `since`: only deeds that began then or later, in milliseconds since 1970.
    `players`: only deeds that concern one of these.
    """
    oldest = "" if since is None else rfc3339(since)
    with aws_errors_as_operation_errors():
        for page in read_pages(marks, PARTITION):
            for item in page:
                if marks.key_of(item)[1] < oldest:
                    return
                deed = _read_deed(item)
                if not players or deed.player in players:
                    yield deed


def _read_deed(item: Item) -> RecordedDeed:
    identifier = item["activity_id"]["S"]
    return RecordedDeed(
        id=identifier,
        began=identifier.partition("#")[0],
        ended=items.get_text(item, "ended") or None,
        state=cast(State, item["state"]["S"]),
        who=item["who"]["S"],
        command=item["command"]["S"],
        arguments=json.loads(item["arguments"]["S"]),
        reason=item["why"]["S"] or None,
        player=item["player"]["S"] or None,
        window=item["window"]["S"] or None,
        outcome=json.loads(items.get_text(item, "outcome") or "{}"),
        problem=items.get_text(item, "problem") or None,
    )
