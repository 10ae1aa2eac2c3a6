"""The terms that play and readers add to an idle board's, at a multiple of the traffic that the board expects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.aws.limits import READS_PER_MISS, ceil_div
from generator.aws.rebuilding import MOST_FOLLOWED
from generator.board.board import Board
from generator.cost import functions
from generator.cost.assemblies import list_assembly_terms
from generator.cost.deployed import Deployed
from generator.cost.functions import MONTH_SECONDS
from generator.cost.idle import TABLE_KEY_SECONDS, list_idle_players, log_terms, measure_idle_rebuild, sweep_terms
from generator.cost.rebuilds import Rebuild, measure_following_rebuild, measure_full_rebuild, measure_quiet_rebuild
from generator.cost.term import Term, Terms
from runtime.domain.activity import MARK_LIFE, MIN_TTL
from runtime.dynamodb.streaming.positions import CHANGED_PER_MB

GB = 2**30
BATCH = 10
"""The most messages that SQS takes or gives in one request (Amazon SQS API reference, SendMessageBatch)."""
CHUNK_BYTES = 65_536
"""What one request to SQS or Pipes is good for (Amazon SQS pricing, Amazon EventBridge pricing: 64 KB chunks)."""
MISSED = 1 / READS_PER_MISS
"""The share of requests that no cache can answer."""
CACHES = 13
"""CloudFront's regional caches: each asks for the same page once in every `max-age` (CloudFront developer guide, "How
CloudFront works with regional edge caches")."""


@dataclass(frozen=True)
class Load:
    """What a board takes a month, at a multiple of its traffic."""

    players: int
    rate: float
    """Activities a second."""
    reads: float
    """Requests of readers."""

    @property
    def activities(self) -> float:
        """Activities a month."""
        return self.rate * MONTH_SECONDS

    @classmethod
    def of(cls, board: Board, factor: int) -> Load:
        """The load at that many times the board's traffic."""
        traffic = board.traffic
        average, reads = traffic.activities_per_second.average, traffic.reads_per_second
        return cls(traffic.players * factor, average * factor, reads * factor * MONTH_SECONDS)


def list_traffic_terms(board: Board, deployed: Deployed, factor: int) -> list[Term]:
    """Everything that play and readers add, at `factor` times the board's traffic."""
    load = Load.of(board, factor)
    return [
        *_counting(board, deployed, load),
        *_ranking(board, deployed, load),
        *_assembling(board, deployed, load),
        *_answering(board, deployed, load),
        *_storing(board, deployed, load),
    ]


def rebuild_seconds(board: Board, deployed: Deployed, factor: int) -> tuple[float, float]:
    """How long a rebuild takes on average that follows what has changed, and one that reads all players, at `factor`
    times the board's traffic."""
    load = Load.of(board, factor)
    return _measure(board, deployed, load).seconds, _measure_full(board, deployed, load).seconds


def count_asked(board: Board, deployed: Deployed, factor: int) -> float:
    """How many reads a second come to the API at `factor` times the board's traffic: those that no cache answers."""
    return _count_asked(board, deployed, Load.of(board, factor)) / MONTH_SECONDS


def _measure(board: Board, deployed: Deployed, load: Load) -> Rebuild:
    """A rebuild that follows what has changed: no two activities are of one player, but for more than there are. Where
    that is more than its memory holds, it reads all players."""
    gap = MONTH_SECONDS / max(1, deployed.runs("rebuild"))
    changes, memory = min(load.players, load.rate * gap), deployed.memory_mb["rebuilder"]
    most = min(MOST_FOLLOWED, memory * CHANGED_PER_MB)
    if board.config.assembly is None and changes * len(board.config.windows) > most:
        return _measure_full(board, deployed, load)
    return measure_following_rebuild(board.config, load.players, changes, memory)


def _measure_full(board: Board, deployed: Deployed, load: Load) -> Rebuild:
    players = [load.players] * len(board.config.windows)
    return measure_full_rebuild(board.config, players, deployed.memory_mb["rebuilder"])


