"""A table that DynamoDB throttles: every call of it that a board's functions make is refused in AWS's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from generator.alarms.alarm import Metric
from tests.end_to_end.watched_game import PARTS, WatchedGame
from tests.gameday.door import Answer, Call, Judge, open_door

MESSAGE = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or "
    "index so please try again shortly. If exceptions persist, check if you have a hot key: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
)
"""(Amazon DynamoDB developer guide, "Error handling with DynamoDB", and API reference, "TransactWriteItems".)"""

_TARGET = "DynamoDB_20120810."
_READS = frozenset(("BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"))


@contextmanager
def throttled(game: WatchedGame, table: str) -> Iterator[None]:
    """Let DynamoDB throttle one table, named by its part of the board's name, whenever a function of the board uses it.

    What AWS would count of that is written: `ReadThrottleEvents` and `WriteThrottleEvents` (Amazon DynamoDB developer
    guide, "DynamoDB metrics and dimensions").
    """
    name = game.stack.boards[game.name].board.names.part(table)
    with open_door(_refuse(game, name)) as url, ExitStack() as routed:
        for part in PARTS:
            routed.enter_context(_through(game, part, url))
        yield


def _refuse(game: WatchedGame, table: str) -> Judge:
    aws = game.stack.aws

    def judge(call: Call) -> Answer | None:
        target = call.headers.get("x-amz-target", "")
        if not target.startswith(_TARGET) or json.dumps(table).encode() not in call.body:
            return None
        operation = target.removeprefix(_TARGET)
        kind = "Read" if operation in _READS else "Write"
        metric = Metric.of("AWS/DynamoDB", f"{kind}ThrottleEvents", {"TableName": table})
        aws.cloudwatch.datapoints.put(metric, aws.clock.now() / 1000, 1.0)
        if operation != "TransactWriteItems":
            return Answer(400, {"__type": "com.amazon.coral.availability#ThrottlingException", "message": MESSAGE})
        reasons = [{"Code": "ThrottlingError", "Message": MESSAGE} for _ in json.loads(call.body)["TransactItems"]]
        codes = ", ".join(reason["Code"] for reason in reasons)
        return Answer(
            400,
            {
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "Message": f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
                "CancellationReasons": reasons,
            },
        )

    return judge


@contextmanager
def _through(game: WatchedGame, part: str, url: str) -> Iterator[None]:
    """Let a function go through a door."""
    functions, name = game.stack.aws.client("lambda"), game.stack.boards[game.name].board.names.part(part)
    own = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    with game.between_batches():
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": own | {"HTTP_PROXY": url}})
    try:
        yield
    finally:
        with game.between_batches():
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": own})
