"""What a board's functions do in AWS: calls of a rebuild, units of an activity, metrics, sizes. Tests hold them to it.

Where AWS decides, as with how long a call takes, a number here is an assumption, and is called so.
"""

from __future__ import annotations

from math import ceil

from generator.aws.limits import ceil_div
from runtime import metrics
from runtime.config import BoardConfig, WindowKind
from runtime.s3.lifetimes import KEPT_SECONDS
from runtime.s3.ranks.sizes import BLOCK, NAMES, PER_PACK

IDLE_METRICS = (metrics.ARRIVAL_LAG, metrics.SNAPSHOT_AGE)
"""The custom metrics that a board writes even if nobody plays."""
PLAYING_METRICS = (metrics.COUNTED, metrics.REJECTED)
"""The custom metrics that activities add, where all of them count. What happens besides adds a metric each, such as one
for the reason of a rejection."""
LEASE_UNITS = 2
"""Write units of a rebuild that does any work: it takes the lease, and gives it back."""

READ_UNIT_BYTES, WRITE_UNIT_BYTES = 4096, 1024
"""What one read unit and one write unit of DynamoDB are good for (DynamoDB developer guide, "DynamoDB read and
write operations"). A query is charged for all that it reads together, an item that is written for itself."""
ACTIVITY_BYTES, MARK_BYTES, AGGREGATE_BYTES = 200, 125, 200
"""Bytes of an item with a player id of 36 characters and a name of 16: an activity with two fields, a mark, and an
aggregate with one column."""
ATTACHED_BYTES = 110
"""Bytes that attached fields add to each of these and to a player's entry, an assumption: a link and a short text, with
the id that brought them."""
SEGMENT_BYTES, VALUE_BYTES = 60, 20
"""Bytes that a segment adds to an aggregate, an assumption: its name, a short value, and the id that gave it; and to an
activity and a player's entry, which have no id."""
INDEX_BYTES = 100
"""What DynamoDB adds to each item that it stores (DynamoDB developer guide, "DynamoDB Item sizes and formats")."""
MESSAGE_BYTES = 1100
"""Bytes of an activity as a stream record in a message."""
LINE_BYTES = 100
"""Bytes of a player's line in the files of a snapshot: once in a block, once in a bucket, once in the index of display
names, and once for each segment."""
PLACE_BYTES = 60
"""Bytes of a player's place beside a line in a bucket or in the index of names, and of each within a segment."""
ANSWER_BYTES = 2500
"""Bytes of an answer to a reader, an assumption: a page of 50 entries, compressed, with headers."""
RUN_LOG_BYTES, LOG_BYTES = 400, 1000
"""Bytes that a run adds to its log: Lambda's three lines, and those with one line of metrics, with 26 bytes for each
event (CloudWatch Logs API reference, PutLogEvents)."""

KEPT_DAYS = 2
"""Days for which the versioned bucket keeps a deleted file: one, up to the midnight after it (S3 user guide,
"Expiring objects")."""
PUBLISHED = 2
"""Files that a published snapshot writes besides its ranks: one in the history, and the pointer."""
PUBLISHED_ANEW = 1
"""Files that one writes of which nothing but the time is new: the pointer."""
FULL_READS_A_MONTH = 31
"""A rebuild reads every window once a day, even if nothing has changed."""
ANNOUNCED_SECONDS = 20
"""How long a processor does not say again that aggregates change."""
THREADS = 16
"""How many calls a function has under way at once."""
CALL_SECONDS, START_SECONDS = 0.01, 0.05
"""Seconds that a call to DynamoDB or S3 takes, and that a run takes besides its calls: assumptions."""
MONTH_SECONDS = 730 * 3600
"""Seconds of a month, as AWS's own calculator counts it: 730 hours."""
SWEEPS_A_MONTH = 4380
"""While there is play, a rebuild removes old files every ten minutes; on a quiet board, with each full read."""
WATCH_WRITES, WATCH_READS, WATCH_CALLS = 2, 1, 4
"""Write and read units of a watch, and its calls: it reads what it knows and the pointer, sends a heartbeat, and notes
that."""
ARRIVAL_WRITES, ARRIVAL_READS = 1, 2
"""Write and read units of a heartbeat's arrival: what is known of heartbeats is read, and as for each batch whether a
window was opened."""
BATCH_READS = 1
"""Read units of a batch, whatever is in it: the version of the board's edges."""

