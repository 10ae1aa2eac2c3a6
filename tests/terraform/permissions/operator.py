"""What whoever is on call does with a board, by the commands, in an AWS in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch

import boto3

from generator.aws.invoke import invoke
from generator.board.board import Board
from generator.board.feed import Feed
from generator.errors import FunctionError
from generator.operations.activity_item import DraftActivity
from generator.operations.audit.reading import list_deeds
from generator.operations.audit.trail import open_trail
from generator.operations.backfilling.loading import load
from generator.operations.backfilling.past_board import read_past_board
from generator.operations.feeds.redriving import redrive_feed_pipe
from generator.operations.feeds.running_feed import find_feed_in_aws
from generator.operations.feeds.strays import list_strays, redrive_strays
from generator.operations.following import PutBack, follow
from generator.operations.players.managed_board import find_managed_in_aws
from generator.operations.ranks import rebuilding
from generator.operations.ranks.activities import ExportedActivities
from generator.operations.ranks.exporting import export_ranks
from generator.operations.redrives import schedule
from generator.operations.redrives.pipe import redrive_pipe
from generator.operations.redrives.putting_back import redrive_dead_letters, redrive_rejected
from generator.operations.rejections import list_rejections
from generator.operations.running_board import RunningBoard, find_in_aws
from generator.operations.status import reading
from generator.operations.status.facts import Code, Expected
from generator.operations.status.fleet import look_at_one
from generator.operations.status.reached import reach_in_aws
from generator.operations.status.reading import read_code
from runtime.domain.activity import make_id
from runtime.domain.instants import DAY, from_datetime, rfc3339
from runtime.dynamodb.items import mark_key
from runtime.s3.snapshots import SnapshotStore
from tests.terraform.judging.plan import Plan
from tests.terraform.permissions.followed_runbook import follow_runbook


def make_dead_letters(plan: Plan) -> None:
    """Put a message into each dead-letter queue: into that of a pipe one that the stream has not the whole of."""
    sqs = boto3.client("sqs")
    for queue in plan.of("aws_sqs_queue"):
        if queue["name"].endswith("-dead-letters"):
            url = sqs.get_queue_url(QueueName=queue["name"])["QueueUrl"]
            is_pipes = queue["name"].endswith("-pipe-dead-letters")
            sqs.send_message(QueueUrl=url, MessageBody=json.dumps(_make_position(plan) if is_pipes else {}))


def make_strays(feed: Feed) -> None:
    """Put two strays into a feed's queue: one of a type that the feed knows by now, and one of another."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=feed.names.part("strays"))["QueueUrl"]
    for kind in (feed.types[0], "nonsense"):
        change = {"Keys": {"player_id": {"S": "ann"}}, "NewImage": {"type": {"S": kind}}}
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"dynamodb": change}))


def _make_position(plan: Plan) -> dict[str, Any]:
    """A dead letter of the pipe, from the stream's first record to one that never was."""
    table = next(each["name"] for each in plan.of("aws_dynamodb_table") if each.address.endswith("activities"))
    arn = boto3.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    streams = boto3.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    start = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    first = streams.get_records(ShardIterator=start["ShardIterator"])["Records"][0]["dynamodb"]
    time = rfc3339(from_datetime(first["ApproximateCreationDateTime"]))
    return {
        "DDBStreamBatchInfo": {
            "streamArn": arn,
            "shardId": shard,
            "startSequenceNumber": first["SequenceNumber"],
            "endSequenceNumber": str(10**30),
            "approximateArrivalOfFirstRecord": time,
            "approximateArrivalOfLastRecord": time,
            "batchSize": 2,
        }
    }


@contextmanager
def noted() -> Iterator[None]:
    """The session that notes requests, and nothing of it waits for messages."""
    with (
        patch.object(rebuilding, "invoke", _invoke),
        patch.object(boto3, "Session", lambda **_: boto3.DEFAULT_SESSION),
        patch("generator.operations.redrives.receiving.WAIT_SECONDS", 0),
    ):
        yield


