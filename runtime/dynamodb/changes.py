"""When aggregates last changed: an item by which a rebuild finds that nothing has, without reading any of them.

The processor writes the item before it writes aggregates, at the most once in REMEMBERED. So nothing has been written
since an instant if the item is older than that instant by more than the longest that a batch may take.
"""

from __future__ import annotations

from runtime.dynamodb.table import Key, Table

REMEMBERED = 20_000
"""For how many milliseconds a processor does not write the item again."""
SLACK = 60_000
"""Milliseconds by which the clocks of two functions may differ at the most."""

_KEY: Key = ("#changes", "aggregates")


class Changes:
    """The item about a board's aggregates, in the aggregates table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._announced = -REMEMBERED

    def announce(self, now: int) -> None:
        """Say that aggregates are about to be written. `now` is in milliseconds."""
        if now - self._announced < REMEMBERED:
            return
        # Whoever was later has said it already.
        self._table.update(_KEY, "SET #at = :at", "attribute_not_exists(#at) OR #at < :at", at=_text(now))
        self._announced = now

    def none_since(self, instant: int, batch_seconds: int) -> bool:
        """Whether nothing has been written since an instant. `batch_seconds` is the longest that a batch may take."""
        item = self._table.get(_KEY)
        if item is None:
            # The tables may have been filled by a release without this item.
            return False
        return str(item["at"]["S"]) < _text(instant - batch_seconds * 1000 - REMEMBERED - SLACK)


def _text(instant: int) -> str:
    """An instant as text that sorts by time: conditions compare texts."""
    return f"{instant:015}"