CLOSED_A_MONTH = {"hour": 730, "day": 31, "week": 5, "month": 1, "season": 1, "rolling": 31}
"""How many windows of a kind close in a month, rounded up; of a rolling window, how many days it leaves."""


def count_publications(config: BoardConfig, runs: int) -> int:
    """How often a board on which nothing changes is published anew a month: where its snapshot has half the age from
    which it is too old."""
    gap = MONTH_SECONDS / runs
    between = ceil(config.stale_seconds / 2 / gap) * gap
    return min(runs, ceil(MONTH_SECONDS / between))


def count_files(players: int, segments: int = 0) -> int:
    """How many files the ranks of one window have: the top, the first keys, packs of blocks, and of buckets of players.

    Segments have an index and, where every player has a value, first keys and as many packs of blocks again for each.
    """
    packs = ceil_div(ceil_div(players, BLOCK), PER_PACK)
    return 2 + 2 * packs + (1 + segments * (1 + packs) if segments else 0)


def count_name_files(config: BoardConfig, players: int) -> int:
    """How many files the index of display names of one window has: packs, and which name begins each piece; none on a
    board without. That every player has a name is an assumption."""
    return 1 + ceil_div(ceil_div(players, NAMES), PER_PACK) if config.search_names else 0


def count_kept_snapshots(config: BoardConfig, published: int) -> int:
    """How many snapshots a sweep finds that are still kept. `published`: snapshots a month."""
    return ceil_div(published * (KEPT_SECONDS + config.max_age_seconds), MONTH_SECONDS) + 2


def count_write_units(config: BoardConfig, together: int = 1) -> float:
    """How many write units an activity takes in the marks and aggregates tables.

    `together`: how many of a player's activities are in one batch.
    """
    if config.keeps_one_run:
        return len(config.windows) / together
    # A write in a transaction takes two (DynamoDB developer guide, "DynamoDB transactions": capacity management).
    return 2 + 2 * (len(config.windows) + _limits_minutes(config)) / together


def count_deleted_scores(config: BoardConfig, players: int, activities: float) -> float:
    """How many scores of windows that are not kept any more rebuilds delete a month: as many as come to be in a month.

    Each takes a write unit. `activities`: of a month. Every player who is in a window has an activity in it.
    """
    windows = [CLOSED_A_MONTH[kind.every] for kind in config.windows if kind.every in CLOSED_A_MONTH]
    return sum(min(activities, players * number) for number in windows)


def count_more_reads(kind: WindowKind) -> int:
    """How often a month all players of a window are read besides once a day: as each is sealed, and as a rolling one
    moves on at another time than the UTC day."""
    is_daily = kind.every == "rolling" and (kind.timezone, kind.at_minutes) == ("UTC", 0)
    return 0 if is_daily else CLOSED_A_MONTH.get(kind.every, 0)


def attached_bytes(config: BoardConfig) -> int:
    """Bytes that attached fields add to an item: none on a board without."""
    return ATTACHED_BYTES if config.attach else 0


def activity_bytes(config: BoardConfig) -> int:
    """Bytes of an activity."""
    return ACTIVITY_BYTES + attached_bytes(config) + VALUE_BYTES * len(config.segments)


def aggregate_bytes(config: BoardConfig) -> int:
    """Bytes of an aggregate."""
    return AGGREGATE_BYTES + attached_bytes(config) + SEGMENT_BYTES * len(config.segments)


def entry_bytes(config: BoardConfig) -> int:
    """Bytes of a player in all files of a window: lines, each with what is attached and the values, and places."""
    segments = len(config.segments)
    line = LINE_BYTES + attached_bytes(config) + VALUE_BYTES * segments
    return (2 + config.search_names + segments) * line + (1 + config.search_names + segments) * PLACE_BYTES


def count_read_units(config: BoardConfig) -> int:
    """How many read units an activity takes: the player's aggregates, and the minute's counter where one is limited."""
    return len(config.windows) + _limits_minutes(config)


def _limits_minutes(config: BoardConfig) -> bool:
    return config.limits.activities_per_minute is not None
