"""Boards that tests make of a config, deployed into one embedded AWS; what an operator does with their functions."""

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
from generator.rendering.archives import archives
from runtime.config import BoardConfig
from tests.end_to_end.game import Game
from tests.runtime.boards import stream_record


@contextmanager
def deployed(boards: tuple[Board, ...]) -> Iterator[Stack]:
    """The boards in an embedded AWS of their own, where nothing is rebuilt unless a test asks for it."""
    stack = Stack()
    try:
        stack.start([replace(board, schedule="rate(1 day)") for board in boards], schedule="yaml")
        yield stack
    finally:
        stack.stop()


@dataclass(frozen=True)
class Operated(Game):
    """A deployed board whose functions a test runs itself."""

    @property
    def config(self) -> BoardConfig:
        return self.stack.boards[self.name].board.config

    def function(self, part: str) -> str:
        return self.stack.boards[self.name].deployment.functions[part]

    def redeploy(self, config: BoardConfig) -> None:
        """Another version of the board's code, as Terraform would put it: same tables, same functions."""
        code = archives(replace(self.stack.boards[self.name].board, config=config))["lambda/board.zip"]
        functions = self.stack.aws.client("lambda")
        for part in ("processor", "rebuilder", "api"):
            functions.update_function_code(FunctionName=self.function(part).rsplit(":", 1)[-1], ZipFile=code)

    def process(self, *items: dict[str, Any]) -> dict[str, Any]:
        """Give the processor a batch as the queue would. What it answers, and the last of its log."""
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
        """A snapshot, now. Raises FunctionError with the end of the log when the rebuilder fails."""
        answer: dict[str, Any] = invoke(self.stack.aws.client("lambda"), self.function("rebuilder"), {})
        return answer

    def hold(self) -> None:
        """Activities wait in the queue from now on."""
        self._enable(False)

    def let_go(self) -> None:
        """And are processed again."""
        self._enable(True)

    def written(self) -> dict[str, int]:
        """When each activity was first written, by its id: milliseconds, the end of the stream's second."""
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

    def stored(self) -> list[Any]:
        """Every item of the aggregates table."""
        table = self.stack.boards[self.name].deployment.aggregates_table
        pages = self.stack.aws.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return sorted((item for page in pages for item in page["Items"]), key=json.dumps)

    def log(self, part: str) -> str:
        """All that a function has logged."""
        name = self.function(part).rsplit(":", 1)[-1]
        pages = self.stack.aws.client("logs").get_paginator("filter_log_events")
        events = [event for page in pages.paginate(logGroupName=f"/aws/lambda/{name}") for event in page["events"]]
        return "\n".join(event["message"] for event in events)

    def _enable(self, enabled: bool) -> None:
        mapping = self.stack.boards[self.name].deployment.mapping_id
        self.stack.aws.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=enabled)


def metrics(log: str) -> list[dict[str, Any]]:
    """The EMF documents among the lines of a log."""
    found = []
    for line in log.splitlines():
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict) and "_aws" in document:
            found.append(document)
    return found


def eventually(check: Callable[[], bool], seconds: float = 20) -> None:
    """Return once `check` says so. Fails when that takes longer."""
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, f"not so after {seconds} seconds"
        time.sleep(0.1)


def ready_file(stack: Stack, folder: Path) -> Path:
    """The file that `leaderboards local --ready-file` would write for the stack."""
    path = folder / "ready.json"
    path.write_text(json.dumps(stack.make_ready_document()))
    return path


def away_from_the_hour(seconds: float) -> None:
    """Wait, if the hour is over in less: a test that takes so long must not see two hours."""
    left = 3600 - time.time() % 3600
    if left < seconds:
        threading.Event().wait(left + 1)
