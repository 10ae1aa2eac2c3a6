"""The terms of an idle board: nobody plays or reads. Windows that close are empty, all-time ones keep their players."""

from __future__ import annotations

from collections.abc import Iterator

from generator.board.board import Board
from generator.board.feed import Feed
from generator.cost import functions
from generator.cost.assemblies import list_assembly_terms
from generator.cost.deployed import Deployed
from generator.cost.functions import MONTH_SECONDS
from generator.cost.rebuilds import STREAM_SHARDS, Rebuild, measure_full_rebuild, measure_quiet_rebuild
from generator.cost.term import Term, Terms
from runtime.dynamodb.items import OUTBOX_SHARDS

POLLS = 5 * MONTH_SECONDS // 20
"""Empty receives a month: Lambda keeps five requests waiting at a queue, each for up to 20 seconds (AWS Compute Blog,
"Understanding how AWS Lambda scales with Amazon SQS standard queues"; Lambda developer guide, "Using Lambda with Amazon
SQS")."""
TABLE_KEY_SECONDS = 300
"""After how long without a request DynamoDB asks KMS again for a table's key, for one caller (DynamoDB developer guide,
"DynamoDB encryption at rest: How it works")."""
LOG_MONTHS = 12
"""Months for which log groups keep what is written."""
STREAM_POLLS = 4 * MONTH_SECONDS
"""Reads of a shard a month, four a second (EventBridge user guide, "Amazon DynamoDB stream as a source for EventBridge
Pipes")."""


def list_idle_terms(board: Board, deployed: Deployed) -> list[Term]:
    """Everything that an idle board costs."""
    return [
        *_watching(board, deployed),
        *_rebuilding(board, deployed),
        *list_assembly_terms(board, deployed, list_idle_players(board), 0),
        *_heartbeats(board, deployed),
        Terms(board.region, "queue").make("empty receives by Lambda", POLLS, "sqs_request"),
        *_encrypting(board, deployed),
    ]


def list_idle_players(board: Board) -> list[int]:
    """How many players each kind of window has if nobody plays."""
    return [board.traffic.players if kind.every == "all_time" else 0 for kind in board.config.windows]


def list_uncertain_terms(board: Board | Feed) -> list[Term]:
    """What AWS may charge too; its pages do not say.

    Reads of a stream are free for Lambda and charged "for consumers of any other kind" (DynamoDB developer guide,
    "Evaluate your DynamoDB streams usage"); whether Pipes counts as one, no page says.
    """
    if board.pipe is None:
        return []  # its feed's stream is read
    terms = Terms(board.region, "pipe")
    polls = STREAM_POLLS * STREAM_SHARDS
    return [terms.make("reads of the table's stream, 4 a second for each of 4 shards", polls, "stream_read")]


def watch_terms(region: str, deployed: Deployed) -> Iterator[Term]:
    """The alarms of a bundle."""
    terms = Terms(region, "alarms")
    yield terms.make("metrics that alarms read", deployed.alarm_metrics, "alarm_metric")
    yield terms.make("composite alarms", deployed.counts["aws_cloudwatch_composite_alarm"], "composite_alarm")


def dashboard_term(region: str, deployed: Deployed) -> Term:
    """The dashboard of a bundle."""
    dashboards = deployed.counts["aws_cloudwatch_dashboard"]
    return Terms(region, "dashboard").make("CloudWatch dashboards", dashboards, "dashboard")


def _watching(board: Board, deployed: Deployed) -> Iterator[Term]:
    yield from watch_terms(board.region, deployed)
    yield Terms(board.region, "metrics").make("custom metrics", len(functions.IDLE_METRICS), "custom_metric")
    yield dashboard_term(board.region, deployed)


