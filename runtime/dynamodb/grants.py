"""Grants: an operator lets activities be older than game servers may write them, in `leaderboards backfill`.

A grant is an item of the marks table, which no game server can write or read, in the partition "#grants":

    id    secret: what proofs are made with; until: no activity that is written later has the grant; expires_at

An item of the activities table claims a grant by its attribute CLAIM: the grant's id, and a proof, which is an HMAC of
the rest of the item (RFC 2104, with SHA-256). Who does not know the secret can make no proof, and a proof is good for
no other item. Whether an activity has its grant depends on when it was written: so every redelivery decides alike. One
whose claim is not good is judged as if it had none.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from runtime.config import BoardConfig
from runtime.domain.activity import CLAIM, StreamRecord
from runtime.domain.instants import DAY
from runtime.dynamodb.items import get_number
from runtime.dynamodb.table import Item, Table

GRANTS = "#grants"
"""The partition of the items."""
GRANT_LIFE = DAY
"""For how many milliseconds activities may be written by a grant."""
ITEM_LIFE = 41 * DAY
"""For how many milliseconds after that its item is kept: an activity may wait for 30 days to be processed, and those in
the activities table can still be judged."""


@dataclass(frozen=True)
class Grant:
    """One grant."""

    id: str
    """32 hexadecimal digits."""
    secret: str
    until: int
    """When the last activity that has it may be written, in milliseconds."""

    def claim(self, item: Item) -> Item:
        """The item with its claim of this grant."""
        return {**item, CLAIM: {"S": f"{self.id}:{self._prove(item)}"}}

    def covers(self, record: StreamRecord) -> bool:
        """Whether a record's claim of this grant is good."""
        if record.claim is None or record.written > self.until:
            return False
        keys = {"player_id": {"S": record.player_id}, "activity_id": {"S": record.activity_id}}
        return hmac.compare_digest(record.claim[1], self._prove({**record.image, **keys}))

    def _prove(self, item: Mapping[str, Any]) -> str:
        content = {name: spell_value(value) for name, value in item.items() if name != CLAIM}
        text = json.dumps(content, sort_keys=True)
        return hmac.new(self.secret.encode(), text.encode(), "sha256").hexdigest()


class Grants:
    """The grants of one board, in its marks table."""

    def __init__(self, marks: Table, board: BoardConfig) -> None:
        self._marks = marks
        self._board = board
        self._known: dict[str, Grant] = {}

    def make(self, now: int) -> Grant:
        """Make a grant that holds for GRANT_LIFE from `now` (milliseconds), and store it."""
        grant = Grant(secrets.token_hex(16), secrets.token_hex(32), now + GRANT_LIFE)
        item = {
            **self._marks.key_attributes((GRANTS, grant.id)),
            "secret": {"S": grant.secret},
            "until": {"N": str(grant.until)},
            "expires_at": {"N": str((grant.until + ITEM_LIFE) // 1000)},
        }
        self._marks.put(item, "attribute_not_exists(#activity_id)")
        return grant

    def make_check(self) -> Callable[[StreamRecord], StreamRecord]:
        """Make the function that says of each record of one batch whether it has a grant.

        Grants are read once for the batch at most, and only where a record claims one that is not known yet, so that
        made-up claims cost little. A board on a feed has none: what is written there is for all boards of the feed.
        """
        was_read = False

        def check(record: StreamRecord) -> StreamRecord:
            nonlocal was_read
            claim = record.claim
            if claim is None or self._board.on_feed:
                return record
            if claim[0] not in self._known and not was_read:
                self._known, was_read = self._read(), True
            grant = self._known.get(claim[0])
            return record._replace(is_granted=grant is not None and grant.covers(record))

        return check

    def _read(self) -> dict[str, Grant]:
        """Read all grants. A function of Lambda may run for days: those that are gone are forgotten."""
        found = {}
        for item in self._marks.query(GRANTS):
            key = item["activity_id"]["S"]
            found[key] = Grant(key, item["secret"]["S"], get_number(item, "until"))
        return found


def spell_value(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A value in one spelling: DynamoDB gives back a number as another text, without zeros at its ends."""
    if "N" not in value:
        return value
    with localcontext(prec=100):  # more than the 38 digits of DynamoDB's numbers
        number = Decimal(value["N"]).normalize()
    return {"N": str(number) if number else "0"}