def rebuild_for_the_first_time(board: Board) -> None:
    """See that there are no ranks yet, and rebuild."""
    with noted():
        managed = find_managed_in_aws(board)
        assert SnapshotStore(managed.bucket).read_newest() is None
        rebuilding.rebuild(managed.running)


def operate(board: Board) -> None:
    """See how the board is, what was rejected, put everything back, see what becomes of it, and read the audit."""
    with noted():
        _see_status(board)
        running = find_in_aws(board)
        with open_trail(running).deed("redrive", {}) as deed:
            deed.outcome({"sent": _redrive(running)})
            if board.feed is None:
                *_, done = redrive_pipe(running)
                assert (done.searched, done.unreadable) == (1, 0)
            schedule.clear_schedule(running)
        take_out(board)
        follow_runbook(board)
        assert [each.outcome["sent"] for each in list_deeds(running.marks)] == [2 + 1 + bool(board.feed)]


def operate_feed(feed: Feed) -> None:
    """See how the feed is and which strays there are, put everything back, and read the audit."""
    with noted():
        _see_status(feed)
        running = find_feed_in_aws(feed)
        with running.open_trail().deed("strays", {}) as deed:
            *_, done = redrive_strays(running, feed.types)
            *_, lost = redrive_feed_pipe(running, list)
            deed.outcome({"sent": done.sent, "searched": lost.searched})
        follow_runbook(feed)
        assert [stray.type for stray in list_strays(running)] == ["nonsense"]
        assert [each.outcome for each in list_deeds(running.activities)] == [{"sent": 1, "searched": 1}]


def take_out(board: Board) -> None:
    """Export the ranks of a window, and all activities."""
    managed = find_managed_in_aws(board)
    assert [*export_ranks(managed, board.config.windows[0].every).read()]
    assert any(page for page in ExportedActivities(managed, None).read())


def _see_status(bundle: Board | Feed) -> None:
    """See how the board or the feed is. The functions are not there in moto: only the requests count here."""
    there = Code("x", "2026-11-20T08:00:00.000Z")

    def read_there(functions: Any, name: str) -> Code:
        return read_code(functions, name) or there

    with patch.object(reading, "read_code", read_there):
        status = look_at_one(reach_in_aws(bundle), bundle, lambda _: Expected("x"))
    assert status.facts
    assert status.facts.queues
    own = status.facts.board
    assert isinstance(bundle, Feed) or (own and own.snapshot and own.states)


def backfill(board: Board) -> None:
    """Load an activity of last month from a file's row."""
    with patch.object(boto3, "Session", lambda **_: boto3.DEFAULT_SESSION):
        running = find_in_aws(board)
        past = read_past_board(board.config, running, board.names.part("aggregates"))
        for kind in board.config.windows:
            if kind.closes and (window := past.timelines.of(kind).previous(past.now)):
                past.is_closed(window)
        fields = {points.field: {"N": "7"} for rule in board.config.rules for points in rule.points if points.field}
        draft = DraftActivity("zoe", make_id(past.now - 40 * DAY, 1), board.config.rules[0].activity, None, fields)
        followed = PutBack()
        with open_trail(running).deed("backfill", {}):
            *_, counts = load(running, past, [draft], 1_000, followed)
            next(follow(running, followed, seconds=0))
        assert counts.written == 1


def _invoke(functions: Any, name: str, event: Any) -> Any:
    """Ask for a function to be run. Lambda would run containers in moto: only the request counts here."""
    with suppress(FunctionError):
        invoke(functions, name, event)
    return {}


def _redrive(running: RunningBoard) -> int:
    put_back = PutBack()
    # A redrive died when it had deleted a mark.
    first = next(list_rejections(running.marks, running.now()))
    running.marks.delete(mark_key(first.make_record()))
    *_, rejected = redrive_rejected(running, list_rejections(running.marks, running.now()), put_back)
    *_, dead = redrive_dead_letters(running, put_back)
    assert rejected.gone == 0
    next(follow(running, put_back, seconds=0))
    return rejected.sent + dead.sent
