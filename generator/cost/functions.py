"""What a board's functions do in AWS: calls of a rebuild, units of an activity, metrics, sizes. Tests hold them to it.

Where AWS decides, as with how long a call takes, a number here is an assumption, and is called so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.aws import limits
from generator.aws.limits import ceil_div
from runtime.config import BoardConfig
from runtime.dynamodb.items import OUTBOX_SHARDS
from runtime.s3.rank_files import BLOCK

IDLE_METRICS = ("SnapshotsWritten", "SnapshotPlayers", "RebuildMilliseconds", "EventsSent")
"""The custom metrics that a board writes even if nobody plays."""
PLAYING_METRICS = (
    *("ActivitiesCounted", "ActivitiesRejected", "ActivitiesIgnored", "ActivitiesDuplicate"),
    *("WindowsMissed", "ProcessingErrors"),
)
"""The custom metrics that activities add, where all are well-formed: a rejected one adds a metric for its reason."""

READ_UNIT_BYTES, WRITE_UNIT_BYTES = 4096, 1024
"""What one read unit and one write unit of DynamoDB are good for (DynamoDB developer guide, "Read and write
operations"). A query is charged for all that it reads together, an item that is written for itself."""
ACTIVITY_BYTES, MARK_BYTES, AGGREGATE_BYTES = 200, 125, 200
"""Bytes of an item with a player id of 36 characters and a name of 16: an activity with two fields, a mark, and an
aggregate with one column."""
INDEX_BYTES = 100
"""What DynamoDB adds to each item that it stores (DynamoDB developer guide, "DynamoDB Item sizes and formats")."""
MESSAGE_BYTES = 1100
"""Bytes of an activity as a stream record in a message."""
ENTRY_BYTES = 90
"""Bytes of a player in the files of a snapshot: once in a block, once in a bucket."""
ANSWER_BYTES = 2500
"""Bytes of an answer to a reader, an assumption: a page of 50 entries, compressed, with headers."""
LOG_BYTES = 1000
"""Bytes that a run adds to its log: Lambda's three lines and one line of metrics, with 26 bytes for each event
(CloudWatch Logs API reference, PutLogEvents)."""

THREADS = 16
"""How many calls a function has under way at once."""
CALL_SECONDS, START_SECONDS = 0.01, 0.05
"""Seconds that a call to DynamoDB or S3 takes, and that a run takes besides its calls: assumptions."""
PINNED_SECONDS = 1500
"""How long a snapshot is kept after the next one."""
MONTH_SECONDS = 730 * 3600
"""Seconds of a month, as AWS's own calculator counts it: 730 hours."""
SWEEPS_A_MONTH = 4380
"""A rebuild removes old files every ten minutes."""


@dataclass(frozen=True)
class Rebuild:
    """What one run of the rebuilder asks of AWS."""

    read_units: int
    bucket_writes: int
    bucket_reads: int
    seconds: float
    """How long it takes with a function of that memory."""


def measure_rebuild(config: BoardConfig, players: Sequence[int], changed: bool, memory_mb: int) -> Rebuild:
    """What a rebuild asks for. `players`: how many each kind of window has; `changed`: whether their ranks are new."""
    # One read of the windows, one of each partition of the outbox, and those of each partition of a window.
    units = 1 + OUTBOX_SHARDS
    ranked = files = 0
    for kind, number in zip(config.windows, players, strict=True):
        parts = kind.days if kind.every == "rolling" else 1
        units += parts * config.shards * _query_units(ceil_div(number, config.shards))
        ranked += parts * number
        files += count_files(number) if changed else 0
    calls = 1 + OUTBOX_SHARDS + len(config.windows) + 4
    work = ranked / limits.REBUILT_PER_SECOND * max(1, limits.WHOLE_PROCESSOR_MB / memory_mb)
    # The snapshot goes into the history, then the pointer moves to it; the pointer is read at the start, and again.
    return Rebuild(units, 2 + files, 2, START_SECONDS + CALL_SECONDS * calls + work)


def count_files(players: int) -> int:
    """How many files the ranks of one window have: the top, the index, blocks, and as many buckets of players."""
    return 2 + 2 * ceil_div(players, BLOCK)


def count_kept_snapshots(config: BoardConfig, runs: int) -> int:
    """How many snapshots a sweep finds that readers may still have pinned. `runs`: rebuilds a month."""
    return runs * (PINNED_SECONDS + config.max_age_seconds) // MONTH_SECONDS + 2


def count_write_units(config: BoardConfig, together: int = 1) -> float:
    """How many write units an activity takes in the marks and aggregates tables.

    `together`: how many of a player's activities are in one batch.
    """
    if config.keeps_one_run:
        return len(config.windows) / together
    # A write in a transaction takes two (DynamoDB developer guide, "DynamoDB transactions": capacity management).
    return 2 + 2 * len(config.windows) / together


def count_read_units(config: BoardConfig) -> int:
    """How many read units an activity takes: the player's aggregates, and the minute's marks where they are limited."""
    return len(config.windows) + (config.limits.activities_per_minute is not None)


def _query_units(players: int) -> int:
    """The units of a strongly consistent query: at least one, even if it finds nothing."""
    return max(1, ceil_div(players * AGGREGATE_BYTES, READ_UNIT_BYTES))
