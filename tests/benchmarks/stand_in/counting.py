"""Counts of what was asked for: requests by kind, and the units that AWS charges for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from threading import Lock

READ_UNIT = 4096
"""Bytes of a read unit: an item's, or of a Query those of all its items (Amazon DynamoDB developer guide, "DynamoDB
read and write operations"). Whatever is read here is read strongly consistently."""
WRITE_UNIT = 1024
"""Bytes of a write unit, of the larger of what an item was and what it is (the same page)."""
PRICED = {"read_units": "read_unit", "write_units": "write_unit", "stream_reads": "stream_read"}
"""What is counted -> its price's name in `generator.aws.prices`. A stream read is one GetRecords of up to 1 MB ("Each
GetRecords API call is billed as a streams read request unit", Amazon DynamoDB pricing, DynamoDB Streams)."""
S3_PRICED = {"PUT": "s3_write", "LIST": "s3_write", "COPY": "s3_write", "GET": "s3_read"}
"""The same of requests of S3. It charges nothing for DELETE (Amazon S3 pricing, Requests)."""


class Counts:
    """Counts that threads may share."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, **numbers: int) -> None:
        """Add to counts, by name."""
        with self._lock:
            self._counts.update(numbers)

    def take(self) -> dict[str, int]:
        """The counts since the last call, in the order of their names."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return dict(sorted(taken.items()))


def read_units(size: int) -> int:
    """The units of one read of so many bytes. One that finds nothing costs a unit too."""
    return max(1, -(-size // READ_UNIT))


def write_units(size: int) -> int:
    """The units of one write of so many bytes."""
    return max(1, -(-size // WRITE_UNIT))


def price_names(counts: Mapping[str, int]) -> Counter[str]:
    """How many there are of each price's unit, by the price's name."""
    priced: Counter[str] = Counter()
    for name, number in counts.items():
        if price := PRICED.get(name) or S3_PRICED.get(name):
            priced[price] += number
    return priced