def _measure_more(board: Board, deployed: Deployed, load: Load) -> Rebuild:
    """What all rebuilds of a month ask for together that read a window's players besides once a day."""
    memory, none = deployed.memory_mb["rebuilder"], [0] * len(board.config.windows)
    least, more = measure_full_rebuild(board.config, none, memory), Rebuild(0, 0, 0, 0)
    for place, kind in enumerate(board.config.windows):
        number = functions.count_more_reads(kind)
        played = int(load.activities / number) if kind.closes else load.players
        players = min(load.players, played)
        one = measure_full_rebuild(board.config, [*none[:place], players, *none[place + 1 :]], memory)
        more = replace(
            more,
            read_units=more.read_units + number * (one.read_units - least.read_units),
            bucket_writes=more.bucket_writes + number * (one.bucket_writes - least.bucket_writes),
            seconds=more.seconds + number * (one.seconds - least.seconds),
            stored=more.stored + number * one.stored,
        )
    return more


def _counting(board: Board, deployed: Deployed, load: Load) -> Iterator[Term]:
    """From the producer's write to the aggregates. Each activity is of another player: none share a write."""
    terms = Terms(board.region, "activities")
    number = load.activities
    yield from _carrying(board, load, terms)
    batch = min(board.queue.batch_size, max(1.0, load.rate * board.queue.batching_window_seconds))
    runs, memory = number / batch, deployed.memory_mb["processor"]
    seconds = functions.START_SECONDS + functions.CALL_SECONDS * 2 * ceil_div(int(batch), functions.THREADS)
    yield terms.make("processor, requests", runs, "lambda_request")
    yield terms.make("processor, duration", runs * seconds * memory / 1024, "lambda_gb_second")
    said = MONTH_SECONDS / functions.ANNOUNCED_SECONDS
    units = number * functions.count_write_units(board.config) + min(runs, said)
    yield terms.make("marks and aggregates, written", units, "write_unit")
    read = number * functions.count_read_units(board.config) + runs * functions.BATCH_READS
    yield terms.make("marks and aggregates, read", read, "read_unit")
    yield terms.make("custom metrics", len(functions.PLAYING_METRICS), "custom_metric")
    yield from log_terms(terms, runs, functions.LOG_BYTES)
    # One producer writes the activities, and the processor the marks: at the most as often as if each paused.
    callers = 1 if board.feed else 2
    yield terms.make("KMS for tables", callers * MONTH_SECONDS / TABLE_KEY_SECONDS, "kms_request")


def _carrying(board: Board, load: Load, terms: Terms) -> Iterator[Term]:
    """From the producer's write into the queue and out of it. What a feed does of that is its own cost."""
    number = load.activities
    chunks = ceil_div(BATCH * functions.MESSAGE_BYTES, CHUNK_BYTES)
    if board.pipe is None:
        # A feed's bus sends each activity by itself.
        received = number / min(BATCH, max(1.0, load.rate * board.queue.batching_window_seconds))
        yield terms.make("queue: sent, received, deleted", number + 2 * chunks * received, "sqs_request")
        return
    yield terms.make("activities, written", number * count_writes(functions.activity_bytes(board.config)), "write_unit")
    yield terms.make("pipe", number * ceil_div(functions.MESSAGE_BYTES, CHUNK_BYTES), "pipe_request")
    carried = min(BATCH, max(1.0, load.rate * board.pipe.batching_window_seconds))
    yield terms.make("queue: sent, received, deleted", 3 * chunks * number / carried, "sqs_request")


def _ranking(board: Board, deployed: Deployed, load: Load) -> Iterator[Term]:
    """What rebuilds ask for beyond those of an idle board, which read all players as often. One that takes longer than
    the schedule's gap delays the next."""
    terms = Terms(board.region, "rebuilds")
    memory, runs = deployed.memory_mb["rebuilder"], deployed.runs("rebuild")
    one, quiet = _measure(board, deployed, load), measure_quiet_rebuild()
    full, idle = _measure_full(board, deployed, load), measure_idle_rebuild(board, deployed)
    more = _measure_more(board, deployed, load)
    made, read = min(runs, MONTH_SECONDS / one.seconds), min(runs, functions.FULL_READS_A_MONTH)
    anew = functions.count_publications(board.config, runs) * functions.PUBLISHED_ANEW
    written = more.bucket_writes + made * one.bucket_writes + read * (full.bucket_writes - idle.bucket_writes) - anew
    seconds = more.seconds + made * one.seconds + read * (full.seconds - idle.seconds) - runs * quiet.seconds
    units = more.read_units + made * one.read_units + read * (full.read_units - idle.read_units)
    asked = made * (one.bucket_reads - quiet.bucket_reads)
    yield terms.make("function, duration", max(0.0, seconds) * memory / 1024, "lambda_gb_second")
    yield terms.make("tables, read", max(0.0, units - runs * quiet.read_units), "read_unit")
    yield terms.make("the aggregates' stream, read", made * one.stream_reads, "stream_read")
    yield terms.make("bucket, ranks written", max(0.0, written), "s3_write")
    yield terms.make("bucket, ranks read", asked, "s3_read")
    yield terms.make("tables, the lease and fences", made * one.write_units, "write_unit")
    deleted = functions.count_deleted_scores(board.config, load.players, load.activities)
    yield terms.make("tables, scores deleted", deleted, "write_unit")
    sweeps = max(0, min(runs, functions.SWEEPS_A_MONTH) - functions.FULL_READS_A_MONTH)
    yield from sweep_terms(terms, board, sweeps, int(made))
    yield terms.make("KMS for the bucket", (max(0.0, written) + asked) * deployed.asking_share, "kms_request")
    stored = functions.entry_bytes(board.config) * (made * one.stored + read * full.stored + more.stored) / GB
    yield terms.make("bucket, kept for two days", stored / 30 * functions.KEPT_DAYS, "s3_gb")


