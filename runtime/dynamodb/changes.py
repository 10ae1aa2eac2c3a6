"""When aggregates last changed: an item by which a rebuild finds that nothing has, without reading any of them.

The processor writes the item before it writes aggregates, at the most once in REMEMBERED. So nothing has been written
since an instant if the item is older than that instant by more than the longest that a batch may take.
"""

from __future__ import annotations

from typing import Any

from runtime.dynamodb.items import get_text
from runtime.dynamodb.table import Key, Table

REMEMBERED = 20_000
"""For how many milliseconds a processor does not write the item again."""

CHANGES: Key = ("#changes", "aggregates")
"""The key of the item."""


class Changes:
    """The item about a board's aggregates, in the aggregates table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._announced = -REMEMBERED
        self.decided = ""
        """The text that tells of decisions about players, as `find` has found it; empty where there are none."""

    def announce(self, now: int) -> None:
        """Say that aggregates are about to be written. `now` is in milliseconds."""
        if now - self._announced < REMEMBERED:
            return
        # Whoever was later has said it already.
        self._table.update(CHANGES, "SET #at = :at", "attribute_not_exists(#at) OR #at < :at", at=_text(now))
        self._announced = now

    def change_request(self, now: int) -> dict[str, Any]:
        """The part of a transaction that changes aggregates beside it: with it the next rebuild reads them.

        The text is another one than before in any case: an operator's clock may be behind.
        """
        self.announce(now)
        before = (self._table.get(CHANGES) or {})["at"]["S"]
        at = _text(max(now, int(before) + 1))
        return {"Update": self._table.update_request(CHANGES, "SET #at = :at", "#at = :before", at=at, before=before)}

    def find(self) -> str | None:
        """When aggregates last changed, as a text; None where a release without this item has filled the tables.

        A snapshot notes it. Another text than the noted one may also be an older one, of a table that was restored.
        """
        item = self._table.get(CHANGES)
        self.decided = (get_text(item, "players") if item else None) or ""
        return str(item["at"]["S"]) if item else None


def is_over(changed: str | None, instant: int, batch_seconds: int) -> bool:
    """Whether the change that a text is about was over at an instant.

    A batch may write until `batch_seconds` after it began, by the clock that the instant is from.
    """
    return changed is not None and changed < _text(instant - batch_seconds * 1000 - REMEMBERED)


def _text(instant: int) -> str:
    """An instant as text that sorts by time: conditions compare texts."""
    return f"{instant:015}"
