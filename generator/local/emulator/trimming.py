"""Bounds what the embedded AWS keeps: ministack drops little of what it is given, and a demo may run overnight.

What AWS would keep for days, and nobody reads here, is cut to its newest part: logs, metrics, events, stream records.
What game servers write stays as long as it would in AWS. What the simulator writes would stay for 40 days, and its
marks for 62; but the simulator never ends, so of that only the newest is kept.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import sys
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

KEPT_LOG_STREAMS = 100
"""Log streams kept for each function: ministack opens one for each invocation and never drops any."""

KEPT_DATAPOINTS = 100
"""Data points kept of each metric. ministack writes five for each invocation, and nothing here reads them."""

KEPT_EVENTS = 1000
"""Events kept of those that were put on event buses: ministack notes each, after its rules have had it."""

KEPT_SIMULATED = 2500
"""Activities of simulated players that a table keeps, the newest, and as many marks: some 10 MB for each board."""

DELIVERY_SECONDS = 900
"""Seconds for which whatever the simulator causes is kept at least. A mark is needed as long as its activity may be
delivered again: five times, each 90 seconds after the one before, and the stream's time (STREAM_SECONDS)."""

STREAM_SECONDS = 600
"""Seconds for which a DynamoDB stream keeps its records. In AWS it is 24 hours; here they would fill the memory."""

TRIM_SECONDS = 30
"""Seconds from one trimming to the next."""

SIMULATED = "sim-"
"""What the ids of simulated players begin with: see `runtime/simulator.py`."""

MINUTES = "#minutes#"
"""What the partition of a player's counters by the minute begins with: see `runtime/dynamodb/items.py`."""

logger = logging.getLogger("trimming")


async def trim_for_ever() -> None:
    """Trim every TRIM_SECONDS, as a task of ministack's own loop: so no request is under way meanwhile."""
    from ministack.services import dynamodb

    dynamodb._STREAM_RETENTION_SECONDS = STREAM_SECONDS
    while True:
        await asyncio.sleep(TRIM_SECONDS)
        try:
            trim()
        except Exception as error:
            # Memory grows, and the person is told so; the boards go on.
            logger.error("nothing is trimmed: %r", error)


def trim() -> None:
    """Drop what is beyond the bounds, and give free memory back to the operating system."""
    from ministack.services import cloudwatch, cloudwatch_logs, dynamodb, eventbridge

    for group in list(cloudwatch_logs._log_groups._data.values()):
        for stream in list(group["streams"])[:-KEPT_LOG_STREAMS]:
            group["streams"].pop(stream, None)
    for points in list(cloudwatch._metrics._data.values()):
        del points[:-KEPT_DATAPOINTS]
    for events in list(eventbridge._events_log._data.values()):
        del events[:-KEPT_EVENTS]
    with dynamodb._lock:  # items expire in a thread of their own
        for table in list(dynamodb._tables._data.values()):
            if (table["pk_name"], table["sk_name"]) == ("player_id", "activity_id"):
                _forget_simulated(dynamodb, table)
    if sys.platform == "linux":
        # What 50 KB of JSON were in is free afterwards, but in between there is a byte or two that are not. glibc gives
        # pages back only from the end of its heaps, if it is not told to look for others (malloc_trim(3)).
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _forget_simulated(dynamodb: Any, table: dict[str, Any]) -> None:
    """Remove what simulated players did from an activities or marks table, but for the newest.

    It goes in the order in which it would expire, which is that in which it was written. As in AWS, what expires leaves
    aggregates and ranks as they are.
    """
    kinds: dict[str, list[tuple[int, str, str]]] = {}
    for kind, expires_at, partition, key in _list_simulated(table["items"]):
        kinds.setdefault(kind, []).append((expires_at, partition, key))
    for found in kinds.values():
        found.sort()
        still_needed = found[-1][0] - DELIVERY_SECONDS
        for expires_at, partition, key in found[:-KEPT_SIMULATED]:
            if expires_at < still_needed:
                dynamodb._remove_item(table, partition, key)


def _list_simulated(items: dict[str, dict[str, Any]]) -> Iterator[tuple[str, int, str, str]]:
    """What simulated players caused: of which kind, when it expires in seconds since 1970, and its key.

    The items of a kind all live equally long: rejected activities for a shorter time than marks. An activity is read
    here as a producer wrote it, before anything has judged it: any name of a player, any type of any attribute.
    """
    for partition, by_key in items.items():
        if partition.removeprefix(MINUTES).startswith(SIMULATED):
            kind, chosen = ("minutes" if partition.startswith(MINUTES) else "activities or marks"), by_key
        elif partition.startswith("#rejected#"):
            kind = "rejected"
            chosen = {key: item for key, item in by_key.items() if str(_value(item, "by", "S")).startswith(SIMULATED)}
        else:
            continue
        for key, item in chosen.items():
            expires_at = _value(item, "expires_at", "N")
            if expires_at is not None:
                yield kind, int(Decimal(expires_at)), partition, key


def _value(item: dict[str, Any], attribute: str, of_type: str) -> str | None:
    """An attribute's value, if it has one of a type of DynamoDB's; of another type it is as good as absent."""
    found: str | None = item.get(attribute, {}).get(of_type)
    return found