def _rebuilding(board: Board, deployed: Deployed) -> Iterator[Term]:
    terms = Terms(board.region, "rebuilds")
    runs, memory = deployed.runs("rebuild"), deployed.memory_mb["rebuilder"]
    quiet, full = measure_quiet_rebuild(), measure_idle_rebuild(board, deployed)
    read = min(runs, functions.FULL_READS_A_MONTH)
    published = functions.count_publications(board.config, runs)
    seconds = runs * quiet.seconds + read * (full.seconds - quiet.seconds)
    units = runs * quiet.read_units + published * OUTBOX_SHARDS
    yield terms.make("runs of the schedule", runs, "schedule_run")
    yield terms.make("function, requests", runs, "lambda_request")
    yield terms.make("function, duration", seconds * memory / 1024, "lambda_gb_second")
    yield terms.make("tables, read", units, "read_unit")
    yield terms.make("tables, read as a whole once a day", read * (full.read_units - quiet.read_units), "read_unit")
    yield terms.make("tables, the lease and fences", read * full.write_units, "write_unit")
    yield terms.make("the aggregates' stream, read", read * full.stream_reads, "stream_read")
    yield terms.make("bucket, published anew", published * functions.PUBLISHED_ANEW, "s3_write")
    yield terms.make("bucket, the pointer read", runs * quiet.bucket_reads + published, "s3_read")
    yield from sweep_terms(terms, board, read, 0)
    yield from log_terms(terms, runs, functions.RUN_LOG_BYTES)


def sweep_terms(terms: Terms, board: Board, sweeps: int, published: int) -> Iterator[Term]:
    """A sweep lists what lies below snapshots, and reads the pointer and every snapshot that is kept."""
    kept = functions.count_kept_snapshots(board.config, published)
    yield terms.make("bucket, listed", sweeps, "s3_write")
    yield terms.make("bucket, snapshots read to find old files", sweeps * (kept + 1), "s3_read")


def _heartbeats(board: Board, deployed: Deployed) -> Iterator[Term]:
    """The watch, and a heartbeat's way through pipe, queue and processor."""
    terms = Terms(board.region, "watch")
    runs = deployed.runs("watch")
    watch = functions.START_SECONDS + functions.WATCH_CALLS * functions.CALL_SECONDS
    arrival = functions.START_SECONDS + 2 * functions.CALL_SECONDS
    seconds = watch * deployed.memory_mb["rebuilder"] + arrival * deployed.memory_mb["processor"]
    yield terms.make("runs of the schedule", runs, "schedule_run")
    yield terms.make("functions, requests", 2 * runs, "lambda_request")
    yield terms.make("functions, duration", runs * seconds / 1024, "lambda_gb_second")
    yield terms.make("tables, written", runs * (functions.WATCH_WRITES + functions.ARRIVAL_WRITES), "write_unit")
    yield terms.make("tables, read", runs * (functions.WATCH_READS + functions.ARRIVAL_READS), "read_unit")
    yield terms.make("bucket, the pointer read", runs, "s3_read")
    yield terms.make("pipe", runs, "pipe_request")
    if board.feed:
        yield terms.make("the feed's bus", runs, "event")
    yield terms.make("queue: sent, received, deleted", 3 * runs, "sqs_request")
    yield from log_terms(terms, runs, functions.LOG_BYTES + functions.RUN_LOG_BYTES)


def measure_idle_rebuild(board: Board, deployed: Deployed) -> Rebuild:
    """A rebuild of an idle board that reads every window."""
    return measure_full_rebuild(board.config, list_idle_players(board), deployed.memory_mb["rebuilder"])


def log_terms(terms: Terms, runs: float, size: int) -> Iterator[Term]:
    """What a function's runs, of `size` bytes each, add to its log group."""
    gigabytes = runs * size / 2**30
    yield terms.make("logs, written", gigabytes, "log_gb")
    yield terms.make("logs, kept", gigabytes * LOG_MONTHS, "log_storage_gb")


def _encrypting(board: Board, deployed: Deployed) -> Iterator[Term]:
    terms = Terms(board.region, "key")
    yield terms.make("KMS keys", deployed.counts["aws_kms_key"], "kms_key")
    # What reads or writes a table more often than that does not ask. A heartbeat is written by the rebuilder, and its
    # arrival by the processor.
    yield terms.make("KMS for tables", 2 * MONTH_SECONDS // TABLE_KEY_SECONDS, "kms_request")
    # (Amazon SQS developer guide, "Key management": estimating KMS costs), the pipe produces and Lambda consumes.
    yield terms.make("KMS for the queue", MONTH_SECONDS // deployed.key_reuse_seconds * (2 * 1 + 1), "kms_request")
    scheduled = sum(each.runs_a_month for each in deployed.schedules if each.has_key)
    yield terms.make("KMS for schedules", scheduled, "kms_request")
