"""The processor's Lambda handler: activities from the queue become aggregates.

A message is acknowledged only when its effect is written. The handler's answer names those that failed: SQS delivers
them again, and after the number of attempts that the queue allows it moves them to the dead-letter queue.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runtime import aws, clock, config, logs, metrics
from runtime.config import BoardConfig
from runtime.domain.activity import StreamRecord, parse_stream_record
from runtime.domain.judging import Contribution, Heartbeat, IgnoredActivity, Judge, JudgedRecord, Judgement, Probe
from runtime.domain.rejection import Rejection
from runtime.domain.windows import Window
from runtime.dynamodb.aggregates import Aggregates
from runtime.dynamodb.grants import Grants
from runtime.dynamodb.heartbeats import Heartbeats
from runtime.dynamodb.streaming.raw_json import read_raw
from runtime.dynamodb.table import BusyError, Table, pause_before_retry
from runtime.dynamodb.window_store import EdgesChangedError, IdentityError, WindowStore

ATTEMPTS = 8
"""How often a batch is judged while other functions open windows."""


@dataclass
class BatchResult:
    """What became of the messages of one batch."""

    failed: set[str] = field(default_factory=set)
    """The ids of messages to deliver again."""
    counts: Counter[str] = field(default_factory=Counter)
    """How many activities were Counted, Rejected, Ignored or Duplicate."""
    reasons: Counter[str] = field(default_factory=Counter)
    """How many were rejected, by reason."""
    missed: Counter[str] = field(default_factory=Counter)
    """How often a window did not take an activity that another window took, by reason."""


@dataclass(slots=True)
class _PlayerBatch:
    """The part of a batch that is about one player."""

    message_ids: list[str] = field(default_factory=list)
    judged: dict[str, JudgedRecord] = field(default_factory=dict)
    """The records by activity id. Where two have the same id, the first counts, as it does across batches."""


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Count a batch of SQS messages, each a stream record, and answer which failed. Lambda calls this."""
    logs.begin(context)
    result = process(event["Records"], config.load_board(), *_stores(), clock.now())
    _write_metrics(result)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in sorted(result.failed)]}


def process(
    messages: Iterable[dict[str, Any]],
    board: BoardConfig,
    window_store: WindowStore,
    aggregates: Aggregates,
    heartbeats: Heartbeats,
    now: int,
) -> BatchResult:
    """Write what SQS messages change, each activity once. `now` is in milliseconds."""
    result = BatchResult()
    batch = list(messages)
    try:
        window_store.check_identity()
    except IdentityError as error:
        logs.fail("refused to write", error, identity=str(error))
        result.failed.update(message["messageId"] for message in batch)
        return result
    for attempt in range(ATTEMPTS):
        result = BatchResult()
        try:
            players = _judge_batch(batch, board, window_store, aggregates.grants, heartbeats, now, result)
        except EdgesChangedError:
            pause_before_retry(attempt)
            continue
        _write(players, aggregates, now, result)
        return result
    raise BusyError(f"other functions changed the windows {ATTEMPTS} times while a batch was judged")


def _judge_batch(
    batch: Sequence[dict[str, Any]],
    board: BoardConfig,
    window_store: WindowStore,
    grants: Grants,
    heartbeats: Heartbeats,
    now: int,
    result: BatchResult,
) -> Mapping[str, _PlayerBatch]:
    """Judge all messages by one state of the windows, and open those that are new.

    Raises EdgesChangedError where another function has opened one meanwhile: it may have other edges.
    """
    players: dict[str, _PlayerBatch] = {}
    judge = Judge(board, now, window_store.refresh(), _make_closed_check(window_store, now)).judge
    decisions, admit = window_store.decisions, grants.make_check()

    def judge_record(record: StreamRecord) -> Judgement:
        if decisions.forgets(record):
            # Neither a rejection nor a mark: both would keep what the player wanted to be forgotten.
            return IgnoredActivity()
        return judge(admit(record))

    for message in batch:
        try:
            judged = _judge(message, judge_record, window_store, heartbeats, now, result)
        except Exception as error:
            # Whatever a message holds, it fails alone and does not hold up the others.
            logs.fail("a message is no activity", error, message_id=message["messageId"])
            result.failed.add(message["messageId"])
            continue
        if judged is not None:
            _add(judged, message["messageId"], players, result)
    verdicts = (judged.verdict for player in players.values() for judged in player.judged.values())
    windows = {w.id: w for each in verdicts if isinstance(each, Contribution) for w in each.windows}
    window_store.open(windows.values())
    return players


