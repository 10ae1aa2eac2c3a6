"""Boards that a test deploys into an embedded AWS of its own, and what an operator does with them."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.aws.invoke import invoke
from generator.board.board import Board
from generator.local.doors.ready_file import make_ready_document
from generator.local.rehearsal import shifted_clock
from generator.local.rehearsal.commands import start_rehearsal
from generator.local.reporter import Reporter
from generator.local.stack import Stack
from generator.rendering.archives import build_archives, replace_member
from runtime.config import BoardConfig
from tests.end_to_end.crowd import Write
from tests.end_to_end.game import Game
from tests.runtime.boards import stream_record


@contextmanager
def deploy_boards(
    boards: tuple[Board, ...], reporter: Reporter | None = None, begins: int | None = None
) -> Iterator[Stack]:
    """Deploy boards into an embedded AWS of their own, whose clock `begins` at an instant. Nothing is rebuilt unless a
    test asks for it."""
    stack = Stack(reporter)
    try:
        stack.start([replace(board, schedule="rate(1 day)") for board in boards], schedule="yaml", begins=begins)
        start_rehearsal(stack, lambda _: None)
        yield stack
    finally:
        stack.stop()


@dataclass(frozen=True)
class OperatedGame(Game):
    """A deployed board whose functions the test runs itself."""

    @property
    def config(self) -> BoardConfig:
        """The configuration that the board was deployed with."""
        return self.stack.boards[self.name].board.config

    def function(self, part: str) -> str:
        """The ARN of the processor, the rebuilder or the api."""
        return self.stack.boards[self.name].deployment.functions[part]

    def write(self, writes: list[Write]) -> None:
        """Write activities of a crowd; those that are written again, after all the others."""
        dynamodb = self.stack.aws.client("dynamodb")
        self.put_all([write.item for write in writes])
        for write in writes:
            if write.expires:
                key = {name: write.item[name] for name in ("player_id", "activity_id")}
                dynamodb.delete_item(TableName=self.table, Key=key)
            for item in write.again:
                self.put(item)

    def redeploy(self, config: BoardConfig) -> None:
        """Deploy another version of the board's code to its functions, as Terraform would. The data stays, and so does
        the run's clock."""
        code = build_archives(replace(self.stack.boards[self.name].board, config=config))["lambda/board.zip"]
        code = replace_member(code, "runtime/clock.py", Path(shifted_clock.__file__).read_bytes())
        functions = self.stack.aws.client("lambda")
        for part in ("processor", "rebuilder", "api"):
            functions.update_function_code(FunctionName=self.function(part).rsplit(":", 1)[-1], ZipFile=code)

    def process(self, *items: dict[str, Any]) -> dict[str, Any]:
        """Give the processor a batch, as the queue would. Returns its answer, with the end of its log as `log`."""
        records = [
            {"messageId": str(number), "body": json.dumps(stream_record(item, self.stack.aws.clock.now()))}
            for number, item in enumerate(items)
        ]
        answer = self.stack.aws.client("lambda").invoke(
            FunctionName=self.function("processor").rsplit(":", 1)[-1],
            Payload=json.dumps({"Records": records}).encode(),
            LogType="Tail",
        )
        log = base64.b64decode(answer["LogResult"]).decode()
        return {"log": log, **json.load(answer["Payload"])}

    def rebuild(self) -> dict[str, Any]:
        """Make a snapshot now. Raises FunctionError, with the end of the log, if the rebuilder fails."""
        answer: dict[str, Any] = invoke(self.stack.aws.client("lambda"), self.function("rebuilder"), {})
        return answer

    def stop_processing(self) -> None:
        """Let activities wait in the queue from now on."""
        self._enable_queue(False)

    def resume_processing(self) -> None:
        """Process the activities in the queue again."""
        self._enable_queue(True)

    def read_write_times(self) -> dict[str, int]:
        """When each activity was first written, by its id and the run's clock: the last millisecond of the second that
        the stream names."""
        streams = self.stack.aws.client("dynamodbstreams")
        pipe = self.stack.boards[self.name].deployment.pipe
        assert pipe
        arn = pipe.stream_arn
        found: dict[str, int] = {}
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records = streams.get_records(ShardIterator=iterator)["Records"]
            for record in records:
                moment = int(record["dynamodb"]["ApproximateCreationDateTime"].timestamp())
                written = self.stack.aws.clock.at(moment * 1000) + 999
                found.setdefault(record["dynamodb"]["Keys"]["activity_id"]["S"], written)
        return found

    def read_aggregates(self) -> list[Any]:
        """Every item of the aggregates table."""
        table = self.stack.boards[self.name].deployment.aggregates_table
        pages = self.stack.aws.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return sorted((item for page in pages for item in page["Items"]), key=json.dumps)

    def count_marks(self) -> int:
        """How many activities have a mark, as the embedded AWS counts them all the time."""
        name = self.stack.boards[self.name].board.names.part("marks")
        return int(self.stack.aws.client("dynamodb").describe_table(TableName=name)["Table"]["ItemCount"])

    def holds_lease(self) -> bool:
        """Whether a rebuild is under way, or has died and could not give back its lease."""
        return "Item" in self.stack.aws.client("dynamodb").get_item(**self._lease)

    def end_lease(self) -> None:
        """End the lease of a rebuild that could not give it back, as if it had run out."""
        self.stack.aws.client("dynamodb").delete_item(**self._lease)

    def read_log(self, part: str) -> str:
        """Everything that a function has logged, as far as the embedded AWS still has it."""
        return "\n".join(message for messages in self.read_log_streams(part).values() for message in messages)

    def read_log_streams(self, part: str) -> dict[str, list[str]]:
        """What each invocation of a function has logged, by the name of its log stream."""
        name = self.function(part).rsplit(":", 1)[-1]
        pages = self.stack.aws.client("logs").get_paginator("filter_log_events")
        found: dict[str, list[str]] = {}
        for page in pages.paginate(logGroupName=f"/aws/lambda/{name}"):
            for event in page["events"]:
                found.setdefault(event["logStreamName"], []).append(event["message"])
        return found

    @property
    def _lease(self) -> Any:
        """The table and the key of the lease."""
        table = self.stack.boards[self.name].deployment.aggregates_table
        return {"TableName": table, "Key": {"partition": {"S": "#lease"}, "player_id": {"S": "rebuild"}}}

    def _enable_queue(self, enabled: bool) -> None:
        mapping = self.stack.boards[self.name].deployment.mapping_id
        self.stack.aws.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=enabled)


