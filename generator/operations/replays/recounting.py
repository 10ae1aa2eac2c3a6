"""Writes a player's recount beside what readers see of the player, in the same item.

Where totals are kept, the item's version says that nothing was counted between the reads and the write, so both counts
are of the same activities; from then on each batch adds to both. Where one run is kept there is no version: the recount
is opened first, empty, so that each run which comes meanwhile is compared with it, and is whole once all that the
activities table had by then is compared with it too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from generator.operations.replays.counting import CountedAnew, PlayerCounting
from runtime.domain import scoring
from runtime.domain.judging import JudgedRecord
from runtime.domain.scoring import Aggregate
from runtime.dynamodb import items
from runtime.dynamodb.aggregates import Aggregates
from runtime.dynamodb.decisions import DecisionStore
from runtime.dynamodb.recounting.recounts import (
    ATTRIBUTES,
    read_recounted,
    read_shown,
    recounted_attributes,
    unchanged,
)
from runtime.dynamodb.table import BusyError, Item, Key, Table, pause_before_retry
from runtime.dynamodb.window_store import EdgesChangedError

ATTEMPTS = 10
"""How often a player is tried whose activities are being counted meanwhile."""
_WORST = {"best": "~", "last": "!"}
"""Texts that every `run_key` is better than."""
_NOTHING = CountedAnew(None, 0)


@dataclass(frozen=True)
class Recounter:
    """Recounts the players of one window."""

    counting: PlayerCounting
    table: Table
    """The aggregates table."""
    aggregates: Aggregates

    def find_key(self, player_id: str) -> Key:
        """The key of a player's item in the window."""
        state = self.counting.state
        return items.aggregate_key(state.window.id, state.shards, player_id)

    def preview(self, player_id: str, item: Item | None, now: int) -> CountedAnew:
        """What the recount of a player would come to. Nothing is written."""
        return self.counting.count(player_id, read_shown(item, self.counting.state), now)

    def recount(self, player_id: str, now: int) -> CountedAnew:
        """Recount a player, and say what was counted. Safe to be killed, to repeat, and to run twice at once.

        Raises BusyError, ClientError.
        """
        undecided: list[JudgedRecord] = []
        keep = self._keep_run if self.counting.config.keeps_one_run else self._keep_total
        for attempt in range(ATTEMPTS):
            # It is read for each player: an erasure waits for what may be under way for as long as a batch takes.
            if "erasing" in (DecisionStore(self.table).find(player_id) or {}):
                return _NOTHING
            try:
                if (counted := keep(player_id, now)) is not None:
                    if not counted.undecided:
                        return replace(counted, undecided=undecided)
                    undecided += counted.undecided
            except EdgesChangedError:
                # Another function has opened a window: it is read again when the next attempt needs it.
                pass
            pause_before_retry(attempt)
        raise BusyError(f"a player's activities were counted {ATTEMPTS} times while the player was recounted")

    def _keep_total(self, player_id: str, now: int) -> CountedAnew | None:
        """Write the recount, unless something was counted of the player meanwhile: then return None.

        Where some are undecided those are counted, and it is to be called again.
        """
        key = self.find_key(player_id)
        item = self.table.get(key)
        counted = self.preview(player_id, item, now)
        if counted.undecided:
            self.aggregates.announce(now)
            # They count in the board's other windows too, as if they came now: their marks let them do so once.
            self.aggregates.write_once(player_id, counted.undecided, now)
            return counted
        if item is None:
            return _NOTHING
        rest = {name: value for name, value in item.items() if name not in ATTRIBUTES}
        rest["version"] = {"S": str(int(item.get("version", {"S": "0"})["S"]) + 1)}
        put = rest | recounted_attributes(counted.aggregate, self._name(counted))
        condition, values = unchanged(item)
        return counted if self.table.put(put, condition, **values) else None

    def _keep_run(self, player_id: str, now: int) -> CountedAnew | None:
        """Open the recount, and write the best or last run of all; None where another replay has opened it too."""
        key = self.find_key(player_id)
        item = self.table.get(key)
        if item is None and (self._is_clearing() or self.preview(player_id, None, now).aggregate is None):
            return _NOTHING
        opening = f"opening {secrets.token_hex(8)}"
        if not self._open(key, item, opening):
            return None
        counted = self.preview(player_id, item, now)
        while (opened := self.table.get(key)) is not None and items.get_text(opened, "recount") == opening:
            best = self._choose(read_recounted(opened), counted.aggregate)
            rest = {name: value for name, value in opened.items() if name not in ATTRIBUTES}
            condition, values = unchanged(opened)
            if self.table.put(rest | self._whole(best, counted), condition, **values):
                return counted
        return None

    def _is_clearing(self) -> bool:
        """Whether the window's scores are being deleted: what is written after them is there for ever."""
        found = self.counting.window_store.find(self.counting.state.window.id)
        return found is None or bool(found.clearing)

    def _choose(self, came: Aggregate | None, counted: Aggregate | None) -> Aggregate | None:
        """The better one of the run that has come meanwhile, and the one of all that was there."""
        if came is None or counted is None:
            return counted or came
        if counted.since > scoring.made_by(came):
            return counted
        is_better = came.run > counted.run if self.counting.config.aggregate == "last" else came.run < counted.run
        return came._replace(since=counted.since) if is_better else counted

    def _whole(self, aggregate: Aggregate | None, counted: CountedAnew) -> Item:
        attributes = recounted_attributes(aggregate, self._name(counted))
        return {"recounted_run": {"S": _WORST[self.counting.config.aggregate]}, **attributes}

    def _open(self, key: Key, item: Item | None, opening: str) -> bool:
        before = item["recount"] if item and "recount" in item else None
        condition = "attribute_not_exists(#recount)" if before is None else "#recount = :before"
        values: dict[str, Any] = {} if before is None else {"before": before}
        if item is not None:
            # Whoever was erased since, or cleared, does not come again.
            condition, values["player"] = f"{condition} AND #player_id = :player", key[1]
        values |= {"recounted": {"M": {}}, "run": _WORST[self.counting.config.aggregate], "recount": opening}
        update = "SET #recounted = :recounted, #recounted_run = :run, #recount = :recount REMOVE #recounted_since"
        return self.table.update(key, update, condition, **values)

    def _name(self, counted: CountedAnew) -> str:
        return f"{self.counting.state.recount}/{counted.missing}"
