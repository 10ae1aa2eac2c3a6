"""The board's functions and commands as processes: the real code, with simulated time, threads and chance."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

from generator.operations.running_board import RunningBoard
from runtime import api, aws, clock, config, logs, metrics, processor, rebuilder
from runtime.answers import ApiAnswer, BoardApi
from runtime.config import BoardConfig
from runtime.dynamodb import decisions, heartbeats, items, lease, outbox, table, window_store
from runtime.dynamodb.decisions import DecisionStore
from runtime.dynamodb.streaming import table_stream
from runtime.dynamodb.streaming.table_stream import TableStream
from runtime.dynamodb.table import Table
from runtime.lifecycle import sealing, watch
from runtime.lifecycle.assembling import plan
from runtime.lifecycle.assembling.steps import run_step
from runtime.s3 import bucket
from runtime.s3.ranks import sizes
from tests.simulation.network import Network
from tests.simulation.pipeline import Received
from tests.simulation.scheduler import Process, Scheduler, SimulatedExecutor
from tests.support.executors import find_threaded
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import MemoryAws

REBUILDER_SECONDS, API_SECONDS = 900, 10
"""Timeouts of the two functions, as a bundle sets them."""
SERVICES = ("dynamodb", "dynamodbstreams", "s3", "events", "sqs", "stepfunctions")
WARM = 0.8
"""How often an invocation gets a function that has run before, where one is idle."""


class Functions:
    """Starts processes, and keeps what functions hold in memory from one invocation to the next."""

    def __init__(self, scheduler: Scheduler, memory: MemoryAws, network: Network, board: BoardConfig) -> None:
        self.board = board
        self.began: dict[int, int] = {}
        """What rebuilds took for the time when they began -> the earliest moment at which one did."""
        self.running = 0
        """How many processors run."""
        self._scheduler = scheduler
        self._chance = scheduler.chance_of("functions")
        self._network = network
        self._clients = {name: memory.client(name, network) for name in SERVICES}
        self._stream = memory.stream
        self._urls = {name: queue.url for name, queue in memory.queues.items()}
        self._idle: dict[str, list[Any]] = {"processor": [], "rebuilder": [], "api": []}
        self._numbers: dict[str, int] = {}

    def forget(self) -> None:
        """End every idle function, as AWS does after a while and with each deployment."""
        for idle in self._idle.values():
            idle.clear()

    def process(self, batch: list[Received]) -> Process:
        """Invoke the processor."""
        records = [{"messageId": message["MessageId"], "body": message["Body"]} for message in batch]
        self.running += 1
        return self._invoke(
            "processor",
            processor._stores.__wrapped__,
            lambda: processor.handler({"Records": records}, CONTEXT),
            self.board.processor_seconds,
        )

    def rebuild(self, event: Any = None) -> Process:
        """Invoke the rebuilder: to rebuild, or to watch."""

        def make() -> rebuilder.Rebuilder:
            return replace(rebuilder._rebuilder.__wrapped__(), clock=self._now)

        return self._invoke("rebuilder", make, lambda: rebuilder.handler(event, CONTEXT), REBUILDER_SECONDS)

    def assemble(self, assembly_id: str, step: str, number: int) -> Process:
        """Invoke the assembler: for one part of a step."""
        table = Table(self._clients["dynamodb"], "aggregates", ("partition", "player_id"))
        objects = bucket.Bucket(self._clients["s3"], "bucket", "key")
        given = self.board, table, objects, assembly_id, step, number
        return self._start("assembler", lambda: run_step(*given), REBUILDER_SECONDS)

    def ask(self, question: Callable[[BoardApi, int], ApiAnswer]) -> Process:
        """Invoke the API's function with one request."""
        return self._invoke("api", api._api.__wrapped__, lambda: question(api._api(), clock.now()), API_SECONDS)

    def command(self, name: str, work: Callable[[RunningBoard], Any]) -> Process:
        """Run a command of an operator, who has the clients of one process."""
        activities, marks = (
            Table(self._clients["dynamodb"], table, ("player_id", "activity_id")) for table in ("activities", "marks")
        )
        queue, dead_letters = (self._urls[queue] for queue in ("activities", "activities-dead-letters"))
        board = RunningBoard(activities, marks, self._clients["sqs"], queue, dead_letters, "eu-central-1")
        return self._start(name, lambda: work(board))

    def decide(self, player: str, *, hidden: bool) -> Process:
        """Hide a player, or show the player again, as an operator does."""
        store = DecisionStore(Table(self._clients["dynamodb"], "aggregates", ("partition", "player_id")))
        work = store.hide if hidden else store.restore
        return self._start("operator", lambda: work(player, self._now()))

    def produce(self, item: dict[str, Any]) -> Process:
        """Write an activity, as a game server does."""
        put = partial(self._clients["dynamodb"].put_item, TableName="activities", Item=item)
        return self._start("producer", put)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Let the runtime and the operations run on the scheduler, as long as the `with` block lasts."""
        replacements = list(self._replacements())
        before = [(module, name, getattr(module, name)) for module, name, _ in replacements]
        for module, name, value in replacements:
            setattr(module, name, value)
        try:
            yield
        finally:
            for module, name, value in before:
                setattr(module, name, value)

    def _invoke(self, name: str, make: Callable[[], Any], work: Callable[[], Any], seconds: int) -> Process:
        idle = self._idle[name]
        is_warm = bool(idle) and self._chance.random() < WARM
        instance = idle.pop(self._chance.randrange(len(idle))) if is_warm else make()

        def run() -> Any:
            try:
                return work()
            finally:
                if name == "processor":
                    self.running -= 1
                if not process.dead:
                    idle.append(instance)

        process = self._start(name, run, seconds, instance)
        return process

    def _start(self, name: str, work: Callable[[], Any], seconds: int | None = None, instance: Any = None) -> Process:
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        full_name = f"{name}-{number}"
        skew = self._network.weather.skew
        own_skew = self._scheduler.chance_of(f"clock of {full_name}").randint(-skew, skew) if skew else 0
        return self._scheduler.start(full_name, work, own_skew, seconds, instance)

    def _now(self) -> int:
        process = self._scheduler.process
        now = self._scheduler.now
        if process is None:
            return now
        if process.name.startswith("rebuilder"):
            self.began.setdefault(now + process.skew, now)
        return now + process.skew

    def _open_stream(self, table: Table, arn: str) -> TableStream:
        """The stream of the aggregates, as a rebuild has it."""
        scheduler = self._scheduler

        def now() -> int:
            return scheduler.now + (scheduler.process.skew if scheduler.process else 0)

        streams = self._clients["dynamodbstreams"]
        return TableStream(streams, table, arn, now, lambda: scheduler.now / 1000, self._sleep)

    def _instance(self) -> Any:
        process = self._scheduler.process
        assert process is not None
        return process.instance

    def _sleep(self, seconds: float) -> None:
        self._scheduler.sleep(round(seconds * 1000))

    def _replacements(self) -> Iterator[tuple[Any, str, Any]]:
        """What is put in the place of threads, clocks, chance, clients and logs: module, name and value."""
        executor = partial(SimulatedExecutor, self._scheduler)
        for module in find_threaded():
            yield module, "ThreadPoolExecutor", executor
        chance = self._scheduler.chance_of("runtime")
        secret = SimpleNamespace(
            token_hex=lambda size: f"{chance.getrandbits(8 * size):0{2 * size}x}",
            randbelow=chance.randrange,
            randbits=chance.getrandbits,
            compare_digest=secrets.compare_digest,
        )
        for module in (decisions, lease, table_stream, window_store, heartbeats, watch, plan):
            yield module, "secrets", secret
        yield table, "random", chance
        yield table, "time", SimpleNamespace(sleep=self._sleep)
        yield clock, "now", self._now
        yield rebuilder, "open_stream", self._open_stream
        yield config, "load_board", lambda: self.board
        for name in ("dynamodb", "s3", "events"):
            yield aws, name, partial(self._clients.__getitem__, name)
        yield aws, "step_functions", lambda: self._clients["stepfunctions"]
        settings = {f"{table.upper()}_TABLE": table for table in ("activities", "aggregates", "marks")}
        settings |= {"BUCKET": "bucket", "KEY_ARN": "key", "POWERTOOLS_SERVICE_NAME": "arcade"}
        settings["ASSEMBLY_ARN"] = "assembly"
        settings["AGGREGATES_STREAM_ARN"] = self._stream.arn
        yield aws, "setting", settings.__getitem__
        yield processor, "_stores", _Replacement(self._instance, processor._stores)
        yield rebuilder, "_rebuilder", _Replacement(self._instance, rebuilder._rebuilder)
        yield api, "_api", _Replacement(self._instance, api._api)
        yield logs, "logger", _SILENT
        yield metrics, "write", lambda *_, **__: None
        yield from _SMALLER


class _Replacement:
    """What stands in the place of a cached function: it gives the instance of the process that asks."""

    def __init__(self, find: Callable[[], Any], cached: Any) -> None:
        self.__wrapped__ = cached.__wrapped__
        self._find = find

    def __call__(self) -> Any:
        return self._find()


def _ignore(*_: Any, **__: Any) -> None:
    """Log nothing."""


_SMALLER: tuple[tuple[Any, str, Any], ...] = (
    (sizes, "BLOCK", 2),
    (sizes, "PER_PACK", 2),
    (sizes, "LEAST_COMPACTED", 6),
    (sealing, "PROBES", 4),
    *((module, "OUTBOX_SHARDS", 2) for module in (items, outbox)),
    (items, "REJECTED_SHARDS", 2),
    (items, "REJECTED_DAYS", 1),
)
"""Sizes that are made for large boards: small boards have several of each, and cost few calls."""
_SILENT = SimpleNamespace(info=_ignore, warning=_ignore, error=_ignore, append_keys=_ignore)
