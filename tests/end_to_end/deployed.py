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
from generator.local.stack import Stack
from generator.rendering.archives import build_archives
from runtime.config import BoardConfig
from tests.end_to_end.game import Game
from tests.runtime.boards import stream_record


@contextmanager
def deploy_boards(boards: tuple[Board, ...]) -> Iterator[Stack]:
    """Deploy boards into an embedded AWS of their own. Nothing is rebuilt unless a test asks for it."""
    stack = Stack()
    try:
        stack.start([replace(board, schedule="rate(1 day)") for board in boards], schedule="yaml")
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

    def redeploy(self, config: BoardConfig) -> None:
        """Deploy another version of the board's code to its functions, as Terraform would. The data stays."""
        code = build_archives(replace(self.stack.boards[self.name].board, config=config))["lambda/board.zip"]
        functions = self.stack.aws.client("lambda")
        for part in ("processor", "rebuilder", "api"):
            functions.update_function_code(FunctionName=self.function(part).rsplit(":", 1)[-1], ZipFile=code)

    def process(self, *items: dict[str, Any]) -> dict[str, Any]:
        """Give the processor a batch, as the queue would. Returns its answer, with the end of its log as `log`."""
        records = [
            {"messageId": str(number), "body": json.dumps(stream_record(item, int(time.time() * 1000)))}
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
        """When each activity was first written, by its id: the last millisecond of the second that the stream names."""
        streams = self.stack.aws.client("dynamodbstreams")
        arn = self.stack.boards[self.name].deployment.pipe.stream_arn
        found: dict[str, int] = {}
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records = streams.get_records(ShardIterator=iterator)["Records"]
            for record in records:
                moment = int(record["dynamodb"]["ApproximateCreationDateTime"].timestamp())
                found.setdefault(record["dynamodb"]["Keys"]["activity_id"]["S"], moment * 1000 + 999)
        return found

    def read_aggregates(self) -> list[Any]:
        """Every item of the aggregates table."""
        table = self.stack.boards[self.name].deployment.aggregates_table
        pages = self.stack.aws.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return sorted((item for page in pages for item in page["Items"]), key=json.dumps)

    def end_lease(self) -> None:
        """End the lease of a rebuild that could not give it back, as if it had run out."""
        table = self.stack.boards[self.name].deployment.aggregates_table
        key: Any = {"partition": {"S": "#lease"}, "player_id": {"S": "rebuild"}}
        self.stack.aws.client("dynamodb").delete_item(TableName=table, Key=key)

    def read_log(self, part: str) -> str:
        """Everything that a function has logged."""
        name = self.function(part).rsplit(":", 1)[-1]
        pages = self.stack.aws.client("logs").get_paginator("filter_log_events")
        events = [event for page in pages.paginate(logGroupName=f"/aws/lambda/{name}") for event in page["events"]]
        return "\n".join(event["message"] for event in events)

    def _enable_queue(self, enabled: bool) -> None:
        mapping = self.stack.boards[self.name].deployment.mapping_id
        self.stack.aws.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=enabled)


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


def wait_until(check: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until `check` returns True. Fails if that takes longer than `seconds`."""
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, f"not so after {seconds} seconds"
        time.sleep(0.1)


def write_ready_file(stack: Stack, folder: Path) -> Path:
    """Write the file that `leaderboards local --ready-file` would write for the stack. Returns its path."""
    path = folder / "ready.json"
    path.write_text(json.dumps(stack.make_ready_document()))
    return path


def avoid_the_full_hour(seconds: float) -> None:
    """If the hour ends within `seconds`, wait until it has: a test must not see two hours."""
    left = 3600 - time.time() % 3600
    if left < seconds:
        threading.Event().wait(left + 1)
