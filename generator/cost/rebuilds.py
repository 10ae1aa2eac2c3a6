"""What a rebuild asks of AWS: on a quiet board, where it follows what has changed, and where it reads all players."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from generator.aws import limits
from generator.aws.limits import ceil_div
from generator.aws.rebuilding import RankedBoard
from generator.cost import functions
from generator.cost.functions import CALL_SECONDS, PUBLISHED, READ_UNIT_BYTES, START_SECONDS, THREADS
from runtime.config import BoardConfig
from runtime.dynamodb.items import OUTBOX_SHARDS
from runtime.s3.ranks.bulk import WHOLE
from runtime.s3.ranks.sizes import BLOCK, PER_PACK

STREAM_SHARDS = 4
"""Open shards of a new table's stream."""
STREAM_PAGE = 1000
"""Records that one read of a stream gives: 1 MB, or 1,000 (Amazon DynamoDB API reference, "GetRecords")."""
FENCES = 16
"""Write units of a read of a stream with several open shards: its fences."""
DELTA_FILES = 2
"""Files of a delta: the lines themselves, and the first entries."""


@dataclass(frozen=True)
class Rebuild:
    """What one run of the rebuilder asks of AWS: on average, where what it does is not always the same."""

    read_units: float
    bucket_writes: float
    bucket_reads: float
    seconds: float
    """How long it takes."""
    write_units: float = 0
    stream_reads: float = 0
    stored: float = 0
    """How many entries it writes into the bucket."""


def describe_ranked(config: BoardConfig, players: int) -> RankedBoard:
    """Describe what decides how long a rebuild of a board takes whose windows have so many players."""
    return RankedBoard(
        players=players,
        windows=len(config.windows),
        days=sum(kind.days if kind.every == "rolling" else 1 for kind in config.windows),
        attaches=bool(config.attach),
        segments=len(config.segments),
        searches_names=config.search_names,
        averages=any(column.aggregate == "average" for column in config.columns),
        columns=len(config.columns),
        takes_any_value=not all(segment.values for segment in config.segments),
    )


def is_assembled(config: BoardConfig, players: int) -> bool:
    """Whether a window with so many players is assembled, so that no rebuild reads or writes it as a whole."""
    return config.assembly is not None and players > config.assembly.most


def measure_quiet_rebuild() -> Rebuild:
    """What a rebuild asks for if nothing has changed since the last: the windows, the item that says so, a pointer."""
    return Rebuild(2, 0, 1, START_SECONDS + CALL_SECONDS * 3)


def measure_full_rebuild(config: BoardConfig, players: Sequence[int], memory_mb: int) -> Rebuild:
    """What a rebuild asks for that reads all players. `players`: how many each kind of window has.

    That it writes all files is an assumption: where the ranks are those that it has followed, it writes none.
    """
    units, files, work, size = 0, 0, 0.0, functions.aggregate_bytes(config)
    processors = max(1, memory_mb // limits.WHOLE_PROCESSOR_MB)
    share = min(1.0, memory_mb / limits.WHOLE_PROCESSOR_MB)
    ranked = describe_ranked(config, 1)
    for kind, number in zip(config.windows, players, strict=True):
        if is_assembled(config, number):
            continue
        parts = kind.days if kind.every == "rolling" else 1
        units += parts * config.shards * count_query_units(ceil_div(number, config.shards) * size)
        work += number * (parts / (ranked.read_per_second * processors) + 1 / ranked.written_per_second) / share
        files += functions.count_files(number, len(config.segments)) + functions.count_name_files(config, number)
    working = _measure_working(config)
    return Rebuild(
        working.read_units + units,
        PUBLISHED + files,
        working.bucket_reads,
        working.seconds + work,
        working.write_units,
        working.stream_reads,
        sum(number for number in players if not is_assembled(config, number)),
    )


def measure_following_rebuild(config: BoardConfig, players: int, changes: float, memory_mb: int) -> Rebuild:
    """What a rebuild asks for that follows what has changed. `players`, `changes`: of each window."""
    ranked = describe_ranked(config, players)
    share = float(ranked.compaction_share(len(config.windows) * changes))
    # A delta has all that has changed since its base: on average half of what it may have, and the last changes.
    held = changes + ranked.most_held / 2
    if is_assembled(config, players):
        share = 0.0
    windows = len(config.windows)
    packs = ceil_div(ceil_div(players, BLOCK), PER_PACK)
    anew = functions.count_files(players, len(config.segments)) + functions.count_name_files(config, players)
    # The delta, the first key of each block, and the pieces in which players stand and stood; and once more what stands
    # in each segment, and their index. A base is read whole.
    segments = len(config.segments)
    read = 2 + segments + bool(segments) + (2 + segments) * count_piece_reads(players, changes)
    work = windows * (changes / ranked.followed_per_second + share * players / ranked.written_per_second)
    days = sum(kind.days for kind in config.windows if kind.every == "rolling")
    working = _measure_working(config)
    return Rebuild(
        working.read_units + changes * days,
        PUBLISHED + windows * (share * anew + (1 - share) * DELTA_FILES),
        working.bucket_reads + windows * (read + share * packs),
        working.seconds
        + windows * (read + share * packs) * CALL_SECONDS / THREADS
        + work * max(1.0, limits.WHOLE_PROCESSOR_MB / memory_mb),
        working.write_units,
        working.stream_reads + windows * changes / STREAM_PAGE,
        windows * (share * players + (1 - share) * min(players, held)),
    )


def count_piece_reads(players: int, changes: float) -> float:
    """How many requests give the pieces in which so many players stand, of all in a window.

    From some pieces of a pack on, the pack is read as a whole.
    """
    pieces = max(1, ceil_div(players, BLOCK))
    wanted = pieces * (1 - (1 - 1 / pieces) ** changes) if pieces > 1 else min(1.0, changes)
    packs = ceil_div(pieces, PER_PACK)
    return wanted if wanted < WHOLE * packs else packs


def _measure_working(config: BoardConfig) -> Rebuild:
    """What every rebuild asks for that is no quiet one: it reads the stream, and the outbox, and publishes."""
    quiet = measure_quiet_rebuild()
    calls = OUTBOX_SHARDS + len(config.windows) + 3 + ceil(FENCES / THREADS) + 3
    return Rebuild(
        quiet.read_units + OUTBOX_SHARDS,
        PUBLISHED,
        1 + quiet.bucket_reads,
        quiet.seconds + calls * CALL_SECONDS,
        functions.LEASE_UNITS + FENCES,
        # What was written last comes with the second read of a shard.
        2 * STREAM_SHARDS,
    )


def count_query_units(size: int) -> int:
    """The units of a strongly consistent query: at least one, even if it finds nothing."""
    return max(1, ceil_div(size, READ_UNIT_BYTES))
