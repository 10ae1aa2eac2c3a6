"""Decisions: what operators have decided about players. Some are hidden, some have another name, some are erased.

They lie in the aggregates table, in the partition "#players":

    player id        hidden: since when; called: the name that is shown; erasing: since when an erasure is under way
    "#" + hash       until: no activity that was made until then counts again, of a player who was erased

Most boards have none, and read none: two items that functions read anyway, `#changes` at each rebuild and `#edges` at
each batch, have a text `players` that is another one after each decision, and empty or missing where there are none.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from runtime.domain.activity import ACTIVITY_ID, StreamRecord, time_of
from runtime.domain.instants import DAY
from runtime.domain.ranking import ScoredPlayer
from runtime.dynamodb.changes import CHANGES, Changes
from runtime.dynamodb.items import get_number, get_text
from runtime.dynamodb.table import RETRYABLE, BusyError, Item, Key, Table, pause_before_retry

PLAYERS = "#players"
"""The partition of the items."""
EDGES: Key = ("#edges", "version")
"""The item that each batch reads: the version of the windows' edges, see `window_store`."""
TOMBSTONE_LIFE = 400 * DAY
"""For how many milliseconds a tombstone is kept: as long as the audit, and longer than any activity can come that is
covered by it. Of those that game servers write none is counted 62 days after its time (`activity.MARK_LIFE`), of those
that an operator loads none after 397 (`activity.CLAIM_LIFE`)."""
ATTEMPTS = 10
"""How often a decision is tried while functions write the two items that tell of it."""


@dataclass(frozen=True)
class Decisions:
    """What is decided about a board's players."""

    hidden: frozenset[str] = frozenset()
    """The ids of players who are in no rank, in no answer of the API and in no event. They are counted all the same."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The name that is shown of a player, whatever activities say, by player id."""
    erasing: frozenset[str] = frozenset()
    """The ids of players whose erasure has begun, and not ended: nothing is shown of them either."""
    erased: Mapping[str, int] = field(default_factory=dict)
    """Until when nothing that an erased player has made counts, in milliseconds, by the hash of the player's id."""

    @cached_property
    def fingerprint(self) -> str:
        """A text that changes with whatever makes a difference to ranks; empty where nothing is decided."""
        told = [sorted(self.hidden), sorted(self.names.items()), sorted(self.erasing)]
        return sha256(json.dumps(told).encode()).hexdigest()[:16] if any(told) else ""

    def hides(self, player_id: str) -> bool:
        """Whether a player is in no rank and no event."""
        return player_id in self.hidden or player_id in self.erasing

    def show(self, players: Iterable[ScoredPlayer]) -> Iterator[ScoredPlayer]:
        """The players that may be ranked, each with the name that is to be shown."""
        for player in players:
            if not self.hides(player.player_id):
                name = self.names.get(player.player_id)
                yield player if name is None else replace(player, name=name)

    def forgets(self, record: StreamRecord) -> bool:
        """Whether a record is of an erased player, and its activity was made before the erasure's end.

        It was made by then if its own time says so, or if it was written by then: a producer's clock may be ahead.
        """
        if not self.erased or (until := self.erased.get(hash_player(record.player_id))) is None:
            return False
        is_timed = ACTIVITY_ID.fullmatch(record.activity_id) is not None
        return record.written <= until or (is_timed and time_of(record.activity_id) <= until)


