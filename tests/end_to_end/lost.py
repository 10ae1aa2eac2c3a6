"""Breaks a deployed board in ways of which its dead-letter queues tell."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from generator.local.deploy.deployment import PipeSettings
from generator.local.services.pipes import LocalPipe
from generator.local.services.records import make_dead_letter
from generator.operations.redrives.positions import make_event
from tests.end_to_end.deployed import OperatedGame

WHY = "IdentityError: this board's data was made with other rules\x1b[31m"
"""Why the rebuilder failed."""


def lose(game: OperatedGame, in_stream: list[dict[str, Any]], trimmed: list[dict[str, Any]]) -> None:
    """Let the board's pipe stand still, and give up activities: some that the stream has, and some that it has no
    more."""
    board = game.stack.boards[game.name]
    settings, pipe = board.deployment.pipe, board.own_pipe
    assert settings is not None
    assert pipe is not None
    lose_by(game, settings, pipe, in_stream, trimmed)


def lose_by(
    game: OperatedGame,
    settings: PipeSettings,
    pipe: LocalPipe,
    in_stream: list[dict[str, Any]],
    trimmed: list[dict[str, Any]],
) -> None:
    """The same by any pipe, such as that of the board's feed."""
    aws = game.stack.aws
    pipe.stop()
    pipe.join()
    game.put_all(in_stream + trimmed)
    streams, sqs = aws.client("dynamodbstreams"), aws.client("sqs")
    description = streams.describe_stream(StreamArn=settings.stream_arn)["StreamDescription"]
    for shard in (each["ShardId"] for each in description["Shards"]):
        place = {"StreamArn": settings.stream_arn, "ShardId": shard}
        iterator = streams.get_shard_iterator(**place, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        for record in streams.get_records(ShardIterator=iterator)["Records"]:
            event = make_event(record, settings.stream_arn, aws.region)
            if event["dynamodb"]["NewImage"] in trimmed:
                event["dynamodb"]["SequenceNumber"] = "1".zfill(21)
            letter = make_dead_letter(settings, shard, event, datetime.now(UTC))
            sqs.send_message(QueueUrl=settings.dead_letter_queue_url, MessageBody=json.dumps(letter))


def fail_a_rebuild(game: OperatedGame) -> None:
    """Leave a dead letter of the rebuilder, as Lambda does when each attempt has failed."""
    sqs = game.stack.aws.client("sqs")
    name = game.stack.boards[game.name].board.names.part("schedule-dead-letters")
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"],
        MessageBody='{"task": "rebuild"}',
        MessageAttributes={
            "ErrorCode": {"DataType": "Number", "StringValue": "200"},
            "ErrorMessage": {
                "DataType": "String",
                "StringValue": WHY,
            },
        },
    )