def _assembling(board: Board, deployed: Deployed, load: Load) -> Iterator[Term]:
    """What assemblies ask for beyond those of an idle board, which assembles what it has as often."""
    players = [load.players] * len(board.config.windows)
    return list_assembly_terms(board, deployed, players, load.activities, list_idle_players(board))


def _answering(board: Board, deployed: Deployed, load: Load) -> Iterator[Term]:
    terms, asked = Terms(board.region, "readers"), _count_asked(board, deployed, load)
    if deployed.counts["aws_cloudfront_distribution"]:
        yield terms.make("CloudFront, requests", load.reads, "cdn_request")
        if deployed.counts["aws_cloudfront_function"]:
            # At the most: it does not run for requests to the API, and nobody knows what share of all they are.
            yield terms.make("CloudFront, its function", load.reads, "cdn_function_run")
        yield terms.make("CloudFront, data", load.reads * functions.ANSWER_BYTES / GB, "cdn_gb")
    memory = deployed.memory_mb["api"]
    seconds = functions.START_SECONDS + 2 * functions.CALL_SECONDS
    yield terms.make("API, requests", asked, "lambda_request")
    yield terms.make("API, duration", asked * seconds * memory / 1024, "lambda_gb_second")
    yield terms.make("bucket, the pointer read", asked, "s3_read")
    yield terms.make("aggregates, read", load.reads * MISSED * 2, "read_unit")
    yield from log_terms(terms, asked, functions.RUN_LOG_BYTES)
    kms = MONTH_SECONDS / TABLE_KEY_SECONDS + asked * deployed.asking_share
    yield terms.make("KMS for table and bucket", kms, "kms_request")


def _count_asked(board: Board, deployed: Deployed, load: Load) -> float:
    if not deployed.counts["aws_cloudfront_distribution"]:
        return load.reads
    pages = CACHES * len(board.config.windows) * MONTH_SECONDS / board.config.max_age_seconds
    return load.reads * MISSED + min(load.reads * (1 - MISSED), pages)


def _storing(board: Board, deployed: Deployed, load: Load) -> Iterator[Term]:
    terms = Terms(board.region, "storage")
    marked = 0.0 if board.config.keeps_one_run else load.rate * MARK_LIFE / 1000
    windows = sum(kind.keep + 1 if kind.closes else 1 for kind in board.config.windows)
    own = {"activities": (load.rate * MIN_TTL / 1000, functions.activity_bytes(board.config))}
    tables = {
        **({} if board.feed else own),
        "marks": (marked, functions.MARK_BYTES),
        "aggregates": (float(load.players * windows), functions.aggregate_bytes(board.config)),
    }
    for table, (number, size) in tables.items():
        yield from table_terms(terms, deployed, table, number, size)


def table_terms(terms: Terms, deployed: Deployed, table: str, number: float, size: int) -> Iterator[Term]:
    """What a table stores: that many items, each of `size` bytes."""
    stored = number * (size + functions.INDEX_BYTES)
    yield terms.make(f"{table}, stored", stored / GB, "table_gb")
    if table in deployed.recoverable:
        yield terms.make(f"{table}, point-in-time recovery", stored / GB, "pitr_gb")


def count_writes(size: int) -> int:
    """The write units of an item of that many bytes."""
    return ceil_div(size, functions.WRITE_UNIT_BYTES)