def _make_closed_check(window_store: WindowStore, now: int) -> Callable[[Window], bool]:
    """Make the function that tells whether a window is closed. It reads each window once, before the batch is written.

    Sealing relies on that: a batch that begins after a window was closed writes nothing into it.
    """
    is_closed = cache(window_store.is_closed)
    return lambda window: window.ends_at is not None and window.ends_at <= now and is_closed(window.id)


def _judge(
    message: dict[str, Any],
    judge_record: Callable[[StreamRecord], Judgement],
    window_store: WindowStore,
    heartbeats: Heartbeats,
    now: int,
    result: BatchResult,
) -> JudgedRecord | None:
    """Judge one message; None where it changes no aggregate and leaves no mark. Raises where it is no stream record."""
    record = parse_stream_record(json.loads(message["body"]))
    judgement = judge_record(record)
    if isinstance(judgement, Contribution | Rejection):
        return JudgedRecord(record, judgement)
    if isinstance(judgement, Probe):
        if not window_store.record_probe(judgement.window_id, judgement.token, judgement.id):
            result.counts["Ignored"] += 1
        return None
    if isinstance(judgement, Heartbeat):
        if not heartbeats.record_arrival(judgement.token, judgement.sent, now):
            result.counts["Ignored"] += 1
        return None
    result.counts["Ignored"] += 1
    return None


def _add(judged: JudgedRecord, message_id: str, players: dict[str, _PlayerBatch], result: BatchResult) -> None:
    """Add a judged record to its player's part of the batch, unless the same activity is in it already."""
    if (player := players.get(judged.record.player_id)) is None:
        player = players[judged.record.player_id] = _PlayerBatch()
    player.message_ids.append(message_id)
    if judged.record.activity_id in player.judged:
        result.counts["Duplicate"] += 1
        return
    player.judged[judged.record.activity_id] = judged
    if isinstance(judged.verdict, Contribution) and judged.verdict.missed:
        result.missed.update(missed.reason for missed in judged.verdict.missed)


def _write(players: Mapping[str, _PlayerBatch], aggregates: Aggregates, now: int, result: BatchResult) -> None:
    """Write each player's part of the batch, several at once."""
    if not players:
        return
    aggregates.announce(now)
    judged = {player_id: list(player.judged.values()) for player_id, player in players.items()}
    for player_id, written in aggregates.write_all(judged, now).items():
        # What fails for one player is delivered again and does not hold up the others.
        if isinstance(written, Exception):
            _log_failure(written, judged[player_id])
            result.failed.update(players[player_id].message_ids)
            continue
        result.counts["Counted"] += written.counted
        result.counts["Duplicate"] += written.duplicates
        result.counts["Rejected"] += len(written.rejections)
        result.reasons.update(rejection.reason for rejection in written.rejections)


def _log_failure(failure: Exception, records: Sequence[JudgedRecord]) -> None:
    """Log that a player's activities were not written, by their ids and their windows."""
    windows = {
        window.id for each in records if isinstance(each.verdict, Contribution) for window in each.verdict.windows
    }
    ids = logs.name_activities(each.record.activity_id for each in records)
    logs.fail("a player's activities were not written", failure, activity_ids=ids, windows=sorted(windows))


def _write_metrics(result: BatchResult) -> None:
    """Write the metrics of a batch that say something: none for a batch that only the board's own items are in."""
    counts = {name: result.counts[name.removeprefix("Activities")] for name in (metrics.COUNTED, metrics.REJECTED)}
    values = counts if any(counts.values()) else {}
    more = {
        metrics.UNFIT: result.reasons.total() - result.reasons["over_limit"],
        metrics.IGNORED: result.counts["Ignored"],
        metrics.DUPLICATE: result.counts["Duplicate"],
        metrics.PROCESSING_ERRORS: len(result.failed),
    }
    metrics.write(values | {name: value for name, value in more.items() if value})
    metrics.write_by_reason(metrics.REJECTED_BY_REASON, result.reasons)
    metrics.write_by_reason(metrics.MISSED_BY_REASON, result.missed)


@cache
def _stores() -> tuple[WindowStore, Aggregates, Heartbeats]:
    board = config.load_board()
    client = aws.dynamodb()
    read_raw(client, "BatchGetItem")
    table = Table(client, aws.setting("AGGREGATES_TABLE"), ("partition", "player_id"))
    marks = Table(client, aws.setting("MARKS_TABLE"), ("player_id", "activity_id"))
    window_store = WindowStore(table, board)
    return window_store, Aggregates(board, window_store, table, marks), Heartbeats(table)
