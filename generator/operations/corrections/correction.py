"""A correction of a player's score: an activity of a reserved type, which only an operator can make.

It lies in the marks table, to which producers have no access, in the partition "#corrections":

    player id, "#" and a hash     type: "#correction"; player; activity: an activity id, whose time is the correction's;
                                  action: add or set; values: {column: scaled number}; windows: ids; before, after:
                                  {window id: {column: scaled number}} (before: null where there was no score)

The hash is of what was asked for, the reason included, which only the audit has in words. So the same command, given
again, finds that it is done. An item is written in one transaction with the scores that it changes, and lives as long
as the audit. Whoever counts a window anew finds in it what to count, and by the activity id when: `new_score` does it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, cast

from generator.operations.audit.trail import KEPT_DAYS, as_texts
from runtime.domain.activity import time_of
from runtime.domain.instants import DAY
from runtime.dynamodb.table import Item, Key, Table

PARTITION = "#corrections"
"""The partition of the marks table that holds corrections."""
TYPE = "#correction"
"""The type of a correction. No rule can name it: an activity's type begins with a letter or a digit."""

Action = Literal["add", "set"]
Values = Mapping[str, int]
"""A number of some columns by their names, each scaled by the column's decimals."""


@dataclass(frozen=True)
class Correction:
    """What an operator asks for."""

    player_id: str
    action: Action
    values: Values
    windows: tuple[str, ...]
    """The windows as they were asked for, by id or kind; empty for the current ones."""
    reason: str
    erased_until: int | None = None
    """Until when nothing of the player counted as the operator saw the player: None where the player was not erased. It
    is no part of what is asked for. A player who is erased after that has no score any more that could be corrected."""

    @property
    def key(self) -> Key:
        """The key of its item: the same each time that the same is asked for."""
        asked = [self.action, sorted(self.values.items()), sorted(self.windows), self.reason]
        return PARTITION, f"{self.player_id}#{sha256(json.dumps(asked).encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class CountedCorrection:
    """A correction that was counted."""

    key: Key
    player_id: str
    activity_id: str
    action: Action
    values: Values
    before: Mapping[str, Values | None]
    """The player's columns before it, by window id; None for a window in which the player had no score."""
    after: Mapping[str, Values]

    @property
    def at(self) -> int:
        """When it was made, in milliseconds since 1970."""
        return time_of(self.activity_id)

    def make_item(self, now: int) -> Item:
        """Its item."""
        texts = as_texts(
            type=TYPE,
            player=self.player_id,
            activity=self.activity_id,
            action=self.action,
            values=json.dumps(self.values, sort_keys=True),
            before=json.dumps(self.before, sort_keys=True),
            after=json.dumps(self.after, sort_keys=True),
        )
        windows = {"L": [{"S": window} for window in sorted(self.after)]}
        expires_at = {"N": str((now + KEPT_DAYS * DAY) // 1000)}
        key = {"player_id": {"S": self.key[0]}, "activity_id": {"S": self.key[1]}}
        return {**key, **texts, "windows": windows, "expires_at": expires_at}


def find_correction(marks: Table, correction: Correction) -> CountedCorrection | None:
    """The correction that was counted for what is asked for now; None where none was."""
    item = marks.get(correction.key)
    return _read(item) if item else None


def list_corrections(
    marks: Table, player_id: str | None = None, window_id: str | None = None
) -> Iterator[CountedCorrection]:
    """The corrections that were counted, of one player or in one window where such is given, the oldest first."""
    found = [_read(item) for item in marks.query(PARTITION)]
    for each in sorted(found, key=lambda each: each.activity_id):
        if player_id in (None, each.player_id) and (window_id is None or window_id in each.after):
            yield each


def _read(item: Item) -> CountedCorrection:
    return CountedCorrection(
        key=(item["player_id"]["S"], item["activity_id"]["S"]),
        player_id=item["player"]["S"],
        activity_id=item["activity"]["S"],
        action=cast(Action, item["action"]["S"]),
        values=json.loads(item["values"]["S"]),
        before=json.loads(item["before"]["S"]),
        after=json.loads(item["after"]["S"]),
    )
