"""A cache of what was read from files that never change, bounded by its bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

Value = TypeVar("Value")

CACHED_BYTES = 128 * 2**20
"""Bytes of files that a function keeps in memory: a quarter of what the API's function has, on most boards."""
CACHED_PART = 4
"""The part of its memory that the API keeps files in, where it has more: see `generator.aws.assembling`."""
LINE_BYTES = 41
"""What a line takes in memory besides its bytes: 33 for the object, and 8 for its place in a list (CPython, 64 bit)."""
LIST_BYTES = 600
"""What the delta of a value's list takes in memory besides its lines: the object, its own lists, and its key."""


class ByteCache:
    """Values by key. The least recently used leave where all together are too large. Threads may share it."""

    def __init__(self, limit: int = CACHED_BYTES) -> None:
        self._limit = limit
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """The size of all that is kept."""
        return self._bytes

    def get(self, key: Hashable, kind: type[Value]) -> Value | None:
        """The value of a key, which is of a kind; None where none is kept."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            value, _ = self._kept[key]
        assert isinstance(value, kind)
        return value

    def put(self, key: Hashable, value: object, size: int) -> None:
        """Keep a value of `size` bytes, unless it is larger than everything may be."""
        with self._lock:
            _, before = self._kept.pop(key, (None, 0))
            self._bytes -= before
            if size > self._limit:
                return
            self._kept[key] = value, size
            self._bytes += size
            while self._bytes > self._limit:
                _, (_, gone) = self._kept.popitem(last=False)
                self._bytes -= gone

    def load(self, key: Hashable, kind: type[Value], read: Callable[[], tuple[Value, int]]) -> Value:
        """The value of a key: the kept one, or what `read` gives, together with its size."""
        kept = self.get(key, kind)
        if kept is None:
            kept, size = read()
            self.put(key, kept, size)
        return kept
