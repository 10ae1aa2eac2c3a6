"""The tables of DynamoDB, with their streams."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from tests.support.memory_aws.streams import MemoryStream, Record
from tests.support.memory_aws.values import Item, refuse

Key = tuple[str, str]

_HASH_BYTES, _RANGE_BYTES = 2048, 1024
"""The longest partition key and sort key (Amazon DynamoDB developer guide, "Quotas")."""
_PAST = 5 * 365 * 86_400
"""Seconds by which an item may have expired at the most to be deleted: more is taken for a mistake (Amazon DynamoDB
developer guide, "Using time to live (TTL) in DynamoDB")."""


class MemoryTable(MutableMapping[Key, Item]):
    """A table: its items by their two keys. Whoever changes a stored item itself changes what is stored: replace it.

    `stream` has the records of its changes, where a pipe carries them, in the order of the changes.
    """

    def __init__(
        self,
        name: str,
        keys: tuple[str, str],
        *,
        stream: str | None,
        expires: bool,
        now: Callable[[], int],
        carries: bool = True,
    ) -> None:
        """`stream`: the view type of the stream, None for no stream. `expires`: whether `expires_at` deletes items.

        `carries`: whether a pipe carries the records of the stream.
        """
        self.name = name
        self.keys_of_items = keys
        self.expires = expires
        self.stream: list[Record] = []
        self.shards = MemoryStream(name, keys, stream, now) if stream else None
        """Its stream as AWS has it, in shards."""
        self._carries = carries
        self._items: dict[Key, Item] = {}
        self._order: dict[str, list[str]] = {}

    def __getitem__(self, key: Key) -> Item:
        return self._items[key]

    def get(self, key: Key, default: Any = None) -> Any:
        """The item of a key."""
        return self._items.get(key, default)

    def __setitem__(self, key: Key, item: Item) -> None:
        self.store(key, item)

    def __delitem__(self, key: Key) -> None:
        if key not in self._items:
            raise KeyError(key)
        self.remove(key)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def replace_all(self, items: MutableMapping[Key, Item]) -> None:
        """Hold these items and no others, as a table does that is restored. No stream tells of it."""
        shards, self.shards = self.shards, None
        self.clear()
        self.update(items)
        self.shards = shards
        if shards is not None:
            shards.renew()

    def key_of(self, item: Item, *, exact: bool) -> Key:
        """The key in an item, or an item's key alone (`exact`). Raises ClientError where it is none."""
        if (fault := self.find_fault(item, exact=exact)) is not None:
            raise refuse(fault)
        first, second = self.keys_of_items
        return item[first]["S"], item[second]["S"]

    def find_fault(self, item: Item, *, exact: bool) -> str | None:
        """What DynamoDB says of an item whose key the table cannot have, or of a key alone; None for a good one."""
        if exact and item.keys() != set(self.keys_of_items):
            return "The provided key element does not match the schema"
        for name, most in zip(self.keys_of_items, (_HASH_BYTES, _RANGE_BYTES), strict=True):
            value = item.get(name)
            if value is None:
                return f"One or more parameter values were invalid: Missing the key {name} in the item"
            text = value.get("S")
            if text is None:
                (kind,) = value
                return f"One or more parameter values were invalid: Type mismatch for key {name}: {kind}"
            if not text:
                return f"The AttributeValue for a key attribute cannot contain an empty string value. Key: {name}"
            if len(text) > most // 4 and len(text.encode()) > most:
                return f"One or more parameter values were invalid: {name} is longer than {most} bytes"
        return None

    def store(self, key: Key, item: Item) -> None:
        """Store an item, which nobody changes afterwards."""
        before = self._items.get(key)
        self._items[key] = item
        if before is None:
            insort(self._order.setdefault(key[0], []), key[1])
        self._record(key, before, item)

    def remove(self, key: Key, *, expired: bool = False) -> None:
        """Remove an item, if there is one."""
        before = self._items.pop(key, None)
        if before is None:
            return
        order = self._order[key[0]]
        del order[bisect_left(order, key[1])]
        if not order:
            del self._order[key[0]]
        self._record(key, before, None, expired=expired)

    def page(
        self, partition: str, after: str | None, limit: int, *, forward: bool
    ) -> tuple[list[tuple[str, Item]], bool]:
        """The next items of a partition in the order of the sort key, and whether `limit` ended the page."""
        order = self._order.get(partition, [])
        low, high = 0, len(order)
        if after is not None and forward:
            low = bisect_right(order, after)
        elif after is not None:
            high = bisect_left(order, after)
        found = order[low : min(high, low + limit)] if forward else order[max(low, high - limit) : high][::-1]
        return [(sort, self._items[partition, sort]) for sort in found], len(found) == limit

    def expire(self, now: int) -> list[Item]:
        """Remove what has expired at `now` (milliseconds), as DynamoDB does some time later, and return it."""
        if not self.expires:
            return []
        seconds = now // 1000
        gone = []
        for key, item in list(self.items()):
            instant = item.get("expires_at", {}).get("N")
            if instant is not None and seconds - _PAST < float(instant) < seconds:
                self.remove(key, expired=True)
                gone.append(item)
        return gone

    def _record(self, key: Key, before: Item | None, after: Item | None, *, expired: bool = False) -> None:
        if self.shards is None:
            return
        change = self.shards.add(key, before, after, is_expired=expired)
        if change is not None and self._carries:
            self.stream.append(self.shards.make_record(change))
