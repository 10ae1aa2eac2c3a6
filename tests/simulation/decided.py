"""Which players an operator has hidden, and since when: watched where it is stored."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.support.memory_aws import Call, MemoryAws

PLAYERS = "#players"
"""The partition of the aggregates table in which decisions about players are."""


class Decided:
    """Who was hidden at each moment."""

    def __init__(self, memory: MemoryAws) -> None:
        self._memory = memory
        self._changes: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        """By player: when the player was hidden (True) or shown again, in order."""

    def observe(self, call: Call, now: int) -> None:
        """Note a write that has taken effect."""
        if call.operation == "transact_write_items" and any(map(_is_decision, call.request["TransactItems"])):
            hidden = self.hidden()
            for player in {*hidden, *self._changes}:
                if (player in hidden) != self._is_hidden(player, now):
                    self._changes[player].append((now, player in hidden))

    def hidden(self) -> set[str]:
        """Who is hidden now."""
        table = self._memory.tables["aggregates"]
        return {player for (partition, player), item in table.items() if partition == PLAYERS and "hidden" in item}

    def has_changed(self, begin: int) -> bool:
        """Whether anybody was hidden or shown again at a moment or after it."""
        return any(moment >= begin for changes in self._changes.values() for moment, _ in changes)

    def was_ever_hidden(self, player: str) -> bool:
        """Whether a player was hidden at any moment until now."""
        return player in self._changes

    def was_hidden(self, player: str, begin: int, end: int) -> bool | None:
        """Whether a player was hidden all the time between two moments; None where that changed meanwhile."""
        before = self._is_hidden(player, begin - 1)
        during = {hidden for moment, hidden in self._changes.get(player, ()) if begin <= moment <= end}
        return before if during <= {before} else None

    def _is_hidden(self, player: str, now: int) -> bool:
        states = [hidden for moment, hidden in self._changes.get(player, ()) if moment <= now]
        return bool(states) and states[-1]


def _is_decision(write: dict[str, Any]) -> bool:
    ((_, request),) = write.items()
    key = request.get("Key") or request["Item"]
    return bool(key.get("partition") == {"S": PLAYERS})
