"""The processor: activities from the queue become aggregates.

A message is acknowledged only when its effect is written: everything that fails is named in the answer and delivered
again, and after the queue's limit goes to its dead-letter queue.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import activity, aws, config, scoring, windows
from runtime.activity import Record, Rejection
from runtime.aggregates import Aggregates, Entry, IdentityError
from runtime.config import BoardConfig

logger = Logger()
metrics = Metrics()


@dataclass
class Batch:
    """What became of one batch."""

    failed: set[str] = field(default_factory=set)
    """Message ids to deliver again."""
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry: a batch of SQS messages, each a stream record. Answers the messages that failed."""
    batch = process(event["Records"], config.load(), _aggregates(), time.time_ns() // 1_000_000)
    for name in ("Counted", "Rejected", "Ignored", "Duplicate"):
        metrics.add_metric(f"Activities{name}", MetricUnit.Count, batch.counts[name])
    metrics.add_metric("WindowsMissed", MetricUnit.Count, batch.counts["WindowsMissed"])
    metrics.add_metric("ProcessingErrors", MetricUnit.Count, len(batch.failed))
    for reason, count in sorted(batch.reasons.items()):
        with single_metric("ActivitiesRejectedByReason", MetricUnit.Count, count) as metric:
            metric.add_dimension("reason", reason)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in sorted(batch.failed)]}


def process(messages: Iterable[dict[str, Any]], board: BoardConfig, aggregates: Aggregates, now: int) -> Batch:
    """Write the effect of SQS messages, each activity once. `now` is in milliseconds."""
    batch = Batch()
    players: dict[str, dict[str, Entry]] = {}
    carriers: dict[str, list[str]] = {}
    for message in messages:
        try:
            record = activity.record(json.loads(message["body"]))
            entry = judge(board, record, now, batch.counts)
        except Exception as error:
            # Whatever a message holds, it fails alone: its neighbours are not held up by it.
            logger.error("a message is no activity", message_id=message["messageId"], error=repr(error))
            batch.failed.add(message["messageId"])
            continue
        if entry is None:
            batch.counts["Ignored"] += 1
            continue
        carriers.setdefault(record.player_id, []).append(message["messageId"])
        entries = players.setdefault(record.player_id, {})
        if record.activity_id in entries:
            batch.counts["Duplicate"] += 1
        # The first delivery counts, here as everywhere.
        entries.setdefault(record.activity_id, entry)
    if players:
        _settle(players, carriers, aggregates, now, batch)
    return batch


def judge(board: BoardConfig, record: Record, now: int, counts: Counter[str] | None = None) -> Entry | None:
    """What a record is worth by itself, before limits and bounds of its player's aggregates.

    None where it is not for this board. Windows that miss it are counted as WindowsMissed.
    """
    parsed = activity.parse(record, now)
    if isinstance(parsed, Rejection):
        return Entry(record, parsed)
    given = scoring.points(board, parsed)
    if given is None:
        return None
    if isinstance(given, Rejection):
        return Entry(record, given)
    spans = []
    for window in board.windows:
        span = windows.span(window, parsed.at)
        if span.ends_at is not None and parsed.written > span.ends_at + window.grace_seconds * 1000:
            if counts is not None:
                counts["WindowsMissed"] += 1
        else:
            spans.append(span)
    if not spans:
        return Entry(record, Rejection("late", "it was written after its window's end and grace"))
    return Entry(record, (parsed, given, tuple(spans)))


def _settle(
    players: dict[str, dict[str, Entry]], carriers: dict[str, list[str]], aggregates: Aggregates, now: int, batch: Batch
) -> None:
    try:
        aggregates.identify()
    except IdentityError as error:
        logger.error("refused to write", error=str(error))
        batch.failed.update(message for messages in carriers.values() for message in messages)
        return
    with ThreadPoolExecutor(aws.THREADS) as pool:
        tasks = {
            player_id: pool.submit(aggregates.settle, player_id, list(entries.values()), now)
            for player_id, entries in players.items()
        }
    for player_id, task in tasks.items():
        # Whatever went wrong for one player is delivered again, and the others are not held up by it.
        if (failure := task.exception()) is not None:
            logger.error("a player's activities were not written", player_id=player_id, exc_info=failure)
            batch.failed.update(carriers[player_id])
            continue
        outcome = task.result()
        batch.counts["Counted"] += outcome.counted
        batch.counts["Duplicate"] += outcome.duplicate
        for rejection in outcome.rejected:
            batch.counts["Rejected"] += 1
            batch.reasons[rejection.reason] += 1


@cache
def _aggregates() -> Aggregates:
    return Aggregates(aws.dynamodb(), config.load(), aws.setting("AGGREGATES_TABLE"), aws.setting("MARKS_TABLE"))