class DecisionStore:
    """The decisions about one board's players, in its aggregates table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._token = ""
        self._decisions = Decisions()

    def follow(self, token: str) -> Decisions:
        """The decisions by the text that tells of them. They are read only where it is another than the last one."""
        if token != self._token:
            self._decisions = self.read() if token else Decisions()
            self._token = token
        return self._decisions

    def read(self) -> Decisions:
        """Read all decisions."""
        hidden, names, erasing, erased = set(), {}, set(), {}
        for item in self._table.query(PLAYERS):
            player_id = item["player_id"]["S"]
            if player_id.startswith("#"):
                erased[player_id] = get_number(item, "until")
                continue
            if "hidden" in item:
                hidden.add(player_id)
            if "erasing" in item:
                erasing.add(player_id)
            if name := get_text(item, "called"):
                names[player_id] = name
        return Decisions(frozenset(hidden), names, frozenset(erasing), erased)

    def remind(self, token: str) -> None:
        """Let batches read the decisions that rebuilds know of.

        A release that knows of no decisions writes the item of the edges without the text, when it opens a window.
        """
        item = self._table.get(EDGES)
        if item is not None and get_text(item, "players") != token:
            same = "#version = :version"
            self._table.update(EDGES, "SET #players = :token", same, token=token, version=item["version"]["S"])

    def find(self, player_id: str) -> Item | None:
        """What is decided about one player, as it is stored; None where nothing is."""
        return self._table.get((PLAYERS, player_id))

    def hide(self, player_id: str, now: int) -> bool:
        """Hide a player. `now`: in milliseconds."""
        return self._decide([self._update(player_id, "SET #hidden = :value", {"N": str(now)})], now)

    def rename(self, player_id: str, name: str, now: int) -> bool:
        """Show another name of a player, until it is restored."""
        return self._decide([self._update(player_id, "SET #called = :value", {"S": name})], now)

    def restore(self, player_id: str, now: int) -> bool:
        """Show a player again, by the player's own name; False where an erasure is under way."""
        key = self._table.key_attributes((PLAYERS, player_id))
        condition = {
            "ConditionExpression": "attribute_not_exists(#erasing)",
            "ExpressionAttributeNames": {"#erasing": "erasing"},
        }
        done = self._decide([{"Delete": {"TableName": self._table.name, "Key": key, **condition}}], now)
        if done and next(self._table.query(PLAYERS), None) is None:
            self._say_none()
        return done

    def begin_erasing(self, player_id: str, now: int, until: int) -> bool:
        """Show nothing of a player any more, and count nothing that is made until then. Safe to repeat.

        `until` lies behind the end of the erasure: what comes while it is under way goes too.
        """
        update = self._update(player_id, "SET #erasing = :value", {"N": str(now)})
        return self._decide([update, {"Put": self._table.put_request(self._tombstone(player_id, until))}], now)

    def end_erasing(self, player_id: str, now: int) -> bool:
        """Forget who was erased, and count again what is made from the next second on. Safe to repeat.

        Tombstones that nothing can come for any more go at the same time.
        """
        # A stream record says in which second an activity was written.
        ends = now // 1000 * 1000 + 999
        delete = {"TableName": self._table.name, "Key": self._table.key_attributes((PLAYERS, player_id))}
        done = self._decide(
            [{"Delete": delete}, {"Put": self._table.put_request(self._tombstone(player_id, ends))}], now
        )
        for key, until in self.read().erased.items():
            if until < now - TOMBSTONE_LIFE:
                # The same player may be erased once more meanwhile, which writes the tombstone anew.
                self._table.delete((PLAYERS, key), "#until = :until", until={"N": str(until)})
        return done

    def _tombstone(self, player_id: str, until: int) -> Item:
        key = self._table.key_attributes((PLAYERS, hash_player(player_id)))
        return {**key, "until": {"N": str(until)}}

    def _update(self, player_id: str, expression: str, value: dict[str, str]) -> dict[str, Any]:
        return {"Update": self._table.update_request((PLAYERS, player_id), expression, None, value=value)}

    def _decide(self, writes: Sequence[dict[str, Any]], now: int) -> bool:
        """Carry out writes of decisions, together with the texts that tell of them; False where one is refused."""
        # A release that knows of no decisions reads the attributes that these items have had since they were new.
        Changes(self._table).announce(now)
        version = {**self._table.key_attributes(EDGES), "version": {"S": secrets.token_hex(8)}}
        self._table.put(version, "attribute_not_exists(player_id)")
        token = secrets.token_hex(8)
        told = [
            {"Update": self._table.update_request(key, "SET #players = :token", None, token=token)}
            for key in (CHANGES, EDGES)
        ]
        client = self._table.client
        for attempt in range(ATTEMPTS):
            try:
                client.transact_write_items(TransactItems=[*writes, *told])  # type: ignore[list-item]
            except client.exceptions.TransactionCanceledException as error:
                codes = [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
                if not set(codes) <= RETRYABLE:
                    raise
                if "ConditionalCheckFailed" in codes:
                    return False
                pause_before_retry(attempt)
                continue
            return True
        raise BusyError(f"the board's functions kept writing the same items while {ATTEMPTS} attempts were made")

    def _say_none(self) -> None:
        """Say that there are no decisions any more, so that nobody reads them. A new one may have come meanwhile."""
        for key in (CHANGES, EDGES):
            item = self._table.get(key)
            token = get_text(item, "players") if item else None
            # Whoever decides writes the decision together with its text: what is read after the text has both.
            if token and next(self._table.query(PLAYERS), None) is None:
                self._table.update(key, "SET #players = :none", "#players = :token", none="", token=token)


def hash_player(player_id: str) -> str:
    """What stands for an erased player: by the id it is found, and the id is not found in it. No id begins with "#"."""
    return "#" + sha256(json.dumps(["player", player_id]).encode()).hexdigest()[:32]