class Listener:
    """A consumer of one board's events: a queue that gets them from the account's event bus."""

    def __init__(self, game: OperatedGame) -> None:
        self.game, self.aws = game, game.stack.aws
        name = f"listener-{game.name}"
        self.url = self.aws.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        pattern = {"source": [game.stack.boards[game.name].board.names.prefix]}
        self.aws.client("events").put_rule(Name=name, EventPattern=json.dumps(pattern))
        arn = f"arn:aws:sqs:{self.aws.region}:{self.aws.account_id}:{name}"
        self.aws.client("events").put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn}])

    def receive(self) -> list[dict[str, Any]]:
        """The events that came since the last call."""
        found: list[dict[str, Any]] = []
        sqs = self.aws.client("sqs")
        while messages := sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", []):
            found += [json.loads(message["Body"]) for message in messages]
            handles: Any = [{"Id": each["MessageId"], "ReceiptHandle": each["ReceiptHandle"]} for each in messages]
            sqs.delete_message_batch(QueueUrl=self.url, Entries=handles)
        return found


def read_metrics(log: str) -> list[dict[str, Any]]:
    """The metrics in a log: those of its lines that are documents of the Embedded Metric Format."""
    found = []
    for line in log.splitlines():
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict) and "_aws" in document:
            found.append(document)
    return found


def wait_until(check: Callable[[], bool], seconds: float = 240) -> None:
    """Wait until `check` returns True. Fails if that takes longer than `seconds`."""
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, f"not so after {seconds} seconds"
        time.sleep(0.1)


def write_ready_file(stack: Stack, folder: Path) -> Path:
    """Write the file that `leaderboards local --ready-file` would write for the stack. Returns its path."""
    path = folder / "ready.json"
    path.write_text(json.dumps(make_ready_document(stack)))
    return path


def avoid_the_full_hour(seconds: float) -> None:
    """If the hour ends within `seconds`, wait until it has: a test must not see two hours."""
    left = 3600 - time.time() % 3600
    if left < seconds:
        threading.Event().wait(left + 1)
