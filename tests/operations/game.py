"""A game whose board lacks a rule, and its operator: the processor is the real one, tables and queues are in memory."""

from __future__ import annotations

from decimal import Decimal

from generator.operations.redrives.putting_back import redrive_rejected
from generator.operations.rejections import Rejection, list_rejections
from generator.operations.running_board import RunningBoard
from runtime.config import BoardConfig, Points, Rule
from runtime.processor import BatchResult, process
from tests.runtime.boards import NOW, board
from tests.runtime.world import World

LATER = NOW + 60_000
WITH_NEW_RULE = board(decimals=0, rules=(Rule("kill", (Points(Decimal(10)),)), Rule("new_kill", (Points(Decimal(7)),))))
BOARDS = {
    "keeps totals": board(decimals=0),
    "keeps one run": board(decimals=0, aggregate="best"),
}


class Game:
    """A board whose rule for the type `new_kill` is missing, and what an operator does with it."""

    def __init__(self, config: BoardConfig) -> None:
        self.config = config
        self.world = World(config)
        self.aws = self.world.aws
        self.now = NOW
        self.aws.clock = lambda: self.now
        self.queue, self.dead_letters = self.aws.queues["activities"], self.aws.queues["activities-dead-letters"]
        sqs = self.aws.client("sqs")
        marks = self.world._table("marks")
        self.running = RunningBoard(
            self.world.activities, marks, sqs, self.queue.url, self.dead_letters.url, "eu-central-1"
        )

    def send_to_dead_letters(self, body: str) -> None:
        """Put a message into the dead-letter queue."""
        self.running.sqs.send_message(QueueUrl=self.dead_letters.url, MessageBody=body)

    def add_missing_rule(self) -> None:
        """Add the rule: from now on `new_kill` counts."""
        config = board(aggregate=self.config.aggregate, decimals=0, rules=WITH_NEW_RULE.rules)
        self.world.config = self.world.aggregates._board = config

    def rejected(self, now: int = LATER, reason: str | None = None) -> list[Rejection]:
        """What `leaderboards rejected` would list."""
        return list(list_rejections(self.running.marks, now, reason))

    def redrive(self, now: int = LATER) -> dict[str, int]:
        """Put back everything that was rejected. Returns the counts."""
        counts = {"sent": 0, "counted": 0, "gone": 0}
        for done in redrive_rejected(self.running, list_rejections(self.running.marks, now)):
            counts = {name: vars(done)[name] for name in counts}
        return counts

    def process_queue(self, now: int = LATER) -> BatchResult:
        """Process every message in the queue, twice: SQS delivers at least once. Returns the second result."""
        bodies = self.queue.bodies
        self.queue.messages.clear()
        messages = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
        stores = self.world.window_store, self.world.aggregates, self.world.heartbeats
        process(messages, self.world.config, *stores, now)
        return process(messages, self.world.config, *stores, now)

    def scores(self, now: int = LATER) -> dict[str, int]:
        """Every player's score in a new snapshot."""
        self.world.rebuild(now)
        page = self.world.page(now, window="all_time")
        return {entry["player_id"]: entry["score"] for entry in page["entries"]}
