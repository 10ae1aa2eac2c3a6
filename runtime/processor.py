"""The processor: activities from the queue become aggregates.

A message is acknowledged only when its effect is written: everything that fails is named in the answer and delivered
again, and after the queue's limit goes to its dead-letter queue.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, clock, config
from runtime.config import BoardConfig
from runtime.domain import activity
from runtime.domain.judging import Counts, Other, Probe, judge
from runtime.domain.windows import Window
from runtime.dynamodb.aggregates import Aggregates, Entry
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import IdentityError, Registry

logger = Logger()
metrics = Metrics()


@dataclass
class Batch:
    """What became of one batch."""

    failed: set[str] = field(default_factory=set)
    """Message ids to deliver again."""
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """Of rejected activities."""
    missed: Counter[str] = field(default_factory=Counter)
    """Reasons for which a window did not take an activity that another took."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry: a batch of SQS messages, each a stream record. Answers the messages that failed."""
    batch = process(event["Records"], config.load(), *_tables(), clock.now())
    for name in ("Counted", "Rejected", "Ignored", "Duplicate"):
        metrics.add_metric(f"Activities{name}", MetricUnit.Count, batch.counts[name])
    metrics.add_metric("WindowsMissed", MetricUnit.Count, batch.missed.total())
    metrics.add_metric("ProcessingErrors", MetricUnit.Count, len(batch.failed))
    for name, reasons in (("ActivitiesRejectedByReason", batch.reasons), ("WindowsMissedByReason", batch.missed)):
        for reason, count in sorted(reasons.items()):
            with single_metric(name, MetricUnit.Count, count) as metric:
                metric.add_dimension("reason", reason)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in sorted(batch.failed)]}


def process(
    messages: Iterable[dict[str, Any]], board: BoardConfig, registry: Registry, aggregates: Aggregates, now: int
) -> Batch:
    """Write the effect of SQS messages, each activity once. `now` is in milliseconds."""
    batch = Batch()
    received = list(messages)
    try:
        registry.identify()
    except IdentityError as error:
        logger.error("refused to write", error=str(error))
        batch.failed.update(message["messageId"] for message in received)
        return batch
    players: dict[str, dict[str, Entry]] = {}
    carriers: dict[str, list[str]] = {}
    # Asked anew for each batch, and before anything is written: sealing counts on it.
    closed = cache(registry.closed)

    def is_closed(span: Window) -> bool:
        return span.ends_at is not None and span.ends_at <= now and closed(span.id)

    for message in received:
        try:
            record = activity.record(json.loads(message["body"]))
            verdict = judge(board, record, now, is_closed)
            if isinstance(verdict, Probe):
                if not registry.probe_seen(verdict.window, verdict.token, verdict.id):
                    batch.counts["Ignored"] += 1
                continue
        except Exception as error:
            # Whatever a message holds, it fails alone: its neighbours are not held up by it.
            logger.error("a message is no activity", message_id=message["messageId"], error=repr(error))
            batch.failed.add(message["messageId"])
            continue
        if isinstance(verdict, Other):
            batch.counts["Ignored"] += 1
            continue
        carriers.setdefault(record.player_id, []).append(message["messageId"])
        entries = players.setdefault(record.player_id, {})
        if record.activity_id in entries:
            batch.counts["Duplicate"] += 1
            continue
        # The first delivery counts, here as everywhere.
        entries[record.activity_id] = Entry(record, verdict)
        if isinstance(verdict, Counts):
            batch.missed.update(missed.reason for missed in verdict.missed)
    _settle(players, carriers, aggregates, now, batch)
    return batch


def _settle(
    players: dict[str, dict[str, Entry]], carriers: dict[str, list[str]], aggregates: Aggregates, now: int, batch: Batch
) -> None:
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
        batch.counts["Rejected"] += len(outcome.rejected)
        batch.reasons.update(rejection.reason for rejection in outcome.rejected)


@cache
def _tables() -> tuple[Registry, Aggregates]:
    table = Table(aws.dynamodb(), aws.setting("AGGREGATES_TABLE"), ("partition", "player_id"))
    marks = Table(aws.dynamodb(), aws.setting("MARKS_TABLE"), ("player_id", "activity_id"))
    registry = Registry(table, config.load())
    return registry, Aggregates(config.load(), registry, table, marks)
