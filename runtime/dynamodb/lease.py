"""The lease: an item of the aggregates table that a rebuild holds, so that no second one does the same work meanwhile.

It saves work and guards nothing: two rebuilds at once do no harm. A rebuild that dies keeps its lease until it has run
out.
"""

from __future__ import annotations

import secrets

from runtime.dynamodb.table import Table

CLOCKS_DIFFER = 60_000
"""Milliseconds by which the clocks of two rebuilds may differ."""

_KEY = ("#lease", "rebuild")


class LeaseHeldError(Exception):
    """Another rebuild is under way, so this one has nothing to do."""


class Lease:
    """The lease of one board's rebuilds, as one of them sees it. It runs out `seconds` after it was taken."""

    def __init__(self, table: Table, seconds: int) -> None:
        self._table = table
        self._seconds = seconds
        self._holder = secrets.token_hex(8)
        self._is_held = False

    def take(self, now: int) -> None:
        """Take the lease at `now` (milliseconds), once. Raises LeaseHeldError where another rebuild holds it."""
        if self._is_held:
            return
        item = {
            **self._table.key_attributes(_KEY),
            "holder": {"S": self._holder},
            "until": {"N": str(now + self._seconds * 1000)},
        }
        # The SDK tries again where the answer to its first request is lost: then the lease is this rebuild's already.
        # One that ends later than any taken now was taken by a clock that was ahead.
        is_free = "attribute_not_exists(player_id) OR #until <= :now OR #until > :latest OR #holder = :holder"
        latest = now + self._seconds * 1000 + CLOCKS_DIFFER
        # Also where the request fails: it may have been carried out, and then the lease must be given back.
        self._is_held = True
        if not self._table.put(item, is_free, now={"N": str(now)}, latest={"N": str(latest)}, holder=self._holder):
            self._is_held = False
            raise LeaseHeldError("another rebuild is under way")

    def give_back(self) -> None:
        """End the lease, if this rebuild took it, and unless it has run out and another holds it by now."""
        if self._is_held:
            self._table.delete(_KEY, "#holder = :holder", holder=self._holder)


def find_holder(table: Table, now: int) -> str:
    """Which rebuild is under way at `now` (milliseconds); empty for none."""
    item = table.get(_KEY)
    return item["holder"]["S"] if item and now < int(item["until"]["N"]) else ""
