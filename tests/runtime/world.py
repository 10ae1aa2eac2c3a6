"""A whole board in memory: its functions, with tables, a bucket and an event bus that a test can make fail."""

from __future__ import annotations

from itertools import chain, repeat
from typing import Any

from runtime.answers import BoardApi
from runtime.config import BoardConfig
from runtime.dynamodb.aggregates import Aggregates
from runtime.dynamodb.heartbeats import Heartbeats
from runtime.dynamodb.streaming.table_stream import TableStream
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import WindowStore
from runtime.lifecycle.assembled.executions import StateMachine
from runtime.lifecycle.result import RebuildResult
from runtime.processor import BatchResult, process
from runtime.rebuilder import Rebuilder
from runtime.s3 import snapshots
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import SnapshotStore
from tests.runtime.boards import BOARD, NOW, board, item, message
from tests.support.memory_aws import Call, HookedAws
from tests.support.memory_aws.errors import error
from tests.support.memory_aws.interceptors import only

PLAIN = board(decimals=0)


class World:
    """A board's tables, bucket and event bus in memory, and what its functions work with."""

    def __init__(self, config: BoardConfig = PLAIN) -> None:
        self.aws = HookedAws(lambda: NOW)
        self.event_bus = self.aws.client("events")
        self.number = 0
        self.deploy(config)

    def deploy(self, config: BoardConfig, key: str | None = None) -> None:
        """Start the functions anew with a board and its KMS key; the tables and the bucket keep what they hold."""
        self.config = config
        self.table = self._table("aggregates")
        self.activities = self._table("activities")
        self.bucket = bucket = Bucket(self.aws.client("s3"), "bucket", key)
        self.rank_files = RankFiles(bucket, config.columns, config.search_names)
        self.snapshots = SnapshotStore(bucket)
        self.window_store = WindowStore(self.table, config)
        marks = self._table("marks")
        self.aggregates = Aggregates(config, self.window_store, self.table, marks)
        self.heartbeats = Heartbeats(self.table)
        self.stream = self.open_stream()
        self.api = BoardApi(config, self.rank_files, self.snapshots, self.table)

    def open_stream(self) -> TableStream:
        """The stream of the aggregates, for a reader that waits for nothing."""
        streams, arn = self.aws.client("dynamodbstreams"), self.aws.stream.arn
        return TableStream(streams, self.table, arn, lambda: self.aws.clock(), lambda: 0.0, lambda seconds: None)

    def put(self, *items: dict[str, Any], written: int = NOW, now: int | None = None) -> BatchResult:
        """Process items of the activities table that were all written at one time."""
        messages = [message(each, str(number), written) for number, each in enumerate(items)]
        stores = self.window_store, self.aggregates, self.heartbeats
        return process(messages, self.config, *stores, written if now is None else now)

    def play(self, *kills: str, at: int = NOW) -> None:
        """Let each of the players make a kill."""
        made = []
        for name in kills:
            self.number += 1
            made.append(item(name, at=at, number=self.number))
        assert not self.put(*made, written=at).failed

    def rebuild(self, now: int = NOW, takes: int = 0) -> RebuildResult:
        rebuilder = self.rebuilder(now, takes)
        result = rebuilder.rebuild()
        rebuilder.clear(result)
        return result

    def die_at(self, prefix: str) -> None:
        """Let each rebuild die as it writes a file whose key begins so."""

        def die(call: Call) -> None:
            if call.request["Key"].startswith(prefix):
                raise error("InternalError", call.operation)

        self.aws.before = only(die, "put_object")

    def overtake_next_rebuild(self, at: int) -> None:
        """Let ann play and another rebuild publish, just before the next rebuild writes its snapshot's history."""

        def overtake(call: Call) -> None:
            if call.request["Key"].startswith(snapshots.HISTORY):
                self.aws.unhook()
                self.play("ann")
                assert self.rebuild(at).published

        self.aws.before = only(overtake, "put_object")

    def rebuilder(self, now: int, takes: int = 0) -> Rebuilder:
        """Make a rebuilder that begins at `now`, and that has taken `takes` milliseconds when windows move on."""
        clock = chain([now], repeat(now + takes)).__next__
        tables = self.table, self.stream, self.activities
        start = StateMachine(self.aws.client("stepfunctions"), "assembly") if self.config.assembly else None
        return Rebuilder(self.config, self.window_store, *tables, self.rank_files, self.snapshots, clock, start=start)

    def page(self, now: int = NOW, **query: str) -> dict[str, Any]:
        return self.api.leaderboard(query, now).body

    def player(self, player_id: str, now: int = NOW, **query: str) -> dict[str, Any]:
        return self.api.player(player_id, query, now).body

    def items_of_all_time(self) -> dict[str, dict[str, Any]]:
        """The items of the aggregates of all time, by player."""
        return {
            player: row
            for (partition, player), row in self.aws.tables["aggregates"].items()
            if partition.startswith("all-time#")
        }

    def _table(self, name: str) -> Table:
        return Table(self.aws.client("dynamodb"), name, self.aws.tables[name].keys_of_items)


def processor_of(aws: HookedAws, config: BoardConfig = BOARD) -> tuple[WindowStore, Aggregates, Heartbeats]:
    """What a processor works with when it has just started: nothing is remembered of one that ran before."""
    dynamodb = aws.client("dynamodb")
    table = Table(dynamodb, "aggregates", ("partition", "player_id"))
    marks = Table(dynamodb, "marks", ("player_id", "activity_id"))
    window_store = WindowStore(table, config)
    return window_store, Aggregates(config, window_store, table, marks), Heartbeats(table)


def process_messages(
    aws: HookedAws, messages: list[dict[str, Any]], config: BoardConfig = BOARD, now: int = NOW
) -> BatchResult:
    """Give a batch to a processor that has just started."""
    return process(messages, config, *processor_of(aws, config), now)


def scores(aws: HookedAws) -> dict[tuple[str, str], int]:
    """The first column of every player in every window, by window id and player."""
    return {
        (partition.split("#")[0], player): int(row["columns"]["L"][0]["N"])
        for (partition, player), row in aws.tables["aggregates"].items()
        if not partition.startswith("#")
    }
