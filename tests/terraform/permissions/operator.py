"""What whoever is on call does with a board, by the commands, in an AWS in memory."""

from __future__ import annotations

from unittest.mock import patch

import boto3

from generator.board.board import Board
from generator.operations.audit.reading import list_deeds
from generator.operations.audit.trail import open_trail
from generator.operations.following import PutBack, follow
from generator.operations.redriving import redrive_dead_letters, redrive_rejected
from generator.operations.rejections import list_rejections
from generator.operations.running_board import RunningBoard, find_in_aws
from runtime.dynamodb.items import mark_key
from tests.terraform.judging.plan import Plan


def make_dead_letters(plan: Plan) -> None:
    """Put a message into each dead-letter queue."""
    sqs = boto3.client("sqs")
    for queue in plan.of("aws_sqs_queue"):
        if queue["name"].endswith("-dead-letters"):
            sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue["name"])["QueueUrl"], MessageBody="{}")


def operate(board: Board) -> None:
    """See what was rejected, put everything back, see what becomes of it, and read the audit."""
    # The session that notes requests, and nothing of it waits for messages.
    with (
        patch.object(boto3, "Session", lambda **_: boto3.DEFAULT_SESSION),
        patch("generator.operations.redriving.WAIT_SECONDS", 0),
    ):
        running = find_in_aws(board)
        with open_trail(running).deed("redrive", {}) as deed:
            deed.outcome({"sent": _redrive(running)})
        assert [each.outcome["sent"] for each in list_deeds(running.marks)] == [2 + 1 + bool(board.feed)]


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
